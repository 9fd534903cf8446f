import { useQuery } from '@tanstack/react-query'
import { Check, TriangleAlert } from 'lucide-react'
import { Link, Navigate } from 'react-router'
import { type Sheet, type SheetLine, sheetQuery } from '~/api/money'
import { asProblem } from '~/api/problem'
import { communityPath, useCommunity } from '~/app/community'
import { hereQuery } from '~/app/may'
import { useWords } from '~/i18n'
import { EmptyState, ProblemNotice } from '~/parts'
import page from '../page.module.css'
import { Section } from '../Section'
import { accountName, type Group, grouped, lineTo, sumOf } from './accounts'
import { formatAmount } from './amounts'
import { MoneyHead } from './Head'
import css from './Money.module.css'

/** Does every fen add up: the sum of the books, then every balance by what it means. */
export function Books() {
  const slug = useCommunity()?.slug ?? ''
  const here = useQuery(hereQuery(slug))
  const barred = here.data !== undefined && !here.data.actions?.includes('money.read')
  const sheet = useQuery({ ...sheetQuery(slug), enabled: !here.isPending && !barred })
  // Who may see orders and not the books has come for the orders.
  if (barred) return <Navigate to={communityPath(slug, 'money/orders')} replace />
  return (
    <>
      <MoneyHead />
      {sheet.error && <ProblemNotice problem={asProblem(sheet.error)} onRetry={() => sheet.refetch()} />}
      {sheet.data && <Balances sheet={sheet.data} slug={slug} />}
    </>
  )
}

function Balances({ sheet, slug }: { sheet: Sheet; slug: string }) {
  const { t } = useWords()
  const lines = sheet.lines ?? []
  if (lines.length === 0) {
    return (
      <EmptyState
        title={t('money.none')}
        body={t('money.none.body')}
        step={{ label: t('money.none.step'), to: communityPath(slug, 'members/plans') }}
      />
    )
  }
  return (
    <>
      <Sum sheet={sheet} />
      <p className={css.signs}>{t('money.signs')}</p>
      <div className={css.groups}>
        {grouped(lines).map((group) => (
          <Sums key={group.id} group={group} slug={slug} />
        ))}
      </div>
    </>
  )
}

/** The one sentence that matters: whether the books sum to zero, and what to do when they don't. */
function Sum({ sheet }: { sheet: Sheet }) {
  const { t } = useWords()
  const off = Object.entries(sheet.totals ?? {}).filter(([, total]) => total !== 0)
  const accounts = (sheet.lines ?? []).reduce((n, line) => n + line.accounts, 0)
  if (off.length === 0) {
    return (
      <p className={css.sum} data-good="true">
        <Check size={18} aria-hidden="true" />
        {t('money.sum.zero', { count: accounts })}
      </p>
    )
  }
  return (
    <p className={css.sum} role="alert">
      <TriangleAlert size={18} aria-hidden="true" />
      <span>
        {t('money.sum.off', {
          by: off.map(([currency, total]) => formatAmount(total, currency)).join(t('common.listComma')),
        })}
        <br />
        {t('money.sum.verify')} <code>qunce verify</code>
      </span>
    </p>
  )
}

function Sums({ group, slug }: { group: Group; slug: string }) {
  const { t } = useWords()
  const currencies = [...new Set(group.lines.map((line) => line.currency))]
  return (
    <Section
      title={t(`money.group.${group.id}`)}
      more={
        <span className={css.total}>
          {currencies.map((currency) => formatAmount(sumOf(group.lines, currency) ?? 0, currency)).join(' · ')}
        </span>
      }
    >
      <ul className={page.rows}>
        {group.lines.map((line) => (
          <li key={`${line.account} ${line.currency}`} className={page.row}>
            <Line line={line} slug={slug} inPoints={group.id === 'points'} />
          </li>
        ))}
      </ul>
      <p className={page.note}>{t(`money.group.${group.id}.note`)}</p>
    </Section>
  )
}

function Line({ line, slug, inPoints }: { line: SheetLine; slug: string; inPoints: boolean }) {
  const { t } = useWords()
  return (
    <>
      <span>
        <Link to={communityPath(slug, lineTo(line))}>{accountName(line.account, t)}</Link>{' '}
        {line.currency === 'POINTS' && !inPoints && <span className={page.note}>{t('money.points')} </span>}
        {line.accounts > 1 && <span className={page.note}>{t('money.accounts.count', { count: line.accounts })}</span>}
      </span>
      <span className={css.amount}>{formatAmount(line.balance, line.currency)}</span>
    </>
  )
}
