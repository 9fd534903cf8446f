import { useMemo } from 'react'
import { Link } from 'react-router'
import { calendarKey, type EventKind, type EventRow, eventKinds, listEvents } from '~/api/calendar'
import { communityPath, useCommunity } from '~/app/community'
import { useText, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { useNow } from '~/lib/hooks'
import { type ListColumn, ListPage, type ListRequest, type ListSource, StatusTag } from '~/parts'
import page from '../page.module.css'
import { Clashes } from './Clashes'
import css from './Events.module.css'
import { EventsHead } from './Head'
import { comingEvents, pastEvents } from './past'
import { phaseOf, phaseTone, phaseWord } from './phase'
import { points } from './survey'
import { kindOf, placeOf } from './words'

/** Is each event on time and good? What comes next first; what is over, the last first. */
export function Events() {
  return <EventsHead>{(add) => <List onAdd={add} />}</EventsHead>
}

const cuts = ['coming', 'past', 'cancelled'] as const

function List({ onAdd }: { onAdd: () => void }) {
  const { t } = useWords()
  const text = useText()
  const slug = useCommunity()?.slug ?? ''
  const columns = useColumns(slug)
  const source = useMemo<ListSource<EventRow>>(
    () => ({ key: [...calendarKey(slug), 'list'], load: (request, signal) => load(slug, request, signal) }),
    [slug],
  )
  return (
    <div className={page.list}>
      <ListPage<EventRow>
        id="events"
        unit={(count) => t('events.unit', { count })}
        columns={columns}
        source={source}
        rowId={(e) => e.id}
        rowName={(e) => text(e.title)}
        rowTo={(e) => communityPath(slug, `events/${e.id}`)}
        segments={cuts.map((id) => ({ id, label: t(`events.cut.${id}`) }))}
        filters={[
          {
            id: 'kind',
            label: t('events.kind'),
            kind: 'choice',
            options: eventKinds.map((value) => ({ value, label: kindOf(value, t) })),
          },
          { id: 'city', label: t('events.city'), kind: 'text' },
        ]}
        empty={{
          title: t('events.empty'),
          body: t('events.empty.body'),
          step: { label: t('events.add'), onClick: onAdd },
        }}
      />
    </div>
  )
}

function load(community: string, request: ListRequest, signal: AbortSignal) {
  const { segment, filters, limit, cursor } = request
  const narrow = {
    kind: eventKinds.find((kind) => kind === filters.kind) as EventKind | undefined,
    city: filters.city,
    conflicts: true,
    figures: true,
  }
  const now = Date.now()
  if (segment === 'past') return pastEvents(listEvents, community, { ...narrow, state: 'planned' }, now, cursor, signal)
  if (segment === 'cancelled')
    return listEvents(community, { ...narrow, state: 'cancelled', limit, cursor }, signal).then((answer) => ({
      items: answer.items ?? [],
      next: answer.next,
    }))
  return comingEvents(listEvents, community, { ...narrow, state: 'planned' }, now, { limit, cursor }, signal)
}

function useColumns(slug: string): ListColumn<EventRow>[] {
  const { t } = useWords()
  const text = useText()
  const format = useFormat()
  const now = useNow()
  const leads = (e: EventRow, tab: string, count: number) =>
    count === 0 ? (
      '0'
    ) : (
      <Link className={css.count} to={communityPath(slug, `events/${e.id}/${tab}`)}>
        {format.count(count)}
      </Link>
    )
  return [
    {
      id: 'title',
      header: t('events.event'),
      main: true,
      width: 208,
      cell: (e) => text(e.title),
    },
    { id: 'starts', header: t('events.starts'), width: 144, cell: (e) => format.dateTime(e.starts) },
    { id: 'place', header: t('events.where'), width: 160, cell: (e) => placeOf(e, t) },
    { id: 'kind', header: t('events.kind'), hidden: true, width: 88, cell: (e) => kindOf(e.kind, t) },
    {
      id: 'tickets',
      header: t('events.tickets'),
      align: 'right',
      width: 112,
      cell: (e) =>
        e.figures && (
          <>
            {leads(e, 'tickets?seg=valid', e.figures.valid)} / {format.count(e.capacity)}
          </>
        ),
    },
    {
      id: 'held',
      header: t('events.held'),
      align: 'right',
      width: 64,
      cell: (e) => e.figures && leads(e, 'tickets?seg=held', e.figures.held),
    },
    {
      id: 'waiting',
      header: t('events.waiting'),
      align: 'right',
      width: 72,
      cell: (e) => e.figures && leads(e, 'line', e.figures.waiting),
    },
    {
      id: 'friends',
      header: t('events.friends'),
      align: 'right',
      width: 80,
      cell: (e) => e.figures && leads(e, 'gifts', e.figures.friends),
    },
    {
      id: 'came',
      header: t('events.came'),
      align: 'right',
      width: 72,
      cell: (e) => e.figures && leads(e, 'came', e.figures.attended),
    },
    {
      id: 'nps',
      header: t('events.nps.short'),
      align: 'right',
      width: 104,
      cell: (e) =>
        e.figures &&
        e.figures.answers > 0 && (
          <Link className={css.count} to={communityPath(slug, `events/${e.id}/answers`)}>
            {e.figures.below && (
              <StatusTag bare tone="bad">
                {t('events.below')}
              </StatusTag>
            )}{' '}
            {t('events.nps.n', { nps: points(e.figures.nps), count: e.figures.answers })}
          </Link>
        ),
    },
    {
      id: 'state',
      header: t('people.state'),
      width: 200,
      cell: (e) => {
        const phase = phaseOf(e, now)
        return (
          <span className={css.state}>
            <StatusTag bare tone={phaseTone[phase]}>
              {t(phaseWord[phase])}
            </StatusTag>
            <Clashes event={e} slug={slug} />
          </span>
        )
      },
    },
  ]
}
