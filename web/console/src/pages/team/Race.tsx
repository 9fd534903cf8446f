import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { ChevronLeft, ChevronRight } from 'lucide-react'
import { useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import { asProblem } from '~/api/problem'
import { type Department, monthsQuery, raceQuery, type Score } from '~/api/team'
import { communityPath, useCommunity } from '~/app/community'
import { MayButton, useMay } from '~/app/may'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { useNow } from '~/lib/hooks'
import { Figure, FigureRow, ProblemNotice } from '~/parts'
import { isMonth, monthAfter } from '../events/month'
import { percentOf } from '../money/payouts'
import page from '../page.module.css'
import { Section } from '../Section'
import { TeamHead } from './Head'
import { SetTarget } from './SetTarget'
import css from './Team.module.css'
import type { Team } from './useTeam'
import { type Bar, barsOf, sumOf } from './words'

const spans = [1, 3, 12]

/** Who brought how much: sales beside the target, with what it is made of. */
export function RacePage() {
  return <TeamHead>{(team) => <Board team={team} />}</TeamHead>
}

function Board({ team }: { team: Team }) {
  const { t } = useWords()
  const format = useFormat()
  const now = useNow()
  const slug = useCommunity()?.slug ?? ''
  const [params, setParams] = useSearchParams()
  const today = format.date(now).slice(0, 7)
  const asked = params.get('month')
  const month = isMonth(asked) ? asked : today
  const span = spans.find((n) => String(n) === params.get('span')) ?? 1
  const from = monthAfter(month, 1 - span)
  const race = useQuery(raceQuery(slug, from, month))
  // A closed month has the targets that it had.
  const months = useQuery({ ...monthsQuery(slug), enabled: useMay()('money.read') === 'yes' })
  const open = span === 1 && month > (months.data?.items?.[0]?.month ?? '')
  const [aiming, setAiming] = useState<Score | true>()
  const go = (next: { month?: string; span?: number }) => {
    const { month: m, span: n } = { month, span, ...next }
    setParams({ ...(m === today ? {} : { month: m }), ...(n === 1 ? {} : { span: String(n) }) }, { replace: true })
  }
  const period = span === 1 ? month : t('team.period', { from, to: month })
  const departments = team.departments.filter((d) => d.side !== 'traffic')
  return (
    <>
      <div className={css.period}>
        <Button
          aria-label={t('events.month.before')}
          icon={<ChevronLeft size={16} />}
          onClick={() => go({ month: monthAfter(month, -1) })}
        />
        <h2 className={css.month} aria-live="polite">
          {period}
        </h2>
        <Button
          aria-label={t('events.month.after')}
          icon={<ChevronRight size={16} />}
          disabled={month >= monthAfter(today, 1)}
          onClick={() => go({ month: monthAfter(month, 1) })}
        />
        <label className={css.span}>
          {t('team.span')}
          <select value={span} onChange={(e) => go({ span: Number(e.target.value) })}>
            {spans.map((n) => (
              <option key={n} value={n}>
                {t('team.span.months', { count: n })}
              </option>
            ))}
          </select>
        </label>
        {open && (
          <span className={css.right}>
            <MayButton action="team.manage" onClick={() => setAiming(true)}>
              {t('team.target.set')}
            </MayButton>
          </span>
        )}
      </div>
      {race.error && <ProblemNotice problem={asProblem(race.error)} onRetry={() => race.refetch()} />}
      <Sums scores={race.data?.departments ?? []} loading={!race.data} slug={slug} />
      {race.data &&
        departments.map((d) => (
          <Bars
            key={d.name}
            department={d}
            team={team}
            slug={slug}
            period={period}
            all={race.data.departments?.find((s) => s.department === d.name)}
            scores={(race.data.staff ?? []).filter((s) => s.department === d.name)}
            onAim={open ? setAiming : undefined}
          />
        ))}
      {race.data && <p className={page.note}>{t('team.race.note')}</p>}
      {aiming && (
        <SetTarget
          slug={slug}
          team={team}
          month={month}
          score={aiming === true ? undefined : aiming}
          onClose={() => setAiming(undefined)}
        />
      )}
    </>
  )
}

/** What of a target is reached, rounded down. */
const shareOf = (amount: number, target: number) =>
  percentOf(Math.floor((10_000 * Math.max(0, amount)) / Math.max(1, target)))

function Sums({ scores, loading, slug }: { scores: Score[]; loading: boolean; slug: string }) {
  const { t } = useWords()
  const may = useMay()
  const sum = sumOf(scores)
  const orders = may('order.read') === 'yes' ? communityPath(slug, 'team/credits') : undefined
  return (
    <FigureRow>
      <Figure
        kind="money"
        label={t('team.race.amount')}
        value={sum.amount}
        loading={loading}
        note={t('team.race.amount.note')}
      />
      <Figure
        label={t('team.race.orders')}
        value={sum.orders}
        loading={loading}
        to={orders}
        unit={(count) => t('team.order.unit', { count })}
      />
      <Figure
        kind="rate"
        label={t('team.race.touched')}
        value={sum.touched}
        of={sum.owned}
        unit={(count) => t('team.person.unit', { count })}
        loading={loading}
        note={t('team.race.touched.note')}
      />
      <Figure
        kind="rate"
        label={t('team.race.converted')}
        value={sum.converted}
        of={sum.owned}
        unit={(count) => t('team.person.unit', { count })}
        loading={loading}
        note={t('team.race.converted.note')}
      />
    </FigureRow>
  )
}

interface BarsProps {
  department: Department
  team: Team
  slug: string
  period: string
  all?: Score
  scores: Score[]
  /** Not given where targets can't be set. */
  onAim?: (score: Score) => void
}

function Bars({ department, team, slug, period, all, scores, onAim }: BarsProps) {
  const { t } = useWords()
  const format = useFormat()
  const bars = barsOf(scores)
  const { amount, target } = sumOf(all ? [all] : [])
  const rest = amount - scores.reduce((sum, s) => sum + s.sales + s.referrals, 0)
  const title = team.titleOf(department.name)
  return (
    <Section
      title={title}
      more={t(target > 0 ? 'team.race.of.target' : 'team.race.of', {
        period,
        count: scores.length,
        amount: format.money(amount),
        target: format.money(target),
        share: shareOf(amount, target),
      })}
    >
      {bars.length === 0 ? (
        <p className={page.none}>{t('team.race.none')}</p>
      ) : (
        <ol className={css.bars} aria-label={title}>
          {bars.map((bar) => (
            <One key={bar.score.staff} bar={bar} department={department} slug={slug} onAim={onAim} />
          ))}
        </ol>
      )}
      {rest > 0 && <p className={page.note}>{t('team.race.rest', { amount: format.money(rest) })}</p>}
    </Section>
  )
}

function One({
  bar,
  department,
  slug,
  onAim,
}: {
  bar: Bar
  department: Department
  slug: string
  onAim?: (score: Score) => void
}) {
  const { t } = useWords()
  const format = useFormat()
  const may = useMay()
  const { score: s, rank, amount, target } = bar
  const name = s.staff_name ?? ''
  const contacts = communityPath(slug, `team/contacts?staff=${s.staff}`)
  return (
    <li className={css.bar}>
      <span className={css.rank}>{rank}</span>
      <span className={css.name}>
        <Link to={contacts}>{name}</Link>
      </span>
      <span className={css.ground} aria-hidden="true">
        <span className={css.amount} style={{ width: `${bar.width}%` }} />
        {bar.mark !== undefined && <span className={css.mark} style={{ left: `${bar.mark}%` }} />}
      </span>
      <span className={css.figure}>{format.money(amount)}</span>
      <span className={css.under}>
        <span>
          {department.side === 'sales'
            ? t('team.race.line', {
                orders: s.orders,
                owned: s.owned,
                touched: s.touched,
                converted: s.converted,
                rate: format.rate(s.converted, s.owned),
              })
            : t('team.race.line.service', {
                orders: s.orders,
                referrals: format.money(s.referrals),
                sales: format.money(s.sales),
              })}
          {may('order.read') === 'yes' && s.orders > 0 && (
            <>
              {' '}
              <Link to={communityPath(slug, `team/credits?staff=${s.staff}`)}>{t('team.race.open')}</Link>
            </>
          )}
        </span>
        <span>
          {target > 0
            ? t('team.race.target', { target: format.money(target), share: shareOf(amount, target) })
            : t('team.race.target.none')}
          {onAim && may('team.manage') === 'yes' && (
            <>
              {' '}
              <Button
                type="link"
                size="small"
                className={page.inline}
                aria-label={t('team.target.whose', { name })}
                onClick={() => onAim(s)}
              >
                {t(target > 0 ? 'team.target.change' : 'team.target.begin')}
              </Button>
            </>
          )}
        </span>
      </span>
    </li>
  )
}
