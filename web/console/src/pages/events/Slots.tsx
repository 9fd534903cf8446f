import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'react-router'
import { type Slot, slotDays, slotsQuery } from '~/api/bank'
import { asProblem } from '~/api/problem'
import { communityPath } from '~/app/community'
import { MayButton } from '~/app/may'
import { useText, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { EmptyState, ProblemNotice, StatusTag } from '~/parts'
import page from '../page.module.css'
import { Row, Section } from '../Section'
import css from './Bank.module.css'
import { AddEvent } from './EventForm'
import { weekdayOf } from './month'

const shown = 6

/** The times of the next weeks at which the playbook wants something: which are still empty, and since when staff knows. */
export function Slots({ slug, onDone }: { slug: string; onDone: (event: string) => void }) {
  const { t } = useWords()
  const query = useQuery(slotsQuery(slug))
  const [all, setAll] = useState(false)
  const [planning, setPlanning] = useState<Slot>()
  const items = query.data?.items ?? []
  const empty = items.filter((slot) => !slot.event)
  const rows = all ? items : (empty.length > 0 ? empty : items).slice(0, shown)
  return (
    <Section title={t('events.slots')}>
      {query.error && <ProblemNotice problem={asProblem(query.error)} onRetry={() => void query.refetch()} />}
      {query.isPending && <p className={page.soft}>{t('common.loading')}</p>}
      {query.data && items.length === 0 && (
        <EmptyState
          title={t('events.slots.none')}
          body={t('events.slots.none.body')}
          step={{ label: t('members.toPlaybook'), to: communityPath(slug, 'settings/playbook') }}
        />
      )}
      {items.length > 0 && (
        <>
          <p className={css.sum}>
            {t('events.slots.sum', { days: slotDays, count: items.length, empty: empty.length })}
          </p>
          <ul className={page.rows}>
            {rows.map((slot) => (
              <One key={`${slot.template} ${slot.starts}`} slug={slug} slot={slot} plan={() => setPlanning(slot)} />
            ))}
          </ul>
          {items.length > (empty.length > 0 ? Math.min(empty.length, shown) : shown) && (
            <p className={page.further}>
              <button type="button" className={css.more} onClick={() => setAll(!all)}>
                {all ? t('events.slots.less') : t('events.slots.all', { count: items.length })}
              </button>
            </p>
          )}
        </>
      )}
      {planning && (
        <AddEvent
          slug={slug}
          preset={{ template: planning.template, starts: planning.starts }}
          onClose={() => setPlanning(undefined)}
          onDone={onDone}
        />
      )}
    </Section>
  )
}

function One({ slug, slot, plan }: { slug: string; slot: Slot; plan: () => void }) {
  const { t } = useWords()
  const text = useText()
  const format = useFormat()
  const day = t(`events.day.${weekdayOf(format.date(slot.starts))}`)
  return (
    <Row>
      <span className={css.slot} data-empty={!slot.event || undefined}>
        <strong>
          {day} {format.dateTime(slot.starts)}
        </strong>
        {slot.event ? (
          <Link to={communityPath(slug, `events/${slot.event}/production`)}>{text(slot.event_title ?? {})}</Link>
        ) : (
          <span>
            {text(slot.title)} <StatusTag tone="wait">{t('events.slots.empty')}</StatusTag>{' '}
            <span className={page.note}>
              {slot.task ? (
                <Link to={communityPath(slug, 'today')}>{t('events.slots.told')}</Link>
              ) : (
                t('events.slots.warns', { when: format.date(slot.warns) })
              )}
            </span>
          </span>
        )}
      </span>
      {!slot.event && (
        <MayButton action="event.write" size="small" onClick={plan}>
          {t('events.slots.plan')}
        </MayButton>
      )}
    </Row>
  )
}
