import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { listOrders, type Named, namesOf, type Order, type OrderState } from '~/api/money'
import { productsQuery, shopKey } from '~/api/shop'
import { communityPath, useCommunity } from '~/app/community'
import { type Text, useText, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { type ListColumn, ListPage, type ListRequest, type ListSource } from '~/parts'
import { titleOf, useCost } from '../money/Orders'
import { OrderTag, orderStates } from '../money/OrderTag'
import { Who } from '../money/Who'
import page from '../page.module.css'
import { ShopHead } from './Head'

type Row = Order & { buyer?: Named }

/** What was ordered: of a product, with a coupon, and how far it has come. */
export function Orders() {
  const { t } = useWords()
  const text = useText()
  const slug = useCommunity()?.slug ?? ''
  const columns = useColumns(slug)
  const products = useQuery(productsQuery(slug))
  const source = useMemo<ListSource<Row>>(
    () => ({ key: [...shopKey(slug), 'orders'], load: (request, signal) => load(slug, request, signal) }),
    [slug],
  )
  return (
    <>
      <ShopHead />
      <div className={page.list}>
        <ListPage<Row>
          id="shop-orders"
          unit={(count) => t('money.orders.unit', { count })}
          columns={columns}
          source={source}
          rowId={(o) => o.id}
          rowName={(o) => titleOf(o, t('common.listComma'))}
          rowTo={(o) => communityPath(slug, `money/orders/${o.id}`)}
          segments={[
            { id: 'all', label: t('money.orders.all') },
            ...orderStates.map((state) => ({ id: state, label: t(`money.order.${state}`) })),
          ]}
          filters={[
            {
              id: 'product',
              label: t('shop.product'),
              kind: 'choice',
              options: (products.data ?? []).map((p) => ({
                value: `goods:${p.name}`,
                label: text(p.title as Text) || p.name,
              })),
            },
            { id: 'coupon', label: t('shop.coupon'), kind: 'text' },
            { id: 'origin', label: t('shop.origin'), kind: 'text' },
          ]}
          empty={{ title: t('money.orders.empty'), body: t('shop.orders.empty.body') }}
        />
      </div>
    </>
  )
}

async function load(community: string, { segment, filters, limit, cursor }: ListRequest, signal: AbortSignal) {
  const state = orderStates.find((s) => s === segment) as OrderState | undefined
  const { product, coupon, origin } = filters
  const answer = await listOrders(community, { state, product, coupon, origin, limit, cursor }, signal)
  const items = answer.items ?? []
  const names = await namesOf(
    community,
    items.map((o) => o.person),
    signal,
  )
  return { items: items.map((o) => ({ ...o, buyer: names.get(o.person) })), next: answer.next }
}

function useColumns(slug: string): ListColumn<Row>[] {
  const { t } = useWords()
  const format = useFormat()
  const cost = useCost()
  const given = (fen: number) => (fen > 0 ? format.money(fen) : '')
  return [
    { id: 'what', header: t('money.what'), main: true, width: 216, cell: (o) => titleOf(o, t('common.listComma')) },
    { id: 'buyer', header: t('money.person'), width: 128, cell: (o) => <Who slug={slug} person={o.buyer} /> },
    {
      id: 'state',
      header: t('people.state'),
      width: 144,
      cell: (o) => <OrderTag order={o} />,
    },
    { id: 'amount', header: t('money.due'), align: 'right', width: 112, cell: cost },
    { id: 'coupon', header: t('shop.coupon'), width: 112, cell: (o) => o.coupon ?? '' },
    { id: 'paid', header: t('money.paid'), align: 'right', width: 112, cell: (o) => given(o.paid) },
    { id: 'refunded', header: t('money.refunded'), align: 'right', width: 112, cell: (o) => given(o.refunded) },
    { id: 'created', header: t('money.created'), width: 144, cell: (o) => format.dateTime(o.created_at) },
  ]
}
