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
  const run = {
    id: 'r1',
    path: 'layers',
    version: 3,
    person: member.person,
    name: '小雨',
    step: '4',
    title: { 'zh-Hans': '改好昵称' },
  }
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

const person = {
  id: '1m2fk96q09n1f388e75h',
  nickname: '小雨',
  name: '',
  phone: '',
  state: 'active',
  stage: '',
  months: 0,
  version: 1,
  created_at: '2025-01-01T00:00:00Z',
}
const tenure = {
  plan: 'year',
  title: year.title,
  term: 't1',
  number: 'YY0011',
  state: 'grace',
  member_since: '2021-03-01T00:00:00Z',
  run_start: '2024-12-01T00:00:00Z',
  ends: '2025-12-01T16:00:00Z',
  grace_until: new Date(Date.now() + 3 * 86_400_000 + 3_600_000).toISOString(),
  renewal: 129900,
}
const salon = {
  id: 'e1',
  benefit: 'salon',
  title: { 'zh-Hans': '闭门沙龙' },
  term: 't1',
  granted: 2,
  opens: '2024-12-01T00:00:00Z',
  closes: '2099-12-01T16:00:00Z',
}

test('a member’s page has its three dates and the days of grace, uses a benefit, takes one back and gives a number', async () => {
  const user = userEvent.setup({ pointerEventsCheck: 0 })
  let used = 1
  const sent: unknown[] = []
  const at = `${here}/people/${person.id}`
  server({
    'GET /api/v1/session': () => session,
    [`GET ${here}`]: () => ({ actions: ['people.read', 'people.write', 'people.reveal', 'event.check', 'order.read'] }),
    [`GET ${at}`]: () => person,
    [`GET ${at}/memberships`]: () => ({
      memberships: [tenure],
      entitlements: [{ ...salon, used, left: 2 - used }],
      uses: [
        {
          key: 'use1',
          title: salon.title,
          benefit: 'salon',
          qty: 1,
          person: person.id,
          note: '带了朋友',
          used_at: '2025-11-01T00:00:00Z',
        },
        {
          key: 'ticket x',
          title: salon.title,
          benefit: 'salon',
          qty: 1,
          person: person.id,
          for: 'e9',
          used_at: '2025-10-01T00:00:00Z',
        },
      ],
      terms: [],
    }),
    [`GET ${at}/invoice`]: () => ({
      title: '王**',
      tax_number: '',
      address: '',
      phone: '',
      bank: '',
      account: '****1234',
      email: '',
    }),
    [`POST ${at}/invoice/reveal`]: () => ({ title: '王小明', account: '6222000000001234' }),
    [`POST ${at}/benefits/salon/use`]: async (r: Request) => {
      sent.push(await r.json())
      used = 2
      return {}
    },
    [`POST ${here}/benefit-uses/use1/return`]: () => {
      sent.push('back')
      return {}
    },
    [`PUT ${here}/terms/t1/number`]: async (r: Request) => {
      sent.push(await r.json())
      return {}
    },
  })
  open(`/c/mothers/people/${person.id}`)
  await screen.findByText('首次成为会员')
  expect(screen.getByText('连续会员自')).toBeTruthy()
  expect(screen.getByText('宽限期至').parentElement?.textContent).toMatch(/还剩 3 天|剩 3 天|3 天/)
  await user.click(screen.getByRole('button', { name: '用一次' }))
  await user.type(await screen.findByLabelText('备注（可不填）'), '带了两位')
  await user.click(screen.getAllByRole('button', { name: '用一次' }).at(-1) as HTMLElement)
  await screen.findByText('还剩 0，共 2 次')
  expect(screen.queryByRole('button', { name: '用一次' })).toBeNull()
  await user.click(screen.getByText('最近使用 2 次'))
  expect(screen.getAllByRole('button', { name: '撤回' })).toHaveLength(1) // a ticket’s comes back with the ticket
  await user.click(screen.getByRole('button', { name: '撤回' }))
  await user.click(screen.getAllByRole('button', { name: '撤回' }).at(-1) as HTMLElement)
  await vi.waitFor(() => expect(sent).toContain('back'))
  await user.click(screen.getByRole('button', { name: '指定编号' }))
  await user.type(await screen.findByRole('spinbutton'), '88')
  await user.click(screen.getByRole('button', { name: /确\s?定/ }))
  await vi.waitFor(() => expect(sent).toEqual([{ note: '带了两位' }, 'back', { number: 88 }]))
  await user.click(screen.getByRole('button', { name: '查看全部' }))
  await user.click(await screen.findByRole('button', { name: /^查\s?看$/ }))
  await screen.findByText('6222000000001234')
})
