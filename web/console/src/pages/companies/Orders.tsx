import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'react-router'
import { type Company, companyChanged, companyKey, listEmployees } from '~/api/companies'
import { listOrders, moneyKey, type Order } from '~/api/money'
import { asProblem } from '~/api/problem'
import { communityPath } from '~/app/community'
import { MayButton } from '~/app/may'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { ProblemNotice } from '~/parts'
import { OrderFor } from '../members/OrderFor'
import { OrderTag } from '../money/OrderTag'
import page from '../page.module.css'
import { Row, Rows, Section } from '../Section'
import { More } from './More'
import { useRows } from './useRows'

/** What was ordered for the company. Its contact orders, or the staff in the contact's name. */
export function CompanyOrders({ slug, company }: { slug: string; company: Company }) {
  const { t } = useWords()
  const format = useFormat()
  const client = useQueryClient()
  const [ordering, setOrdering] = useState(false)
  const orders = useRows<Order>([...moneyKey(slug), 'orders of company', company.id], (query, signal) =>
    listOrders(slug, { ...query, organisation: company.id }, signal),
  )
  const people = useRows([...companyKey(slug, company.id), 'people'], (query, signal) =>
    listEmployees(slug, company.id, query, signal),
  )
  const contact = people.rows.find((one) => one.role === 'contact')?.person
  return (
    <Section
      title={t('money.orders')}
      more={
        contact && (
          <MayButton action="order.write" size="small" onClick={() => setOrdering(true)}>
            {t('companies.order')}
          </MayButton>
        )
      }
    >
      {orders.error && <ProblemNotice problem={asProblem(orders.error)} onRetry={() => orders.refetch()} />}
      {orders.isPending && <p className={page.none}>{t('common.loading')}</p>}
      {orders.data && (
        <Rows none={t('money.orders.none')}>
          {orders.rows.map((o) => (
            <Row key={o.id}>
              <span>
                <Link to={communityPath(slug, `money/orders/${o.id}`)}>
                  {(o.lines ?? []).map((l) => l.title).join(t('common.listComma'))}
                </Link>{' '}
                <span className={page.soft}>{format.money(o.amount)}</span>
              </span>
              <span className={page.aside}>
                <OrderTag order={o} /> {format.dateTime(o.created_at)}
              </span>
            </Row>
          ))}
        </Rows>
      )}
      <More query={orders} />
      {ordering && contact && (
        <OrderFor
          slug={slug}
          person={contact}
          company={company.id}
          onClose={() => {
            setOrdering(false)
            void companyChanged(client, slug)
          }}
        />
      )}
    </Section>
  )
}
