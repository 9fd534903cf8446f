import { expect, test } from 'vitest'
import { words as t } from '~/i18n'
import { gapWords, isPledgeState, phaseOf, takesPledges, targetWords, worksOf } from './launch'
import { paybackWords, rateWords, roiWords, signedPercent } from './placement'
import { isLate } from './post'
import { callTitle, earnsOf, isOpen, rewardOf } from './proof'
import { prospectOf } from './prospect'

const now = Date.parse('2026-11-20T00:00:00Z')

test('how far a launch has come: closed by hand before anything else (G5)', () => {
  const launch = (begins: string, ends: string, closed_at?: string) => ({ begins, ends, closed_at })
  expect(phaseOf(launch('2026-11-21T00:00:00Z', '2026-11-22T00:00:00Z'), now)).toBe('soon')
  expect(phaseOf(launch('2026-11-20T00:00:00Z', '2026-11-22T00:00:00Z'), now)).toBe('on')
  expect(phaseOf(launch('2026-11-18T00:00:00Z', '2026-11-20T00:00:00Z'), now)).toBe('over')
  expect(phaseOf(launch('2026-11-21T00:00:00Z', '2026-11-22T00:00:00Z', '2026-11-19T00:00:00Z'), now)).toBe('closed')
  expect((['soon', 'on', 'over', 'closed'] as const).map(takesPledges)).toEqual([true, true, false, false])
})

test('what may be noted of a pledge: that somebody shared, also after the end; nothing of what is done', () => {
  expect(worksOf('asked', true)).toEqual(['promise', 'decline'])
  expect(worksOf('promised', true)).toEqual(['done', 'change', 'decline'])
  expect(worksOf('declined', true)).toEqual(['promise'])
  expect(worksOf('done', true)).toEqual([])
  expect(['asked', 'promised', 'declined', 'done'].map((state) => worksOf(state, false))).toEqual([
    [],
    ['done'],
    [],
    [],
  ])
  expect([isPledgeState('done'), isPledgeState('all'), isPledgeState(undefined)]).toEqual([true, false, false])
})

test('what is missing and what is aimed at; a target of 0 is none', () => {
  expect(gapWords({ what: 'pledges', have: 5, want: 8 }, t)).toBe('还差 3 个承诺（5 / 8）')
  expect(gapWords({ what: 'moon', have: 0, want: 1 }, t)).toBe('moon 还差 1（0 / 1）')
  expect(targetWords({ pledges: 8, reach: 0, endorsers: 2 }, t)).toBe('承诺 8 · 背书人 2')
  expect(targetWords({ pledges: 0, reach: 0, endorsers: 0 }, t)).toBe('')
})

test('no share without what it is a share of; of nothing there is none (G7)', () => {
  expect([53_800, -1250, 0].map(signedPercent)).toEqual(['538%', '−12.5%', '0%'])
  expect(roiWords({ roi_bp: 53_800, profit: 5_380_000, cost: 1_000_000 })).toEqual(['538%', '¥53,800.00 / ¥10,000.00'])
  expect(roiWords({ profit: 0, cost: 0 })).toEqual(['—', '¥0.00 / ¥0.00'])
  expect(rateWords({ rate_bp: 275, converted: 11, contacts: 400 })).toEqual(['2.75%', '11 / 400'])
  expect(rateWords({ converted: 0, contacts: 0 })).toEqual(['—', '0 / 0'])
  expect(paybackWords({ payback_days: 0, cost: 100 }, t)).toBe('0 天')
  expect(paybackWords({ cost: 100 }, t)).toBe('还没回本')
  expect(paybackWords({ cost: 0 }, t)).toBe('没有花费')
})

test('what is typed into the calculator, never through a float; all may buy, nobody more', () => {
  const typed = { contacts: 400, rate: '2.75', price: '5800', cost: '10,000.00' }
  expect(prospectOf(typed)).toEqual({ contacts: 400, rate_bp: 275, price: 580_000, cost: 1_000_000 })
  expect(prospectOf({ ...typed, contacts: null, rate: '100', price: '', cost: '0.29' })).toEqual({
    contacts: 0,
    rate_bp: 10_000,
    price: 0,
    cost: 29,
  })
  expect(prospectOf({ ...typed, rate: '101' })).toBeUndefined()
  expect(prospectOf({ ...typed, price: '1.234' })).toBeUndefined()
})

test('calls and what a proof earns (G9); a post that is late (G10)', () => {
  const rule = { name: 'share', title: { 'zh-Hans': '转发打卡' }, points: 50 }
  const text = (title: Record<string, string>) => title['zh-Hans'] ?? ''
  expect(callTitle({ rule, note: '春季海报' }, text)).toBe('转发打卡 · 春季海报')
  expect(callTitle({ rule: { name: 'share', title: {} } }, text)).toBe('share')
  expect([earnsOf(rule, t), earnsOf({ name: 'x', title: {}, money: 500 }, t)]).toEqual(['50 积分', '¥5.00'])
  expect(rewardOf(1200, 'points', t)).toBe('1,200 积分')
  expect(['waits', 'held', 'approved', 'refused'].map((state) => isOpen({ state }))).toEqual([true, true, false, false])
  const at = '2026-11-19T00:00:00Z'
  expect(isLate({ state: 'planned', planned_at: at }, now)).toBe(true)
  expect(isLate({ state: 'published', planned_at: at }, now)).toBe(false)
  expect(isLate({ state: 'planned', planned_at: '2026-11-21T00:00:00Z' }, now)).toBe(false)
})
