import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { useNow } from '~/lib/hooks'
import css from './DeadlineText.module.css'

interface Props {
  at: string | number | Date
  /** When it was done; the time left no longer matters then. */
  doneAt?: string | number | Date
  /** For tests and pictures. */
  now?: number
}

const day = 86_400_000

/** How long is left, or by how much it is late; the exact moment is in the title and for machines in <time>. */
export function DeadlineText({ at, doneAt, now }: Props) {
  const clock = useNow()
  const { t } = useWords()
  const format = useFormat()
  const due = new Date(at).getTime()
  const left = due - (doneAt === undefined ? (now ?? clock) : new Date(doneAt).getTime())
  const late = left < 0
  const span = format.span(left)
  const word = () => {
    if (doneAt !== undefined) return late ? t('parts.deadline.doneLate', { span }) : t('parts.deadline.done')
    return late ? t('parts.deadline.late', { span }) : t('parts.deadline.left', { span })
  }
  const state = doneAt !== undefined ? 'done' : late ? 'late' : left < day ? 'soon' : 'far'
  const absolute = `${format.dateTime(due)} ${format.zone}`
  return (
    <time className={css.deadline} data-state={state} dateTime={new Date(due).toISOString()} title={absolute}>
      {word()}
    </time>
  )
}
