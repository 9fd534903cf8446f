import { type GroupState, type Item, productKinds, type Sku } from '~/api/shop'
import type { Key, Text, Translate } from '~/i18n'
import type { Format } from '~/i18n/format'
import type { Tone } from '~/parts'

type Word = (value: string, t: Translate) => string

/** What a newer server says and this console doesn't know stands as it is. */
const known =
  (all: readonly string[], key: (value: string) => string): Word =>
  (value, t) =>
    all.includes(value) ? t(key(value) as Key) : value

export const kindOf = known(productKinds, (kind) => `shop.kind.${kind}`)
export const itemStateOf = known(['held', 'dropped', 'waits', 'sold', 'returned'], (state) => `shop.item.${state}`)
export const outcomeOf = known(['refund', 'replace', 'reject'], (outcome) => `shop.outcome.${outcome}`)
export const complaintStateOf = known(
  ['open', 'claimed', 'finished', 'cancelled'],
  (state) => `shop.complaint.${state}`,
)

export const rungOf = known(['free', 'low', 'mid', 'high', 'shared'], (rung) => `shop.ladder.rung.${rung}`)
export const ladderKindOf = known(['plan', 'ticket', 'goods', 'share'], (kind) => `shop.ladder.kind.${kind}`)

export const groupTones: Record<GroupState, Tone> = { open: 'wait', full: 'good', failed: 'done' }

type Say = (text: Text) => string

/** 茶叶 · 大盒 × 2 */
export function itemTitle(item: Pick<Item, 'title' | 'sku' | 'sku_title' | 'qty'>, text: Say): string {
  const sku = text((item.sku_title ?? {}) as Text)
  const name = [text(item.title as Text), sku].filter(Boolean).join(' · ')
  return item.qty > 1 ? `${name} × ${item.qty}` : name
}

/** What a SKU costs: ¥59.00, 590 points, or either. */
export function costOf(sku: Pick<Sku, 'price' | 'points'>, t: Translate, format: Pick<Format, 'money'>): string {
  const points = sku.points ? t('money.points.n', { count: sku.points }) : ''
  const money = sku.price ? format.money(sku.price) : ''
  return [money, points].filter(Boolean).join(' / ') || t('shop.free')
}

/** From the cheapest to the dearest of what costs money. */
export function priceRange(skus: Sku[], t: Translate, format: Pick<Format, 'money'>): string {
  const prices = skus.map((s) => s.price ?? 0).filter((p) => p > 0)
  if (prices.length === 0) return skus[0] ? costOf(skus[0], t, format) : ''
  const [low, high] = [Math.min(...prices), Math.max(...prices)]
  return low === high ? format.money(low) : `${format.money(low)} – ${format.money(high)}`
}

/** 满 ¥100.00 减 ¥20.00; 9 折 is said as 10 % off, which is what is stored. */
export function offOf(coupon: { off?: number; off_bp?: number }, t: Translate, format: Pick<Format, 'money'>): string {
  if (coupon.off) return t('shop.off', { amount: format.money(coupon.off) })
  return t('shop.off.bp', { percent: (coupon.off_bp ?? 0) / 100 })
}
