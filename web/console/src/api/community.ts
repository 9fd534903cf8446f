// What the pages of a community ask for. Types are the server's own.
import { queryOptions } from '@tanstack/react-query'
import { api, call } from './client'
import type { components } from './schema'

export type Schemas = components['schemas']
export type Today = Schemas['Today']
export type Person = Schemas['PeoplePerson']
export type Fact = Schemas['Fact']
export type Task = Schemas['Task']
export type TaskView = Schemas['TaskView']
export type EntryView = Schemas['EntryView']
export type PathOverview = Schemas['PathOverview']
export type Circle = Schemas['Circle']
export type CircleMessage = Schemas['CircleMessage']

const at = (community: string) => ({ path: { community } })

export const todayQuery = (community: string) =>
  queryOptions({
    queryKey: ['today', community],
    refetchInterval: 30_000,
    queryFn: ({ signal }) =>
      call<Today>(api.GET('/api/v1/communities/{community}/today', { params: at(community), signal })),
  })

/** Who works here. */
export const readStaff = (community: string, signal?: AbortSignal) =>
  call<Schemas['ListOfStaffView']>(api.GET('/api/v1/communities/{community}/staff', { params: at(community), signal }))

export const staffQuery = (community: string) =>
  queryOptions({ queryKey: ['staff', community], queryFn: ({ signal }) => readStaff(community, signal) })

export const tasksQuery = (community: string, query: { kind?: string; state?: string; person?: string } = {}) =>
  queryOptions({
    queryKey: ['tasks', community, query],
    refetchInterval: 30_000,
    queryFn: ({ signal }) =>
      call<Schemas['TaskPage']>(
        api.GET('/api/v1/communities/{community}/tasks', {
          params: { ...at(community), query: query as never },
          signal,
        }),
      ),
  })

export const personQuery = (community: string, id: string) =>
  queryOptions({
    queryKey: ['person', community, id],
    queryFn: ({ signal }) =>
      call<Person>(
        api.GET('/api/v1/communities/{community}/people/{id}', { params: { path: { community, id } }, signal }),
      ),
  })

export const pathsQuery = (community: string) =>
  queryOptions({
    queryKey: ['paths', community],
    queryFn: ({ signal }) =>
      call<Schemas['ListOfPathOverview']>(
        api.GET('/api/v1/communities/{community}/paths', { params: at(community), signal }),
      ),
  })

export const pathQuery = (community: string, name: string) =>
  queryOptions({
    queryKey: ['path', community, name],
    enabled: name !== '',
    queryFn: ({ signal }) =>
      call<PathOverview>(
        api.GET('/api/v1/communities/{community}/paths/{name}', { params: { path: { community, name } }, signal }),
      ),
  })

export const entriesQuery = (community: string) =>
  queryOptions({
    queryKey: ['entries', community],
    queryFn: ({ signal }) =>
      call<Schemas['PageOfEntryView']>(
        api.GET('/api/v1/communities/{community}/entries', {
          params: { ...at(community), query: { limit: 200 } },
          signal,
        }),
      ),
  })

export const circlesQuery = (community: string) =>
  queryOptions({
    queryKey: ['circle-names', community],
    staleTime: 60_000,
    queryFn: ({ signal }) =>
      call<Schemas['PageOfCircle']>(
        api.GET('/api/v1/communities/{community}/circles', {
          params: { ...at(community), query: { limit: 200 } },
          signal,
        }),
      ),
  })

export const sourcesQuery = (community: string) =>
  queryOptions({
    queryKey: ['sources', community],
    queryFn: ({ signal }) =>
      call<Schemas['PageOfIntakeSource']>(
        api.GET('/api/v1/communities/{community}/sources', {
          params: { ...at(community), query: { limit: 200 } },
          signal,
        }),
      ),
  })

export const openingsQuery = (community: string) =>
  queryOptions({
    queryKey: ['openings', community],
    queryFn: ({ signal }) =>
      call<Schemas['PageOfIntakeOpening']>(
        api.GET('/api/v1/communities/{community}/openings', {
          params: { ...at(community), query: { limit: 200 } },
          signal,
        }),
      ),
  })

export const liveCodesQuery = (community: string) =>
  queryOptions({
    queryKey: ['live-codes', community],
    queryFn: ({ signal }) =>
      call<Schemas['ListOfLiveCode']>(
        api.GET('/api/v1/communities/{community}/live-codes', { params: at(community), signal }),
      ),
  })

export const poolsQuery = (community: string, name: string) =>
  queryOptions({
    queryKey: ['pools', community, name],
    queryFn: ({ signal }) =>
      call<Schemas['SeatMap']>(
        api.GET('/api/v1/communities/{community}/groups/{name}/pools', {
          params: { path: { community, name } },
          signal,
        }),
      ),
  })
