// What the page of events asks for: the calendar, one event, and its lists.
import { type QueryClient, queryOptions } from '@tanstack/react-query'
import { api, call, callVersioned } from './client'
import type { Schemas } from './community'
import { asProblem } from './problem'

export type EventRow = Schemas['EventRow']
export type EventView = Schemas['EventView']
export type EventTemplate = Schemas['EventTemplate']
export type EventChange = Schemas['EventChange']
export type EventDraft = Schemas['EventDraft']
export type Survey = Schemas['EventSurvey']
export type TicketRow = Schemas['TicketRow']
export type LineRow = Schemas['LineRow']
export type GiftRow = Schemas['GiftRow']
export type ScanRow = Schemas['ScanRow']
export type AttendeeRow = Schemas['AttendeeRow']
export type EventProduction = Schemas['EventProduction']
export type EventJury = Schemas['EventJury']
export type RoomView = Schemas['RoomView']
export type RoomQuestion = Schemas['RoomQuestion']
export type AnswerRow = Schemas['AnswerRow']

export const eventKinds = ['script', 'live', 'salon', 'conference', 'class', 'course'] as const
export type EventKind = (typeof eventKinds)[number]

/** Under one key, so that a change brings list, month and page up to date. */
export const calendarKey = (community: string) => ['calendar', community] as const

export const calendarChanged = (client: QueryClient, community: string) =>
  client.invalidateQueries({ queryKey: calendarKey(community) })

export interface CalendarRequest {
  from?: string
  to?: string
  kind?: EventKind
  city?: string
  state?: 'planned' | 'cancelled'
  conflicts?: boolean
  figures?: boolean
  limit?: number
  cursor?: string
}

export const listEvents = (community: string, query: CalendarRequest, signal?: AbortSignal) =>
  call<Schemas['PageOfEventRow']>(
    api.GET('/api/v1/communities/{community}/events', { params: { path: { community }, query }, signal }),
  )

/** All that begin between two moments, page after page. */
export async function allEvents(
  community: string,
  query: CalendarRequest,
  signal?: AbortSignal,
  list: typeof listEvents = listEvents,
): Promise<EventRow[]> {
  const out: EventRow[] = []
  let cursor: string | undefined
  do {
    const page = await list(community, { ...query, limit: 200, cursor }, signal)
    out.push(...(page.items ?? []))
    cursor = page.next || undefined
  } while (cursor)
  return out
}

export const eventQuery = (community: string, id: string) =>
  queryOptions({
    queryKey: [...calendarKey(community), 'one', id],
    queryFn: ({ signal }) =>
      callVersioned<EventView>(
        api.GET('/api/v1/communities/{community}/events/{id}', { params: { path: { community, id } }, signal }),
      ),
  })

export const forecastQuery = (community: string, id: string) =>
  queryOptions({
    queryKey: [...calendarKey(community), 'forecast', id],
    queryFn: ({ signal }) =>
      call<Schemas['EventTurnout']>(
        api.GET('/api/v1/communities/{community}/events/{id}/forecast', {
          params: { path: { community, id } },
          signal,
        }),
      ),
  })

export const saleQuery = (community: string, id: string) =>
  queryOptions({
    queryKey: [...calendarKey(community), 'sale', id],
    queryFn: ({ signal }) =>
      call<Schemas['SoldByEvent']>(
        api.GET('/api/v1/communities/{community}/events/{id}/sale', { params: { path: { community, id } }, signal }),
      ),
  })

export const lecturersQuery = (community: string) =>
  queryOptions({
    queryKey: [...calendarKey(community), 'lecturers'],
    queryFn: ({ signal }) =>
      call<Schemas['Lecturers']>(
        api.GET('/api/v1/communities/{community}/lecturers', { params: { path: { community } }, signal }),
      ),
  })

