import { expect, test, vi } from 'vitest'
import type { BookEntry, SheetLine } from '~/api/money'
import { words } from '~/i18n'
import { accountName, causeOf, grouped, kindOf, lineTo, orderOf, ownerOf, sumOf } from './accounts'
import { formatAmount, formatChange, parseYuan, plainAmount } from './amounts'
import { allPages, csvOf } from './csv'
import { whyOf } from './reasons'

const who = '1m2fk96q09n1f388e75h'
const t = words

test('yuan as people type them are whole fen; what is no amount is none', () => {
  expect(parseYuan('999')).toBe(99900)
  expect(parseYuan(' ¥1,599.5 ')).toBe(159950)
  expect(parseYuan('0.29')).toBe(29)
  expect(parseYuan('1,234,567.01')).toBe(123456701)
  for (const text of ['', '-1', '1.234', '1,5', '12,34', '1e3', '一百', '99999999999'])
    expect(parseYuan(text), text).toBeUndefined()
})

test('amounts show their sign; a file has the one that spreadsheets read', () => {
  expect(formatAmount(-99900, 'CNY')).toBe('\u2212¥999.00')
  expect(formatChange(5, 'CNY')).toBe('+¥0.05')
  expect(formatChange(0, 'CNY')).toBe('¥0.00')
  expect(formatAmount(1234, 'POINTS')).toBe('1,234')
  expect(plainAmount(-7, 'CNY')).toBe('-0.07')
  expect(plainAmount(159900, 'CNY')).toBe('1599.00')
  expect(plainAmount(-12, 'POINTS')).toBe('-12')
})

const line = (account: string, kind: string, balance: number, currency = 'CNY', accounts = 1): SheetLine => ({
  account,
  kind,
  accounts,
  currency,
  balance,
})

test('every line of the sheet stands in one group, so that the groups sum to what the books do', () => {
  const lines = [
    line('cash:sandbox', 'cash', -99900),
    line('commission:frozen', 'commission:frozen', 9900, 'CNY', 3),
    line('points', 'points', 50, 'POINTS', 2),
    line('issued:referral', 'issued', -50, 'POINTS'),
    line('revenue:membership', 'revenue', 80000),
    line('barter:eggs', 'barter', 10000),
  ]
  const groups = grouped(lines)
  expect(groups.map((g) => g.id)).toEqual(['cash', 'revenue', 'commissions', 'points', 'other'])
  const sum = (currency: string) => groups.reduce((n, g) => n + (sumOf(g.lines, currency) ?? 0), 0)
  expect(sum('CNY')).toBe(0)
  expect(sum('POINTS')).toBe(0)
  expect(sumOf(lines, 'EUR')).toBeUndefined()
})

test('a kind that people have leads to their accounts, an account to its history', () => {
  expect(lineTo(line('commission:frozen', 'commission:frozen', 1))).toBe('money/accounts?prefix=commission%3Afrozen')
  expect(lineTo(line('cash:bank', 'cash', 1))).toBe('money/history?account=cash%3Abank&currency=CNY')
  expect(lineTo(line('payout:reserved', 'payout:reserved', 1))).toBe(
    'money/history?account=payout%3Areserved&currency=CNY',
  )
})

test('accounts are named by their kind; whose they are follows from the key', () => {
  expect(kindOf(`commission:frozen:${who}`)).toBe('commission:frozen')
  expect(ownerOf(`commission:frozen:${who}`)).toBe(who)
  expect(ownerOf(`points:${who}`)).toBe(who)
  expect(ownerOf(`supplier:${who}`)).toBeUndefined()
  expect(ownerOf('revenue:membership')).toBeUndefined()
  expect(accountName(`points:${who}`, t)).toBe('积分')
  expect(accountName('revenue:membership', t)).toBe('会员收入')
  expect(accountName('revenue:course', t)).toBe('收入 · course')
  expect(accountName('barter:eggs', t)).toBe('barter · eggs')
})

test('an entry says what made it, and leads to the order it is about', () => {
  const book = (key: string, kind: string | undefined, subject: string): BookEntry => ({
    entry: { id: 'e', key, fact: 'f', recorded_at: '', lines: [], hash: '', subject },
    reversed: [],
    ...(kind ? { fact: { id: 'f', kind, at: '', recorded_at: '', data: {}, subject } } : {}),
  })
  expect(causeOf(`order ${who}`, t)).toBe('交付订单，计为收入')
  expect(causeOf(`refunded ${who}`, t)).toBe('退款到账')
  expect(causeOf(`payout ${who}/1/reserve`, t)).toBe('为打款留出')
  expect(causeOf(`payout ${who}/1/done`, t)).toBe('打款到账')
  expect(causeOf(`withheld payout ${who}/1`, t)).toBe('代扣税')
  expect(causeOf(`points ${who}`, t)).toBe('用积分付')
  expect(causeOf(`points back ${who}`, t)).toBe('积分退回')
  expect(causeOf('odd thing', t)).toBe('')
  expect(orderOf(book(`order ${who}`, 'shop.order_fulfilled', who))).toBe(who)
  expect(orderOf(book(`reward ${who} x 1`, undefined, who))).toBe(who)
  expect(orderOf(book(`payout ${who}/1`, 'payout.paid', `payout ${who}/1`))).toBeUndefined()
  expect(orderOf(book(`payout ${who}/1`, 'payout.paid', who))).toBeUndefined()
})

test('why money went back: codes in words, what staff wrote as it is', () => {
  expect(whyOf('shop.paid_twice', t)).toBe('付了两次，第二次原路退回')
  expect(whyOf('seat.full', t)).toBe('无法交付（seat.full）')
  expect(whyOf('来得太晚。答应退一半', t)).toBe('来得太晚。答应退一半')
})

test('a file has all pages; cells that would be formulas are texts, amounts stay numbers', async () => {
  const load = vi.fn(async (cursor?: string) => (cursor ? { items: [3] } : { items: [1, 2], next: 'x' }))
  const seen: number[] = []
  expect(await allPages(load, new AbortController().signal, (n) => seen.push(n))).toEqual([1, 2, 3])
  expect(seen).toEqual([2, 3])
  expect(
    csvOf([
      ['a', '=1+1', '-9.99', 'say "hi", they'],
      ['@x', '+1', '', 'b\nc'],
    ]),
  ).toBe('\uFEFFa,\'=1+1,-9.99,"say ""hi"", they"\r\n\'@x,\'+1,,"b\nc"\r\n')
})

test('reading for a file can be stopped', async () => {
  const stop = new AbortController()
  const endless = async () => ({ items: [1], next: 'again' })
  await expect(allPages(endless, stop.signal, (n) => n >= 3 && stop.abort())).rejects.toThrow()
})
