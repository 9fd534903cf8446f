import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { api, call } from '~/api/client'
import type { Schemas } from '~/api/community'
import { asProblem } from '~/api/problem'
import { useCommand } from '~/api/queries'
import {
  type GroupBuy,
  type GroupState,
  listGroups,
  type Offer,
  offersQuery,
  productsQuery,
  shopChanged,
  shopKey,
} from '~/api/shop'
import { communityPath, useCommunity } from '~/app/community'
import { MayButton } from '~/app/may'
import { useToast } from '~/app/toasts'
import { useProblem } from '~/app/useProblem'
import { type Key, type Text, useText, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import {
  DataTable,
  DeadlineText,
  type ListColumn,
  ListPage,
  type ListSource,
  ProblemLine,
  ProblemNotice,
  StatusTag,
} from '~/parts'
import { Holder } from '../events/Holder'
import { hoursOf } from '../events/phase'
import page from '../page.module.css'
import { Section } from '../Section'
import { ShopHead } from './Head'
import { OfferForm } from './OfferForm'
import css from './Shop.module.css'
import { groupTones } from './words'

const cuts = ['open', 'full', 'failed'] as const

/** Which groups fill, and which will not? And what may be bought together. */
export function Groups() {
  const { t } = useWords()
  const slug = useCommunity()?.slug ?? ''
  const titleOf = useItemTitle(slug)
  const [editing, setEditing] = useState<Offer | 'new'>()
  const columns = useColumns(slug, titleOf)
  const source = useMemo<ListSource<GroupBuy>>(
    () => ({
      key: [...shopKey(slug), 'groups'],
      load: async ({ segment, limit, cursor }, signal) => {
        const state = cuts.find((cut) => cut === segment) as GroupState | undefined
        const answer = await listGroups(slug, { state: state ?? 'open', limit, cursor }, signal)
        return { items: answer.items ?? [], next: answer.next }
      },
    }),
    [slug],
  )
  return (
    <>
      <ShopHead
        actions={
          <MayButton action="shop.write" type="primary" onClick={() => setEditing('new')}>
            {t('shop.offer.add')}
          </MayButton>
        }
      />
      <Offers slug={slug} titleOf={titleOf} onEdit={setEditing} />
      <Section title={t('shop.groups.all')}>
        <ListPage<GroupBuy>
          id="group-buys"
          unit={(count) => t('shop.groups.unit', { count })}
          columns={columns}
          source={source}
          rowId={(g) => g.id}
          rowName={(g) => titleOf(`${g.product}/${g.sku}`)}
          rowTo={(g) => communityPath(slug, `shop/groups/${g.id}`)}
          segments={cuts.map((id) => ({ id, label: t(`shop.group.${id}`) }))}
          empty={{ title: t('shop.groups.empty'), body: t('shop.groups.empty.body') }}
        />
      </Section>
      {editing && (
        <OfferForm slug={slug} was={editing === 'new' ? undefined : editing} onClose={() => setEditing(undefined)} />
      )}
    </>
  )
}

/** 茶叶 · 大盒, by product and SKU with a slash between. */
export function useItemTitle(slug: string): (item: string) => string {
  const text = useText()
  const products = useQuery(productsQuery(slug))
  return (item) => {
    const [name, skuName] = item.split('/')
    const product = products.data?.find((p) => p.name === name)
    const sku = product?.skus.find((s) => s.name === skuName)
    if (!product) return item
    return [text(product.title as Text) || name, sku && text((sku.title ?? {}) as Text)].filter(Boolean).join(' · ')
  }
}

function useColumns(slug: string, titleOf: (item: string) => string): ListColumn<GroupBuy>[] {
  const { t } = useWords()
  const format = useFormat()
  return [
    {
      id: 'title',
      header: t('shop.product'),
      main: true,
      width: 200,
      cell: (g) => titleOf(`${g.product}/${g.sku}`),
    },
    {
      id: 'state',
      header: t('people.state'),
      width: 96,
      cell: (g) => (
        <StatusTag bare tone={groupTones[g.state as GroupState] ?? 'plain'}>
          {t(`shop.group.${g.state}` as Key)}
        </StatusTag>
      ),
    },
    {
      id: 'paid',
      header: t('shop.group.paid'),
      align: 'right',
      width: 96,
      cell: (g) => `${format.count(g.paid)} / ${format.count(g.size)}`,
    },
    { id: 'kept', header: t('shop.group.kept'), align: 'right', width: 88, cell: (g) => format.count(g.kept) },
    { id: 'price', header: t('shop.price'), align: 'right', width: 112, cell: (g) => format.money(g.price) },
    {
      id: 'starter',
      header: t('shop.group.starter'),
      width: 128,
      cell: (g) =>
        g.starter ? <Holder slug={slug} person={g.starter} name={g.starter_name} /> : t('shop.group.byStaff'),
    },
    {
      id: 'closes',
      header: t('shop.group.closes'),
      width: 176,
      cell: (g) =>
        g.state === 'open' ? <DeadlineText at={g.closes_at} /> : format.dateTime(g.ended_at ?? g.closes_at),
    },
    { id: 'offer', header: t('shop.offer'), hidden: true, width: 112, cell: (g) => g.offer },
  ]
}

interface OffersProps {
  slug: string
  titleOf: (item: string) => string
  onEdit: (offer: Offer) => void
}

/** What may be bought together, and how many have to pay. */
function Offers({ slug, titleOf, onEdit }: OffersProps) {
  const { t } = useWords()
  const format = useFormat()
  const offers = useQuery(offersQuery(slug))
  const span = (window: string) => {
    const hours = hoursOf(window)
    return hours === undefined ? window : format.span(hours * 3_600_000)
  }
  const rows = offers.data ?? []
  return (
    <Section title={t('shop.offers')}>
      {offers.error && <ProblemNotice problem={asProblem(offers.error)} onRetry={() => void offers.refetch()} />}
      {offers.data && rows.length === 0 && <p className={page.note}>{t('shop.offers.none')}</p>}
      {rows.length > 0 && (
        <DataTable<Offer>
          label={t('shop.offers')}
          rows={rows}
          rowId={(o) => o.name}
          columns={[
            { id: 'title', header: t('shop.product'), main: true, cell: (o) => titleOf(o.item) },
            { id: 'name', header: t('shop.offer'), cell: (o) => <code>{o.name}</code> },
            {
              id: 'size',
              header: t('shop.offer.size'),
              align: 'right',
              cell: (o) => t('shop.offer.size.n', { count: o.size }),
            },
            { id: 'price', header: t('shop.price'), align: 'right', cell: (o) => format.money(o.price) },
            { id: 'window', header: t('shop.offer.window'), cell: (o) => span(o.window) },
            {
              id: 'state',
              header: t('people.state'),
              cell: (o) => (
                <StatusTag bare tone={o.retired ? 'done' : 'good'}>
                  {t(o.retired ? 'shop.retired' : 'shop.offer.on')}
                </StatusTag>
              ),
            },
            { id: 'act', header: t('shop.act'), cell: (o) => <OfferActs slug={slug} offer={o} onEdit={onEdit} /> },
          ]}
        />
      )}
    </Section>
  )
}

function OfferActs({ slug, offer, onEdit }: { slug: string; offer: Offer; onEdit: (offer: Offer) => void }) {
  const { t } = useWords()
  const client = useQueryClient()
  const toast = useToast()
  const refusal = useProblem()
  const start = useCommand((name: string, headers) =>
    call<Schemas['GoodsGroup']>(
      api.POST('/api/v1/communities/{community}/group-buys', {
        params: { path: { community: slug } },
        headers,
        body: { offer: name },
      }),
    ),
  )
  const retire = useCommand((retired: boolean, headers) =>
    call<Offer>(
      api.POST('/api/v1/communities/{community}/offers/{name}/retire', {
        params: { path: { community: slug, name: offer.name } },
        headers,
        body: { retired },
      }),
    ),
  )
  const done = async (run: () => Promise<unknown>, words: Key) => {
    if (!(await refusal.guard(run))) return
    await shopChanged(client, slug)
    toast.done(t(words))
  }
  return (
    <span className={css.acts}>
      {!offer.retired && (
        <MayButton
          action="shop.write"
          size="small"
          loading={start.isPending}
          onClick={() => done(() => start.mutateAsync(offer.name), 'shop.group.started')}
        >
          {t('shop.group.start')}
        </MayButton>
      )}
      <MayButton action="shop.write" size="small" onClick={() => onEdit(offer)}>
        {t('shop.edit')}
      </MayButton>
      <MayButton
        action="shop.write"
        size="small"
        loading={retire.isPending}
        onClick={() =>
          done(() => retire.mutateAsync(!offer.retired), offer.retired ? 'shop.back.done' : 'shop.retire.done')
        }
      >
        {t(offer.retired ? 'shop.back' : 'shop.retire')}
      </MayButton>
      {refusal.problem && <ProblemLine problem={refusal.problem} />}
    </span>
  )
}
