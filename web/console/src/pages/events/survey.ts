import type { Survey } from '~/api/calendar'

/** +42.9, −10.0, 0.0 */
export function points(nps: number): string {
  const size = Math.abs(nps).toFixed(1)
  if (Number(size) === 0) return size
  return (nps < 0 ? '\u2212' : '+') + size
}

export type Verdict = 'none' | 'noLine' | 'above' | 'perhaps' | 'below'

/**
 * How an event stands to the community's line. Below it for sure only if the whole interval is: with few answers a low
 * number says little.
 */
export function verdictOf(r: Pick<Survey, 'answers' | 'nps' | 'high' | 'line' | 'line_of'>): Verdict {
  if (r.answers === 0) return 'none'
  if (r.line_of === 0) return 'noLine'
  if (r.nps >= r.line) return 'above'
  return r.high < r.line ? 'below' : 'perhaps'
}
