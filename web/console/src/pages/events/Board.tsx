import { useMemo } from 'react'
import { Link } from 'react-router'
import { calendarKey } from '~/api/calendar'
import { api, call } from '~/api/client'
import type { Schemas } from '~/api/community'
import { communityPath, useCommunity } from '~/app/community'
import { type Key, useText, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { DeadlineText, type ListColumn, ListPage, type ListSource } from '~/parts'
import page from '../page.module.css'
import { stepName } from '../ways'
import css from './Events.module.css'
import { EventsHead } from './Head'

type Made = Schemas['EventMade']

/** Is each event on time? The events ahead, each with the steps that its making stands at. */
export function Board() {
  return <EventsHead>{() => <List />}</EventsHead>
}

function List() {
  const { t } = useWords()
  const text = useText()
  const slug = useCommunity()?.slug ?? ''
  const source = useMemo<ListSource<Made>>(
    () => ({
      key: [...calendarKey(slug), 'board'],
      load: ({ limit, cursor }, signal) =>
        call<Schemas['PageOfEventMade']>(
          api.GET('/api/v1/communities/{community}/events/production', {
            params: { path: { community: slug }, query: { limit, cursor } },
            signal,
          }),
        ).then((p) => ({ items: p.items ?? [], next: p.next })),
    }),
    [slug],
  )
  return (
    <div className={page.list}>
      <ListPage<Made>
        id="production"
        unit={(count) => t('events.unit', { count })}
        columns={useColumns(slug)}
        source={source}
        rowId={(made) => made.event.id}
        rowName={(made) => text(made.event.title)}
        rowTo={(made) => communityPath(slug, `events/${made.event.id}/production`)}
        empty={{ title: t('events.board.none'), body: t('events.board.none.body') }}
      />
    </div>
  )
}

function useColumns(slug: string): ListColumn<Made>[] {
  const { t } = useWords()
  const text = useText()
  const format = useFormat()
  const of = (made: Made, show: (stand: Schemas['Stand']) => React.ReactNode) => (
    <ul className={css.stands}>
      {made.stands.map((stand) => (
        <li key={`${text(stand.of ?? {})} ${stand.what}`}>{show(stand)}</li>
      ))}
    </ul>
  )
  return [
    { id: 'event', header: t('events.board.event'), main: true, width: 200, cell: (made) => text(made.event.title) },
    { id: 'starts', header: t('events.starts'), width: 144, cell: (made) => format.dateTime(made.event.starts) },
    {
      id: 'step',
      header: t('events.board.step'),
      width: 200,
      cell: (made) =>
        made.stands.length > 0 ? (
          of(made, (stand) =>
            stand.kind === 'ask' ? <Link to={communityPath(slug, 'today')}>{nameOf(stand)}</Link> : nameOf(stand),
          )
        ) : (
          <span className={page.soft}>{t('events.board.nothing')}</span>
        ),
    },
    {
      id: 'due',
      header: t('events.board.due'),
      width: 144,
      cell: (made) =>
        made.stands.length > 0 && of(made, (stand) => (stand.due ? <DeadlineText at={stand.due} /> : '—')),
    },
    {
      id: 'owner',
      header: t('events.board.owner'),
      width: 112,
      cell: (made) =>
        made.stands.length > 0 && of(made, (stand) => (stand.owner ? t(`common.role.${stand.owner}` as Key) : '—')),
    },
  ]

  function nameOf(stand: Schemas['Stand']) {
    const wait = `events.production.wait.${stand.what}` as Key
    const words = stand.kind === 'until' ? t(wait) : ''
    return stepName(stand, text(stand.title ?? {}) || (words === wait ? '' : words), t)
  }
}
