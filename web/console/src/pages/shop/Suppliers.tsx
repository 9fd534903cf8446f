import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { asProblem } from '~/api/problem'
import { type Supplier, suppliersQuery } from '~/api/shop'
import { communityPath, useCommunity } from '~/app/community'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { DataTable, EmptyState, ProblemNotice } from '~/parts'
import page from '../page.module.css'
import { ShopHead } from './Head'
import css from './Shop.module.css'

/** Who ships for us, what waits for them, and what they are owed. */
export function Suppliers() {
  const { t } = useWords()
  const format = useFormat()
  const slug = useCommunity()?.slug ?? ''
  const suppliers = useQuery(suppliersQuery(slug))
  const rows = suppliers.data ?? []
  const leads = (to: string, count: number) =>
    count === 0 ? (
      '0'
    ) : (
      <Link className={css.lead} to={communityPath(slug, to)}>
        {format.count(count)}
      </Link>
    )
  return (
    <>
      <ShopHead />
      {suppliers.error && <ProblemNotice problem={asProblem(suppliers.error)} onRetry={() => suppliers.refetch()} />}
      {suppliers.isPending && <p className={page.soft}>{t('common.loading')}</p>}
      {suppliers.data && rows.length === 0 && (
        <EmptyState
          title={t('shop.suppliers.empty')}
          body={t('shop.suppliers.empty.body')}
          step={{ label: t('shop.products'), to: communityPath(slug, 'shop') }}
        />
      )}
      {rows.length > 0 && (
        <div className={page.list}>
          <DataTable<Supplier>
            label={t('shop.suppliers')}
            rows={rows}
            rowId={(s) => s.name}
            columns={[
              {
                id: 'name',
                header: t('shop.supplier'),
                main: true,
                cell: (s) => <Link to={communityPath(slug, `shop/suppliers/${s.name}`)}>{s.name}</Link>,
              },
              { id: 'products', header: t('shop.products'), align: 'right', cell: (s) => format.count(s.products) },
              {
                id: 'waiting',
                header: t('shop.supplier.waiting'),
                align: 'right',
                tone: (s) => (s.waiting > 0 ? 'waits' : undefined),
                cell: (s) => leads(`shop/shipments?f.supplier=${s.name}`, s.waiting),
              },
              {
                id: 'owed',
                header: t('shop.supplier.owed'),
                align: 'right',
                cell: (s) => (
                  <Link className={css.lead} to={communityPath(slug, `shop/suppliers/${s.name}`)}>
                    {format.money(s.owed)}
                  </Link>
                ),
              },
            ]}
          />
        </div>
      )}
    </>
  )
}
