// What the page of placements asks for: which of them paid, who came by one and what they bought, what one would come to.
import { type QueryClient, queryOptions } from '@tanstack/react-query'
import { api, call } from './client'
import type { Schemas } from './community'
import { growthKey } from './growth'
import { asProblem } from './problem'

export type Placement = Schemas['IntakePlacement']
export type Figures = Schemas['IntakePlacementFigures']
export type Pool = Schemas['IntakePoolFigures']
export type Origin = Schemas['NamedOrigin']
export type Sale = Schemas['NamedSale']
export type EventPlacement = Schemas['EventPlacement']
export type Outlook = Schemas['IntakeOutlook']
export type Ranking = 'roi' | 'revenue' | 'contacts' | 'rate' | 'cost'

export const rankings = ['roi', 'revenue', 'contacts', 'rate', 'cost'] as const

export const placementsKey = (community: string) => [...growthKey(community), 'placements'] as const

export const placementsChanged = (client: QueryClient, community: string) =>
  client.invalidateQueries({ queryKey: placementsKey(community) })

interface Paging {
  limit?: number
  cursor?: string
}

/** The first 200, for choosing one. */
export const placementsQuery = (community: string) =>
  queryOptions({
    queryKey: [...placementsKey(community), 'choice'],
    queryFn: async ({ signal }) =>
      (
        await call<Schemas['PageOfIntakePlacement']>(
          api.GET('/api/v1/communities/{community}/placements', {
            params: { path: { community }, query: { limit: 200 } },
            signal,
          }),
        )
      ).items ?? [],
  })

export const rankPlacements = (
  community: string,
  query: Paging & { by: Ranking; pool?: string },
  signal?: AbortSignal,
) =>
  call<Schemas['PageOfIntakePlacementFigures']>(
    api.GET('/api/v1/communities/{community}/placements/ranked', { params: { path: { community }, query }, signal }),
  )

export const poolsQuery = (community: string) =>
  queryOptions({
    queryKey: [...placementsKey(community), 'pools'],
    queryFn: async ({ signal }) =>
      (
        await call<Schemas['ListOfIntakePoolFigures']>(
          api.GET('/api/v1/communities/{community}/placements/pools', { params: { path: { community } }, signal }),
        )
      ).items ?? [],
  })

export const placementQuery = (community: string, id: string) =>
  queryOptions({
    queryKey: [...placementsKey(community), 'one', id],
    queryFn: ({ signal }) =>
      call<Figures>(
        api.GET('/api/v1/communities/{community}/placements/{id}', { params: { path: { community, id } }, signal }),
      ),
  })

/** What an event is as a placement; null for one that is none. */
export const eventPlacementQuery = (community: string, event: string) =>
  queryOptions({
    queryKey: [...placementsKey(community), 'event', event],
    queryFn: async ({ signal }): Promise<EventPlacement | null> => {
      try {
        return await call<EventPlacement>(
          api.GET('/api/v1/communities/{community}/events/{id}/placement', {
            params: { path: { community, id: event } },
            signal,
          }),
        )
      } catch (error) {
        if (asProblem(error).code === 'intake.no_placement') return null
        throw error
      }
    },
  })

export const listOrigins = (community: string, id: string, query: Paging, signal?: AbortSignal) =>
  call<Schemas['PageOfNamedOrigin']>(
    api.GET('/api/v1/communities/{community}/placements/{id}/people', {
      params: { path: { community, id }, query },
      signal,
    }),
  )

export const listSales = (community: string, id: string, query: Paging, signal?: AbortSignal) =>
  call<Schemas['PageOfNamedSale']>(
    api.GET('/api/v1/communities/{community}/placements/{id}/sales', {
      params: { path: { community, id }, query },
      signal,
    }),
  )

/** Contacts, rate in basis points, price and cost in fen. Worked out by the server; nothing is kept. */
export interface Prospect {
  contacts: number
  rate_bp: number
  price: number
  cost: number
}

export const outlookQuery = (community: string, prospect: Prospect) =>
  queryOptions({
    queryKey: ['what-if', community, prospect],
    queryFn: ({ signal }) =>
      call<Outlook>(
        api.GET('/api/v1/communities/{community}/placements/what-if', {
          params: { path: { community }, query: { ...prospect } },
          signal,
        }),
      ),
  })
