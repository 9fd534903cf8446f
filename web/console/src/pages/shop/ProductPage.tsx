import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, InputNumber } from 'antd'
import { useId, useState } from 'react'
import { Link, useParams } from 'react-router'
import { api, call } from '~/api/client'
import type { Schemas } from '~/api/community'
import { asProblem } from '~/api/problem'
import { useCommand } from '~/api/queries'
import { type ProductView, productQuery, type Sku, shopChanged } from '~/api/shop'
import { communityPath, useCommunity } from '~/app/community'
import { MayButton } from '~/app/may'
import { useToast } from '~/app/toasts'
import { useProblem } from '~/app/useProblem'
import { type Text, useText, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { DataTable, Dialog, Figure, FigureRow, PageHeader, ProblemNotice, StatusTag } from '~/parts'
import page from '../page.module.css'
import { Section } from '../Section'
import { EditProduct } from './ProductForm'
import { accountPath } from './Products'
import css from './Shop.module.css'
import { costOf, kindOf } from './words'

/** One product: what of it can be had at which price, how many are left, and what it brought in. */
export function ProductPage() {
  const { t } = useWords()
  const slug = useCommunity()?.slug ?? ''
  const { name = '' } = useParams()
  const query = useQuery(productQuery(slug, name))
  const crumbs = [
    { label: t('frame.shop'), to: communityPath(slug, 'shop') },
    { label: t('shop.products'), to: communityPath(slug, 'shop') },
  ]
  if (query.error && !query.data)
    return (
      <>
        <PageHeader title={t('shop.product')} crumbs={crumbs} />
        <ProblemNotice problem={asProblem(query.error)} onRetry={() => void query.refetch()} />
      </>
    )
  if (!query.data) return <PageHeader title={t('common.loading')} crumbs={crumbs} />
  return <Shown slug={slug} product={query.data.data} etag={query.data.etag} crumbs={crumbs} />
}

interface ShownProps {
  slug: string
  product: ProductView
  etag?: string
  crumbs: { label: string; to: string }[]
}

function Shown({ slug, product: p, etag, crumbs }: ShownProps) {
  const { t } = useWords()
  const text = useText()
  const [editing, setEditing] = useState(false)
  const about = text((p.about ?? {}) as Text)
  return (
    <>
      <PageHeader
        title={text(p.title as Text) || p.name}
        crumbs={crumbs}
        meta={<StatusTag tone={p.retired ? 'done' : 'good'}>{t(p.retired ? 'shop.retired' : 'shop.onSale')}</StatusTag>}
        actions={
          <>
            <Retire slug={slug} product={p} />
            <MayButton action="shop.write" onClick={() => setEditing(true)}>
              {t('shop.edit')}
            </MayButton>
          </>
        }
      />
      <p className={css.facts}>
        <span>{kindOf(p.kind, t)}</span>
        <code>{p.name}</code>
        {p.supplier && (
          <span>
            {t('shop.supplier')} <Link to={communityPath(slug, `shop/suppliers/${p.supplier}`)}>{p.supplier}</Link>
          </span>
        )}
        {p.per_person ? <span>{t('shop.perPerson.n', { count: p.per_person })}</span> : null}
        {p.return ? <span>{t('shop.return.n', { count: p.return })}</span> : null}
        <a href={p.url} target="_blank" rel="noreferrer">
          {t('shop.product.url')}
        </a>
      </p>
      {about && <p className={page.soft}>{about}</p>}
      <Figures slug={slug} product={p} />
      <Skus slug={slug} product={p} />
      {editing && <EditProduct slug={slug} product={p} etag={etag} onClose={() => setEditing(false)} />}
    </>
  )
}

function Figures({ slug, product: p }: { slug: string; product: ProductView }) {
  const { t } = useWords()
  const sum = (of: 'left' | 'held' | 'sold') => (p.stock ?? []).reduce((n, s) => n + s[of], 0)
  const orders = communityPath(slug, `shop/orders?f.product=goods:${p.name}`)
  return (
    <FigureRow>
      <Figure
        label={t('shop.left')}
        value={sum('left')}
        note={(p.stock ?? []).some((s) => s.no_end) ? t('shop.left.noEnd') : undefined}
      />
      <Figure label={t('shop.held')} value={sum('held')} to={`${orders}&seg=created`} note={t('shop.held.note')} />
      <Figure label={t('shop.sold')} value={sum('sold')} to={orders} />
      <Figure
        kind="money"
        label={t('shop.revenue')}
        value={p.revenue}
        to={accountPath(slug, p.account)}
        note={t('shop.revenue.note')}
      />
    </FigureRow>
  )
}

function Skus({ slug, product: p }: { slug: string; product: ProductView }) {
  const { t } = useWords()
  const text = useText()
  const format = useFormat()
  const [counting, setCounting] = useState<Sku>()
  const stockOf = (sku: Sku) => (p.stock ?? []).find((s) => s.sku === sku.name)
  const title = (sku: Sku) => text((sku.title ?? {}) as Text) || sku.name
  return (
    <Section title={t('shop.skus')}>
      <DataTable<Sku>
        label={t('shop.skus')}
        rows={p.skus ?? []}
        rowId={(sku) => sku.name}
        columns={[
          { id: 'sku', header: t('shop.sku'), main: true, cell: title },
          {
            id: 'price',
            header: t('shop.price'),
            align: 'right',
            cell: (sku) => (
              <>
                {sku.strike ? <s className={css.strike}>{format.money(sku.strike)}</s> : null} {costOf(sku, t, format)}
              </>
            ),
          },
          {
            id: 'cost',
            header: t('shop.cost'),
            align: 'right',
            cell: (sku) => (sku.cost ? format.money(sku.cost) : ''),
          },
          {
            id: 'left',
            header: t('shop.left'),
            align: 'right',
            tone: (sku) => (stockOf(sku)?.left === 0 && !stockOf(sku)?.no_end ? 'waits' : undefined),
            cell: (sku) => (stockOf(sku)?.no_end ? t('shop.noEnd') : format.count(stockOf(sku)?.left ?? 0)),
          },
          { id: 'held', header: t('shop.held'), align: 'right', cell: (sku) => format.count(stockOf(sku)?.held ?? 0) },
          { id: 'sold', header: t('shop.sold'), align: 'right', cell: (sku) => format.count(stockOf(sku)?.sold ?? 0) },
          {
            id: 'act',
            header: t('shop.act'),
            cell: (sku) =>
              !stockOf(sku)?.no_end && (
                <MayButton action="shop.write" size="small" onClick={() => setCounting(sku)}>
                  {t('shop.stock.change')}
                </MayButton>
              ),
          },
        ]}
      />
      {counting && (
        <ChangeStock
          slug={slug}
          product={p.name}
          sku={counting.name}
          title={title(counting)}
          left={stockOf(counting)?.left ?? 0}
          onClose={() => setCounting(undefined)}
        />
      )}
    </Section>
  )
}

interface StockProps {
  slug: string
  product: string
  sku: string
  title: string
  left: number
  onClose: () => void
}

/** More came in, or some are gone: by how many, so that what is sold meanwhile is not forgotten. */
function ChangeStock({ slug, product, sku, title, left, onClose }: StockProps) {
  const { t } = useWords()
  const client = useQueryClient()
  const toast = useToast()
  const refusal = useProblem()
  const field = useId()
  const [by, setBy] = useState<number | null>(null)
  const change = useCommand((body: Schemas['ProductStockRequest'], headers) =>
    call<Schemas['ListOfGoodsStock']>(
      api.POST('/api/v1/communities/{community}/products/{name}/stock', {
        params: { path: { community: slug, name: product } },
        headers,
        body,
      }),
    ),
  )
  const send = async () => {
    if (!by) return
    const done = await refusal.guard(() => change.mutateAsync({ sku, by }))
    if (!done) return
    await shopChanged(client, slug)
    toast.done(t('shop.stock.done'))
    onClose()
  }
  return (
    <Dialog open title={t('shop.stock.change')} onClose={onClose}>
      {refusal.problem && <ProblemNotice problem={refusal.problem} focus />}
      <p className={page.soft}>{t('shop.stock.what', { title, count: left })}</p>
      <div className={css.field}>
        <label htmlFor={field}>{t('shop.stock.by')}</label>
        <InputNumber id={field} precision={0} value={by} onChange={setBy} onPressEnter={() => void send()} />
        {by ? <span className={page.note}>{t('shop.stock.then', { count: left + by })}</span> : null}
      </div>
      <p className={page.actions}>
        <Button type="primary" loading={change.isPending} disabled={!by} onClick={send}>
          {t('shop.stock.change')}
        </Button>
        <Button onClick={onClose}>{t('common.cancel')}</Button>
      </p>
    </Dialog>
  )
}

/** Takes a product off sale or back; what was bought stays bought. It can be undone, so nobody is asked. */
function Retire({ slug, product: p }: { slug: string; product: ProductView }) {
  const { t } = useWords()
  const client = useQueryClient()
  const toast = useToast()
  const refusal = useProblem()
  const retire = useCommand((retired: boolean, headers) =>
    call<Schemas['GoodsListed']>(
      api.POST('/api/v1/communities/{community}/products/{name}/retire', {
        params: { path: { community: slug, name: p.name } },
        headers,
        body: { retired },
      }),
    ),
  )
  const run = async () => {
    const done = await refusal.guard(() => retire.mutateAsync(!p.retired))
    if (!done) return
    await shopChanged(client, slug)
    toast.done(t(p.retired ? 'shop.back.done' : 'shop.retire.done'))
  }
  return (
    <>
      <MayButton action="shop.write" loading={retire.isPending} onClick={run}>
        {t(p.retired ? 'shop.back' : 'shop.retire')}
      </MayButton>
      {refusal.problem && <ProblemNotice problem={refusal.problem} />}
    </>
  )
}
