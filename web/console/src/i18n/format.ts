// Dates, money and rates as every page shows them: 2026-11-21 14:30 in the community's zone, ¥1,234.00 from fen, a rate
// never without its denominator.
import { createContext, useContext, useMemo } from 'react'
import { type Language, type Translate, useWords } from './index'

export const defaultZone = 'Asia/Shanghai'

/** The zone in which times are shown: the community's; set by the frame. */
export const ZoneContext = createContext(defaultZone)

export type Instant = string | number | Date

const parts = new Map<string, Intl.DateTimeFormat>()

function inZone(at: Instant, zone: string): Record<string, string> {
  let format = parts.get(zone)
  if (!format) {
    const fields = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' } as const
    format = new Intl.DateTimeFormat('en-CA', { timeZone: zone, hourCycle: 'h23', ...fields })
    parts.set(zone, format)
  }
  return Object.fromEntries(format.formatToParts(new Date(at)).map((p) => [p.type, p.value]))
}

/** 2026-11-21 */
export function formatDate(at: Instant, zone: string): string {
  const p = inZone(at, zone)
  return `${p.year}-${p.month}-${p.day}`
}

/** 14:30 */
export function formatTime(at: Instant, zone: string): string {
  const p = inZone(at, zone)
  return `${p.hour}:${p.minute}`
}

/** 2026-11-21 14:30 */
export const formatDateTime = (at: Instant, zone: string) => `${formatDate(at, zone)} ${formatTime(at, zone)}`

/** When a day of the community's zone begins, as an instant: '2026-11-21' in Shanghai → 2026-11-20T16:00:00.000Z. */
export function startOfDay(date: string, zone: string, days = 0): string {
  const midnight = Date.parse(`${date}T00:00:00Z`) + days * 86_400_000
  const shift = (at: number) => {
    const p = inZone(at, zone)
    return Date.parse(`${p.year}-${p.month}-${p.day}T${p.hour}:${p.minute}:00Z`) - at
  }
  // Twice, because the offset of the first guess may lie on the other side of a change of clocks.
  const guess = midnight - shift(midnight)
  return new Date(midnight - shift(guess)).toISOString()
}

/** 2026-11-21T14:30 in a zone, as an instant. Twice, because the first guess may lie beyond a change of clocks. */
export function instantAt(local: string, zone: string): string {
  const wanted = Date.parse(`${local}:00Z`)
  const shift = (at: number) => Date.parse(`${formatDate(at, zone)}T${formatTime(at, zone)}:00Z`) - at
  return new Date(wanted - shift(wanted - shift(wanted))).toISOString()
}

const minus = '\u2212'

/** Groups an integer of any size without going through a float. */
const grouped = (digits: string) => digits.replace(/\B(?=(\d{3})+$)/g, ',')

/** Integer fen → ¥1,234.00. Takes bigint or a decimal string too: a ledger's sum may pass 2^53. */
export function formatMoney(fen: number | bigint | string, symbol = '¥'): string {
  const value = BigInt(fen)
  const digits = (value < 0n ? -value : value).toString().padStart(3, '0')
  return `${value < 0n ? minus : ''}${symbol}${grouped(digits.slice(0, -2))}.${digits.slice(-2)}`
}

export function formatCount(value: number): string {
  return `${value < 0 ? minus : ''}${grouped(Math.abs(Math.trunc(value)).toString())}`
}

/** 11 of 400 → 2.75%; small rates keep two decimals, large ones one. Nothing of nothing is “—”, not 0 %. */
export function formatRate(part: number, whole: number): string {
  if (whole <= 0) return '—'
  const percent = (100 * part) / whole
  if (percent === 0 || percent === 100) return `${percent}%`
  return `${percent.toFixed(Math.abs(percent) < 10 ? 2 : 1)}%`
}

const steps: [unit: 'day' | 'hour' | 'minute', seconds: number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]

/** How far away a moment is, in the largest unit that fits: “3 小时”, “2 days”. Under a minute has words of its own. */
export function formatSpan(milliseconds: number, t: Translate): string {
  const seconds = Math.abs(milliseconds) / 1000
  for (const [unit, length] of steps) {
    if (seconds >= length) return t(`common.span.${unit}`, { count: Math.floor(seconds / length) })
  }
  return t('common.span.moment')
}

export interface Format {
  language: Language
  zone: string
  date(at: Instant): string
  time(at: Instant): string
  dateTime(at: Instant): string
  span(milliseconds: number): string
  money(fen: number | bigint | string): string
  count(value: number): string
  rate(part: number, whole: number): string
}

export function useFormat(): Format {
  const zone = useContext(ZoneContext)
  const { t, language } = useWords()
  return useMemo(
    () => ({
      language,
      zone,
      date: (at) => formatDate(at, zone),
      time: (at) => formatTime(at, zone),
      dateTime: (at) => formatDateTime(at, zone),
      span: (milliseconds) => formatSpan(milliseconds, t),
      money: (fen) => formatMoney(fen),
      count: formatCount,
      rate: formatRate,
    }),
    [language, zone, t],
  )
}
