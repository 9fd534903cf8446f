import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useSearchParams } from 'react-router'
import { cohortsQuery } from '~/api/members'
import { asProblem } from '~/api/problem'
import { useCommunity } from '~/app/community'
import { useText, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { Chart, DataTable, Figure, FigureRow, ProblemNotice } from '~/parts'
import { useTheme } from '~/theme'
import { chart } from '~/theme/tokens.gen'
import page from '../page.module.css'
import { type Month, monthsOf, settled } from './cohorts'
import { MembersHead, type PlanStand } from './Head'
import css from './Members.module.css'

/** Renewals by the month in which terms end: the last year, and what is to come. */
export function Renewals() {
  return <MembersHead>{(plans) => <Cohorts plans={plans} />}</MembersHead>
}

function Cohorts({ plans }: { plans: PlanStand[] }) {
  const { t } = useWords()
  const text = useText()
  const slug = useCommunity()?.slug ?? ''
  const cohorts = useQuery(cohortsQuery(slug))
  const [params, setParams] = useSearchParams()
  const plan = params.get('plan') ?? undefined
  const months = useMemo(() => monthsOf(cohorts.data?.items ?? [], plan), [cohorts.data, plan])
  if (cohorts.error) return <ProblemNotice problem={asProblem(cohorts.error)} onRetry={() => cohorts.refetch()} />
  if (!cohorts.data) return null
  const sum = settled(months)
  return (
    <div className={css.body}>
      {plans.length > 1 && (
        <label className={css.choice}>
          {t('members.plan')}{' '}
          <select
            value={plan ?? ''}
            onChange={(e) => setParams(e.target.value ? { plan: e.target.value } : {}, { replace: true })}
          >
            <option value="">{t('members.plan.all')}</option>
            {plans.map(({ name, offer }) => (
              <option key={name} value={name}>
                {offer ? text(offer.title) || name : name}
              </option>
            ))}
          </select>
        </label>
      )}
      {months.length === 0 ? (
        <p className={page.soft}>{t('members.cohorts.none')}</p>
      ) : (
        <>
          <FigureRow>
            <Figure
              kind="rate"
              label={t('members.rate')}
              value={sum.renewed}
              of={sum.ended}
              unit={(count) => t('members.term.unit', { count })}
              note={t('members.rate.note')}
            />
            <Figure
              label={t('members.open')}
              value={sum.open}
              unit={(count) => t('members.term.unit', { count })}
              waits={sum.open > 0}
              note={t('members.open.note')}
            />
          </FigureRow>
          <Bars months={months} />
          <Table months={months} />
          <p className={css.note}>{t('members.cohorts.note')}</p>
        </>
      )}
    </div>
  )
}

/** A bar a month: what ended, and over it what of it was renewed. */
function Bars({ months }: { months: Month[] }) {
  const { t } = useWords()
  const { theme } = useTheme()
  const heads = [t('members.month'), t('members.ended'), t('members.renewed'), t('members.open')]
  const option = useMemo(
    () => ({
      grid: { left: 40, right: 8, top: 28, bottom: 28 },
      tooltip: { trigger: 'axis' },
      xAxis: { type: 'category', data: months.map((m) => m.month) },
      yAxis: { type: 'value', min: 0, minInterval: 1 },
      series: [
        {
          type: 'bar',
          name: t('members.ended'),
          barGap: '-100%',
          barMaxWidth: 40,
          color: chart.ramp[theme][1],
          data: months.map((m) => m.ended),
          // On a phone not every bar has room for its figures; the table below has them all.
          labelLayout: { hideOverlap: true },
          // The rate's two numbers stand on the bar itself; no legend is needed to read it.
          label: {
            show: true,
            position: 'top',
            formatter: ({ dataIndex }: { dataIndex: number }) => {
              const m = months[dataIndex]
              return m && m.ended > 0 ? `${m.renewed} / ${m.ended}` : ''
            },
          },
        },
        {
          type: 'bar',
          name: t('members.renewed'),
          barMaxWidth: 40,
          data: months.map((m) => m.renewed),
        },
      ],
    }),
    [months, t, theme],
  )
  const sum = settled(months)
  return (
    <Chart
      title={t('members.chart')}
      subtitle={t('members.chart.of', {
        count: sum.ended + sum.open,
        from: months[0]?.month ?? '',
        to: months.at(-1)?.month ?? '',
      })}
      option={option}
      table={[heads, ...months.map((m) => [m.month, m.ended, m.renewed, m.open])]}
    />
  )
}

function Table({ months }: { months: Month[] }) {
  const { t } = useWords()
  const format = useFormat()
  return (
    <DataTable<Month>
      label={t('members.cohorts')}
      rows={months.toReversed()}
      rowId={(m) => m.month}
      columns={[
        { id: 'month', header: t('members.month'), main: true, cell: (m) => m.month },
        { id: 'ended', header: t('members.ended'), align: 'right', cell: (m) => format.count(m.ended) },
        { id: 'renewed', header: t('members.renewed'), align: 'right', cell: (m) => format.count(m.renewed) },
        {
          id: 'rate',
          header: t('members.rate'),
          align: 'right',
          cell: (m) => (m.ended > 0 ? `${format.rate(m.renewed, m.ended)} (${m.renewed}/${m.ended})` : '—'),
        },
        {
          id: 'open',
          header: t('members.open'),
          align: 'right',
          cell: (m) => format.count(m.open),
          tone: (m) => (m.open > 0 ? 'waits' : undefined),
        },
      ]}
    />
  )
}
