// What the page of the shop asks for: products, group-buys, coupons, what is to be sent, after-sale, suppliers.
import { type QueryClient, queryOptions } from '@tanstack/react-query'
import { api, call, callVersioned } from './client'
import type { Schemas } from './community'
import { moneyKey } from './money'

export type Product = Schemas['GoodsProduct']
export type ProductRow = Schemas['ProductRow']
export type ProductView = Schemas['ProductView']
export type Sku = Schemas['GoodsSKU']
export type Stock = Schemas['GoodsStock']
export type Offer = Schemas['GoodsListedOffer']
export type GroupBuy = Schemas['GroupBuy']
export type Coupon = Schemas['ShopListedCoupon']
export type Item = Schemas['ItemRow']
export type Complaint = Schemas['Complaint']
export type Supplier = Schemas['GoodsSupplier']
export type SupplierStatement = Schemas['SupplierStatement']

export const productKinds = ['goods', 'course', 'service', 'points_item'] as const

/** Under one key, so that a change brings all of the shop up to date. */
export const shopKey = (community: string) => ['shop', community] as const

/** After something of the shop was changed; money may have moved with it. */
export const shopChanged = (client: QueryClient, community: string) =>
  Promise.all([
    client.invalidateQueries({ queryKey: shopKey(community) }),
    client.invalidateQueries({ queryKey: moneyKey(community) }),
    client.invalidateQueries({ queryKey: ['tasks', community] }),
  ])

interface Paging {
  limit?: number
  cursor?: string
}

export const listProducts = (community: string, query: Paging & { retired?: boolean }, signal?: AbortSignal) =>
  call<Schemas['PageOfProductRow']>(
    api.GET('/api/v1/communities/{community}/products', { params: { path: { community }, query }, signal }),
  )

/** The first 200, for choosing one. */
export const productsQuery = (community: string) =>
  queryOptions({
    queryKey: [...shopKey(community), 'products', 'choice'],
    queryFn: async ({ signal }) => (await listProducts(community, { retired: true, limit: 200 }, signal)).items ?? [],
  })

export const productQuery = (community: string, name: string) =>
  queryOptions({
    queryKey: [...shopKey(community), 'product', name],
    queryFn: ({ signal }) =>
      callVersioned<ProductView>(
        api.GET('/api/v1/communities/{community}/products/{name}', { params: { path: { community, name } }, signal }),
      ),
  })

export const offersQuery = (community: string) =>
  queryOptions({
    queryKey: [...shopKey(community), 'offers'],
    queryFn: async ({ signal }) =>
      (
        await call<Schemas['ListOfGoodsListedOffer']>(
          api.GET('/api/v1/communities/{community}/offers', {
            params: { path: { community }, query: { retired: true } },
            signal,
          }),
        )
      ).items ?? [],
  })

export type GroupState = 'open' | 'full' | 'failed'

export const listGroups = (
  community: string,
  query: Paging & { state?: GroupState; offer?: string },
  signal?: AbortSignal,
) =>
  call<Schemas['PageOfGroupBuy']>(
    api.GET('/api/v1/communities/{community}/group-buys', { params: { path: { community }, query }, signal }),
  )

export const groupQuery = (community: string, id: string) =>
  queryOptions({
    queryKey: [...shopKey(community), 'group', id],
    queryFn: ({ signal }) =>
      call<GroupBuy>(
        api.GET('/api/v1/communities/{community}/group-buys/{id}', { params: { path: { community, id } }, signal }),
      ),
  })

export const listMembers = (community: string, id: string, query: Paging, signal?: AbortSignal) =>
  call<Schemas['PageOfItemRow']>(
    api.GET('/api/v1/communities/{community}/group-buys/{id}/members', {
      params: { path: { community, id }, query },
      signal,
    }),
  )

export const listCoupons = (community: string, query: Paging, signal?: AbortSignal) =>
  call<Schemas['PageOfShopListedCoupon']>(
    api.GET('/api/v1/communities/{community}/coupons', { params: { path: { community }, query }, signal }),
  )

export type ShipmentState = 'waits' | 'sent' | 'come'

export const listShipments = (
  community: string,
  query: Paging & { state?: ShipmentState; supplier?: string },
  signal?: AbortSignal,
) =>
  call<Schemas['PageOfItemRow']>(
    api.GET('/api/v1/communities/{community}/shipments', { params: { path: { community }, query }, signal }),
  )

export type ComplaintState = Complaint['state']

export const listComplaints = (
  community: string,
  query: Paging & { state?: ComplaintState; person?: string },
  signal?: AbortSignal,
) =>
  call<Schemas['PageOfComplaint']>(
    api.GET('/api/v1/communities/{community}/complaints', { params: { path: { community }, query }, signal }),
  )

export const suppliersQuery = (community: string) =>
  queryOptions({
    queryKey: [...shopKey(community), 'suppliers'],
    queryFn: async ({ signal }) =>
      (
        await call<Schemas['ListOfGoodsSupplier']>(
          api.GET('/api/v1/communities/{community}/suppliers', { params: { path: { community } }, signal }),
        )
      ).items ?? [],
  })

export const readStatement = (
  community: string,
  name: string,
  query: Paging & { month?: string },
  signal?: AbortSignal,
) =>
  call<SupplierStatement>(
    api.GET('/api/v1/communities/{community}/suppliers/{name}/statement', {
      params: { path: { community, name }, query },
      signal,
    }),
  )
