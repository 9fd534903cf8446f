import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import type { Tone } from './StatusTag'
import css from './Timeline.module.css'

export interface TimelineItem {
  id: string
  at: string | number
  title: ReactNode
  /** What it is about, in a word or two beside the title. */
  about?: string
  /** A line or two of what was said or changed. */
  body?: ReactNode
  /** Who or what did it, and through which channel. */
  by?: string
  /** The kind, as the filter names it. */
  kind?: string
  tone?: Tone
  /** The page of what this is about. */
  to?: string
}

interface Props {
  /** Newest first. */
  items: TimelineItem[]
  kinds?: { key: string; label: string }[]
  kind?: string
  onKind?: (kind: string | undefined) => void
  hasMore?: boolean
  loadingMore?: boolean
  onMore?: () => void
  label?: string
}

/** What happened, newest first, a heading a day. */
export function Timeline({ items, kinds, kind, onKind, hasMore, loadingMore, onMore, label }: Props) {
  const { t } = useWords()
  const format = useFormat()
  const days = byDay(items, (at) => format.date(at))
  return (
    <section aria-label={label ?? t('parts.timeline.label')}>
      {kinds && onKind && (
        <div className={css.kinds}>
          {[{ key: undefined, label: t('parts.timeline.all') }, ...kinds].map((choice) => (
            <button
              key={choice.key ?? ''}
              type="button"
              className={css.kind}
              aria-pressed={kind === choice.key}
              onClick={() => onKind(choice.key)}
            >
              {choice.label}
            </button>
          ))}
        </div>
      )}
      {items.length === 0 && <p className={css.none}>{t('parts.timeline.none')}</p>}
      {days.map(([day, entries]) => (
        <div key={day} className={css.day}>
          <h3 className={css.date}>{day}</h3>
          <ol>
            {entries.map((item) => (
              <Entry key={item.id} item={item} time={format.time(item.at)} title={format.dateTime(item.at)} />
            ))}
          </ol>
        </div>
      ))}
      {hasMore && (
        <button type="button" className={css.more} disabled={loadingMore} onClick={onMore}>
          {loadingMore ? t('common.loading') : t('parts.timeline.more')}
        </button>
      )}
    </section>
  )
}

function Entry({ item, time, title }: { item: TimelineItem; time: string; title: string }) {
  return (
    <li className={css.item} data-tone={item.tone ?? 'plain'}>
      <time className={css.time} dateTime={new Date(item.at).toISOString()} title={title}>
        {time}
      </time>
      <div className={css.what}>
        <div className={css.head}>
          <span className={css.title}>
            {item.to ? <Link to={item.to}>{item.title}</Link> : <span>{item.title}</span>}
            {item.about && <span className={css.about}>{item.about}</span>}
          </span>
          {item.by && <span className={css.by}>{item.by}</span>}
        </div>
        {item.body && <div className={css.body}>{item.body}</div>}
      </div>
    </li>
  )
}

function byDay(items: TimelineItem[], dayOf: (at: string | number) => string): [string, TimelineItem[]][] {
  const days: [string, TimelineItem[]][] = []
  for (const item of items) {
    const day = dayOf(item.at)
    const last = days.at(-1)
    if (last?.[0] === day) last[1].push(item)
    else days.push([day, [item]])
  }
  return days
}
