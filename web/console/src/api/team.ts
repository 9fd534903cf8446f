// What the page of the team asks for: departments and who has whom in hand, whose sales orders are, targets, the race, and statements.
import { queryOptions } from '@tanstack/react-query'
import { api, call, idempotent, newKey } from './client'
import type { Schemas } from './community'

export type Departments = Schemas['Departments']
export type Department = Schemas['DepartmentView']
export type Member = Schemas['TeamMember']
export type Pay = Schemas['TeamPay']
export type Turn = Schemas['NamedTurn']
export type Credit = Schemas['NamedCredit']
export type CreditWhy = Schemas['CreditWhy']
export type Target = Schemas['TeamTarget']
export type Race = Schemas['Race']
export type Score = Schemas['NamedScore']
export type Month = Schemas['TeamMonth']
export type Statement = Schemas['NamedStatement']
export type Line = Schemas['TeamLine']
export type Side = 'sales' | 'service'

export const teamKey = (community: string) => ['team', community] as const

export const departmentsQuery = (community: string) =>
  queryOptions({
    queryKey: [...teamKey(community), 'departments'],
    queryFn: ({ signal }) =>
      call<Departments>(
        api.GET('/api/v1/communities/{community}/departments', { params: { path: { community } }, signal }),
      ),
  })

export const listContacts = (
  community: string,
  query: { staff?: string; pool?: boolean; side?: Side; limit?: number; cursor?: string },
  signal?: AbortSignal,
) =>
  call<Schemas['PageOfNamedTurn']>(
    api.GET('/api/v1/communities/{community}/contacts-in-hand', { params: { path: { community }, query }, signal }),
  )

export const listOwners = (
  community: string,
  id: string,
  query: { limit?: number; cursor?: string },
  signal?: AbortSignal,
) =>
  call<Schemas['PageOfNamedTurn']>(
    api.GET('/api/v1/communities/{community}/people/{id}/owners', {
      params: { path: { community, id }, query },
      signal,
    }),
  )

/** What is done with a contact. Told twice it changes nothing. */
export function workContact(community: string, id: string, work: 'touch' | 'return'): Promise<unknown> {
  const options = { params: { path: { community, id } }, headers: idempotent(newKey()) }
  return work === 'touch'
    ? call(api.POST('/api/v1/communities/{community}/people/{id}/owner/touch', options))
    : call(api.POST('/api/v1/communities/{community}/people/{id}/owner/return', options))
}

export const handOver = (community: string, id: string, body: { side: Side; staff: string }) =>
  call(
    api.PUT('/api/v1/communities/{community}/people/{id}/owner', {
      params: { path: { community, id } },
      headers: idempotent(newKey()),
      body,
    }),
  )

export const listCredits = (
  community: string,
  query: { staff?: string; limit?: number; cursor?: string },
  signal?: AbortSignal,
) =>
  call<Schemas['PageOfNamedCredit']>(
    api.GET('/api/v1/communities/{community}/credits', { params: { path: { community }, query }, signal }),
  )

export const creditQuery = (community: string, order: string) =>
  queryOptions({
    queryKey: [...teamKey(community), 'credit', order],
    queryFn: ({ signal }) =>
      call<CreditWhy>(
        api.GET('/api/v1/communities/{community}/orders/{id}/credit', {
          params: { path: { community, id: order } },
          signal,
        }),
      ),
  })

export const targetsQuery = (community: string, month: string) =>
  queryOptions({
    queryKey: [...teamKey(community), 'targets', month],
    queryFn: ({ signal }) =>
      call<Schemas['ListOfTeamTarget']>(
        api.GET('/api/v1/communities/{community}/targets', {
          params: { path: { community }, query: { month } },
          signal,
        }),
      ),
  })

export const raceQuery = (community: string, from: string, to: string) =>
  queryOptions({
    queryKey: [...teamKey(community), 'race', from, to],
    queryFn: ({ signal }) =>
      call<Race>(
        api.GET('/api/v1/communities/{community}/race', {
          params: { path: { community }, query: { from, to } },
          signal,
        }),
      ),
  })

/** The months that are closed, the latest first: as many as a page holds, which is years. */
export const monthsQuery = (community: string) =>
  queryOptions({
    queryKey: [...teamKey(community), 'months'],
    refetchInterval: ({ state }: { state: { data?: Schemas['PageOfTeamMonth'] } }) =>
      state.data?.items?.some((m) => m.state === 'closing') ? 1500 : (false as const),
    queryFn: ({ signal }) =>
      call<Schemas['PageOfTeamMonth']>(
        api.GET('/api/v1/communities/{community}/months', {
          params: { path: { community }, query: { limit: 100 } },
          signal,
        }),
      ),
  })

export const listStatements = (
  community: string,
  query: { month?: string; staff?: string; limit?: number; cursor?: string },
  signal?: AbortSignal,
) =>
  call<Schemas['PageOfNamedStatement']>(
    api.GET('/api/v1/communities/{community}/statements', { params: { path: { community }, query }, signal }),
  )

export const statementQuery = (community: string, id: string) =>
  queryOptions({
    queryKey: [...teamKey(community), 'statement', id],
    queryFn: ({ signal }) =>
      call<Statement>(
        api.GET('/api/v1/communities/{community}/statements/{id}', { params: { path: { community, id } }, signal }),
      ),
  })

export const listStatementLines = (
  community: string,
  id: string,
  query: { limit?: number; cursor?: string },
  signal?: AbortSignal,
) =>
  call<Schemas['PageOfTeamLine']>(
    api.GET('/api/v1/communities/{community}/statements/{id}/lines', {
      params: { path: { community, id }, query },
      signal,
    }),
  )
