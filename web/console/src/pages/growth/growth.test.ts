import { expect, test } from 'vitest'
import type { ChainNode, Reward, Terms, Why } from '~/api/growth'
import { words as t } from '~/i18n'
import { parsePercent, percentOf, worksOf } from '../money/payouts'
import { sizeOf, treeOf } from './chain'
import {
  amountOf,
  bringers,
  daysOf,
  earnedWords,
  levelWords,
  productName,
  reasonName,
  rewardWords,
  stepsOf,
} from './words'

const at = (minute: number) => `2026-11-20T00:${String(minute).padStart(2, '0')}:00Z`
const bond = (more: object) => ({ id: 'b', promoter: 'ann', guest: 'bob', fact: 'f-bound', bound_at: at(2), ...more })

test('why a reward was paid reads in the order of time, the links by which the guest came among the facts (G4)', () => {
  const why = {
    reward: { promoter: 'ann', amount: 15990, kind: 'money' },
    sale: { buyer: 'bob', paid: 159900 },
    bond: bond({}),
    losers: [bond({ id: 'l', promoter: 'cat', fact: 'f-lost', reason: 'replaced' })],
    came: [
      { link: '1', sharer: 'cat', at: at(0) },
      { link: '2', sharer: 'ann', at: at(2) },
    ],
    taken: [{ fact: 'f-taken', amount: 5000, at: at(9) }],
    facts: [
      { what: 'lost', fact: 'f-lost', at: at(1) },
      { what: 'bound', fact: 'f-bound', at: at(2) },
      { what: 'paid', fact: 'f-paid', at: at(3) },
      { what: 'earned', fact: 'f-earned', at: at(3) },
      { what: 'taken', fact: 'f-taken', at: at(9) },
    ],
  } as unknown as Why
  const steps = stepsOf(why)
  expect(steps.map((s) => s.what)).toEqual(['came', 'lost', 'came', 'bound', 'paid', 'earned', 'taken'])
  expect(steps.map((s) => s.person)).toEqual(['cat', 'cat', 'ann', 'ann', 'bob', 'ann', undefined])
  expect(steps[1]?.reason).toBe('replaced')
  expect(steps[6]?.amount).toBe(5000)
  expect(new Set(steps.map((s) => s.id)).size).toBe(7)
})

test('rules in words: never through a float, and what is not known stands as it is', () => {
  const terms = {
    version: 1,
    name: 'p',
    title: {},
    binds: 'click',
    levels: [{ rate_bp: 1250 }, { fixed: 2000 }],
    reward: ['money', 'points'],
    points_per_yuan: 10,
  } as Terms
  expect(levelWords(terms, t)).toEqual(['带来的人下单：实付的 12.5%', '带来的人再带来的人下单：每单 ¥20.00'])
  expect(rewardWords(terms, t)).toEqual(['现金', '积分（每元 10 积分）'])
  expect([daysOf('valid', -1, t), daysOf('valid', 0, t), daysOf('protect', 0, t), daysOf('protect', 30, t)]).toEqual([
    '永久',
    '只计绑定的那一单',
    '不保护',
    '30 天',
  ])
  expect([productName('', t), productName('*', t), productName('plan:annual', t), productName('course', t)]).toEqual([
    '整个社群',
    '全部产品',
    '会员方案 annual',
    'course',
  ])
  expect(reasonName('device', t)).toBe('两人用过同一台设备')
  expect(reasonName('new_one', t)).toBe('new_one')
  expect(amountOf({ kind: 'points', amount: 1200 }, t)).toBe('1,200 积分')
  expect(amountOf({ kind: 'service', amount: 1 }, t)).toBe('一项服务')
})

test('who brings people: orders counted once, what was taken back left out', () => {
  const r = (promoter: string, order: string, amount: number, more: object = {}) =>
    ({ promoter, promoter_name: promoter, order, amount, kind: 'money', state: 'frozen', ...more }) as Reward
  const all = bringers([
    r('ann', '1', 1000),
    r('ann', '1', 500, { level: 2 }),
    r('bob', '2', 9000, { state: 'taken', taken: 9000 }),
    r('cat', '3', 300, { kind: 'points' }),
    r('cat', '4', 2000, { taken: 500 }),
  ])
  expect(all.map((one) => [one.promoter, one.orders, one.rewards])).toEqual([
    ['cat', 2, 2],
    ['ann', 1, 2],
  ])
  expect(all.map((one) => earnedWords(one, t))).toEqual(['¥15.00 · 300 积分', '¥15.00'])
})

test('a chain of forwards: each under whom they came by, none left out', () => {
  const node = (id: string, parent?: string) =>
    ({ id, parent, sharer_name: id === 'd' ? '' : id, views: 1, visits: 1, leads: 0, orders: 0 }) as ChainNode
  const root = treeOf([node('a', 'outside'), node('b', 'a'), node('c', 'b'), node('d', 'a'), node('e', 'gone')], '?')
  expect(root?.children.map((one) => one.name)).toEqual(['b', '?', 'e'])
  expect(root && sizeOf(root)).toEqual({ leaves: 3, depth: 3 })
  expect(treeOf([], '?')).toBeUndefined()
})

test('percentages as typed and read; what may be told of a line', () => {
  expect(['20', '20%', '0.5', '12.34', '0', '100', '-1', '1.234', 'x', ''].map(parsePercent)).toEqual([
    2000,
    2000,
    50,
    1234,
    0,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ])
  expect([1500, 1250, 5, 0, 9999].map(percentOf)).toEqual(['15%', '12.5%', '0.05%', '0%', '99.99%'])
  expect(worksOf('draft', 'reserved')).toEqual([])
  expect(worksOf('paying', 'reserved')).toEqual(['paid', 'failed'])
  expect(worksOf('done', 'failed')).toEqual(['retry'])
  expect(worksOf('paying', 'paid')).toEqual([])
})
