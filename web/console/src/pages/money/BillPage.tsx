import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, useParams } from 'react-router'
import { type Bill, billQuery } from '~/api/bills'
import { asProblem } from '~/api/problem'
import { communityPath, useCommunity } from '~/app/community'
import { MayButton } from '~/app/may'
import { useStaffNames } from '~/app/staff'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { Facts, Figure, FigureRow, PageHeader, ProblemNotice } from '~/parts'
import { Section } from '../Section'
import { WithdrawBill } from './BillActions'
import { BillTag } from './BillTag'
import { standingOf } from './bills'
import { channelName } from './channels'
import { Differences } from './Differences'
import css from './Money.module.css'

/** One bill: does it agree with our books, in what does it not, and what is to be done about that. */
export function BillPage() {
  const { t } = useWords()
  const slug = useCommunity()?.slug ?? ''
  const { id = '' } = useParams()
  const query = useQuery(billQuery(slug, id))
  const [withdrawing, setWithdrawing] = useState(false)
  const crumbs = [
    { label: t('frame.money'), to: communityPath(slug, 'money') },
    { label: t('bills.title'), to: communityPath(slug, 'money/bills') },
  ]
  const b = query.data
  if (query.error && !b)
    return (
      <>
        <PageHeader title={t('bills.bill')} crumbs={crumbs} />
        <ProblemNotice problem={asProblem(query.error)} onRetry={() => query.refetch()} />
      </>
    )
  if (!b) return <PageHeader title={t('common.loading')} crumbs={crumbs} />
  const standing = standingOf(b)
  return (
    <>
      <PageHeader
        title={t('bills.name', { day: b.day, channel: channelName(b.channel, t) })}
        crumbs={crumbs}
        meta={<BillTag bill={b} />}
        actions={
          standing !== 'withdrawn' && (
            <MayButton action="money.post" danger onClick={() => setWithdrawing(true)}>
              {t('bills.withdraw')}
            </MayButton>
          )
        }
      />
      <p className={css.next}>
        {standing === 'withdrawn'
          ? t('bills.state.withdrawn.next', { why: b.why ?? '' })
          : t(`bills.state.${standing}.next`, { count: b.open })}
      </p>
      <Sums bill={b} slug={slug} />
      <Section title={t('bills.differences')}>
        <Differences key={b.id} bill={b} slug={slug} />
      </Section>
      <Section title={t('bills.about')}>
        <About bill={b} slug={slug} />
      </Section>
      {withdrawing && <WithdrawBill bill={b} slug={slug} onClose={() => setWithdrawing(false)} />}
    </>
  )
}

function Sums({ bill: b, slug }: { bill: Bill; slug: string }) {
  const { t } = useWords()
  return (
    <div className={css.figures}>
      <FigureRow>
        {b.compared_at !== undefined && (
          <Figure
            kind="rate"
            label={t('bills.matched')}
            value={b.matched}
            of={b.lines}
            unit={(count) => t('bills.line.unit', { count })}
          />
        )}
        <Figure
          label={t('bills.differences.open')}
          value={b.open}
          waits={b.open > 0}
          to={b.open > 0 ? communityPath(slug, `money/bills/${b.id}?seg=open`) : undefined}
        />
        <Figure kind="money" label={t('bills.paid')} value={b.paid} />
        <Figure kind="money" label={t('bills.refunded')} value={b.refunded} />
        <Figure
          kind="money"
          label={t('bills.fee')}
          value={b.fee}
          to={b.entry && communityPath(slug, `money/entries/${b.entry}`)}
          note={b.entry && t(b.state === 'withdrawn' ? 'bills.fee.back' : 'bills.fee.posted')}
        />
      </FigureRow>
    </div>
  )
}

function About({ bill: b, slug }: { bill: Bill; slug: string }) {
  const { t } = useWords()
  const format = useFormat()
  const staff = useStaffNames(slug)
  const who = (id?: string) => (id ? (staff.get(id) ?? id) : undefined)
  return (
    <Facts
      facts={[
        { label: t('bills.day'), value: b.day, note: t('bills.day.zone') },
        { label: t('bills.channel'), value: channelName(b.channel, t) },
        { label: t('bills.at'), value: format.dateTime(b.created_at), note: who(b.actor) },
        ...(b.compared_at ? [{ label: t('bills.comparedAt'), value: format.dateTime(b.compared_at) }] : []),
        ...(b.withdrawn_at
          ? [{ label: t('bills.withdrawnAt'), value: format.dateTime(b.withdrawn_at), note: who(b.withdrawn_by) }]
          : []),
        ...(b.entry
          ? [
              {
                label: t('bills.entry'),
                value: <Link to={communityPath(slug, `money/entries/${b.entry}`)}>{t('bills.entry.open')}</Link>,
              },
            ]
          : []),
        { label: t('bills.id'), value: <code className={css.key}>{b.id}</code> },
      ]}
    />
  )
}
