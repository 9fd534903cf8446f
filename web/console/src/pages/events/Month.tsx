import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { ChevronLeft, ChevronRight, TriangleAlert } from 'lucide-react'
import { Link, useSearchParams } from 'react-router'
import { allEvents, calendarKey, type EventRow } from '~/api/calendar'
import { asProblem } from '~/api/problem'
import { communityPath, useCommunity } from '~/app/community'
import { useText, useWords } from '~/i18n'
import { startOfDay, useFormat } from '~/i18n/format'
import { useNarrow, useNow } from '~/lib/hooks'
import { ProblemNotice } from '~/parts'
import page from '../page.module.css'
import css from './Events.module.css'
import { EventsHead } from './Head'
import { byDay, isMonth, monthAfter, weeksOf } from './month'
import { phaseOf, phaseWord } from './phase'
import { placeOf } from './words'

/** A month of events, on the days of the community's zone. */
export function Month() {
  return <EventsHead>{() => <Sheet />}</EventsHead>
}

function Sheet() {
  const { t } = useWords()
  const format = useFormat()
  const narrow = useNarrow()
  const now = useNow()
  const slug = useCommunity()?.slug ?? ''
  const [params, setParams] = useSearchParams()
  const today = format.date(now)
  const asked = params.get('m')
  const month = isMonth(asked) ? asked : today.slice(0, 7)
  const weeks = weeksOf(month)
  const first = weeks[0]?.[0] ?? today
  const last = weeks.at(-1)?.at(-1) ?? today
  const events = useQuery({
    queryKey: [...calendarKey(slug), 'month', month, format.zone],
    queryFn: ({ signal }) => {
      const between = { from: startOfDay(first, format.zone), to: startOfDay(last, format.zone, 1) }
      return allEvents(slug, { ...between, conflicts: true }, signal)
    },
  })
  const go = (m: string) => setParams({ m }, { replace: true })
  const days = byDay(events.data ?? [], format.date)
  const count = (events.data ?? []).filter((e) => format.date(e.starts).startsWith(month)).length
  return (
    <>
      <div className={css.monthHead}>
        <Button
          aria-label={t('events.month.before')}
          icon={<ChevronLeft size={16} />}
          onClick={() => go(monthAfter(month, -1))}
        />
        <h2 className={css.monthTitle} aria-live="polite">
          {month}
        </h2>
        <Button
          aria-label={t('events.month.after')}
          icon={<ChevronRight size={16} />}
          onClick={() => go(monthAfter(month, 1))}
        />
        <Button disabled={month === today.slice(0, 7)} onClick={() => setParams({}, { replace: true })}>
          {t('events.month.now')}
        </Button>
        <span className={page.soft}>{events.data && t('events.month.count', { count })}</span>
      </div>
      {events.error && <ProblemNotice problem={asProblem(events.error)} onRetry={() => events.refetch()} />}
      {narrow ? (
        <Days days={[...days].filter(([day]) => day.startsWith(month))} slug={slug} now={now} known={!!events.data} />
      ) : (
        <Grid weeks={weeks} month={month} today={today} days={days} slug={slug} now={now} />
      )}
    </>
  )
}

const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

interface GridProps {
  weeks: string[][]
  month: string
  today: string
  days: Map<string, EventRow[]>
  slug: string
  now: number
}

function Grid({ weeks, month, today, days, slug, now }: GridProps) {
  const { t } = useWords()
  return (
    <table className={css.grid} aria-label={month}>
      <thead>
        <tr>
          {weekdays.map((day) => (
            <th key={day} scope="col">
              {t(`events.day.${day}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {weeks.map((week) => (
          <tr key={week[0]}>
            {week.map((day) => (
              <td
                key={day}
                data-other={!day.startsWith(month) || undefined}
                data-today={day === today || undefined}
                aria-current={day === today ? 'date' : undefined}
              >
                <time dateTime={day}>{Number(day.slice(8))}</time>
                {(days.get(day) ?? []).map((e) => (
                  <OnDay key={e.id} event={e} slug={slug} now={now} />
                ))}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function OnDay({ event, slug, now }: { event: EventRow; slug: string; now: number }) {
  const { t } = useWords()
  const text = useText()
  const format = useFormat()
  const phase = phaseOf(event, now)
  const clash = (event.conflicts ?? []).length > 0
  const words = [format.time(event.starts), text(event.title), placeOf(event, t), t(phaseWord[phase])]
  return (
    <Link
      className={css.onDay}
      data-phase={phase}
      data-clash={clash || undefined}
      to={communityPath(slug, `events/${event.id}`)}
      title={words.filter(Boolean).join(' · ')}
    >
      {clash && <TriangleAlert size={12} role="img" aria-label={t('events.clash.short')} />}
      <span className={css.at}>{format.time(event.starts)}</span> {text(event.title)}
    </Link>
  )
}

/** The same where there is room for a column only. */
function Days(props: { days: [string, EventRow[]][]; slug: string; now: number; known: boolean }) {
  const { t } = useWords()
  if (props.known && props.days.length === 0) return <p className={page.none}>{t('events.month.none')}</p>
  return (
    <div className={css.days}>
      {props.days.map(([day, events]) => (
        <section key={day}>
          <h3>{day}</h3>
          {events.map((e) => (
            <OnDay key={e.id} event={e} slug={props.slug} now={props.now} />
          ))}
        </section>
      ))}
    </div>
  )
}
