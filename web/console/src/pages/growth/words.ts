// Programmes, bonds and rewards in words.
import type { Reward, Terms, Why } from '~/api/growth'
import type { Key, Translate } from '~/i18n'
import { formatCount, formatMoney } from '~/i18n/format'
import type { Tone } from '~/parts'
import { percentOf } from '../money/payouts'

export const rewardStates = ['frozen', 'released', 'held', 'taken'] as const

export const rewardTones: Record<string, Tone> = { frozen: 'wait', released: 'good', held: 'wait', taken: 'done' }

export const bondTones: Record<string, Tone> = {
  pending: 'wait',
  active: 'good',
  won: 'good',
  lost: 'done',
  refused: 'bad',
  expired: 'done',
}

const binds = ['click', 'claim', 'attendance', 'order', 'offer']
const reasons = [
  'self',
  'staff',
  'no_promoter',
  'member',
  'gone',
  'device',
  'phone',
  'payment',
  'alike',
  'later',
  'protected',
  'replaced',
  'renewed',
  'expired',
  'reviewed',
]
const kinds = ['money', 'points', 'service']
const products = ['plan', 'ticket', 'good', 'goods']

/** One of a known set in words; what this console has no words for stands as it is. */
const worded = (known: readonly string[], prefix: string, value: string, t: Translate) =>
  known.includes(value) ? t(`growth.${prefix}.${value}` as Key) : value

export const bindsName = (value: string, t: Translate) => worded(binds, 'binds', value, t)
export const reasonName = (value: string, t: Translate) => worded(reasons, 'reason', value, t)
export const kindName = (value: string, t: Translate) => worded(kinds, 'kind', value, t)
export const bondState = (value: string, t: Translate) => worded(Object.keys(bondTones), 'bond', value, t)
export const rewardState = (value: string, t: Translate) => worded(rewardStates, 'state', value, t)

/** plan:annual → 会员 annual; empty for the community as a whole. */
export function productName(product: string, t: Translate): string {
  if (!product) return t('growth.product.none')
  if (product === '*') return t('growth.product.all')
  const [kind = '', item] = product.split(':')
  const name = worded(products, 'product', kind, t)
  return item ? `${name} ${item}` : name
}

/** 0 and −1 mean something else of each. */
export function daysOf(what: 'valid' | 'protect', days: number, t: Translate): string {
  if (days < 0) return t('growth.days.ever')
  return days === 0 ? t(`growth.days.${what}.none`) : t('growth.days', { count: days })
}

/** What each level gets: 15% of what was paid, or ¥20.00 an order. */
export const levelWords = (terms: Terms, t: Translate): string[] =>
  (terms.levels ?? []).map((level, i) => {
    const share = level.fixed
      ? t('growth.level.fixed', { amount: formatMoney(level.fixed) })
      : t('growth.level.rate', { rate: percentOf(level.rate_bp ?? 0) })
    return t(i === 0 ? 'growth.level.first' : 'growth.level.second', { share })
  })

/** In what a reward comes, with what a yuan is in points. */
export const rewardWords = (terms: Terms, t: Translate): string[] =>
  (terms.reward?.length ? terms.reward : ['money']).map((kind) =>
    kind === 'points' && terms.points_per_yuan
      ? t('growth.kind.points.each', { count: terms.points_per_yuan })
      : kindName(kind, t),
  )

/** ¥120.00, 1,200 points, or a service. */
export function amountOf(reward: Pick<Reward, 'kind' | 'amount'>, t: Translate): string {
  if (reward.kind === 'points') return t('growth.points', { count: reward.amount })
  return reward.kind === 'service' ? t('growth.kind.service') : formatMoney(reward.amount)
}

/** For ever is written as the year 9999. */
export const isForEver = (at: string) => at.startsWith('9999')

export interface Step {
  id: string
  at: string
  what: 'came' | 'bound' | 'lost' | 'paid' | 'earned' | 'taken'
  /** The person that it is about beside the guest. */
  person?: string
  /** Why a bond was lost. */
  reason?: string
  amount?: number
}

/** All that a reward rests on in the order of time: the links by which the guest came among the facts. */
export function stepsOf(why: Why): Step[] {
  const came = (why.came ?? []).map(
    (one, i): Step => ({ id: `came ${i}`, at: one.at, what: 'came', person: one.sharer }),
  )
  const facts = (why.facts ?? []).map((step): Step => {
    const base = { id: `${step.what} ${step.fact}`, at: step.at }
    switch (step.what) {
      case 'lost': {
        const bond = (why.losers ?? []).find((one) => one.fact === step.fact)
        return { ...base, what: 'lost', person: bond?.promoter, reason: bond?.reason }
      }
      case 'taken':
        return { ...base, what: 'taken', amount: (why.taken ?? []).find((one) => one.fact === step.fact)?.amount }
      case 'paid':
        return { ...base, what: 'paid', person: why.sale.buyer, amount: why.sale.paid }
      case 'earned':
        return { ...base, what: 'earned', person: why.reward.promoter, amount: why.reward.amount }
      default:
        return { ...base, what: 'bound', person: why.bond.promoter }
    }
  })
  // Of two at one moment, what came first in what follows from what stays first.
  const rank = ['came', 'lost', 'bound', 'paid', 'earned', 'taken']
  return [...came, ...facts].sort(
    (a, b) => Date.parse(a.at) - Date.parse(b.at) || rank.indexOf(a.what) - rank.indexOf(b.what),
  )
}

export interface Bringer {
  promoter: string
  name: string
  rewards: number
  orders: number
  /** Fen and points that are still theirs: less what was taken back. */
  money: number
  points: number
  services: number
}

/** Of some rewards, from whom they come: who brought the most orders first. */
export function bringers(rewards: Reward[]): Bringer[] {
  const by = new Map<string, Bringer & { seen: Set<string> }>()
  for (const r of rewards) {
    if (r.state === 'taken') continue
    const one = by.get(r.promoter) ?? {
      promoter: r.promoter,
      name: r.promoter_name,
      rewards: 0,
      orders: 0,
      money: 0,
      points: 0,
      services: 0,
      seen: new Set<string>(),
    }
    one.seen.add(r.order)
    one.rewards += 1
    one.orders = one.seen.size
    const left = r.amount - (r.taken ?? 0)
    if (r.kind === 'money') one.money += left
    else if (r.kind === 'points') one.points += left
    else one.services += left
    by.set(r.promoter, one)
  }
  return [...by.values()]
    .map(({ seen: _, ...one }) => one)
    .sort((a, b) => b.orders - a.orders || b.money - a.money || b.points - a.points)
}

/** What somebody has earned, in all that they earned it in. */
export const earnedWords = (one: Bringer, t: Translate): string =>
  [
    one.money > 0 && formatMoney(one.money),
    one.points > 0 && t('growth.points', { count: one.points }),
    one.services > 0 && t('growth.services', { count: one.services }),
  ]
    .filter(Boolean)
    .join(' · ') || formatCount(0)
