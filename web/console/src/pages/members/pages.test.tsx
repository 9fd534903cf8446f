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

test('each layer has its number, and lists who is in it with what they wait for and until when', async () => {
  const layers = { name: 'layers', version: 3, subject: 'person', title: { 'zh-Hans': '四层触点' } }
  const stages = [{ 'zh-Hans': '销售号' }, { 'zh-Hans': '服务群' }]
  const steps = [{ address: '4', kind: 'ask', what: 'check-nickname', title: { 'zh-Hans': '改好昵称' } }]
  const run = { id: 'r1', path: 'layers', version: 3, person: member.person, name: '小雨', step: '4' }
  const { asked } = server({
    'GET /api/v1/session': () => session,
    [`GET ${here}`]: () => ({ actions: ['people.read'] }),
    [`GET ${here}/plans`]: () => ({ items: [year], counts }),
    [`GET ${here}/paths`]: () => ({
      items: [
        { name: 'welcome', subject: 'person' },
        { ...layers, stages },
      ],
    }),
    [`GET ${here}/paths/layers`]: () => ({ ...layers, stages, steps }),
    [`GET ${here}/paths/layers/stages`]: () => ({
      items: [
        { title: stages[0], running: 2 },
        { title: stages[1], running: 5 },
      ],
    }),
    [`GET ${here}/paths/layers/stages/0/runs`]: () => ({ items: [] }),
    [`GET ${here}/paths/layers/stages/2/runs`]: () => ({
      items: [{ ...run, stage: 2, entered_at: '2026-11-01T00:00:00Z', due: '2026-11-02T00:00:00Z' }],
    }),
  })
  const user = userEvent.setup({ pointerEventsCheck: 0 })
  open('/c/mothers/members/layers')
  await screen.findByText('这一层现在没有人')
  await user.click(await screen.findByRole('button', { name: /服务群/ }))
  expect(await screen.findByText('改好昵称')).toBeTruthy()
  expect(screen.getByText(/逾期|超/)).toBeTruthy()
  expect(screen.getByRole('link', { name: /小雨/ }).getAttribute('href')).toContain(member.person)
  expect(screen.getByRole('button', { name: /全部/ }).textContent).toContain('7')
  expect(asked.some((r) => new URL(r.url).pathname === `${here}/paths/welcome/stages`)).toBe(false)
})
