// Campaigns and whom they are for. Types are the server's own.
import { queryOptions } from '@tanstack/react-query'
import { api, call } from './client'
import type { Schemas } from './community'

export type Campaign = Schemas['CampaignView']
export type CampaignFields = Schemas['CampaignFields']
export type Rule = Schemas['TouchRule']
export type Touch = Schemas['TouchView']
export type SegmentLook = Schemas['SegmentLook']
export type TouchRules = Schemas['TouchRules']

export const rulesQuery = (community: string) =>
  queryOptions({
    queryKey: ['touch-rules', community],
    staleTime: 60_000,
    queryFn: ({ signal }) =>
      call<TouchRules>(
        api.GET('/api/v1/communities/{community}/touches/rules', { params: { path: { community } }, signal }),
      ),
  })

/** Something still moves: it is sent, or waits to be. */
export const moving = (c: Campaign | undefined) =>
  c !== undefined && (c.state === 'sending' || c.results.queued + c.results.leaving > 0)

export const campaignQuery = (community: string, id: string) =>
  queryOptions({
    queryKey: ['campaign', community, id],
    enabled: id !== '',
    refetchInterval: ({ state }: { state: { data?: Campaign } }) => (moving(state.data) ? 3000 : (false as const)),
    queryFn: ({ signal }) =>
      call<Campaign>(
        api.GET('/api/v1/communities/{community}/campaigns/{id}', { params: { path: { community, id } }, signal }),
      ),
  })

export interface Look {
  rule: Rule
  purpose: string
  channel?: string
  starts_at?: string
  not_after?: string
}

export const lookQuery = (community: string, look: Look) =>
  queryOptions({
    queryKey: ['segment', community, look],
    staleTime: 10_000,
    queryFn: ({ signal }) =>
      call<SegmentLook>(
        api.POST('/api/v1/communities/{community}/segments/look', {
          params: { path: { community } },
          body: look as never,
          signal,
        }),
      ),
  })

export const factKindsQuery = (community: string) =>
  queryOptions({
    queryKey: ['fact-kinds', community],
    staleTime: 5 * 60_000,
    queryFn: ({ signal }) =>
      call<Schemas['ListOfFactKind']>(
        api.GET('/api/v1/communities/{community}/facts/kinds', { params: { path: { community } }, signal }),
      ),
  })

export const groupsQuery = (community: string) =>
  queryOptions({
    queryKey: ['groups', community],
    staleTime: 60_000,
    queryFn: ({ signal }) =>
      call<Schemas['ListOfCircleGroup']>(
        api.GET('/api/v1/communities/{community}/groups', { params: { path: { community } }, signal }),
      ),
  })

export const tagsQuery = (community: string) =>
  queryOptions({
    queryKey: ['tags', community],
    staleTime: 60_000,
    queryFn: ({ signal }) =>
      call<Schemas['ListOfPeopleTagCount']>(
        api.GET('/api/v1/communities/{community}/people/tags', { params: { path: { community } }, signal }),
      ),
  })
