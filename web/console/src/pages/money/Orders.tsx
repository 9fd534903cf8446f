import { useMemo } from 'react'
import { Link } from 'react-router'
import { listOrders, moneyKey, type Named, namesOf, type Order, type OrderState } from '~/api/money'
import { communityPath, useCommunity } from '~/app/community'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { type ListColumn, ListPage, type ListRequest, type ListSource } from '~/parts'
import page from '../page.module.css'
import { useCredited, useTeam } from '../team/useTeam'
import { MoneyHead } from './Head'
import { OrderTag, orderStates } from './OrderTag'
import { Who } from './Who'

type Row = Order & { buyer?: Named }

/** What was ordered, the newest first, by how far it has come. */
export function Orders() {
  const { t } = useWords()
  const slug = useCommunity()?.slug ?? ''
  const columns = useColumns(slug)
  const source = useMemo<ListSource<Row>>(
    () => ({ key: [...moneyKey(slug), 'orders'], load: (request, signal) => load(slug, request, signal) }),
    [slug],
  )
  return (
    <>
      <MoneyHead />
      <div className={page.list}>
        <ListPage<Row>
          id="orders"
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
          empty={{ title: t('money.orders.empty'), body: t('money.orders.empty.body') }}
        />
      </div>
    </>
  )
}

export const titleOf = (order: Order, comma: string): string =>
  (order.lines ?? []).map((l) => (l.qty > 1 ? `${l.title} × ${l.qty}` : l.title)).join(comma)

/** What something costs in words: points where it was had for these, else money. */
export function useCost() {
  const { t } = useWords()
  const format = useFormat()
  return ({ amount, points }: { amount: number; points?: number }) =>
    points ? t('money.points.n', { count: points }) : format.money(amount)
}

async function load(community: string, request: ListRequest, signal: AbortSignal) {
  const { segment, limit, cursor } = request
  const state = orderStates.find((s) => s === segment) as OrderState | undefined
  const answer = await listOrders(community, { state, limit, cursor }, signal)
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
  const credited = useCredited(slug)
  const team = useTeam(slug)
  const given = (fen: number) => (fen > 0 ? format.money(fen) : '')
  return [
    { id: 'what', header: t('money.what'), main: true, width: 200, cell: (o) => titleOf(o, t('common.listComma')) },
    { id: 'buyer', header: t('money.person'), width: 128, cell: (o) => <Who slug={slug} person={o.buyer} /> },
    { id: 'state', header: t('people.state'), width: 112, cell: (o) => <OrderTag order={o} /> },
    { id: 'amount', header: t('money.due'), align: 'right', width: 112, cell: cost },
    { id: 'paid', header: t('money.paid'), align: 'right', width: 112, cell: (o) => given(o.paid) },
    { id: 'refunded', header: t('money.refunded'), align: 'right', width: 112, cell: (o) => given(o.refunded) },
    { id: 'created', header: t('money.created'), width: 144, cell: (o) => format.dateTime(o.created_at) },
    {
      id: 'paid_at',
      header: t('money.paidAt'),
      hidden: true,
      width: 144,
      cell: (o) => (o.paid_at ? format.dateTime(o.paid_at) : ''),
    },
    ...(team.departments.length > 0
      ? [
          {
            id: 'credited',
            header: t('team.credited'),
            width: 112,
            cell: (o: Row) =>
              credited(o) && <Link to={communityPath(slug, `team/credits/${o.id}`)}>{t('team.credit.open')}</Link>,
          },
        ]
      : []),
  ]
}
