// What the page of growth asks for: programmes, rewards and why they were earned, bonds, links and the forwards of one.
import { queryOptions } from '@tanstack/react-query'
import { api, call } from './client'
import type { Schemas } from './community'

export type Programmes = Schemas['Programmes']
export type Terms = Schemas['GrowthTerms']
export type Reward = Schemas['NamedReward']
export type Why = Schemas['GrowthWhy']
export type Bond = Schemas['NamedBond']
export type LinkCount = Schemas['GrowthLinkCount']
export type Links = Schemas['Links']
export type ChainNode = Schemas['ChainNode']
export type Simulation = Schemas['NamedSimulation']
export type Beside = Schemas['GrowthBeside']
export type Tally = Schemas['GrowthTally']
export type RewardState = 'frozen' | 'released' | 'held' | 'taken'

export const growthKey = (community: string) => ['growth', community] as const

export const programmesQuery = (community: string) =>
  queryOptions({
    queryKey: [...growthKey(community), 'programmes'],
    queryFn: ({ signal }) =>
      call<Programmes>(
        api.GET('/api/v1/communities/{community}/programmes', { params: { path: { community } }, signal }),
      ),
  })

/** What other rules would have come to; nothing is changed, so it is asked without a key. */
export const simulate = (
  community: string,
  name: string,
  body: { rules: Schemas['GrowthProgramme']; from: string; to: string },
) =>
  call<Simulation>(
    api.POST('/api/v1/communities/{community}/programmes/{name}/simulate', {
      params: { path: { community, name } },
      body,
    }),
  )

export const listRewards = (
  community: string,
  query: { state?: RewardState; promoter?: string; limit?: number; cursor?: string },
  signal?: AbortSignal,
) =>
  call<Schemas['PageOfNamedReward']>(
    api.GET('/api/v1/communities/{community}/rewards', { params: { path: { community }, query }, signal }),
  )

/** Of how many rewards, the newest, it is said from whom they come. */
export const recent = 200

export const recentRewardsQuery = (community: string) =>
  queryOptions({
    queryKey: [...growthKey(community), 'recent'],
    queryFn: ({ signal }) => listRewards(community, { limit: recent }, signal),
  })

export const whyQuery = (community: string, id: string) =>
  queryOptions({
    queryKey: [...growthKey(community), 'why', id],
    queryFn: ({ signal }) =>
      call<Why>(
        api.GET('/api/v1/communities/{community}/rewards/{id}/why', { params: { path: { community, id } }, signal }),
      ),
  })

export const listBonds = (
  community: string,
  id: string,
  query: { as: 'promoter' | 'guest'; cursor?: string },
  signal?: AbortSignal,
) =>
  call<Schemas['PageOfNamedBond']>(
    api.GET('/api/v1/communities/{community}/people/{id}/bonds', {
      params: { path: { community, id }, query },
      signal,
    }),
  )

export const linksQuery = (community: string, id: string) =>
  queryOptions({
    queryKey: [...growthKey(community), 'links', id],
    queryFn: ({ signal }) =>
      call<Links>(
        api.GET('/api/v1/communities/{community}/people/{id}/links', { params: { path: { community, id } }, signal }),
      ),
  })

export const chainQuery = (community: string, id: string) =>
  queryOptions({
    queryKey: [...growthKey(community), 'chain', id],
    queryFn: ({ signal }) =>
      call<Schemas['Chain']>(
        api.GET('/api/v1/communities/{community}/links/{id}/chain', { params: { path: { community, id } }, signal }),
      ),
  })

export const listChildren = (community: string, id: string, cursor?: string, signal?: AbortSignal) =>
  call<Schemas['PageOfGrowthLinkCount']>(
    api.GET('/api/v1/communities/{community}/links/{id}/children', {
      params: { path: { community, id }, query: { cursor } },
      signal,
    }),
  )
