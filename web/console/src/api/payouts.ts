// What the pages of payouts ask for: batches, their lines, and what is done with them.
import { queryOptions } from '@tanstack/react-query'
import { api, call, idempotent, newKey } from './client'
import type { Schemas } from './community'
import { moneyKey } from './money'

export type Batch = Schemas['PayoutBatch']
export type BatchDetail = Schemas['PayoutDetail']
export type Totals = Schemas['PayoutTotals']
export type PayoutLine = Schemas['NamedLine']
export type LineState = 'reserved' | 'paid' | 'failed' | 'returned'

export const payoutsKey = (community: string) => [...moneyKey(community), 'payouts'] as const

export const listBatches = (community: string, query: { limit?: number; cursor?: string }, signal?: AbortSignal) =>
  call<Schemas['PageOfPayoutBatch']>(
    api.GET('/api/v1/communities/{community}/payouts', { params: { path: { community }, query }, signal }),
  )

export const readBatch = (community: string, id: string, signal?: AbortSignal) =>
  call<BatchDetail>(
    api.GET('/api/v1/communities/{community}/payouts/{id}', { params: { path: { community, id } }, signal }),
  )

/** A job is at it: what is read now changes by itself. */
export const moving = (state?: string) => state === 'drafting' || state === 'cancelling'

export const batchQuery = (community: string, id: string) =>
  queryOptions({
    queryKey: [...payoutsKey(community), 'batch', id],
    refetchInterval: ({ state }: { state: { data?: BatchDetail } }) =>
      moving(state.data?.state) ? 1500 : (false as const),
    queryFn: ({ signal }) => readBatch(community, id, signal),
  })

export const listLines = (
  community: string,
  id: string,
  query: { state?: LineState; limit?: number; cursor?: string },
  signal?: AbortSignal,
) =>
  call<Schemas['PageOfNamedLine']>(
    api.GET('/api/v1/communities/{community}/payouts/{id}/lines', {
      params: { path: { community, id }, query },
      signal,
    }),
  )

export type LineWork = 'paid' | 'failed' | 'retry'

/** What becomes of a line. Told twice it changes nothing. */
export function tellLine(community: string, id: string, work: LineWork, reason: string): Promise<unknown> {
  const params = { path: { community, id } }
  const headers = idempotent(newKey())
  switch (work) {
    case 'paid':
      return call(api.POST('/api/v1/communities/{community}/payout-lines/{id}/paid', { params, headers }))
    case 'failed':
      return call(
        api.POST('/api/v1/communities/{community}/payout-lines/{id}/failed', { params, headers, body: { reason } }),
      )
    case 'retry':
      return call(api.POST('/api/v1/communities/{community}/payout-lines/{id}/retry', { params, headers }))
  }
}
