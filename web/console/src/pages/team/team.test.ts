import { expect, test } from 'vitest'
import type { CreditWhy, Line, Score } from '~/api/team'
import { words as t } from '~/i18n'
import { openMonths } from './openMonths'
import { barsOf, clockOf, lineWords, minuteOf, stepsOf, sumOf, whyWords } from './words'

const score = (staff: string, sales: number, more: object = {}) =>
  ({
    staff,
    staff_name: staff,
    department: 'sales',
    rank: 9,
    owned: 0,
    touched: 0,
    converted: 0,
    orders: 0,
    sales,
    referrals: 0,
    ...more,
  }) as Score

test('the race: bars from zero on one scale that holds amounts and targets, ranked among themselves (T1)', () => {
  const bars = barsOf([
    score('ann', 300_00, { target: 400_00 }),
    score('bob', 200_00, { referrals: 100_00 }),
    score('cat', 0),
  ])
  expect(bars.map((bar) => [bar.score.staff, bar.rank, bar.amount, bar.width, bar.mark])).toEqual([
    ['ann', 1, 300_00, 75, 100],
    ['bob', 1, 300_00, 75, undefined],
    ['cat', 3, 0, 0, undefined],
  ])
  expect(barsOf([score('ann', -100)])[0]?.width).toBe(0)
  expect(
    sumOf([
      score('', 100, { owned: 4, touched: 3, converted: 1, orders: 2, target: 50, referral_target: 7 }),
      score('', 1),
    ]),
  ).toEqual({
    amount: 101,
    target: 57,
    owned: 4,
    touched: 3,
    converted: 1,
    orders: 2,
  })
})

test('steps of a commission in words: each rate for its own part (T6)', () => {
  const steps = [
    { from: 0, rate_bp: 300 },
    { from: 100_000_00, rate_bp: 500 },
    { from: 500_000_00, rate_bp: 850 },
  ]
  expect(stepsOf({ steps, cap: 20_000_00 }, t)).toEqual([
    '¥0.00 到 ¥100,000.00 的部分，按 3%',
    '¥100,000.00 到 ¥500,000.00 的部分，按 5%',
    '超过 ¥500,000.00 的部分，按 8.5%',
    '每月最多 ¥20,000.00',
  ])
  expect(stepsOf({ steps: [{ from: 0, rate_bp: 200 }] }, t)).toEqual(['当月成交从 ¥0.00 起，按 2%'])
  expect(stepsOf(undefined, t)).toEqual([])
})

test('a line of a statement says how it came to its fen', () => {
  const line = (more: object) =>
    ({ n: 1, kind: 'commission', base: 3600_00, reached: 100_000_00, rate_bp: 500, fen: 180_00, ...more }) as Line
  expect(lineWords(line({}), t)).toBe('当月累计到 ¥100,000.00 之后的 ¥3,600.00')
  expect(lineWords(line({ capped: true }), t)).toContain('已到当月上限')
  expect(lineWords(line({ kind: 'takeback', base: -1000_00 }), t)).toContain('退了 ¥1,000.00')
  expect(lineWords(line({ kind: 'carried' }), t)).toBe('之前的工资单没扣完的部分')
})

test('why a sale is whose, in one sentence; what is not known stands as it is', () => {
  const why = (kind: string, reason: string, more: object = {}) =>
    ({
      credit: { kind, reason },
      rules: {},
      person_name: '小雨',
      promoter_name: '小雪',
      ...more,
    }) as unknown as CreditWhy
  expect(whyWords(why('new', 'owner'), '陈静', t)).toBe('付款时负责小雨的是陈静。')
  expect(whyWords(why('referral', 'promoter'), '林悦', t)).toContain('小雪带来的')
  expect(whyWords(why('upgrade', 'other'), '林悦', t)).toMatch(/^升级按规则记给销售，/)
  expect(whyWords(why('upgrade', 'other', { rules: { credits: { upgrade: 'service' } } }), '陈静', t)).toMatch(
    /^升级按规则记给服务，/,
  )
  expect(whyWords(why('new', 'nobody'), '', t)).toContain('没有人负责小雨')
  expect(whyWords(why('new', 'later'), '', t)).toBe('later')
})

test('times of a day as typed and shown', () => {
  expect(['09:00', '9:30', '24:00', '24:01', '9：05', '9', '12:60', ''].map(minuteOf)).toEqual([
    540,
    570,
    1440,
    undefined,
    545,
    undefined,
    undefined,
    undefined,
  ])
  expect([540, 1260, 1440].map(clockOf)).toEqual(['09:00', '21:00', '24:00'])
})

test('what may be closed: months that have ended, after the last that is closed', () => {
  expect(openMonths('2026-09', '2026-11')).toEqual(['2026-10'])
  expect(openMonths('2026-10', '2026-11')).toEqual([])
  expect(openMonths(undefined, '2026-02')).toHaveLength(12)
  expect(openMonths(undefined, '2026-02').at(-1)).toBe('2026-01')
})
