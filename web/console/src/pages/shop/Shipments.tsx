import { useMemo, useState } from 'react'
import { Link } from 'react-router'
import { type Item, listShipments, type ShipmentState, shopKey } from '~/api/shop'
import { communityPath, useCommunity } from '~/app/community'
import { MayButton } from '~/app/may'
import { useText, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { type ListColumn, ListPage, type ListSource, StatusTag } from '~/parts'
import { Holder } from '../events/Holder'
import page from '../page.module.css'
import { ShopHead } from './Head'
import { LookAtAddress, Send } from './Send'
import css from './Shop.module.css'
import { itemTitle } from './words'

const cuts = ['waits', 'sent', 'come'] as const

/** What was paid and has to be sent; what is on its way; what has come. */
export function Shipments() {
  const { t } = useWords()
  const text = useText()
  const slug = useCommunity()?.slug ?? ''
  const [sending, setSending] = useState<Item>()
  const [looking, setLooking] = useState<Item>()
  const columns = useColumns(slug, setSending, setLooking)
  const source = useMemo<ListSource<Item>>(
    () => ({
      key: [...shopKey(slug), 'shipments'],
      load: async ({ segment, filters, limit, cursor }, signal) => {
        const state = cuts.find((cut) => cut === segment) as ShipmentState | undefined
        const query = { state: state ?? 'waits', supplier: filters.supplier || undefined, limit, cursor }
        const answer = await listShipments(slug, query, signal)
        return { items: answer.items ?? [], next: answer.next }
      },
    }),
    [slug],
  )
  return (
    <>
      <ShopHead />
      <div className={page.list}>
        <ListPage<Item>
          id="shipments"
          unit={(count) => t('shop.shipments.unit', { count })}
          columns={columns}
          source={source}
          rowId={(row) => row.id}
          rowName={(row) => itemTitle(row, text)}
          segments={cuts.map((id) => ({ id, label: t(`shop.shipment.${id}`) }))}
          filters={[{ id: 'supplier', label: t('shop.supplier'), kind: 'text' }]}
          empty={{ title: t('shop.shipments.empty'), body: t('shop.shipments.empty.body') }}
        />
      </div>
      {sending && <Send slug={slug} item={sending} onClose={() => setSending(undefined)} />}
      {looking && <LookAtAddress slug={slug} item={looking} onClose={() => setLooking(undefined)} />}
    </>
  )
}

function useColumns(slug: string, send: (row: Item) => void, look: (row: Item) => void): ListColumn<Item>[] {
  const { t } = useWords()
  const text = useText()
  const format = useFormat()
  const at = (moment?: string) => (moment ? format.dateTime(moment) : '')
  return [
    { id: 'what', header: t('shop.product'), main: true, width: 200, cell: (row) => itemTitle(row, text) },
    {
      id: 'person',
      header: t('money.person'),
      width: 112,
      cell: (row) => <Holder slug={slug} person={row.person} name={row.nickname} />,
    },
    {
      id: 'address',
      header: t('shop.address'),
      width: 128,
      cell: (row) =>
        row.addressed ? (
          <MayButton action="people.reveal" type="link" className={page.inline} onClick={() => look(row)}>
            {t('shop.address.look')}
          </MayButton>
        ) : (
          <StatusTag bare tone="wait">
            {t('shop.address.none')}
          </StatusTag>
        ),
    },
    { id: 'sold', header: t('shop.paidAt'), width: 144, cell: (row) => at(row.sold_at) },
    { id: 'supplier', header: t('shop.supplier'), width: 112, cell: (row) => row.supplier ?? '' },
    {
      id: 'sent',
      header: t('shop.sentAt'),
      width: 184,
      cell: (row) =>
        row.shipped_at && (
          <>
            {at(row.shipped_at)}
            <br />
            <span className={page.note}>{[row.carrier, row.tracking].filter(Boolean).join(' ')}</span>
          </>
        ),
    },
    { id: 'come', header: t('shop.comeAt'), width: 144, cell: (row) => at(row.received_at) },
    {
      id: 'order',
      header: t('shop.order'),
      width: 88,
      cell: (row) =>
        row.order && (
          <Link className={css.lead} to={communityPath(slug, `money/orders/${row.order}`)}>
            {t('shop.order.open')}
          </Link>
        ),
    },
    {
      id: 'act',
      header: t('shop.act'),
      width: 96,
      cell: (row) =>
        !row.shipped_at &&
        row.state === 'sold' && (
          <MayButton
            action="shop.write"
            type="link"
            className={page.inline}
            disabled={!row.addressed}
            onClick={() => send(row)}
          >
            {t('shop.send')}
          </MayButton>
        ),
    },
  ]
}
