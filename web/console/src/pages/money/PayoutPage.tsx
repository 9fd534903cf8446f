import { useQuery } from '@tanstack/react-query'
import { useParams } from 'react-router'
import { type BatchDetail, batchQuery, type Totals } from '~/api/payouts'
import { asProblem } from '~/api/problem'
import { communityPath, useCommunity } from '~/app/community'
import { useStaffNames } from '~/app/staff'
import { type Key, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { DataTable, Facts, PageHeader, ProblemNotice } from '~/parts'
import page from '../page.module.css'
import { Section } from '../Section'
import css from './Money.module.css'
import { PayoutActions } from './PayoutActions'
import { PayoutLines } from './PayoutLines'
import { BatchTag, LineTag } from './PayoutTag'
import { batchTones, percentOf } from './payouts'

/** One batch: what is in it, what comes next, and what became of every payment. */
export function PayoutPage() {
  const { t } = useWords()
  const slug = useCommunity()?.slug ?? ''
  const { id = '' } = useParams()
  const batch = useQuery(batchQuery(slug, id))
  const crumbs = [
    { label: t('frame.money'), to: communityPath(slug, 'money') },
    { label: t('payouts.title'), to: communityPath(slug, 'money/payouts') },
  ]
  if (batch.error)
    return (
      <>
        <PageHeader title={t('payouts.batch')} crumbs={crumbs} />
        <ProblemNotice problem={asProblem(batch.error)} onRetry={() => batch.refetch()} />
      </>
    )
  const b = batch.data
  if (!b) return <PageHeader title={t('common.loading')} crumbs={crumbs} />
  return (
    <>
      <PageHeader
        title={t('payouts.name', { period: b.period })}
        crumbs={crumbs}
        meta={<BatchTag state={b.state} />}
        actions={<PayoutActions batch={b} slug={slug} />}
      />
      {b.state in batchTones && <p className={css.next}>{t(`payouts.state.${b.state}.next` as Key)}</p>}
      <div className={page.split}>
        <Section title={t('payouts.totals')}>
          {(b.totals ?? []).length === 0 ? <p className={page.none}>{t('payouts.empty')}</p> : <Sums batch={b} />}
        </Section>
        <Section title={t('payouts.about')}>
          <About batch={b} slug={slug} />
        </Section>
      </div>
      <Section title={t('payouts.lines')}>
        <PayoutLines key={b.id} batch={b} slug={slug} />
      </Section>
    </>
  )
}

function Sums({ batch }: { batch: BatchDetail }) {
  const { t } = useWords()
  const format = useFormat()
  const sum = (name: 'gross' | 'withheld' | 'net') => ({
    id: name,
    header: t(`payouts.${name}`),
    align: 'right' as const,
    cell: (one: Totals) => format.money(one[name]),
  })
  return (
    <DataTable<Totals>
      label={t('payouts.totals')}
      rows={batch.totals ?? []}
      rowId={(one) => one.state}
      columns={[
        { id: 'state', header: t('people.state'), main: true, cell: (one) => <LineTag state={one.state} /> },
        { id: 'lines', header: t('payouts.people'), align: 'right', cell: (one) => format.count(one.lines) },
        sum('gross'),
        sum('withheld'),
        sum('net'),
      ]}
    />
  )
}

function About({ batch: b, slug }: { batch: BatchDetail; slug: string }) {
  const { t } = useWords()
  const format = useFormat()
  const staff = useStaffNames(slug)
  const by = (id: string, at?: string) => [staff.get(id), at && format.dateTime(at)].filter(Boolean).join(' · ')
  return (
    <Facts
      facts={[
        { label: t('payouts.threshold'), value: format.money(b.threshold), note: t('payouts.threshold.note') },
        { label: t('payouts.withhold'), value: percentOf(b.withhold_bp ?? 0) },
        { label: t('payouts.by'), value: by(b.created_by, b.created_at) },
        {
          label: t('payouts.approvedBy'),
          value: b.approved_by ? by(b.approved_by, b.approved_at) : '—',
          note: b.approved_by ? undefined : t('payouts.approve.other'),
        },
        ...(b.ended_at ? [{ label: t('money.endedAt'), value: format.dateTime(b.ended_at) }] : []),
      ]}
    />
  )
}
