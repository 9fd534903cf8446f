// What the page of guests and topics asks for: whom to ask, about what, and for when.
import { type QueryClient, queryOptions } from '@tanstack/react-query'
import { calendarKey } from './calendar'
import { api, call, callVersioned } from './client'
import type { Schemas } from './community'

export type Guest = Schemas['EventGuest']
export type GuestRow = Schemas['GuestRow']
export type GuestView = Schemas['GuestView']
export type GuestNote = Schemas['EventGuestNote']
export type AskRow = Schemas['AskRow']
export type Topic = Schemas['TopicRow']
export type TopicQuestion = Schemas['TopicQuestion']
export type Slot = Schemas['SlotRow']

/** Below the calendar's: an event that is planned or called off fills or empties a time. */
export const bankKey = (community: string) => [...calendarKey(community), 'bank'] as const

export const bankChanged = (client: QueryClient, community: string) =>
  client.invalidateQueries({ queryKey: calendarKey(community) })

interface Paging {
  limit?: number
  cursor?: string
}

/** `topic` are words, each of which is in something that they can speak about. */
export const listGuests = (
  community: string,
  query: Paging & { state?: 'active' | 'retired'; topic?: string },
  signal?: AbortSignal,
) =>
  call<Schemas['PageOfGuestRow']>(
    api.GET('/api/v1/communities/{community}/guests', { params: { path: { community }, query }, signal }),
  )

export const guestQuery = (community: string, id: string) =>
  queryOptions({
    queryKey: [...bankKey(community), 'guest', id],
    queryFn: ({ signal }) =>
      callVersioned<GuestView>(
        api.GET('/api/v1/communities/{community}/guests/{id}', { params: { path: { community, id } }, signal }),
      ),
  })

export const notesQuery = (community: string, id: string) =>
  queryOptions({
    queryKey: [...bankKey(community), 'notes', id],
    queryFn: ({ signal }) =>
      call<Schemas['PageOfEventGuestNote']>(
        api.GET('/api/v1/communities/{community}/guests/{id}/notes', {
          params: { path: { community, id }, query: { limit: 50 } },
          signal,
        }),
      ),
  })

export const slotDays = 60

export const slotsQuery = (community: string) =>
  queryOptions({
    queryKey: [...bankKey(community), 'slots'],
    queryFn: ({ signal }) =>
      call<Schemas['ListOfSlotRow']>(
        api.GET('/api/v1/communities/{community}/events/slots', {
          params: { path: { community }, query: { days: slotDays } },
          signal,
        }),
      ),
  })

export type TopicState = 'open' | 'taken' | 'closed'

/** `q` are words, each of which is in the title or in what is said about it. */
export const topicsQuery = (community: string, state: TopicState, limit: number, q = '') =>
  queryOptions({
    queryKey: [...bankKey(community), 'topics', state, limit, q],
    queryFn: ({ signal }) =>
      call<Schemas['PageOfTopicRow']>(
        api.GET('/api/v1/communities/{community}/topics', {
          params: { path: { community }, query: { state, limit, q: q || undefined } },
          signal,
        }),
      ),
  })

export const askedQuery = (community: string) =>
  queryOptions({
    queryKey: [...bankKey(community), 'asked'],
    queryFn: ({ signal }) =>
      call<Schemas['PageOfTopicQuestion']>(
        api.GET('/api/v1/communities/{community}/topics/questions', {
          params: { path: { community }, query: { limit: 50 } },
          signal,
        }),
      ),
  })

export const eventGuestsQuery = (community: string, id: string) =>
  queryOptions({
    queryKey: [...bankKey(community), 'event', id],
    queryFn: ({ signal }) =>
      call<Schemas['EventGuests']>(
        api.GET('/api/v1/communities/{community}/events/{id}/guests', { params: { path: { community, id } }, signal }),
      ),
  })
