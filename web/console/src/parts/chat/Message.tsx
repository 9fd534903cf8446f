import { MessageSquareReply, Pin, RotateCw, Undo2 } from 'lucide-react'
import { useState } from 'react'
import { useProblem } from '~/app/useProblem'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { ProblemLine } from '../ProblemNotice'
import css from './Message.module.css'
import type { ChatMessage } from './types'

interface Props {
  message: ChatMessage
  mine: boolean
  /** Goes on from the message above: no name, no space. */
  follows: boolean
  onReply?: () => void
  onResend?: () => void
  onWithdraw?: (message: ChatMessage) => Promise<void>
}

export function Message({ message, mine, follows, onReply, onResend, onWithdraw }: Props) {
  const { t } = useWords()
  const format = useFormat()
  const { author, state } = message
  return (
    <li className={css.message} data-mine={mine || undefined} data-follows={follows || undefined} data-state={state}>
      {!follows && (
        <div className={css.head}>
          <span className={css.name}>{author.name}</span>
          {author.role && <span className={css.role}>{author.role}</span>}
          {message.pinned && <Pin size={12} aria-label={t('parts.chat.pinned')} />}
        </div>
      )}
      <time className={css.time} dateTime={new Date(message.at).toISOString()} title={format.dateTime(message.at)}>
        {format.time(message.at)}
      </time>
      <Content message={message} />
      {state === 'sending' && <p className={css.note}>{t('parts.chat.sending')}</p>}
      {state === 'failed' && <p className={css.failed}>{t('parts.chat.failed')}</p>}
      <Actions {...{ message, onReply, onResend, onWithdraw }} />
    </li>
  )
}

function Content({ message }: { message: ChatMessage }) {
  const { t } = useWords()
  const { text, picture, replyTo, state } = message
  if (state === 'withdrawn') return <p className={css.note}>{t('parts.chat.withdrawn')}</p>
  return (
    <div className={css.content}>
      {replyTo && (
        <blockquote className={css.quote}>
          {t('parts.chat.quote', { name: replyTo.author })} {replyTo.text}
        </blockquote>
      )}
      {text && <p className={css.text}>{text}</p>}
      {picture && (
        // The size is known before the picture is there: nothing jumps when it comes.
        <img
          className={css.picture}
          src={picture.url}
          width={picture.width}
          height={picture.height}
          loading="lazy"
          alt={picture.alt ?? t('parts.chat.pictureBy', { name: message.author.name })}
        />
      )}
      {state === 'hidden' && <p className={css.hidden}>{t('parts.chat.hidden', { rule: message.hiddenBy ?? '' })}</p>}
    </div>
  )
}

function Actions({ message, onReply, onResend, onWithdraw }: Omit<Props, 'mine' | 'follows'>) {
  const { t } = useWords()
  const { problem, guard } = useProblem()
  const [busy, setBusy] = useState(false)
  if (!onReply && !onResend && !onWithdraw) return null
  const withdraw = async () => {
    setBusy(true)
    await guard(async () => onWithdraw?.(message))
    setBusy(false)
  }
  return (
    <>
      <div className={css.actions}>
        {onResend && (
          <button type="button" onClick={onResend}>
            <RotateCw size={14} aria-hidden="true" />
            {t('parts.chat.resend')}
          </button>
        )}
        {onReply && (
          <button type="button" onClick={onReply} aria-label={t('parts.chat.replyTo', { name: message.author.name })}>
            <MessageSquareReply size={14} aria-hidden="true" />
            {t('parts.chat.reply')}
          </button>
        )}
        {onWithdraw && (
          <button type="button" disabled={busy} onClick={() => void withdraw()}>
            <Undo2 size={14} aria-hidden="true" />
            {t('parts.chat.withdraw')}
          </button>
        )}
      </div>
      {problem && <ProblemLine problem={problem} />}
    </>
  )
}
