import { screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { community, open, operator, refuse, server } from '~/test/render'

const here = '/api/v1/communities/mothers'
const session = { operator, mfa: true, communities: [{ ...community, name: { 'zh-Hans': community.name } }] }
const member = (department: string, staff: string, staff_name: string, load: number, more: object = {}) => ({
  department,
  staff,
  staff_name,
  load,
  paused: false,
  ...more,
})
const departments = {
  version: 2,
  owners: { choose: 'load', hours: { from: '09:00', to: '21:00' }, most: 300, return_after: '3d' },
  credits: { referral: 'service' },
  items: [
    {
      name: 'sales',
      title: { 'zh-Hans': '销售部' },
      side: 'sales',
      role: 'sales',
      pay: { steps: [{ from: 0, rate_bp: 300 }] },
      members: [member('sales', 's1', '陈静', 7), member('sales', 's2', '赵磊', 0, { paused: true })],
    },
    {
      name: 'service',
      title: { 'zh-Hans': '服务部' },
      side: 'service',
      role: 'service',
      members: [member('service', 'v1', '林悦', 3)],
    },
  ],
}
const turn = {
  id: 't1',
  person: '1m2fk96q09n1f388e75h',
  person_name: '小雨',
  side: 'sales',
  department: 'sales',
  staff: 's1',
  staff_name: '陈静',
  reason: 'load',
  version: 2,
  at: '2026-11-20T02:00:00Z',
  given_at: '2026-11-20T02:00:00Z',
  returns_at: '2099-11-23T02:00:00Z',
}
const statement = {
  id: '1m2fk96q09n1f388e75s',
  month: '2026-10',
  department: 'sales',
  staff: 's1',
  staff_name: '陈静',
  state: 'draft',
  volume: 720000,
  commission: 21600,
  taken: -600,
  carried: 0,
  total: 21000,
  closed_by: 'op2',
  at: '2026-11-03T02:00:00Z',
}
const rights = [
  'people.read',
  'team.read',
  'team.manage',
  'task.work',
  'order.read',
  'money.read',
  'money.post',
  'money.pay',
  'staff.read',
]

const desk = (more: Parameters<typeof server>[0] = {}, actions = rights) =>
  server({
    'GET /api/v1/session': () => session,
    [`GET ${here}`]: () => ({ actions }),
    [`GET ${here}/staff`]: () => ({ items: [{ id: 'op2', name: '负责人', email: 'b@example.cn', roles: ['owner'] }] }),
    [`GET ${here}/departments`]: () => departments,
    [`GET ${here}/contacts-in-hand`]: () => ({ items: [turn] }),
    [`GET ${here}/months`]: () => ({
      items: [{ month: '2026-10', state: 'closed', closed_by: 'op2', begun_at: statement.at, closed_at: statement.at }],
    }),
    [`GET ${here}/statements/${statement.id}`]: () => statement,
    [`GET ${here}/statements/${statement.id}/lines`]: () => ({
      items: [
        {
          n: 1,
          kind: 'commission',
          order: '1m2fk96q09n1f3880rdr',
          base: 720000,
          reached: 0,
          rate_bp: 300,
          version: 2,
          fen: 21600,
        },
      ],
    }),
    ...more,
  })

beforeEach(() => history.replaceState(null, '', '/'))
afterEach(() => vi.restoreAllMocks())

test('departments: who has how many in hand, of how many; a colleague is arranged (T1)', async () => {
  const user = userEvent.setup({ pointerEventsCheck: 0 })
  let sent: unknown
  desk({
    [`PUT ${here}/departments/sales/staff/s2`]: async (request) => {
      sent = await request.json()
      return member('sales', 's2', '赵磊', 0)
    },
  })
  open('/c/mothers/team')
  await screen.findByText('7 / 300 人')
  expect(screen.getByText('暂停接人')).toBeTruthy()
  expect(screen.getByText('当月成交从 ¥0.00 起，按 3%')).toBeTruthy()
  await user.click(screen.getByRole('button', { name: /赵磊接多少人/ }))
  await user.click(screen.getByRole('switch'))
  await user.type(screen.getByLabelText('从几点'), '10:00')
  await user.click(screen.getByRole('button', { name: /保\s*存/ }))
  await screen.findByText('请写成 09:00') // the end is missing
  expect(sent).toBeUndefined()
  await user.type(screen.getByLabelText('到几点'), '19:30')
  await user.click(screen.getByRole('button', { name: /保\s*存/ }))
  await vi.waitFor(() => expect(sent).toEqual({ paused: false, most: 0, from: 600, to: 1170 }))
})

test('contacts of who has the most are shown to who has none; chosen ones are handed over', async () => {
  const user = userEvent.setup({ pointerEventsCheck: 0 })
  let sent: unknown
  const { asked } = desk({
    [`PUT ${here}/people/${turn.person}/owner`]: async (request) => {
      sent = await request.json()
      return turn
    },
  })
  open('/c/mothers/team/contacts')
  await screen.findByRole('link', { name: '小雨' })
  const list = asked.find((r) => new URL(r.url).pathname === `${here}/contacts-in-hand`)
  expect(new URL(list?.url ?? '').searchParams.get('staff')).toBe('s1')
  await user.click(screen.getByRole('checkbox', { name: /小雨/ }))
  expect(screen.queryByRole('button', { name: '记下已跟进' })).toBeNull() // another's
  await user.click(screen.getByRole('button', { name: '转交' }))
  const dialog = await screen.findByRole('dialog')
  await user.click(within(dialog).getByRole('combobox'))
  await user.click(await screen.findByTitle('赵磊（手上 0 人）'))
  await user.click(within(dialog).getByRole('button', { name: /转\s*交/ }))
  await vi.waitFor(() => expect(sent).toEqual({ side: 'sales', staff: 's2' }))
})

test('a statement leads to its orders; who closed the month is told why they can’t approve it (T6)', async () => {
  const user = userEvent.setup({ pointerEventsCheck: 0 })
  const { handlers } = desk()
  open(`/c/mothers/team/statements/${statement.id}`)
  const line = await screen.findByRole('link', { name: '订单 880rdr' })
  expect(line.getAttribute('href')).toContain('/team/credits/1m2fk96q09n1f3880rdr')
  expect(screen.getByText('¥210.00')).toBeTruthy()
  expect(screen.getByText(/^负责人 · 2026-11-03/)).toBeTruthy()
  handlers[`POST ${here}/statements/${statement.id}/approve`] = () =>
    refuse(403, 'team.same_person', '关账的人不能批准工资单。')
  await user.click(screen.getByRole('button', { name: /批\s*准/ }))
  await user.click(within(screen.getByRole('dialog')).getByRole('button', { name: /批\s*准/ }))
  await screen.findByText('关账的人不能批准工资单。')
})

test('one’s own closing is not offered for approval, and who may not read money is shown no months', async () => {
  const user = userEvent.setup({ pointerEventsCheck: 0 })
  desk({ [`GET ${here}/statements/${statement.id}`]: () => ({ ...statement, closed_by: operator.id }) })
  open(`/c/mothers/team/statements/${statement.id}`)
  await user.click(await screen.findByRole('button', { name: /批\s*准/ }))
  const dialog = await screen.findByRole('dialog')
  expect(dialog.textContent).toContain('这个月是你关的账')
  expect(within(dialog).queryByRole('button', { name: /批\s*准/ })).toBeNull()
})

test('without departments the page says how to begin', async () => {
  const { asked } = desk({ [`GET ${here}/departments`]: () => ({ version: 0, items: [], owners: {}, credits: {} }) })
  open('/c/mothers/team')
  await screen.findByText('还没有部门')
  expect(asked.some((r) => r.url.includes('contacts-in-hand'))).toBe(false)
})
