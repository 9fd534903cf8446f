import { useMemo } from 'react'
import { calendarKey, type EventView, type GiftRow } from '~/api/calendar'
import { api, call } from '~/api/client'
import type { Schemas } from '~/api/community'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { type ListColumn, ListPage, type ListSource, StatusTag, type Tone } from '~/parts'
import page from '../page.module.css'
import { Holder } from './Holder'
import { giftOf } from './words'

const tones: Record<string, Tone> = { given: 'wait', claimed: 'good' }

/** Friend tickets: who gave them, who came of it. */
export function Gifts({ slug, event }: { slug: string; event: EventView }) {
  const { t } = useWords()
  const format = useFormat()
  const source = useMemo<ListSource<GiftRow>>(
    () => ({
      key: [...calendarKey(slug), 'gifts', event.id],
      load: async ({ limit, cursor }, signal) => {
        const answer = await call<Schemas['PageOfGiftRow']>(
          api.GET('/api/v1/communities/{community}/events/{id}/gifts', {
            params: { path: { community: slug, id: event.id }, query: { limit, cursor } },
            signal,
          }),
        )
        return { items: answer.items ?? [], next: answer.next }
      },
    }),
    [slug, event.id],
  )
  const columns: ListColumn<GiftRow>[] = [
    {
      id: 'giver',
      header: t('events.giver'),
      main: true,
      width: 136,
      cell: (row) => <Holder slug={slug} person={row.giver} name={row.giver_name} />,
    },
    {
      id: 'state',
      header: t('people.state'),
      width: 112,
      cell: (row) => (
        <StatusTag bare tone={tones[row.state] ?? 'done'}>
          {giftOf(row.state, t)}
        </StatusTag>
      ),
    },
    {
      id: 'guest',
      header: t('events.guest'),
      width: 136,
      cell: (row) => row.guest && <Holder slug={slug} person={row.guest} name={row.guest_name} />,
    },
    { id: 'given', header: t('events.given'), width: 144, cell: (row) => format.dateTime(row.given_at) },
    {
      id: 'ended',
      header: t('events.gift.ended'),
      width: 144,
      cell: (row) => (row.ended_at ? format.dateTime(row.ended_at) : ''),
    },
  ]
  return (
    <div className={page.list}>
      <ListPage<GiftRow>
        id="event-gifts"
        unit={(count) => t('events.tickets.unit', { count })}
        columns={columns}
        source={source}
        rowId={(row) => row.id}
        rowName={(row) => row.giver_name || t('people.unnamed')}
        empty={{
          title: t('events.gifts.empty'),
          body: event.friends?.per_member
            ? t('events.gifts.empty.body', { count: event.friends.per_member })
            : t('events.gifts.off'),
        }}
      />
    </div>
  )
}
