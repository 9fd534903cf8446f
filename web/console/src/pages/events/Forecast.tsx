import { useQuery } from '@tanstack/react-query'
import { type EventView, forecastQuery } from '~/api/calendar'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import page from '../page.module.css'
import css from './Events.module.css'

/** How many will come if it goes on like at the events before, with every rate and its denominator. */
export function Forecast({ slug, event: e }: { slug: string; event: EventView }) {
  const { t } = useWords()
  const format = useFormat()
  const f = useQuery(forecastQuery(slug, e.id)).data
  if (!f) return null
  const rate = (r: { n: number; of: number }) =>
    t('events.forecast.rate', { rate: format.rate(r.n, r.of), n: r.n, of: r.of })
  const counts = { members: f.members, each: f.per_member, reach: f.reach }
  if (f.events === 0)
    return (
      <p className={page.note}>
        {t('events.forecast.none')} {f.reach > 0 && t('events.forecast.reach', counts)}
      </p>
    )
  return (
    <details className={css.forecast}>
      <summary>
        {t('events.forecast', { count: f.expected })}{' '}
        <span className={page.soft}>{t('events.forecast.from', { count: f.events })}</span>
      </summary>
      {f.reach > 0 && (
        <p className={page.soft}>
          {t('events.forecast.guests', { count: f.of_guests, ...counts, taken: rate(f.taken), came: rate(f.guests) })}
        </p>
      )}
      <p className={page.soft}>
        {t('events.forecast.own', { count: f.of_own, members: f.members, booked: rate(f.booked), came: rate(f.came) })}
      </p>
      {f.full && <p className={page.soft}>{t('events.forecast.full')}</p>}
    </details>
  )
}
