import { Button } from 'antd'
import { ImagePlus, X } from 'lucide-react'
import { type ClipboardEvent, type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { useProblem } from '~/app/useProblem'
import { useWords } from '~/i18n'
import { ProblemLine } from '../ProblemNotice'
import css from './Composer.module.css'
import type { ChatDraft, ChatMessage } from './types'

interface Props {
  replyTo: ChatMessage | undefined
  onReplyEnd: () => void
  onSend: (draft: ChatDraft) => Promise<void>
}

const pictures = 'image/png,image/jpeg,image/gif,image/webp'

export function Composer({ replyTo, onReplyEnd, onSend }: Props) {
  const { t } = useWords()
  const field = useRef<HTMLTextAreaElement>(null)
  const [text, setText] = useState('')
  const [picture, setPicture] = useState<File>()
  const [busy, setBusy] = useState(false)
  const { problem, guard } = useProblem()
  const ready = text.trim().length > 0 || picture !== undefined

  useEffect(() => {
    if (replyTo) field.current?.focus()
  }, [replyTo])

  const send = async () => {
    if (!ready || busy) return
    setBusy(true)
    const sent = await guard(async () => {
      await onSend({ text: text.trim(), picture, replyTo })
      return true
    })
    setBusy(false)
    if (!sent) return // the draft stays, with the reason above it
    setText('')
    setPicture(undefined)
    onReplyEnd()
    field.current?.focus()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    // Enter also ends the choice of a character in Chinese input: that one must not send.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return
    event.preventDefault()
    void send()
  }
  const onPaste = (event: ClipboardEvent) => {
    const file = [...event.clipboardData.files].find((f) => f.type.startsWith('image/'))
    if (!file) return
    event.preventDefault()
    setPicture(file)
  }
  return (
    <div className={css.composer}>
      {problem && <ProblemLine problem={problem} />}
      {replyTo && (
        <Strip onRemove={onReplyEnd} remove={t('parts.chat.replyEnd')}>
          {t('parts.chat.quote', { name: replyTo.author.name })} {replyTo.text ?? t('parts.chat.picture')}
        </Strip>
      )}
      {picture && <Preview file={picture} onRemove={() => setPicture(undefined)} />}
      <div className={css.row}>
        <label className={css.attach} title={t('parts.chat.attach')}>
          <ImagePlus size={18} aria-hidden="true" />
          <span className="unseen">{t('parts.chat.attach')}</span>
          <input
            className="unseen"
            type="file"
            accept={pictures}
            onChange={(event) => {
              setPicture(event.target.files?.[0])
              event.target.value = '' // choosing the same file again must count
            }}
          />
        </label>
        <textarea
          ref={field}
          className={css.field}
          rows={Math.min(6, text.split('\n').length)}
          value={text}
          placeholder={t('parts.chat.write')}
          aria-label={t('parts.chat.write')}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={onKeyDown}
          onPaste={onPaste}
        />
        <Button type="primary" disabled={!ready} loading={busy} onClick={() => void send()}>
          {t('parts.chat.send')}
        </Button>
      </div>
    </div>
  )
}

function Strip({ children, remove, onRemove }: { children: React.ReactNode; remove: string; onRemove: () => void }) {
  return (
    <div className={css.strip}>
      <span className={css.stripText}>{children}</span>
      <button type="button" aria-label={remove} onClick={onRemove}>
        <X size={14} />
      </button>
    </div>
  )
}

function Preview({ file, onRemove }: { file: File; onRemove: () => void }) {
  const { t } = useWords()
  const [url, setUrl] = useState<string>()
  useEffect(() => {
    const made = URL.createObjectURL(file)
    setUrl(made)
    return () => URL.revokeObjectURL(made)
  }, [file])
  return (
    <Strip onRemove={onRemove} remove={t('parts.chat.pictureRemove')}>
      {url && <img className={css.preview} src={url} alt="" />}
      {file.name}
    </Strip>
  )
}
