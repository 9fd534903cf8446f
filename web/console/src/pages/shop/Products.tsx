import { useMemo, useState } from 'react'
import { Link, useNavigate } from 'react-router'
import { listProducts, type ProductRow, shopKey } from '~/api/shop'
import { communityPath, useCommunity } from '~/app/community'
import { MayButton } from '~/app/may'
import { type Text, useText, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { type ListColumn, ListPage, type ListSource, StatusTag } from '~/parts'
import page from '../page.module.css'
import { ShopHead } from './Head'
import { AddProduct } from './ProductForm'
import css from './Shop.module.css'
import { kindOf, priceRange } from './words'

/** What sells, what is stuck? Each product with what is left of it, what is held, and what it brought in. */
export function Products() {
  const { t } = useWords()
  const text = useText()
  const slug = useCommunity()?.slug ?? ''
  const navigate = useNavigate()
  const [adding, setAdding] = useState(false)
  const add = () => setAdding(true)
  const columns = useColumns(slug)
  const source = useMemo<ListSource<ProductRow>>(
    () => ({
      key: [...shopKey(slug), 'products'],
      load: async ({ segment, limit, cursor }, signal) => {
        const answer = await listProducts(slug, { retired: segment === 'all' || undefined, limit, cursor }, signal)
        return { items: answer.items ?? [], next: answer.next }
      },
    }),
    [slug],
  )
  return (
    <>
      <ShopHead
        actions={
          <MayButton action="shop.write" type="primary" onClick={add}>
            {t('shop.product.add')}
          </MayButton>
        }
      />
      <div className={page.list}>
        <ListPage<ProductRow>
          id="products"
          unit={(count) => t('shop.products.unit', { count })}
          columns={columns}
          source={source}
          rowId={(p) => p.name}
          rowName={(p) => text(p.title as Text) || p.name}
          rowTo={(p) => communityPath(slug, `shop/products/${p.name}`)}
          segments={[
            { id: 'sold', label: t('shop.products.sold') },
            { id: 'all', label: t('shop.products.all') },
          ]}
          empty={{
            title: t('shop.products.empty'),
            body: t('shop.products.empty.body'),
            step: { label: t('shop.product.add'), onClick: add },
          }}
        />
      </div>
      {adding && (
        <AddProduct
          slug={slug}
          onClose={() => setAdding(false)}
          onDone={(name) => navigate(communityPath(slug, `shop/products/${name}`))}
        />
      )}
    </>
  )
}

const sum = (row: ProductRow, of: 'left' | 'held' | 'sold') => (row.stock ?? []).reduce((n, s) => n + s[of], 0)

function useColumns(slug: string): ListColumn<ProductRow>[] {
  const { t } = useWords()
  const text = useText()
  const format = useFormat()
  const orders = (row: ProductRow) => communityPath(slug, `shop/orders?f.product=goods:${row.name}`)
  return [
    { id: 'title', header: t('shop.product'), main: true, width: 200, cell: (p) => text(p.title as Text) || p.name },
    { id: 'kind', header: t('shop.kind'), width: 88, cell: (p) => kindOf(p.kind, t) },
    {
      id: 'price',
      header: t('shop.price'),
      align: 'right',
      width: 160,
      cell: (p) => priceRange(p.skus ?? [], t, format),
    },
    {
      id: 'left',
      header: t('shop.left'),
      align: 'right',
      width: 88,
      cell: (p) => {
        const stock = p.stock ?? []
        if (stock.length > 0 && stock.every((s) => s.no_end)) return t('shop.noEnd')
        const out = stock.filter((s) => !s.no_end && s.left === 0).length
        return (
          <>
            {format.count(sum(p, 'left'))}
            {out > 0 && !p.retired && <span className={css.out}>{t('shop.left.out', { count: out })}</span>}
          </>
        )
      },
    },
    { id: 'held', header: t('shop.held'), align: 'right', width: 72, cell: (p) => format.count(sum(p, 'held')) },
    {
      id: 'sold',
      header: t('shop.sold'),
      align: 'right',
      width: 88,
      cell: (p) =>
        sum(p, 'sold') === 0 ? (
          '0'
        ) : (
          <Link className={css.lead} to={orders(p)}>
            {format.count(sum(p, 'sold'))}
          </Link>
        ),
    },
    {
      id: 'revenue',
      header: t('shop.revenue'),
      align: 'right',
      width: 128,
      cell: (p) =>
        p.revenue === 0 ? (
          format.money(0)
        ) : (
          <Link className={css.lead} to={accountPath(slug, p.account)}>
            {format.money(p.revenue)}
          </Link>
        ),
    },
    { id: 'supplier', header: t('shop.supplier'), width: 112, cell: (p) => p.supplier ?? '' },
    {
      id: 'state',
      header: t('people.state'),
      width: 88,
      cell: (p) => (
        <StatusTag bare tone={p.retired ? 'done' : 'good'}>
          {t(p.retired ? 'shop.retired' : 'shop.onSale')}
        </StatusTag>
      ),
    },
  ]
}

/** The page of an account in the books. */
export const accountPath = (slug: string, account: string, currency = 'CNY') =>
  communityPath(slug, `money/history?account=${encodeURIComponent(account)}&currency=${currency}`)
