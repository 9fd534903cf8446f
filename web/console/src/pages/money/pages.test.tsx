import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { namesOf } from '~/api/money'
import { community, open, operator, server } from '~/test/render'

const here = '/api/v1/communities/mothers'
const id = (n: number) => `1m2fk96q09n1f388e7${String(n).padStart(2, '0')}`
const session = { operator, mfa: true, communities: [{ ...community, name: { 'zh-Hans': community.name } }] }
const all = ['people.read', 'order.read', 'order.write', 'money.read', 'money.post']
const person = (n: number, more: object = {}) => ({
  id: id(n),
  nickname: `成员 ${n}`,
  name: '',
  state: 'active',
  ...more,
})
const order = (more: object = {}) => ({
  id: id(70),
  person: id(1),
  state: 'fulfilled',
  lines: [{ kind: 'plan', item: 'year', ref: 't', title: '年度会员', qty: 1, amount: 99900 }],
  amount: 99900,
  paid: 99900,
  refunded: 0,
  created_at: '2026-11-20T00:00:00Z',
  expires_at: '2026-11-20T00:15:00Z',
  payments: [],
  refunds: [],
  ...more,
})

function desk(more: Parameters<typeof server>[0] = {}, actions = all, withFactor: string[] = []) {
  return server({
    'GET /api/v1/session': () => session,
    [`GET ${here}`]: () => ({ actions, with_mfa: withFactor }),
    [`GET ${here}/people`]: () => ({ items: [person(1)], count: { n: 1, more: false } }),
    [`GET ${here}/staff`]: () => ({ items: [] }),
    [`GET ${here}/orders`]: () => ({ items: [order()] }),
    [`GET ${here}/orders/${id(70)}`]: () => order(),
    ...more,
  })
}
const setup = () => userEvent.setup({ pointerEventsCheck: 0 })

beforeEach(() => history.replaceState(null, '', '/'))
afterEach(() => vi.restoreAllMocks())

const cash = { account: 'cash:sandbox', kind: 'cash', accounts: 1, currency: 'CNY', balance: -99900 }
const earned = { account: 'revenue:membership', kind: 'revenue', accounts: 1, currency: 'CNY', balance: 99900 }

test('books that sum to zero say so; books that don’t say by how much and what to run', async () => {
  const { handlers } = desk({ [`GET ${here}/books`]: () => ({ lines: [cash, earned], totals: { CNY: 0 } }) })
  const first = open('/c/mothers/money')
  await screen.findByText('账是平的：2 个账户的余额相加，正好是零。')
  expect(screen.queryByRole('alert')).toBeNull()
  expect(screen.getByRole('link', { name: '会员收入' }).getAttribute('href')).toContain(
    'money/history?account=revenue%3Amembership',
  )
  first.unmount()
  handlers[`GET ${here}/books`] = () => ({ lines: [cash], totals: { CNY: -99900 } })
  open('/c/mothers/money')
  const alert = await screen.findByRole('alert')
  expect(alert.textContent).toContain('\u2212¥999.00')
  expect(alert.textContent).toContain('qunce verify')
})

test('who may see orders and not the books is led to the orders and offered no books', async () => {
  const { asked } = desk({}, ['people.read', 'order.read'])
  const { router } = open('/c/mothers/money')
  await screen.findByText('年度会员')
  expect(router.state.location.pathname).toBe('/c/mothers/money/orders')
  expect(screen.queryByRole('link', { name: '账本' })).toBeNull()
  expect(asked.some((r) => r.url.includes('/books'))).toBe(false)
})

test('a part is given back: not more than is left, not without a reason', async () => {
  const user = setup()
  const sent: unknown[] = []
  const { handlers } = desk()
  handlers[`POST ${here}/orders/${id(70)}/refunds`] = async (request) => {
    sent.push(await request.json())
    return order({ refunded: 10000 })
  }
  open(`/c/mothers/money/orders/${id(70)}`)
  await user.click(await screen.findByRole('button', { name: '退款' }))
  const dialog = await screen.findByRole('dialog')
  await user.type(within(dialog).getByLabelText('退多少'), '1000')
  await user.click(within(dialog).getByRole('button', { name: '退款' }))
  await within(dialog).findByText('写一个大于零、不超过 ¥999.00 的金额。')
  await within(dialog).findByText('写一句原因，记在账上。')
  expect(sent).toEqual([])
  await user.clear(within(dialog).getByLabelText('退多少'))
  await user.type(within(dialog).getByLabelText('退多少'), '100')
  await user.type(within(dialog).getByLabelText('原因'), '沙龙改期')
  handlers[`GET ${here}/orders/${id(70)}`] = () => order({ refunded: 10000 })
  await user.click(within(dialog).getByRole('button', { name: '退款' }))
  await screen.findByText('已交付，退过一部分')
  expect(sent).toEqual([{ amount: 10000, why: '沙龙改期' }])
  expect(screen.queryByRole('dialog')).toBeNull()
})

