import { Button, Input, Popover } from 'antd'
import { Check, Copy, Eye } from 'lucide-react'
import { useEffect, useId, useState } from 'react'
import { useProblem } from '~/app/useProblem'
import { useWords } from '~/i18n'
import { useCopy } from '~/lib/hooks'
import css from './MaskedValue.module.css'
import { ProblemLine } from './ProblemNotice'

interface Props {
  /** What may always be seen: 138 **** 5678 */
  masked: string
  /** What it is, for the button's name: 手机号 */
  what: string
  /** Fetches the full value; the server writes the look and its reason to the audit log. Absent: not allowed to look. */
  reveal?: (reason: string) => Promise<string>
  /** Ready-made reasons; others can be typed. */
  reasons?: string[]
  /** Hidden again after so many milliseconds. */
  hideAfter?: number
}

/** A phone number or real name that is masked until somebody says why they need it. */
export function MaskedValue({ masked, what, reveal, reasons, hideAfter = 60_000 }: Props) {
  const { t } = useWords()
  const [open, setOpen] = useState(false)
  const [full, setFull] = useState<string>()
  const { copied, copy } = useCopy()

  useEffect(() => {
    if (full === undefined) return
    const timer = setTimeout(() => setFull(undefined), hideAfter)
    return () => clearTimeout(timer)
  }, [full, hideAfter])

  if (full !== undefined) {
    return (
      <span className={css.masked}>
        <span>{full}</span>
        <button
          type="button"
          className={css.icon}
          aria-label={t('common.copyWhat', { what })}
          onClick={() => copy(full)}
        >
          {copied ? <Check size={14} /> : <Copy size={14} />}
        </button>
        <span className={css.note} role="status">
          {t('parts.masked.shown')}
        </span>
      </span>
    )
  }
  const shown = (value: string) => {
    setFull(value)
    setOpen(false)
  }
  return (
    <span className={css.masked}>
      <span>{masked}</span>
      {reveal && (
        <Popover
          open={open}
          onOpenChange={setOpen}
          trigger="click"
          destroyOnHidden
          content={
            <Reason what={what} reasons={reasons} reveal={reveal} onShown={shown} onCancel={() => setOpen(false)} />
          }
        >
          <button type="button" className={css.icon} aria-label={t('parts.masked.show', { what })} aria-expanded={open}>
            <Eye size={14} />
          </button>
        </Popover>
      )}
    </span>
  )
}

interface ReasonProps {
  what: string
  reasons?: string[]
  reveal: (reason: string) => Promise<string>
  onShown: (value: string) => void
  onCancel: () => void
}

function Reason({ what, reasons, reveal, onShown, onCancel }: ReasonProps) {
  const { t } = useWords()
  const id = useId()
  const [reason, setReason] = useState('')
  const [busy, setBusy] = useState(false)
  const { problem, guard } = useProblem()
  const ready = reason.trim().length > 1
  const ask = async () => {
    if (!ready || busy) return
    setBusy(true)
    await guard(async () => onShown(await reveal(reason.trim())))
    setBusy(false)
  }
  const choices = reasons ?? [
    t('parts.masked.reason.call'),
    t('parts.masked.reason.ship'),
    t('parts.masked.reason.verify'),
  ]
  return (
    <form
      className={css.form}
      onSubmit={(event) => {
        event.preventDefault()
        void ask()
      }}
    >
      <label htmlFor={id}>{t('parts.masked.why', { what })}</label>
      <div className={css.reasons}>
        {choices.map((text) => (
          <button
            key={text}
            type="button"
            className={css.reason}
            aria-pressed={reason === text}
            onClick={() => setReason(text)}
          >
            {text}
          </button>
        ))}
      </div>
      <Input id={id} value={reason} maxLength={80} autoFocus onChange={(event) => setReason(event.target.value)} />
      <p className={css.audit}>{t('parts.masked.audit')}</p>
      {problem && <ProblemLine problem={problem} />}
      <div className={css.buttons}>
        <Button onClick={onCancel}>{t('common.cancel')}</Button>
        <Button type="primary" htmlType="submit" disabled={!ready} loading={busy}>
          {t('parts.masked.do')}
        </Button>
      </div>
    </form>
  )
}
