// What a bill and its differences are like, for lists, tags and dialogs.
import type { Bill, Difference } from '~/api/bills'
import type { Tone } from '~/parts'

/** How a bill stands: as the server has it, and once it was compared, by what came of that. */
export type Standing = 'reading' | 'agrees' | 'open' | 'resolved' | 'withdrawn'

export function standingOf(bill: Pick<Bill, 'state' | 'found' | 'open'>): Standing {
  if (bill.state !== 'compared') return bill.state
  if (bill.found === 0) return 'agrees'
  return bill.open > 0 ? 'open' : 'resolved'
}

export const standingTones: Record<Standing, Tone> = {
  reading: 'wait',
  agrees: 'good',
  open: 'bad',
  resolved: 'good',
  withdrawn: 'done',
}

/** Which side has something: a line of the bill, our books, or both. */
export const hasTheirs = (x: Pick<Difference, 'kind'>) => x.kind !== 'not_in_bill'
export const hasOurs = (x: Pick<Difference, 'kind'>) => x.kind !== 'not_ours' && x.kind !== 'merchant'

/** The day that a file's name says it is of: 1900000001All2026-11-20_2026-11-20.csv */
export const dayIn = (name: string): string | undefined => /(20\d\d-[01]\d-[0-3]\d)/.exec(name)?.[1]
