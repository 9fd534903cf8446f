import { expect, test } from 'vitest'
import type { Cohort, Term } from '~/api/members'
import { monthAfter, monthsOf, settled } from './cohorts'
import { renewalOf, stripOf } from './terms'

const cohort = (month: string, plan: string, ended: number, renewed: number, open = 0): Cohort => ({
  month,
  plan,
  ended,
  renewed,
  open,
})

test('months are rows of all plans or of one, with those in between in which nothing ended', () => {
  const cohorts = [
    cohort('2026-11', 'vip', 20, 7, 3),
    cohort('2026-11', 'year', 10, 4),
    cohort('2027-02', 'year', 5, 0, 5),
  ]
  expect(monthsOf(cohorts).map((m) => m.month)).toEqual(['2026-11', '2026-12', '2027-01', '2027-02'])
  expect(monthsOf(cohorts)[0]).toEqual({ month: '2026-11', ended: 30, renewed: 11, open: 3 })
  expect(monthsOf(cohorts)[1]).toEqual({ month: '2026-12', ended: 0, renewed: 0, open: 0 })
  expect(monthsOf(cohorts, 'vip')).toEqual([{ month: '2026-11', ended: 20, renewed: 7, open: 3 }])
  expect(monthsOf(cohorts, 'none')).toEqual([])
  expect(monthAfter('2026-12')).toBe('2027-01')
})

test('a rate counts only terms whose fate is known', () => {
  expect(settled(monthsOf([cohort('2026-11', 'vip', 20, 7, 3), cohort('2026-12', 'vip', 10, 1, 9)]))).toEqual({
    ended: 18,
    renewed: 8,
    open: 12,
  })
  expect(settled([])).toEqual({ ended: 0, renewed: 0, open: 0 })
})

const now = Date.parse('2026-11-21T00:00:00Z')

test('how a member stands to renewing follows from the last term of their run', () => {
  const first = '2025-11-01T00:00:00Z'
  const term = (state: string, starts: string, ends: string) =>
    renewalOf({ state, run_start: first, starts, ends }, now)
  expect(term('active', first, '2027-06-01T00:00:00Z')).toBe('far')
  expect(term('active', '2026-11-01T00:00:00Z', '2027-11-01T00:00:00Z')).toBe('renewed')
  expect(term('active', first, '2026-12-21T00:00:00Z')).toBe('due')
  expect(term('active', first, '2026-12-21T00:00:01Z')).toBe('far')
  expect(term('grace', first, '2026-11-01T00:00:00Z')).toBe('grace')
  expect(term('expired', first, '2026-10-01T00:00:00Z')).toBe('lapsed')
})

const term = (id: string, more: Partial<Term>): Term => ({
  id,
  person: 'p',
  plan: 'year',
  title: {},
  kind: 'new',
  state: 'active',
  price: 99900,
  ...more,
})

test('terms lie in time: grace after the end, what was given back only as long as it was had, what was not bought nowhere', () => {
  const strip = stripOf(
    [
      term('a', { starts: '2026-11-01T00:00:00Z', ends: '2026-11-11T00:00:00Z', grace_until: '2026-11-21T00:00:00Z' }),
      term('b', {
        state: 'refunded',
        starts: '2026-11-21T00:00:00Z',
        ends: '2027-11-21T00:00:00Z',
        ended_at: '2026-12-11T00:00:00Z',
        grace_until: '2027-12-21T00:00:00Z',
      }),
      term('c', { state: 'held' }),
    ],
    now,
  )
  expect(strip.bars.map(({ id, left, width, grace }) => [id, left, width, grace])).toEqual([
    ['a', 0, 25, 25],
    ['b', 50, 50, 0],
  ])
  expect(strip.now).toBe(50)
  expect(stripOf([term('c', { state: 'held' })], now)).toEqual({ bars: [], from: now, to: now })
})

test('what was given back before it began takes no time', () => {
  const later = term('b', {
    state: 'refunded',
    starts: '2027-01-01T00:00:00Z',
    ends: '2028-01-01T00:00:00Z',
    ended_at: '2026-12-01T00:00:00Z',
  })
  const now = term('a', { starts: '2026-01-01T00:00:00Z', ends: '2027-01-01T00:00:00Z' })
  const { bars, to } = stripOf([now, later], Date.parse('2026-12-02T00:00:00Z'))
  expect(to).toBe(Date.parse('2027-01-01T00:00:00Z'))
  expect(bars[1]?.left).toBe(100)
})
