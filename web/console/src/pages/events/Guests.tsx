import { useMemo, useState } from 'react'
import { Link, useNavigate } from 'react-router'
import { bankKey, type GuestRow, listGuests } from '~/api/bank'
import { communityPath } from '~/app/community'
import { MayButton, useMay } from '~/app/may'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { type ListColumn, ListPage, type ListSource } from '~/parts'
import page from '../page.module.css'
import { Section } from '../Section'
import { AskGuest } from './AskGuest'
import css from './Bank.module.css'
import { GuestForm } from './GuestForm'
import { points } from './survey'

const cuts = ['active', 'retired'] as const

/** Whom to ask: who was asked longest ago first, with what they speak about and how they did. */
export function Guests({ slug }: { slug: string }) {
  const { t } = useWords()
  const navigate = useNavigate()
  const may = useMay()
  const [adding, setAdding] = useState(false)
  const [asking, setAsking] = useState<GuestRow>()
  const columns = useColumns(slug, setAsking)
  const source = useMemo<ListSource<GuestRow>>(
    () => ({
      key: [...bankKey(slug), 'guests'],
      load: async ({ segment, limit, cursor, filters }, signal) => {
        const answer = await listGuests(
          slug,
          { state: segment === 'retired' ? 'retired' : 'active', limit, cursor, topic: filters.topic },
          signal,
        )
        return { items: answer.items ?? [], next: answer.next }
      },
    }),
    [slug],
  )
  const add = () => setAdding(true)
  return (
    <Section
      title={t('events.guests')}
      more={
        <MayButton action="event.write" size="small" onClick={add}>
          {t('events.guests.add')}
        </MayButton>
      }
    >
      <ListPage<GuestRow>
        id="guests"
        unit={(count) => t('events.guests.unit', { count })}
        columns={columns}
        source={source}
        rowId={(g) => g.id}
        rowName={(g) => g.name}
        rowTo={(g) => communityPath(slug, `events/guests/${g.id}`)}
        filters={[{ id: 'topic', label: t('events.guests.topics'), kind: 'text' }]}
        segments={cuts.map((id) => ({ id, label: t(`events.guests.${id}`) }))}
        empty={{
          title: t('events.guests.none'),
          body: t('events.guests.none.body'),
          step: may('event.write') === 'no' ? undefined : { label: t('events.guests.add'), onClick: add },
        }}
      />
      {adding && (
        <GuestForm
          slug={slug}
          onClose={() => setAdding(false)}
          onDone={(id) => navigate(communityPath(slug, `events/guests/${id}`))}
        />
      )}
      {asking && <AskGuest slug={slug} guest={asking} onClose={() => setAsking(undefined)} />}
    </Section>
  )
}

function useColumns(slug: string, ask: (guest: GuestRow) => void): ListColumn<GuestRow>[] {
  const { t } = useWords()
  const format = useFormat()
  return [
    { id: 'name', header: t('events.guests.name'), main: true, width: 120, cell: (g) => g.name },
    { id: 'role', header: t('events.guests.role'), width: 176, cell: (g) => g.role },
    {
      id: 'topics',
      header: t('events.guests.topics'),
      width: 232,
      cell: (g) => (g.topics.length > 0 ? g.topics.join(t('events.guests.between')) : null),
    },
    {
      id: 'appearances',
      header: t('events.guests.appearances'),
      align: 'right',
      width: 72,
      cell: (g) =>
        g.appearances.length > 0 ? (
          <Link className={css.count} to={communityPath(slug, `events/guests/${g.id}`)}>
            {format.count(g.appearances.length)}
          </Link>
        ) : (
          '0'
        ),
    },
    {
      id: 'nps',
      header: t('events.nps.short'),
      align: 'right',
      width: 104,
      cell: (g) => g.answers > 0 && t('events.nps.n', { nps: points(g.nps), count: g.answers }),
    },
    {
      id: 'last',
      header: t('events.guests.last'),
      width: 168,
      cell: (g) =>
        g.ask ? (
          <span className={css.last}>
            {format.date(g.ask.asked_at)}{' '}
            <span>{t(`events.ask.${g.ask.state as 'asked' | 'agreed' | 'declined'}`)}</span>
          </span>
        ) : (
          <span className={page.soft}>{t('events.guests.never')}</span>
        ),
    },
    {
      id: 'act',
      header: t('events.act'),
      width: 80,
      cell: (g) =>
        g.state === 'active' && (
          <MayButton action="event.write" size="small" onClick={() => ask(g)}>
            {t('events.ask.ask')}
          </MayButton>
        ),
    },
  ]
}
