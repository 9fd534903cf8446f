// Amounts as people type and read them. Everything in between is whole fen.
import type { Currency } from '~/api/money'
import { formatCount, formatMoney } from '~/i18n/format'

/** 1599, 999.5, ¥1,599.00 → fen; undefined for what is no amount. Never through a float: 0.29 is 29 fen. */
export function parseYuan(text: string): number | undefined {
  const plain = text.trim().replace(/^[¥￥]\s*/, '')
  const match = /^(\d{1,3}(?:,\d{3})+|\d{1,10})(?:\.(\d{1,2}))?$/.exec(plain)
  if (!match?.[1]) return undefined
  return Number(match[1].replaceAll(',', '')) * 100 + Number((match[2] ?? '').padEnd(2, '0'))
}

/** What a field of an amount may hold: one, or nothing. */
export const amountOrNone = (text: string) => !text.trim() || parseYuan(text) !== undefined

/** One above zero. */
export const someAmount = (text: string) => (parseYuan(text) ?? 0) > 0

/** A balance or a line as the books have it, with its sign. */
export function formatAmount(amount: number, currency: string): string {
  return currency === 'POINTS' ? formatCount(amount) : formatMoney(amount)
}

/** The same with a plus for what came on. */
export const formatChange = (amount: number, currency: string): string =>
  amount > 0 ? `+${formatAmount(amount, currency)}` : formatAmount(amount, currency)

/** For a file: 1599.00, −9.99 with the hyphen that spreadsheets read; points whole. */
export function plainAmount(amount: number, currency: string): string {
  if (currency === 'POINTS') return String(amount)
  const digits = String(Math.abs(amount)).padStart(3, '0')
  return `${amount < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}

export const isCurrency = (text: string | null): text is Currency => text === 'CNY' || text === 'POINTS'
