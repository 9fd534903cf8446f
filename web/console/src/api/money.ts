// What the pages of money ask for: the books, orders, and the names of those whom accounts and orders belong to.
import { type QueryClient, queryOptions } from '@tanstack/react-query'
import { api, call } from './client'
import { type Person, readStaff, type Schemas } from './community'
import { membersKey } from './members'
import { asProblem } from './problem'

export type Sheet = Schemas['Sheet']
export type SheetLine = Schemas['LedgerSheetLine']
export type AccountBalance = Schemas['LedgerAccountBalance']
export type Movement = Schemas['LedgerMovement']
export type LedgerEntry = Schemas['LedgerEntry']
export type LedgerLine = Schemas['LedgerLine']
export type BookEntry = Schemas['BookEntry']
export type Order = Schemas['ShopOrder']
export type OrderDetail = Schemas['ShopDetail']
export type Refund = Schemas['ShopRefund']
export type Payment = Schemas['ShopPayment']
export type Currency = 'CNY' | 'POINTS'
export type OrderState = 'created' | 'paid' | 'fulfilled' | 'closed' | 'refunded'

export const moneyKey = (community: string) => ['money', community] as const

export const sheetQuery = (community: string) =>
  queryOptions({
    queryKey: [...moneyKey(community), 'sheet'],
    queryFn: ({ signal }) =>
      call<Sheet>(api.GET('/api/v1/communities/{community}/books', { params: { path: { community } }, signal })),
  })

export const bookEntryQuery = (community: string, id: string) =>
  queryOptions({
    queryKey: [...moneyKey(community), 'entry', id],
    queryFn: ({ signal }) =>
      call<BookEntry>(
        api.GET('/api/v1/communities/{community}/books/entries/{id}', { params: { path: { community, id } }, signal }),
      ),
  })

/** What came a moment ago is seen through by jobs; what takes longer waits for something else. */
const soon = (at?: string) => at !== undefined && Date.now() - Date.parse(at) < 60_000
const moves = (order?: OrderDetail) =>
  (order?.state === 'paid' && soon(order.paid_at)) ||
  (order?.refunds ?? []).some((r) => r.state === 'asked' && soon(r.asked_at))

export const orderQuery = (community: string, id: string) =>
  queryOptions({
    queryKey: [...moneyKey(community), 'order', id],
    refetchInterval: ({ state }: { state: { data?: OrderDetail } }) => (moves(state.data) ? 1500 : (false as const)),
    queryFn: ({ signal }) =>
      call<OrderDetail>(
        api.GET('/api/v1/communities/{community}/orders/{id}', { params: { path: { community, id } }, signal }),
      ),
  })

export interface OrdersRequest {
  organisation?: string
  person?: string
  state?: OrderState
  /** With its kind: goods:tea */
  product?: string
  coupon?: string
  origin?: string
  limit?: number
  cursor?: string
}

export const listOrders = (community: string, query: OrdersRequest, signal?: AbortSignal) =>
  call<Schemas['PageOfShopOrder']>(
    api.GET('/api/v1/communities/{community}/orders', { params: { path: { community }, query }, signal }),
  )

export const listMovements = (
  community: string,
  query: { account: string; currency: Currency; limit?: number; cursor?: string },
  signal?: AbortSignal,
) =>
  call<Schemas['PageOfLedgerMovement']>(
    api.GET('/api/v1/communities/{community}/books/history', { params: { path: { community }, query }, signal }),
  )

/** After money has moved: the books, orders, members and the buyer are read anew. */
export async function moneyMoved(client: QueryClient, community: string, person: string) {
  await Promise.all([
    client.invalidateQueries({ queryKey: moneyKey(community) }),
    client.invalidateQueries({ queryKey: membersKey(community) }),
    client.invalidateQueries({ queryKey: ['person', community, person] }),
  ])
}

/** Somebody as an account or an order names them. Who was merged goes by the name of whom they were merged into. */
export interface Named {
  id: string
  /** '' where nobody has told one. */
  name: string
  erased: boolean
  /** Who works here, and has no page among people: their wages are in an account of theirs. */
  staff?: boolean
}

const named = (p: Person): Named => ({ id: p.id, name: p.nickname || p.name, erased: p.state === 'erased' })

const readPerson = (community: string, id: string, signal?: AbortSignal) =>
  call<Person>(api.GET('/api/v1/communities/{community}/people/{id}', { params: { path: { community, id } }, signal }))

/** An account may end in what is nobody's id. */
function unlessUnknown(error: unknown): undefined {
  if (asProblem(error).status !== 404) throw error
}

/** Reads the names of people and staff by their ids, at most 200 of them; a list leaves out whoever was merged or erased, who are asked for one by one. */
export async function namesOf(community: string, ids: string[], signal?: AbortSignal): Promise<Map<string, Named>> {
  const wanted = [...new Set(ids)]
  const out = new Map<string, Named>()
  if (wanted.length === 0) return out
  const page = await call<Schemas['PeoplePage']>(
    api.GET('/api/v1/communities/{community}/people', {
      params: { path: { community }, query: { id: wanted.join(','), limit: 200 } as never },
      signal,
    }),
  )
  for (const p of page.items ?? []) out.set(p.id, named(p))
  if (out.size === wanted.length) return out
  const staff = await readStaff(community, signal)
  for (const s of staff.items ?? [])
    if (wanted.includes(s.id)) out.set(s.id, { id: s.id, name: s.name || s.email, erased: false, staff: true })
  await Promise.all(
    wanted
      .filter((id) => !out.has(id))
      .map(async (id) => {
        const p = await readPerson(community, id, signal).catch(unlessUnknown)
        const stands = p?.merged_into ? await readPerson(community, p.merged_into, signal) : p
        if (stands) out.set(id, named(stands))
      }),
  )
  return out
}

export const namesQuery = (community: string, ids: string[]) =>
  queryOptions({
    queryKey: ['names', community, [...new Set(ids)].sort()],
    enabled: ids.length > 0,
    staleTime: 60_000,
    queryFn: ({ signal }) => namesOf(community, ids, signal),
  })
