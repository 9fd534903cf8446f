// A coupon as the form holds it, with amounts as people type them, and as it is sent.
import type { Schemas } from '~/api/community'
import type { Coupon } from '~/api/shop'
import type { Text } from '~/i18n'
import { parseYuan, plainAmount } from '../money/amounts'
import { parsePercent } from '../money/payouts'

export interface Values {
  code: string
  title: string
  how: 'off' | 'off_bp'
  off: string
  percent: string
  min: string
  for: string[]
  quota?: number | null
  per_person?: number | null
  /** 2026-11-21T14:30 by the community's clocks. */
  opens?: string
  closes?: string
}

export const blank: Values = { code: '', title: '', how: 'off', off: '', percent: '', min: '', for: [] }

export const valuesOf = (c: Coupon, local: (at: string) => string): Values => ({
  code: c.code,
  title: ((c.title ?? {}) as Text)['zh-Hans'] ?? '',
  how: c.off_bp ? 'off_bp' : 'off',
  off: c.off ? plainAmount(c.off, 'CNY') : '',
  percent: c.off_bp ? String(c.off_bp / 100) : '',
  min: c.min ? plainAmount(c.min, 'CNY') : '',
  for: c.for ?? [],
  quota: c.quota || undefined,
  per_person: c.per_person || undefined,
  opens: c.opens && local(c.opens),
  closes: c.closes && local(c.closes),
})

/** What is sent: all of the coupon. `was` keeps what it is called in other languages. */
export function couponOf(v: Values, instant: (local: string) => string, was?: Coupon): Schemas['ShopCoupon'] {
  const title = { ...((was?.title ?? {}) as Record<string, string>), 'zh-Hans': v.title.trim() }
  return {
    code: v.code.trim().toUpperCase(),
    title,
    ...(v.how === 'off' ? { off: parseYuan(v.off) ?? 0 } : { off_bp: parsePercent(v.percent) ?? 0 }),
    ...(parseYuan(v.min) && { min: parseYuan(v.min) }),
    ...(v.for.length > 0 && { for: v.for }),
    ...(v.quota && { quota: v.quota }),
    ...(v.per_person && { per_person: v.per_person }),
    ...(v.opens && { opens: instant(v.opens) }),
    ...(v.closes && { closes: instant(v.closes) }),
  }
}

/** Where a coupon stands in time. */
export function phaseOf(c: Pick<Coupon, 'retired' | 'opens' | 'closes' | 'quota' | 'used' | 'kept'>, now: number) {
  if (c.retired) return 'retired'
  if (c.closes && Date.parse(c.closes) <= now) return 'over'
  if (c.opens && Date.parse(c.opens) > now) return 'soon'
  return c.quota && c.used + c.kept >= c.quota ? 'usedUp' : 'on'
}
