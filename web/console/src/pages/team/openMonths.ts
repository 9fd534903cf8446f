import { monthAfter } from '../events/month'

/** The months that have ended and are not closed, the earliest first: at most the last year's. */
export function openMonths(closed: string | undefined, today: string): string[] {
  const year = Array.from({ length: 12 }, (_, i) => monthAfter(today, i - 12))
  return year.filter((month) => !closed || month > closed)
}
