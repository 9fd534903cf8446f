// What placements paid, in words: never a share without what it is a share of.
import type { Figures } from '~/api/placements'
import type { Translate } from '~/i18n'
import { formatCount, formatMoney } from '~/i18n/format'
import { percentOf } from '../money/payouts'

/** 53800 → 538%, −1250 → −12.5% */
export const signedPercent = (bp: number): string => `${bp < 0 ? '\u2212' : ''}${percentOf(Math.abs(bp))}`

/** ROI and what it is worked out from; no cost has none. */
export const roiWords = (f: Pick<Figures, 'roi_bp' | 'profit' | 'cost'>): [string, string] => [
  f.roi_bp === undefined ? '—' : signedPercent(f.roi_bp),
  `${formatMoney(f.profit)} / ${formatMoney(f.cost)}`,
]

/** Who bought, of those who left a way to reach them. */
export const rateWords = (f: Pick<Figures, 'rate_bp' | 'converted' | 'contacts'>): [string, string] => [
  f.rate_bp === undefined ? '—' : signedPercent(f.rate_bp),
  `${formatCount(f.converted)} / ${formatCount(f.contacts)}`,
]

export const paybackWords = (f: Pick<Figures, 'payback_days' | 'cost'>, t: Translate): string => {
  if (f.payback_days !== undefined) return t('placements.payback.days', { count: f.payback_days })
  return f.cost > 0 ? t('placements.payback.not') : t('placements.payback.free')
}
