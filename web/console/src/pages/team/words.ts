// Departments, turns, credits and statements in words.
import type { CreditWhy, Line, Pay, Score } from '~/api/team'
import type { Key, Translate } from '~/i18n'
import { formatMoney } from '~/i18n/format'
import type { Tone } from '~/parts'
import { percentOf } from '../money/payouts'

const worded = (known: readonly string[], prefix: string, value: string, t: Translate) =>
  known.includes(value) ? t(`team.${prefix}.${value}` as Key) : value

export const sideName = (side: string, t: Translate) => worded(['traffic', 'sales', 'service'], 'side', side, t)
export const whyGiven = (reason: string, t: Translate) => worded(['load', 'turns', 'hand'], 'given', reason, t)
export const whyEnded = (end: string, t: Translate) =>
  worded(['returned', 'moved', 'handed', 'merged', 'erased'], 'end', end, t)
export const saleKind = (kind: string, t: Translate) =>
  worded(['new', 'referral', 'renewal', 'upgrade'], 'sale', kind, t)
export const creditReason = (reason: string, t: Translate) =>
  worded(['owner', 'promoter', 'other', 'nobody'], 'credit', reason, t)
export const lineKind = (kind: string, t: Translate) => worded(['commission', 'takeback', 'carried'], 'line', kind, t)
export const statementState = (state: string, t: Translate) => worded(['draft', 'approved'], 'state', state, t)
export const statementTones: Record<string, Tone> = { draft: 'wait', approved: 'good' }
export const monthState = (state: string, t: Translate) => worded(['closing', 'closed'], 'month', state, t)
export const monthTones: Record<string, Tone> = { closing: 'wait', closed: 'done' }

/** 540 → 09:00 */
export const clockOf = (minute: number) =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`

/** 09:00, 9:30, 24:00 → minutes of the day; undefined for what is no time. */
export function minuteOf(text: string): number | undefined {
  const match = /^(\d{1,2})[:：](\d{2})$/.exec(text.trim())
  if (!match) return undefined
  const minute = Number(match[1]) * 60 + Number(match[2])
  return Number(match[2]) < 60 && minute <= 1440 ? minute : undefined
}

/** Each step of a commission in words: up to where, and how much of it. */
export const stepsOf = (pay: Pay | undefined, t: Translate): string[] => [
  ...(pay?.steps ?? []).map((step, i, all) => {
    const rate = percentOf(step.rate_bp)
    const next = all[i + 1]
    if (!next) return t(i === 0 ? 'team.pay.all' : 'team.pay.last', { from: formatMoney(step.from), rate })
    return t(i === 0 ? 'team.pay.first' : 'team.pay.step', {
      from: formatMoney(step.from),
      to: formatMoney(next.from),
      rate,
    })
  }),
  ...(pay?.cap ? [t('team.pay.cap', { cap: formatMoney(pay.cap) })] : []),
]

/** How a line came to its fen. */
export function lineWords(line: Line, t: Translate): string {
  if (line.kind === 'carried') return t('team.line.carried.how')
  if (line.kind === 'takeback') return t('team.line.takeback.how', { amount: formatMoney(-line.base) })
  const words = t('team.line.commission.how', { base: formatMoney(line.base), reached: formatMoney(line.reached) })
  return line.capped ? `${words} ${t('team.line.capped')}` : words
}

export interface Bar {
  score: Score
  /** Among these; the same amount has the same rank. */
  rank: number
  /** What is drawn: sales, or what members of service have brought. */
  amount: number
  target: number
  /** In per cent of the longest: zero is at the left. */
  width: number
  mark?: number
}

/** Bars of one side, the longest first, on one scale from zero which holds amounts and targets. */
export function barsOf(scores: Score[]): Bar[] {
  const all = scores.map((score) => ({
    score,
    amount: score.sales + score.referrals,
    target: (score.target ?? 0) + (score.referral_target ?? 0),
  }))
  const most = Math.max(1, ...all.map((bar) => Math.max(bar.amount, bar.target)))
  return all.map((bar) => ({
    ...bar,
    rank: 1 + all.filter((other) => other.amount > bar.amount).length,
    width: (100 * Math.max(0, bar.amount)) / most,
    mark: bar.target > 0 ? (100 * bar.target) / most : undefined,
  }))
}

export interface Sums {
  amount: number
  target: number
  owned: number
  touched: number
  converted: number
  orders: number
}

/** What departments have brought in all. */
export const sumOf = (scores: Score[]): Sums =>
  scores.reduce<Sums>(
    (sum, s) => ({
      amount: sum.amount + s.sales + s.referrals,
      target: sum.target + (s.target ?? 0) + (s.referral_target ?? 0),
      owned: sum.owned + s.owned,
      touched: sum.touched + s.touched,
      converted: sum.converted + s.converted,
      orders: sum.orders + s.orders,
    }),
    { amount: 0, target: 0, owned: 0, touched: 0, converted: 0, orders: 0 },
  )

/** Why a sale is whose, in one sentence. */
export function whyWords(why: CreditWhy, staff: string, t: Translate): string {
  const { credit } = why
  const names = {
    buyer: why.person_name || t('people.unnamed'),
    staff,
    promoter: why.promoter_name || t('people.unnamed'),
  }
  switch (credit.reason) {
    case 'owner':
      return t(credit.kind === 'renewal' ? 'team.why.owner.renewal' : 'team.why.owner', names)
    case 'promoter':
      return t('team.why.promoter', names)
    case 'other': {
      const rule = why.rules.credits?.[credit.kind as 'renewal']
      const side = rule || (credit.kind === 'renewal' || credit.kind === 'referral' ? 'service' : 'sales')
      return t('team.why.other', { ...names, kind: saleKind(credit.kind, t), side: sideName(side, t) })
    }
    case 'nobody':
      return t('team.why.nobody', names)
    default:
      return creditReason(credit.reason, t)
  }
}