test('giving all back sends no amount', async () => {
  const user = setup()
  const sent: unknown[] = []
  const { handlers } = desk()
  handlers[`POST ${here}/orders/${id(70)}/refunds`] = async (request) => {
    sent.push(await request.json())
    return order({ refunded: 99900, state: 'refunded' })
  }
  open(`/c/mothers/money/orders/${id(70)}`)
  await user.click(await screen.findByRole('button', { name: '退款' }))
  const dialog = await screen.findByRole('dialog')
  await user.click(within(dialog).getByRole('radio', { name: /全部退掉/ }))
  expect(within(dialog).queryByLabelText('退多少')).toBeNull()
  await user.type(within(dialog).getByLabelText('原因'), '不来了')
  await user.click(within(dialog).getByRole('button', { name: '退款' }))
  await waitFor(() => expect(sent).toEqual([{ why: '不来了' }]))
})

test('what was paid with points is given back as a whole', async () => {
  const user = setup()
  const sent: unknown[] = []
  const { handlers } = desk()
  handlers[`GET ${here}/orders/${id(70)}`] = () => order({ amount: 0, paid: 0, points: 1200, coupon: 'spring' })
  handlers[`POST ${here}/orders/${id(70)}/refunds`] = async (request) => {
    sent.push(await request.json())
    return order({ amount: 0, paid: 0, points: 1200, state: 'refunded' })
  }
  open(`/c/mothers/money/orders/${id(70)}`)
  await screen.findByText('1,200 积分')
  await screen.findByText('spring')
  await user.click(screen.getByRole('button', { name: '退款' }))
  const dialog = await screen.findByRole('dialog')
  await within(dialog).findByText('这一单用 1,200 积分付，只能全部退回。')
  expect(within(dialog).queryByRole('radio')).toBeNull()
  await user.type(within(dialog).getByLabelText('原因'), '点错了')
  await user.click(within(dialog).getByRole('button', { name: '退款' }))
  await waitFor(() => expect(sent).toEqual([{ why: '点错了' }]))
})

test('without a second factor moving money leads to turning it on', async () => {
  const user = setup()
  const { asked } = desk({}, ['people.read', 'order.read', 'order.write', 'money.read'], ['money.post'])
  open(`/c/mothers/money/orders/${id(70)}`)
  await user.click(await screen.findByRole('button', { name: '退款' }))
  const dialog = await screen.findByRole('dialog')
  expect(within(dialog).getByRole('link', { name: '开启两步验证' })).toBeTruthy()
  expect(asked.some((r) => r.method === 'POST')).toBe(false)
})

test('names: a list leaves out who was merged or erased; one is named by whom they became, the other is known as erased', async () => {
  const { asked } = desk({
    [`GET ${here}/people/${id(2)}`]: () => person(2, { nickname: '', state: 'merged', merged_into: id(3) }),
    [`GET ${here}/people/${id(3)}`]: () => person(3),
    [`GET ${here}/people/${id(4)}`]: () => person(4, { nickname: '', state: 'erased' }),
    [`GET ${here}/staff`]: () => ({ items: [{ id: id(6), name: '小雨' }] }),
  })
  const names = await namesOf('mothers', [id(1), id(2), id(4), id(5), id(6), id(1)])
  expect(names.get(id(1))).toEqual({ id: id(1), name: '成员 1', erased: false })
  expect(names.get(id(2))).toEqual({ id: id(3), name: '成员 3', erased: false })
  expect(names.get(id(4))).toEqual({ id: id(4), name: '', erased: true })
  expect(names.has(id(5))).toBe(false) // nobody's id
  expect(names.get(id(6))).toEqual({ id: id(6), name: '小雨', erased: false, staff: true }) // who has wages and no page
  expect(asked.some((r) => r.url.endsWith(`/people/${id(6)}`))).toBe(false)
  expect(asked.filter((r) => new URL(r.url).pathname === `${here}/people`)).toHaveLength(1)
  expect((await namesOf('mothers', [])).size).toBe(0)
})
