import { screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { community, open, operator, server } from '~/test/render'

const here = '/api/v1/communities/mothers'
const session = { operator, mfa: true, communities: [{ ...community, name: { 'zh-Hans': community.name } }] }
const year = {
  name: 'year',
  title: { 'zh-Hans': '年度会员' },
  price: 159900,
  period: { months: 12 },
  waves: [{ name: 'first', price: 99900, quota: 50 }],
  sold: [{ wave: 'first', sold: 12, held: 1, room: 37 }],
}
const counts = [
  { plan: 'year', pending: 1, active: 12, ending: 3, grace: 2 },
  { plan: 'old', pending: 0, active: 4, ending: 0, grace: 0 },
]
const member = {
  id: 't1',
  person: '1m2fk96q09n1f388e75h',
  nickname: '小雨',
  plan: 'year',
  title: { 'zh-Hans': '年度会员' },
  kind: 'new',
  state: 'active',
  price: 99900,
  number: 'YY0011',
  run_start: '2025-12-01T00:00:00Z',
  starts: '2025-12-01T00:00:00Z',
  ends: '2099-12-01T16:00:00Z',
}

const desk = () =>
  server({
    'GET /api/v1/session': () => session,
    [`GET ${here}`]: () => ({ actions: ['people.read'] }),
    [`GET ${here}/plans`]: () => ({ items: [year], counts }),
    [`GET ${here}/members`]: () => ({ items: [member] }),
    [`GET ${here}/members/cohorts`]: () => ({
      items: [{ month: '2026-11', plan: 'year', ended: 20, renewed: 7, open: 0 }],
    }),
  })

beforeEach(() => history.replaceState(null, '', '/'))
afterEach(() => vi.restoreAllMocks())

test('each number of a plan filters the list below it; a plan that is sold no more keeps its members in sight', async () => {
  const user = userEvent.setup({ pointerEventsCheck: 0 })
  const { asked } = desk()
  const { router } = open('/c/mothers/members')
  await screen.findByText('还剩 37，共 50')
  await screen.findByText('已售 12 · 留位 1')
  expect(screen.getByText('不再出售')).toBeTruthy()
  expect((await screen.findByRole('button', { name: /有效/ })).textContent).toContain('16')
  await user.click(screen.getByRole('link', { name: '年度会员 30 天内到期 3' }))
  expect(router.state.location.search).toBe('?seg=ending&f.plan=year')
  await vi.waitFor(() => {
    const last = new URL(asked.filter((r) => new URL(r.url).pathname === `${here}/members`).at(-1)?.url ?? '')
    expect([last.searchParams.get('state'), last.searchParams.get('plan')]).toEqual(['ending', 'year'])
  })
  expect(screen.getByRole('link', { name: /小雨/ }).getAttribute('href')).toContain('people/1m2fk96q09n1f388e75h')
})

test('a month’s renewal rate stands with what it is a share of', async () => {
  desk()
  open('/c/mothers/members/renewals')
  await screen.findByText('35.0% (7/20)')
})
