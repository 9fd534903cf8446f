import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { Link, Navigate } from 'react-router'
import { programmesQuery, recent, recentRewardsQuery, type Terms } from '~/api/growth'
import { type Sheet, sheetQuery } from '~/api/money'
import { asProblem } from '~/api/problem'
import { communityPath, useCommunity } from '~/app/community'
import { hereQuery, useMay } from '~/app/may'
import { useText, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { DataTable, EmptyState, Facts, Figure, FigureRow, ProblemNotice } from '~/parts'
import page from '../page.module.css'
import { Section } from '../Section'
import { GrowthHead } from './Head'
import { Simulate } from './Simulate'
import { type Bringer, bindsName, bringers, daysOf, earnedWords, levelWords, productName, rewardWords } from './words'

/** Who may not look into the books begins with the launches. */
export function Growth() {
  const slug = useCommunity()?.slug ?? ''
  const here = useQuery(hereQuery(slug))
  const may = useMay()('money.read')
  if (here.isPending) return <GrowthHead />
  if (may === 'no') return <Navigate replace to={communityPath(slug, 'growth/launches')} />
  return <Overview />
}

/** Who brings people, and what does it cost: the cost as the books have it, who earned it, and by which rules. */
function Overview() {
  const { t } = useWords()
  const slug = useCommunity()?.slug ?? ''
  const programmes = useQuery(programmesQuery(slug))
  const sheet = useQuery(sheetQuery(slug))
  const [simulated, setSimulated] = useState<Terms>()
  const data = programmes.data
  return (
    <>
      <GrowthHead />
      {programmes.error && <ProblemNotice problem={asProblem(programmes.error)} onRetry={() => programmes.refetch()} />}
      {data && (data.items ?? []).length === 0 ? (
        <EmptyState
          title={t('growth.none')}
          body={t('growth.none.body')}
          step={{ label: t('growth.none.step'), to: communityPath(slug, 'settings/playbook') }}
        />
      ) : (
        <>
          <Section title={t('growth.cost')}>
            {sheet.error ? (
              <ProblemNotice problem={asProblem(sheet.error)} onRetry={() => sheet.refetch()} />
            ) : (
              <Cost sheet={sheet.data} slug={slug} />
            )}
          </Section>
          <Who slug={slug} />
          <Warnings slug={slug} items={data?.warnings ?? []} programmes={data?.items ?? []} />
          <Section title={t('growth.programmes')}>
            <div className={page.cards}>
              {(data?.items ?? []).map((terms) => (
                <Programme key={terms.name} terms={terms} onSimulate={() => setSimulated(terms)} />
              ))}
            </div>
            {data && <p className={page.note}>{t('growth.asking', { count: data.asking.days || 30 })}</p>}
          </Section>
          {simulated && <Simulate slug={slug} terms={simulated} onClose={() => setSimulated(undefined)} />}
        </>
      )}
    </>
  )
}

/** What the books say of commissions. */
function Cost({ sheet, slug }: { sheet?: Sheet; slug: string }) {
  const { t } = useWords()
  const of = (kind: string, account?: string) =>
    (sheet?.lines ?? [])
      .filter((l) => l.currency === 'CNY' && l.kind === kind && (!account || l.account === account))
      .reduce((sum, l) => sum + l.balance, 0)
  const accounts = (prefix: string) => communityPath(slug, `money/accounts?prefix=${encodeURIComponent(prefix)}`)
  const loading = !sheet
  return (
    <FigureRow>
      <Figure
        kind="money"
        label={t('growth.cost.all')}
        value={Math.abs(of('expense', 'expense:commission'))}
        loading={loading}
        note={t('growth.cost.all.note')}
        to={communityPath(slug, 'money/history?account=expense%3Acommission&currency=CNY')}
      />
      <Figure
        kind="money"
        label={t('growth.cost.frozen')}
        value={of('commission:frozen')}
        loading={loading}
        to={accounts('commission:frozen')}
      />
      <Figure
        kind="money"
        label={t('growth.cost.available')}
        value={of('commission:available')}
        loading={loading}
        to={accounts('commission:available')}
      />
      <Figure
        kind="money"
        label={t('growth.cost.owed')}
        value={Math.abs(of('commission:owed'))}
        loading={loading}
        note={t('growth.cost.owed.note')}
        to={accounts('commission:owed')}
      />
    </FigureRow>
  )
}

const shown = 10

function Who({ slug }: { slug: string }) {
  const { t } = useWords()
  const format = useFormat()
  const rewards = useQuery(recentRewardsQuery(slug))
  const items = rewards.data?.items ?? []
  const all = bringers(items)
  return (
    <Section
      title={t('growth.who')}
      more={items.length > 0 && <Link to={communityPath(slug, 'growth/rewards')}>{t('growth.rewards.open')}</Link>}
    >
      {rewards.error && <ProblemNotice problem={asProblem(rewards.error)} onRetry={() => rewards.refetch()} />}
      {rewards.data && all.length === 0 && <p className={page.none}>{t('growth.who.none')}</p>}
      {all.length > 0 && (
        <>
          <DataTable<Bringer>
            label={t('growth.who')}
            rows={all.slice(0, shown)}
            rowId={(one) => one.promoter}
            columns={[
              {
                id: 'promoter',
                header: t('growth.promoter'),
                main: true,
                cell: (one) => (
                  <Link to={communityPath(slug, `people/${one.promoter}`)}>{one.name || t('people.unnamed')}</Link>
                ),
              },
              { id: 'orders', header: t('growth.orders'), align: 'right', cell: (one) => format.count(one.orders) },
              {
                id: 'rewards',
                header: t('growth.rewards'),
                align: 'right',
                cell: (one) => (
                  <Link to={communityPath(slug, `growth/rewards?promoter=${one.promoter}`)}>
                    {format.count(one.rewards)}
                  </Link>
                ),
              },
              { id: 'earned', header: t('growth.earned'), align: 'right', cell: (one) => earnedWords(one, t) },
            ]}
          />
          <p className={page.note}>
            {t(rewards.data?.next ? 'growth.who.newest' : 'growth.who.all', {
              count: rewards.data?.next ? recent : items.length,
              shown: Math.min(shown, all.length),
              people: all.length,
            })}
          </p>
        </>
      )}
    </Section>
  )
}

interface WarningsProps {
  slug: string
  items: { what: string; field: string }[]
  programmes: Terms[]
}

/** What is allowed and seldom wise, under the name of the programme that says it; it is changed in the playbook. */
function Warnings({ slug, items, programmes }: WarningsProps) {
  const { t } = useWords()
  const text = useText()
  if (items.length === 0) return null
  const whose = (field: string) => {
    const terms = programmes[Number(/^\/programmes\/(\d+)\//.exec(field)?.[1] ?? Number.NaN)]
    return terms ? text(terms.title) || terms.name : field
  }
  return (
    <Section title={t('growth.warnings')}>
      <ul className={page.rows}>
        {items.map((w) => (
          <li key={`${w.field} ${w.what}`} className={page.row}>
            <span>{w.what}</span>
            <Link to={communityPath(slug, 'settings/playbook')} className={page.soft}>
              {whose(w.field)}
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  )
}

interface ProgrammeProps {
  terms: Terms
  bare?: boolean
  onSimulate?: () => void
}

/** One programme in words. */
export function Programme({ terms, bare = false, onSimulate }: ProgrammeProps) {
  const { t } = useWords()
  const text = useText()
  const comma = t('common.listComma')
  const services = Object.keys(terms.service ?? {}).length > 0 ? text(terms.service ?? {}) : ''
  return (
    <article>
      {!bare && (
        <div className={page.head}>
          <h3 className={page.title}>{text(terms.title) || terms.name}</h3>
          <span className={page.note}>{t('growth.version', { n: terms.version })}</span>
        </div>
      )}
      <Facts
        facts={[
          { label: t('growth.rule.binds'), value: bindsName(terms.binds, t) },
          {
            label: t('growth.rule.for'),
            value: (terms.products?.length ? terms.products : ['*']).map((p) => productName(p, t)).join(comma),
          },
          {
            label: t('growth.rule.reward'),
            value: levelWords(terms, t).map((line) => <div key={line}>{line}</div>),
            note: [...rewardWords(terms, t), services].filter(Boolean).join(comma),
          },
          { label: t('growth.rule.valid'), value: daysOf('valid', terms.valid_days ?? 0, t) },
          { label: t('growth.rule.protect'), value: daysOf('protect', terms.protect_days ?? 0, t) },
          {
            label: t('growth.rule.touch'),
            value: t(terms.touch === 'first' ? 'growth.touch.first' : 'growth.touch.last'),
          },
          {
            label: t('growth.rule.freeze'),
            value:
              terms.freeze_days === undefined
                ? t('growth.freeze.refund')
                : t('growth.freeze.days', { count: terms.freeze_days }),
          },
          {
            label: t('growth.rule.whom'),
            value: [
              t(terms.promoters === 'anyone' ? 'growth.promoters.anyone' : 'growth.promoters.members'),
              t(terms.guests === 'anyone' ? 'growth.guests.anyone' : 'growth.guests.new'),
              terms.staff && t('growth.promoters.staff'),
            ]
              .filter(Boolean)
              .map((line) => <div key={String(line)}>{line}</div>),
          },
        ]}
      />
      {onSimulate && (
        <p className={page.actions}>
          <Button onClick={onSimulate}>{t('growth.simulate')}</Button>
        </p>
      )}
    </article>
  )
}
