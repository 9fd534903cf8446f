// What the pages of bills ask for: a channel's bill of each day, and in what it and our books differ.
import { queryOptions } from '@tanstack/react-query'
import { api, call } from './client'
import type { Schemas } from './community'
import { moneyKey } from './money'

export type Bill = Schemas['ShopBill']
export type Difference = Schemas['ShopDifference']
export type PayChannel = Schemas['PayChannel']

export const billsKey = (community: string) => [...moneyKey(community), 'bills'] as const

export const billsAt = (community: string) => `/api/v1/communities/${community}/bills`

/** The bill of a day of a channel that makes its own here, as a file. */
export const madeAt = (community: string, channel: string, day: string) =>
  `/api/v1/communities/${community}/channels/${encodeURIComponent(channel)}/bill?day=${day}`

export const channelsQuery = (community: string) =>
  queryOptions({
    queryKey: [...moneyKey(community), 'channels'],
    staleTime: 60_000,
    queryFn: ({ signal }) =>
      call<Schemas['ListOfPayChannel']>(
        api.GET('/api/v1/communities/{community}/channels', { params: { path: { community } }, signal }),
      ),
  })

export const listBills = (
  community: string,
  query: { open?: boolean; limit?: number; cursor?: string },
  signal?: AbortSignal,
) =>
  call<Schemas['PageOfShopBill']>(
    api.GET('/api/v1/communities/{community}/bills', { params: { path: { community }, query }, signal }),
  )

export const billQuery = (community: string, id: string) =>
  queryOptions({
    queryKey: [...billsKey(community), 'bill', id],
    queryFn: ({ signal }) =>
      call<Bill>(
        api.GET('/api/v1/communities/{community}/bills/{id}', { params: { path: { community, id } }, signal }),
      ),
  })

export const listDifferences = (
  community: string,
  query: { bill: string; open?: boolean; limit?: number; cursor?: string },
  signal?: AbortSignal,
) =>
  call<Schemas['PageOfShopDifference']>(
    api.GET('/api/v1/communities/{community}/differences', { params: { path: { community }, query }, signal }),
  )
