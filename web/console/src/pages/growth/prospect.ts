// What is typed into the calculator.
import type { Prospect } from '~/api/placements'
import { parseYuan } from '../money/amounts'
import { parseShare } from '../money/payouts'

/** As it stands in the fields. */
export interface Typed {
  contacts?: number | null
  rate: string
  price: string
  cost: string
}

/** What was typed in whole numbers; undefined for what is none. 100 % is a rate here. */
export function prospectOf(v: Typed): Prospect | undefined {
  const rate = parseShare(v.rate || '0')
  const price = parseYuan(v.price || '0')
  const cost = parseYuan(v.cost || '0')
  if (rate === undefined || price === undefined || cost === undefined) return undefined
  return { contacts: v.contacts ?? 0, rate_bp: rate, price, cost }
}
