import { TriangleAlert } from 'lucide-react'
import { Link } from 'react-router'
import type { EventRow } from '~/api/calendar'
import { communityPath } from '~/app/community'
import { useText, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import css from './Events.module.css'

/** What else is planned then with the same host or at the same place; nothing if there is nothing. */
export function Clashes({ event, slug }: { event: Pick<EventRow, 'conflicts'>; slug: string }) {
  const { t } = useWords()
  const text = useText()
  const format = useFormat()
  const others = event.conflicts ?? []
  if (others.length === 0) return null
  return (
    <span className={css.clash}>
      <TriangleAlert size={14} aria-hidden="true" />
      <span>
        {t('events.clash')}
        {others.map((other) => (
          <Link key={other.id} className={css.clashLink} to={communityPath(slug, `events/${other.id}`)}>
            {text(other.title)} {format.time(other.starts)}
          </Link>
        ))}
      </span>
    </span>
  )
}
