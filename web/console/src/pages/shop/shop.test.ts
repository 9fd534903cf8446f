import { expect, test } from 'vitest'
import type { Coupon, ProductView } from '~/api/shop'
import { amountOrNone } from '../money/amounts'
import { couponOf, valuesOf as couponValues, blank as noCoupon, phaseOf } from './coupon'
import { blank, productOf, valuesOf } from './product'
import { itemTitle, offOf, priceRange } from './words'

const t = ((key: string, values?: Record<string, unknown>) => `${key}${values ? JSON.stringify(values) : ''}`) as never
const format = { money: (fen: number) => `¥${(fen / 100).toFixed(2)}` }
const text = (words: Record<string, string>) => words['zh-Hans'] ?? ''

test('S1 a product that is read and sent again is the same; what is empty is not sent', () => {
  const read = {
    name: 'tea',
    title: { 'zh-Hans': '茶', en: 'Tea' },
    kind: 'goods',
    supplier: 'farm',
    per_person: 2,
    return: 7,
    skus: [{ name: 'big', title: { 'zh-Hans': '大盒' }, price: 5900, strike: 6900, cost: 3005, points: 590 }],
    version: 3,
    stock: [],
    strikes: [],
  } as unknown as ProductView
  const { name, title, kind, supplier, per_person, return: days, skus } = read
  expect(productOf(valuesOf(read))).toEqual({ name, title, kind, supplier, per_person, return: days, skus })
  expect(productOf({ ...blank, name: ' tea ', title: { 'zh-Hans': '茶', en: ' ' } })).toEqual({
    name: 'tea',
    title: { 'zh-Hans': '茶' },
    kind: 'goods',
    skus: [{ name: 'one' }],
  })
  expect(productOf({ ...blank, skus: [{ name: 'one', price: '0.29', stock: 0 }] }).skus).toEqual([
    { name: 'one', price: 29, stock: 0 },
  ])
  expect([amountOrNone(''), amountOrNone('9.9'), amountOrNone('9.999')]).toEqual([true, true, false])
})

test('a coupon takes an amount off or a share, in fen and basis points, in a window of the community’s clocks', () => {
  const instant = (local: string) => `${local}Z`
  const typed = { ...noCoupon, code: ' spring-1 ', title: '春', off: '20', min: '100', opens: '2026-11-21T14:30' }
  expect(couponOf(typed, instant)).toEqual({
    code: 'SPRING-1',
    title: { 'zh-Hans': '春' },
    off: 2000,
    min: 10000,
    opens: '2026-11-21T14:30Z',
  })
  const share = couponOf({ ...typed, how: 'off_bp', percent: '12.5', min: '', for: ['goods/tea'] }, instant)
  expect(share).toMatchObject({ off_bp: 1250, for: ['goods/tea'] })
  expect(share).not.toHaveProperty('off')
  const was = { code: 'A', title: { 'zh-Hans': '春', en: 'Spring' }, off: 2000, used: 0, kept: 0 } as unknown as Coupon
  expect(couponOf(couponValues(was, String), instant, was)).toEqual({ code: 'A', title: was.title, off: 2000 })
})

test('where a coupon stands: used up also by what is only kept', () => {
  const now = Date.parse('2026-11-21T00:00:00Z')
  const c = { used: 1, kept: 1 }
  expect(phaseOf(c, now)).toBe('on')
  expect(phaseOf({ ...c, quota: 2 }, now)).toBe('usedUp')
  expect(phaseOf({ ...c, opens: '2026-11-22T00:00:00Z' }, now)).toBe('soon')
  expect(phaseOf({ ...c, quota: 2, closes: '2026-11-21T00:00:00Z' }, now)).toBe('over')
  expect(phaseOf({ ...c, retired: true, closes: '2026-11-20T00:00:00Z' }, now)).toBe('retired')
})

test('things and prices in words', () => {
  const item = { title: { 'zh-Hans': '茶' }, sku: 'big', sku_title: { 'zh-Hans': '大盒' }, qty: 2 }
  expect(itemTitle(item, text)).toBe('茶 · 大盒 × 2')
  expect(itemTitle({ ...item, sku_title: undefined, qty: 1 }, text)).toBe('茶')
  const skus = [
    { name: 'a', price: 5900 },
    { name: 'b', price: 9900 },
    { name: 'c', points: 100 },
  ]
  expect(priceRange(skus, t, format)).toBe('¥59.00 – ¥99.00')
  expect(priceRange([{ name: 'a', price: 5900 }], t, format)).toBe('¥59.00')
  expect(priceRange([{ name: 'c', points: 100 }], t, format)).toBe('money.points.n{"count":100}')
  expect(offOf({ off: 2000 }, t, format)).toBe('shop.off{"amount":"¥20.00"}')
  expect(offOf({ off_bp: 1250 }, t, format)).toBe('shop.off.bp{"percent":12.5}')
})
