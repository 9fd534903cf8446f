import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, useParams } from 'react-router'
import { namesQuery, type OrderDetail, orderQuery } from '~/api/money'
import { asProblem } from '~/api/problem'
import { communityPath, useCommunity } from '~/app/community'
import { MayButton } from '~/app/may'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { DataTable, DeadlineText, Facts, PageHeader, ProblemNotice } from '~/parts'
import page from '../page.module.css'
import { Section } from '../Section'
import { useCredited } from '../team/useTeam'
import css from './Money.module.css'
import { Cancel, Confirm, GiveBack } from './OrderActions'
import { titleOf, useCost } from './Orders'
import { OrderTag } from './OrderTag'
import { Payments, Refunds } from './Payments'
import { whyOf } from './reasons'
import { Who } from './Who'

/** One order: what it is for, what was paid and given back, and what staff can do about it. */
export function OrderPage() {
  const { t } = useWords()
  const slug = useCommunity()?.slug ?? ''
  const { id = '' } = useParams()
  const query = useQuery(orderQuery(slug, id))
  const crumbs = [
    { label: t('frame.money'), to: communityPath(slug, 'money') },
    { label: t('money.orders'), to: communityPath(slug, 'money/orders') },
  ]
  const o = query.data
  if (query.error && !o)
    return (
      <>
        <PageHeader title={t('money.order')} crumbs={crumbs} />
        <ProblemNotice problem={asProblem(query.error)} onRetry={() => query.refetch()} />
      </>
    )
  if (!o) return <PageHeader title={t('common.loading')} crumbs={crumbs} />
  return (
    <>
      <PageHeader
        title={titleOf(o, t('common.listComma'))}
        crumbs={crumbs}
        meta={<OrderTag order={o} />}
        actions={<Actions order={o} slug={slug} />}
      />
      <p className={css.next}>
        {o.state === 'created' ? (
          <>
            {t('money.order.created.next')} <DeadlineText at={o.expires_at} />
          </>
        ) : (
          o.state === 'paid' && t(o.waits ? 'money.order.waits.next' : 'money.order.paid.next')
        )}
      </p>
      <div className={page.split}>
        <div>
          <Section title={t('money.what')}>
            <Lines order={o} />
          </Section>
          <Payments order={o} />
          <Refunds order={o} slug={slug} />
        </div>
        <Section title={t('money.order')}>
          <About order={o} slug={slug} />
        </Section>
      </div>
    </>
  )
}

function Actions({ order, slug }: { order: OrderDetail; slug: string }) {
  const { t } = useWords()
  const [asked, setAsked] = useState<'cancel' | 'confirm' | 'refund'>()
  const close = () => setAsked(undefined)
  const unpaid = order.state === 'created'
  const confirms = unpaid || order.state === 'closed'
  const returns = order.points ? order.state === 'paid' || order.state === 'fulfilled' : order.paid - order.refunded > 0
  return (
    <>
      {unpaid && (
        <MayButton action="order.write" onClick={() => setAsked('cancel')}>
          {t('money.cancel')}
        </MayButton>
      )}
      {returns && (
        <MayButton action="money.post" danger onClick={() => setAsked('refund')}>
          {t('money.refund')}
        </MayButton>
      )}
      {confirms && (
        <MayButton action="money.post" type={unpaid ? 'primary' : 'default'} onClick={() => setAsked('confirm')}>
          {t('money.confirm')}
        </MayButton>
      )}
      {asked === 'cancel' && <Cancel order={order} slug={slug} onClose={close} />}
      {asked === 'confirm' && <Confirm order={order} slug={slug} onClose={close} />}
      {asked === 'refund' && <GiveBack order={order} slug={slug} onClose={close} />}
    </>
  )
}

function Lines({ order }: { order: OrderDetail }) {
  const { t } = useWords()
  const format = useFormat()
  const cost = useCost()
  return (
    <DataTable
      label={t('money.what')}
      rows={order.lines ?? []}
      rowId={(line) => line.ref}
      columns={[
        { id: 'title', header: t('money.what'), main: true, cell: (line) => line.title },
        { id: 'qty', header: t('money.qty'), align: 'right', cell: (line) => format.count(line.qty) },
        {
          id: 'amount',
          header: t('money.due'),
          align: 'right',
          cell: (line) => cost(order.points ? line : { amount: line.amount }),
        },
      ]}
    />
  )
}

function About({ order: o, slug }: { order: OrderDetail; slug: string }) {
  const { t } = useWords()
  const format = useFormat()
  const cost = useCost()
  const names = useQuery(namesQuery(slug, [o.person]))
  const credited = useCredited(slug)
  const when = (label: string, at?: string) => (at ? [{ label, value: format.dateTime(at) }] : [])
  return (
    <Facts
      facts={[
        { label: t('money.person'), value: <Who slug={slug} person={names.data?.get(o.person)} /> },
        { label: t('money.due'), value: cost(o) },
        ...(o.coupon
          ? [
              {
                label: t('money.coupon'),
                value: o.coupon,
                note: o.discount ? t('money.coupon.off', { amount: format.money(o.discount) }) : undefined,
              },
            ]
          : []),
        { label: t('money.paid'), value: format.money(o.paid) },
        { label: t('money.refunded'), value: format.money(o.refunded), note: o.why && whyOf(o.why, t) },
        { label: t('money.created'), value: format.dateTime(o.created_at) },
        ...when(t('money.paidAt'), o.paid_at),
        ...when(t('money.fulfilledAt'), o.fulfilled_at),
        ...when(t('money.endedAt'), o.ended_at),
        ...(credited(o)
          ? [
              {
                label: t('team.credited'),
                value: <Link to={communityPath(slug, `team/credits/${o.id}`)}>{t('team.credit.open')}</Link>,
              },
            ]
          : []),
        { label: t('money.order.id'), value: <code className={css.key}>{o.id}</code> },
      ]}
    />
  )
}