export const templatesQuery = (community: string) =>
  queryOptions({
    queryKey: ['event-templates', community],
    queryFn: ({ signal }) =>
      call<Schemas['ListOfEventTemplate']>(
        api.GET('/api/v1/communities/{community}/events/templates', { params: { path: { community } }, signal }),
      ),
  })

export type TicketState = 'held' | 'valid' | 'returned' | 'refunded'

export const listTickets = (
  community: string,
  id: string,
  query: { state?: TicketState; limit?: number; cursor?: string },
  signal?: AbortSignal,
) =>
  call<Schemas['PageOfTicketRow']>(
    api.GET('/api/v1/communities/{community}/events/{id}/tickets', {
      params: { path: { community, id }, query },
      signal,
    }),
  )

export interface Owed {
  /** Tickets that cost something, and what they cost together, in fen. */
  count: number
  fen: number
  /** There are more tickets than were looked at. */
  more: boolean
}

/** What goes back to those who paid when an event is called off. Looks at 2,000 tickets. */
export const owedQuery = (community: string, id: string) =>
  queryOptions({
    queryKey: [...calendarKey(community), 'owed', id],
    staleTime: 0,
    queryFn: async ({ signal }): Promise<Owed> => {
      const owed: Owed = { count: 0, fen: 0, more: false }
      let cursor: string | undefined
      for (let pages = 0; pages < 10; pages++) {
        const page = await listTickets(community, id, { state: 'valid', limit: 200, cursor }, signal)
        const paid = (page.items ?? []).filter((ticket) => ticket.price > 0)
        owed.count += paid.length
        owed.fen += paid.reduce((sum, ticket) => sum + ticket.price, 0)
        cursor = page.next || undefined
        if (!cursor) return owed
      }
      return { ...owed, more: true }
    },
  })

export const listAttendees = (
  community: string,
  id: string,
  query: { limit?: number; cursor?: string },
  signal?: AbortSignal,
) =>
  call<Schemas['PageOfAttendeeRow']>(
    api.GET('/api/v1/communities/{community}/events/{id}/attendees', {
      params: { path: { community, id }, query },
      signal,
    }),
  )

export const productionQuery = (community: string, id: string) =>
  queryOptions({
    queryKey: [...calendarKey(community), 'production', id],
    queryFn: ({ signal }) =>
      call<EventProduction>(
        api.GET('/api/v1/communities/{community}/events/{id}/production', {
          params: { path: { community, id } },
          signal,
        }),
      ),
  })

/** The room of a script; its own key, since it is read every few seconds. */
export const roomKey = (community: string, id: string) => ['room', community, id] as const

/** How far a script has come; null for an event that has none. */
export const roomQuery = (community: string, id: string) =>
  queryOptions({
    queryKey: [...roomKey(community, id), 'state'],
    queryFn: async ({ signal }): Promise<RoomView | null> => {
      try {
        return await call<RoomView>(
          api.GET('/api/v1/communities/{community}/events/{id}/room', { params: { path: { community, id } }, signal }),
        )
      } catch (error) {
        if (asProblem(error).code === 'room.unknown') return null
        throw error
      }
    },
  })

export const scriptQuery = (community: string, id: string, version: number) =>
  queryOptions({
    queryKey: [...roomKey(community, id), 'script', version],
    staleTime: Number.POSITIVE_INFINITY, // a version never changes
    queryFn: ({ signal }) =>
      call<Schemas['RoomScript']>(
        api.GET('/api/v1/communities/{community}/events/{id}/room/script', {
          params: { path: { community, id } },
          signal,
        }),
      ),
  })

export const questionsQuery = (community: string, id: string) =>
  queryOptions({
    queryKey: [...roomKey(community, id), 'questions'],
    queryFn: ({ signal }) =>
      call<Schemas['PageOfRoomQuestion']>(
        api.GET('/api/v1/communities/{community}/events/{id}/room/questions', {
          params: { path: { community, id }, query: { limit: 50 } },
          signal,
        }),
      ),
  })
