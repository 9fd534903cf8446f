import { expect, test } from 'vitest'
import { formatCount, formatDateTime, formatMoney, formatRate, formatSpan, startOfDay } from './format'
import { words } from './index'

test('times are shown in the community’s zone', () => {
  expect(formatDateTime('2026-11-21T06:30:00Z', 'Asia/Shanghai')).toBe('2026-11-21 14:30')
  expect(formatDateTime('2026-11-21T06:30:00Z', 'America/New_York')).toBe('2026-11-21 01:30')
  expect(formatDateTime('2026-11-20T16:00:00Z', 'Asia/Shanghai')).toBe('2026-11-21 00:00')
})

test('money is integers all the way', () => {
  expect(formatMoney(123400)).toBe('¥1,234.00')
  expect(formatMoney(0)).toBe('¥0.00')
  expect(formatMoney(7)).toBe('¥0.07')
  expect(formatMoney(-120050)).toBe('\u2212¥1,200.50')
  expect(formatMoney('9007199254740993')).toBe('¥90,071,992,547,409.93')
  expect(formatMoney(6_000_000_000)).toBe('¥60,000,000.00')
})

test('rates keep the figures that tell them apart', () => {
  expect(formatRate(11, 400)).toBe('2.75%')
  expect(formatRate(83, 214)).toBe('38.8%')
  expect(formatRate(0, 400)).toBe('0%')
  expect(formatRate(400, 400)).toBe('100%')
  expect(formatRate(0, 0)).toBe('—')
})

test('counts are grouped', () => {
  expect(formatCount(12480)).toBe('12,480')
  expect(formatCount(-31)).toBe('\u221231')
})

test('spans use the largest unit that fits', () => {
  const span = (ms: number) => formatSpan(ms, words)
  expect(span(90_000)).toBe('1 分钟')
  expect(span(-26 * 3_600_000)).toBe('1 天')
  expect(span(59_000)).toBe('不到 1 分钟')
})

test('a day begins at midnight of the community’s zone, also when clocks change', () => {
  expect(startOfDay('2026-11-21', 'Asia/Shanghai')).toBe('2026-11-20T16:00:00.000Z')
  expect(startOfDay('2026-11-21', 'Asia/Shanghai', 1)).toBe('2026-11-21T16:00:00.000Z')
  expect(startOfDay('2026-03-08', 'America/New_York')).toBe('2026-03-08T05:00:00.000Z')
  expect(startOfDay('2026-03-08', 'America/New_York', 1)).toBe('2026-03-09T04:00:00.000Z')
  expect(startOfDay('2026-11-01', 'America/New_York', 1)).toBe('2026-11-02T05:00:00.000Z')
})
