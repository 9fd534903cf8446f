import { ArrowDown } from 'lucide-react'
import { Fragment, useState } from 'react'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import css from './ChatPane.module.css'
import { Composer } from './Composer'
import { Message } from './Message'
import type { ChatMessage, ChatPaneProps } from './types'
import { useChatScroll } from './useChatScroll'

/** A conversation, live: read, answer, send a picture, take back. The page owns the messages; this only shows and asks. */
export function ChatPane(props: ChatPaneProps) {
  const { messages, me, label, height = 560, hasOlder, loadingOlder, onOlder } = props
  const { t } = useWords()
  const [replyTo, setReplyTo] = useState<ChatMessage>()
  const last = messages.at(-1)
  const { box, onScroll, unseen, toEnd } = useChatScroll(
    messages[0]?.id,
    last?.id,
    messages.length,
    last?.author.id === me,
  )
  return (
    <section className={css.pane} style={{ height }} aria-label={label}>
      <Connection state={props.connection} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling area has to be reachable by keyboard */}
      <div className={css.log} ref={box} onScroll={onScroll} role="log" aria-label={label} tabIndex={0}>
        {hasOlder && (
          <button type="button" className={css.older} disabled={loadingOlder} onClick={onOlder}>
            {loadingOlder ? t('common.loading') : t('parts.chat.older')}
          </button>
        )}
        {messages.length === 0 && <p className={css.none}>{t('parts.chat.none')}</p>}
        <Lines {...props} onReply={setReplyTo} />
      </div>
      {unseen > 0 && (
        <button type="button" className={css.unseen} onClick={toEnd}>
          <ArrowDown size={14} aria-hidden="true" />
          {t('parts.chat.unseen', { count: unseen })}
        </button>
      )}
      {props.readOnly ? (
        <p className={css.readOnly}>{props.readOnly}</p>
      ) : (
        <Composer replyTo={replyTo} onReplyEnd={() => setReplyTo(undefined)} onSend={props.onSend} />
      )}
    </section>
  )
}

function Lines({ messages, onReply, ...props }: ChatPaneProps & { onReply: (message: ChatMessage) => void }) {
  const format = useFormat()
  return (
    <ol>
      {messages.map((message, i) => {
        const before = messages[i - 1]
        const day = format.date(message.at)
        const newDay = !before || format.date(before.at) !== day
        return (
          <Fragment key={message.id}>
            {newDay && <li className={css.day}>{day}</li>}
            <Message
              message={message}
              mine={message.author.id === props.me}
              follows={!newDay && continues(before, message)}
              onReply={props.readOnly || message.state ? undefined : () => onReply(message)}
              onResend={message.state === 'failed' && props.onResend ? () => props.onResend?.(message) : undefined}
              onWithdraw={props.canWithdraw?.(message) ? props.onWithdraw : undefined}
            />
          </Fragment>
        )
      })}
    </ol>
  )
}

/** The same writer within five minutes: the name is not said again. */
function continues(before: ChatMessage | undefined, message: ChatMessage): boolean {
  if (!before || before.author.id !== message.author.id || message.replyTo || before.state === 'withdrawn') return false
  return new Date(message.at).getTime() - new Date(before.at).getTime() < 5 * 60_000
}

function Connection({ state }: { state: ChatPaneProps['connection'] }) {
  const { t } = useWords()
  const lost = state === 'waiting' || state === 'closed'
  return (
    <div className={css.connection} data-lost={lost || undefined} role="status">
      {t(`parts.chat.connection.${state}`)}
    </div>
  )
}
