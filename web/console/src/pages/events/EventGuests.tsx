import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Select } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { bankChanged, eventGuestsQuery, topicsQuery } from '~/api/bank'
import type { EventView } from '~/api/calendar'
import { api, call } from '~/api/client'
import { asProblem } from '~/api/problem'
import { communityPath } from '~/app/community'
import { MayButton, useMay } from '~/app/may'
import { useProblem } from '~/app/useProblem'
import { useWords } from '~/i18n'
import { ProblemLine, ProblemNotice } from '~/parts'
import page from '../page.module.css'
import { Section } from '../Section'
import { AskGuest } from './AskGuest'
import { AskLine } from './AskLine'
import css from './Bank.module.css'

/** Whom an event has as guests, and what it is about. */
export function EventGuests({ slug, event }: { slug: string; event: EventView }) {
  const { t } = useWords()
  const client = useQueryClient()
  const refusal = useProblem()
  const may = useMay()
  const query = useQuery(eventGuestsQuery(slug, event.id))
  const open = useQuery(topicsQuery(slug, 'open', 100))
  const [asking, setAsking] = useState(false)
  const give = async (topic?: string) => {
    const done = await refusal.guard(() =>
      call(
        api.PUT('/api/v1/communities/{community}/events/{id}/topic', {
          params: { path: { community: slug, id: event.id } },
          body: { topic: topic ?? '' },
        }),
      ),
    )
    if (done) await bankChanged(client, slug)
  }
  if (query.error) return <ProblemNotice problem={asProblem(query.error)} onRetry={() => void query.refetch()} />
  if (!query.data) return null
  const { asks, topic } = query.data
  const planned = event.state === 'planned'
  return (
    <Section
      title={t('events.guests.here')}
      more={
        planned && (
          <MayButton action="event.write" size="small" onClick={() => setAsking(true)}>
            {t('events.ask.ask')}
          </MayButton>
        )
      }
    >
      <p className={css.about}>
        <span className={page.soft}>{t('events.topics.topic')}</span>{' '}
        {planned && may('event.write') === 'yes' ? (
          <Select
            size="small"
            allowClear
            className={css.pick}
            aria-label={t('events.topics.topic')}
            showSearch={{ optionFilterProp: 'label' }}
            placeholder={t('events.topics.choose')}
            value={topic?.id}
            options={[...(topic ? [topic] : []), ...(topic ? [] : (open.data?.items ?? []))].map((x) => ({
              value: x.id,
              label: `${x.title} · ${x.votes}`,
            }))}
            onChange={(id?: string) => void give(id)}
          />
        ) : (
          (topic?.title ?? t('events.topics.choose.none'))
        )}
      </p>
      {refusal.problem && <ProblemLine problem={refusal.problem} />}
      {asks.length === 0 ? (
        <p className={page.none}>{t('events.guests.here.none')}</p>
      ) : (
        <ul className={page.rows}>
          {asks.map((ask) => (
            <AskLine key={ask.id} slug={slug} ask={ask}>
              <Link to={communityPath(slug, `events/guests/${ask.guest}`)}>
                {ask.guest_name || t('events.guests.gone')}
              </Link>
            </AskLine>
          ))}
        </ul>
      )}
      {asking && <AskGuest slug={slug} event={event.id} onClose={() => setAsking(false)} />}
    </Section>
  )
}
