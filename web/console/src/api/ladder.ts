// What is on sale by rung, and somebody's next step.
import { queryOptions } from '@tanstack/react-query'
import { api, call } from './client'
import type { Schemas } from './community'
import { shopKey } from './shop'

export type LadderProduct = Schemas['LadderProduct']
export type Rung = Schemas['LadderTier']['rung']

export const ladderQuery = (community: string) =>
  queryOptions({
    queryKey: [...shopKey(community), 'ladder'],
    queryFn: ({ signal }) =>
      call<Schemas['Ladder']>(
        api.GET('/api/v1/communities/{community}/ladder', { params: { path: { community } }, signal }),
      ),
  })

/** Under the person, whose page shows it. */
export const standingQuery = (community: string, id: string) =>
  queryOptions({
    queryKey: ['person', community, id, 'ladder'],
    queryFn: ({ signal }) =>
      call<Schemas['WordedStanding']>(
        api.GET('/api/v1/communities/{community}/people/{id}/ladder', {
          params: { path: { community, id } },
          signal,
        }),
      ),
  })
