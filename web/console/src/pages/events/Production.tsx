import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { type EventProduction, type EventView, productionQuery } from '~/api/calendar'
import { asProblem } from '~/api/problem'
import { communityPath } from '~/app/community'
import { type Key, useText, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { useNow } from '~/lib/hooks'
import { EmptyState, ProblemNotice, StatusTag, type Tone } from '~/parts'
import page from '../page.module.css'
import { Section } from '../Section'
import { outcomeName } from '../ways'
import { EventGuests } from './EventGuests'
import { Jury } from './Jury'
import css from './Production.module.css'
import { Summary } from './Summary'

type Course = EventProduction['courses'][number]
type Stop = Course['stops'][number]

const tones: Record<string, Tone> = {
  done: 'good',
  missed: 'bad',
  withdrawn: 'plain',
  now: 'wait',
  late: 'bad',
  ahead: 'plain',
  never: 'plain',
}

/** A task or an answer that did not come in time lets a run go its other way. */
const missed = (stop: Stop) => stop.state === 'done' && stop.kind !== 'until' && stop.outcome === 'else'

/** A task that a fact ended, whose name has a dot: nobody needed to do it any more. */
const withdrawn = (stop: Stop) => stop.state === 'done' && stop.kind === 'ask' && !!stop.outcome?.includes('.')

/** Is it made in time? Each step of the paths that look after the event, with its date; and the jury. */
export function Production({ slug, event }: { slug: string; event: EventView }) {
  const { t } = useWords()
  const text = useText()
  const now = useNow()
  const query = useQuery({ ...productionQuery(slug, event.id), refetchInterval: 30_000 })
  if (query.error) return <ProblemNotice problem={asProblem(query.error)} onRetry={() => void query.refetch()} />
  if (!query.data) return <p className={page.soft}>{t('common.loading')}</p>
  const { courses, jury } = query.data
  return (
    <div className={page.split}>
      <div>
        {courses.length === 0 && (
          <EmptyState
            title={t('events.production.none')}
            body={t('events.production.none.body')}
            step={{ label: t('members.toPlaybook'), to: communityPath(slug, 'settings/playbook') }}
          />
        )}
        {courses.map((course) => (
          <Section key={course.id} title={text(course.title) || course.path}>
            <Stops slug={slug} course={course} />
          </Section>
        ))}
      </div>
      <div>
        {event.state === 'planned' && Date.parse(event.starts) < now && <Summary slug={slug} event={event} />}
        <EventGuests slug={slug} event={event} />
        <Jury slug={slug} event={event} jury={jury} />
      </div>
    </div>
  )
}

/** A date that is only waited for is of interest while it is. */
const shown = (stop: Stop) => Object.keys(stop.title ?? {}).length > 0 || stop.state === 'now'

function Stops({ slug, course }: { slug: string; course: Course }) {
  const { t } = useWords()
  const text = useText()
  const format = useFormat()
  const now = useNow()
  const nameOf = (stop: Stop) => text(stop.title ?? {}) || t(`events.production.wait.${stop.what}` as Key)
  const stateOf = (stop: Stop) => {
    if (missed(stop)) return 'missed'
    if (withdrawn(stop)) return 'withdrawn'
    return stop.state === 'now' && stop.due && Date.parse(stop.due) < now ? 'late' : stop.state
  }
  const when = (stop: Stop) => {
    if ((missed(stop) || withdrawn(stop)) && stop.left_at)
      return t('events.production.at', { when: format.dateTime(stop.left_at) })
    if (stop.state === 'done' && stop.left_at)
      return t('events.production.left', { when: format.dateTime(stop.left_at) })
    if (!stop.due || stop.state === 'never') return ''
    return t(stop.kind === 'until' ? 'events.production.at' : 'events.production.due', {
      when: format.dateTime(stop.due),
    })
  }
  return (
    <>
      <ol className={css.stops}>
        {course.stops.filter(shown).map((stop) => {
          const state = stateOf(stop)
          return (
            <li key={stop.address} data-state={state} aria-current={stop.state === 'now' ? 'step' : undefined}>
              <span className={css.what}>
                <strong>{nameOf(stop)}</strong>
                <span className={page.note}>
                  {[
                    when(stop),
                    stop.owner && t(`common.role.${stop.owner}` as Key),
                    stop.times > 1 && t('events.production.times', { count: stop.times }),
                  ]
                    .filter(Boolean)
                    .join(' · ')}
                </span>
              </span>
              <span className={css.state}>
                <StatusTag bare tone={tones[state] ?? 'plain'}>
                  {t(`events.production.${state}` as Key)}
                </StatusTag>
                {stop.state === 'now' && course.task && (
                  <Link to={communityPath(slug, 'today')}>{t('events.production.task')}</Link>
                )}
              </span>
            </li>
          )
        })}
      </ol>
      {course.state === 'ended' && (
        <p className={page.note}>{t('events.production.ended', { outcome: outcomeName(course.outcome ?? '', t) })}</p>
      )}
    </>
  )
}
