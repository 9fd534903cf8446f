// Renewals by month, as the table and the chart show them.
import type { Cohort } from '~/api/members'

export interface Month {
  /** 2026-11 */
  month: string
  ended: number
  renewed: number
  /** Not followed yet, and can still be. */
  open: number
}

/** The cohorts of one plan or of all, a row a month from the first to the last, those without any end among them. */
export function monthsOf(cohorts: Cohort[], plan?: string): Month[] {
  const mine = cohorts.filter((c) => plan === undefined || c.plan === plan)
  const names = mine.map((c) => c.month).sort()
  const [first, last] = [names[0], names.at(-1)]
  if (!first || !last) return []
  const out: Month[] = []
  for (let month = first; month <= last; month = monthAfter(month)) {
    const row = { month, ended: 0, renewed: 0, open: 0 }
    for (const c of mine) {
      if (c.month !== month) continue
      row.ended += c.ended
      row.renewed += c.renewed
      row.open += c.open
    }
    out.push(row)
  }
  return out
}

/** 2026-12 → 2027-01 */
export function monthAfter(month: string): string {
  const [year = 0, number = 0] = month.split('-').map(Number)
  return number === 12 ? `${year + 1}-01` : `${year}-${String(number + 1).padStart(2, '0')}`
}

/** What the months sum to. A rate over them counts only terms whose fate is known: those that can still be renewed are left out. */
export function settled(months: Month[]): { ended: number; renewed: number; open: number } {
  return months.reduce(
    (sum, m) => ({ ended: sum.ended + m.ended - m.open, renewed: sum.renewed + m.renewed, open: sum.open + m.open }),
    { ended: 0, renewed: 0, open: 0 },
  )
}
