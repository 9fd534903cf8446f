/** 2026-11, some months on. */
export function monthAfter(month: string, months: number): string {
  const [year = 0, number = 1] = month.split('-').map(Number)
  return new Date(Date.UTC(year, number - 1 + months, 1)).toISOString().slice(0, 7)
}

export const isMonth = (text: string | null): text is string => /^\d{4}-(0[1-9]|1[0-2])$/.test(text ?? '')

/** The weeks that a month touches, Monday first, each day as 2026-11-21. */
export function weeksOf(month: string): string[][] {
  const first = Date.parse(`${month}-01T00:00:00Z`)
  const day = 86_400_000
  const start = first - ((new Date(first).getUTCDay() + 6) % 7) * day
  const end = Date.parse(`${monthAfter(month, 1)}-01T00:00:00Z`)
  const weeks: string[][] = []
  for (let week = start; week < end; week += 7 * day) {
    weeks.push(Array.from({ length: 7 }, (_, i) => new Date(week + i * day).toISOString().slice(0, 10)))
  }
  return weeks
}

/** By the day on which they begin, as the given clock says it. */
export function byDay<E extends { starts: string }>(events: E[], dayOf: (at: string) => string): Map<string, E[]> {
  const out = new Map<string, E[]>()
  for (const event of events) {
    const day = dayOf(event.starts)
    out.set(day, [...(out.get(day) ?? []), event])
  }
  return out
}

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

/** The weekday of a day as 2026-11-21. */
export const weekdayOf = (day: string) => weekdays[(new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7] ?? 'mon'
