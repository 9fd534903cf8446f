// What the page of launches asks for: boards, pledges, endorsers, resources.
import { type QueryClient, queryOptions } from '@tanstack/react-query'
import { api, call, callVersioned } from './client'
import type { Schemas } from './community'
import { growthKey } from './growth'

export type Launch = Schemas['Launch']
export type Board = Schemas['LaunchView']
export type Pledge = Schemas['NamedPledge']
export type Asked = Schemas['AskedPledge']
export type Endorser = Schemas['LaunchEndorser']
export type Resource = Schemas['LaunchResource']
export type PledgeState = 'asked' | 'promised' | 'declined' | 'done'

export const launchesKey = (community: string) => [...growthKey(community), 'launches'] as const

/** After something on a board was changed: the board and its lists are read again. */
export const launchChanged = (client: QueryClient, community: string) =>
  client.invalidateQueries({ queryKey: launchesKey(community) })

interface Paging {
  limit?: number
  cursor?: string
}

export const listLaunches = (community: string, query: Paging, signal?: AbortSignal) =>
  call<Schemas['PageOfLaunch']>(
    api.GET('/api/v1/communities/{community}/launches', { params: { path: { community }, query }, signal }),
  )

export const boardQuery = (community: string, id: string) =>
  queryOptions({
    queryKey: [...launchesKey(community), 'board', id],
    queryFn: ({ signal }) =>
      callVersioned<Board>(
        api.GET('/api/v1/communities/{community}/launches/{id}', { params: { path: { community, id } }, signal }),
      ),
  })

export const listPledges = (
  community: string,
  id: string,
  query: Paging & { state?: PledgeState },
  signal?: AbortSignal,
) =>
  call<Schemas['PageOfNamedPledge']>(
    api.GET('/api/v1/communities/{community}/launches/{id}/pledges', {
      params: { path: { community, id }, query },
      signal,
    }),
  )

/** Of how many endorsers, and resources, a board shows at most; `next` tells that there are more. */
const shown = 200

export const endorsersQuery = (community: string, id: string) =>
  queryOptions({
    queryKey: [...launchesKey(community), 'endorsers', id],
    queryFn: ({ signal }) =>
      call<Schemas['PageOfLaunchEndorser']>(
        api.GET('/api/v1/communities/{community}/launches/{id}/endorsers', {
          params: { path: { community, id }, query: { limit: shown } },
          signal,
        }),
      ),
  })

export const resourcesQuery = (community: string, id: string) =>
  queryOptions({
    queryKey: [...launchesKey(community), 'resources', id],
    queryFn: ({ signal }) =>
      call<Schemas['PageOfLaunchResource']>(
        api.GET('/api/v1/communities/{community}/launches/{id}/resources', {
          params: { path: { community, id }, query: { limit: shown } },
          signal,
        }),
      ),
  })
