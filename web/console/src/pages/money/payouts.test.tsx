import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { community, open, operator, refuse, server } from '~/test/render'

const here = '/api/v1/communities/mothers'
const id = (n: number) => `1m2fk96q09n1f388e7${String(n).padStart(2, '0')}`
const at = `${here}/payouts/${id(90)}`
const session = { operator, mfa: true, communities: [{ ...community, name: { 'zh-Hans': community.name } }] }
const all = ['people.read', 'people.reveal', 'order.read', 'money.read', 'money.post', 'money.pay']
const line = (n: number, more: object = {}) => ({
  id: id(n),
  batch: id(90),
  person: id(n + 10),
  nickname: `成员 ${n}`,
  account: `commission:available:${id(n + 10)}`,
  gross: 10000,
  withheld: 2000,
  net: 8000,
  state: 'reserved',
  attempt: 1,
  at: '2026-11-20T00:00:00Z',
  ...more,
})
const batch = (more: object = {}) => ({
  id: id(90),
  state: 'draft',
  threshold: 10000,
  withhold_bp: 2000,
  period: '2026-11',
  created_by: 'op1',
  created_at: '2026-11-20T00:00:00Z',
  totals: [{ state: 'reserved', lines: 2, gross: 20000, withheld: 4000, net: 16000 }],
  ...more,
})

function desk(more: Parameters<typeof server>[0] = {}, actions = all, withFactor: string[] = []) {
  return server({
    'GET /api/v1/session': () => session,
    [`GET ${here}`]: () => ({ actions, with_mfa: withFactor }),
    [`GET ${here}/staff`]: () => ({ items: [{ id: 'op1', name: '周敏' }] }),
    [`GET ${here}/payouts`]: () => ({ items: [batch()] }),
    [`GET ${at}`]: () => batch(),
    [`GET ${at}/lines`]: () => ({ items: [line(1), line(2)] }),
    ...more,
  })
}
const setup = () => userEvent.setup({ pointerEventsCheck: 0 })

beforeEach(() => history.replaceState(null, '', '/'))
afterEach(() => vi.restoreAllMocks())

test('a batch is drafted in yuan and per cent, which leave as fen and basis points', async () => {
  const user = setup()
  const sent: unknown[] = []
  desk({
    [`POST ${here}/payouts`]: async (request) => {
      sent.push(await request.json())
      return batch({ state: 'drafting', totals: [] })
    },
  })
  const { router } = open('/c/mothers/money/payouts')
  await screen.findByText('2026-11 打款')
  await screen.findByText('¥160.00')
  await user.click(screen.getByRole('button', { name: '起草打款' }))
  const dialog = await screen.findByRole('dialog')
  await user.type(within(dialog).getByLabelText('起付金额'), '0')
  await user.clear(within(dialog).getByLabelText('代扣比例'))
  await user.type(within(dialog).getByLabelText('代扣比例'), '100')
  await user.click(within(dialog).getByRole('button', { name: /起\s?草/ }))
  await within(dialog).findByText('写一个大于零的金额，最多两位小数。')
  await within(dialog).findByText('写 0 到 99.99 之间的百分数。')
  expect(sent).toEqual([])
  await user.clear(within(dialog).getByLabelText('起付金额'))
  await user.type(within(dialog).getByLabelText('起付金额'), '0.29')
  await user.clear(within(dialog).getByLabelText('代扣比例'))
  await user.type(within(dialog).getByLabelText('代扣比例'), '12.5')
  await user.click(within(dialog).getByRole('button', { name: /起\s?草/ }))
  await waitFor(() => expect(router.state.location.pathname).toBe(`/c/mothers/money/payouts/${id(90)}`))
  expect(sent).toEqual([{ threshold: 29, withhold_bp: 1250 }])
})

test('who drafted a batch is told why they can’t approve it; somebody else can', async () => {
  const user = setup()
  const { asked, handlers } = desk({ [`POST ${at}/approve`]: () => batch({ state: 'approved' }) })
  const first = open(`/c/mothers/money/payouts/${id(90)}`)
  await user.click(await screen.findByRole('button', { name: /审\s?批/ }))
  await screen.findByText(/这一批是你起草的/)
  expect(asked.some((r) => r.method === 'POST')).toBe(false)
  expect(screen.queryByRole('button', { name: '没付成' })).toBeNull() // nothing is told before it is approved
  first.unmount()
  handlers[`GET ${at}`] = () => batch({ created_by: 'op2' })
  open(`/c/mothers/money/payouts/${id(90)}`)
  await user.click(await screen.findByRole('button', { name: /审\s?批/ }))
  const dialog = await screen.findByRole('dialog')
  await within(dialog).findByText(/2 人，共 ¥160.00/)
  await user.click(within(dialog).getByRole('button', { name: /审\s?批/ }))
  await waitFor(() => expect(asked.some((r) => r.url.endsWith('/approve'))).toBe(true))
})

test('all chosen are told of, one request each; who is refused is named with the reason', async () => {
  const user = setup()
  const { asked } = desk({
    [`GET ${at}`]: () => batch({ state: 'paying' }),
    [`POST ${here}/payout-lines/${id(1)}/paid`]: () => line(1, { state: 'paid' }),
    [`POST ${here}/payout-lines/${id(2)}/paid`]: () => refuse(409, 'payout.ended', '这笔打款已经结束'),
  })
  open(`/c/mothers/money/payouts/${id(90)}`)
  await screen.findByText('成员 2')
  for (const box of screen.getAllByRole('checkbox', { name: /成员/ })) await user.click(box)
  const bar = screen.getByRole('region', { name: '对选中的行' })
  await user.click(within(bar).getByRole('button', { name: /已\s?付/ }))
  const dialog = await screen.findByRole('dialog')
  await user.click(within(dialog).getByRole('button', { name: /已\s?付/ }))
  await within(dialog).findByText('1 笔登记为已付')
  await within(dialog).findByText(/1 笔没有登记成：这笔打款已经结束/)
  const posts = asked.filter((r) => r.method === 'POST')
  expect(posts).toHaveLength(2)
  expect(posts.every((r) => r.headers.get('Idempotency-Key'))).toBe(true)
})

test('the bank’s file asks for a second factor', async () => {
  const user = setup()
  const { asked } = desk(
    { [`GET ${at}`]: () => batch({ state: 'approved' }) },
    ['people.read', 'money.read'],
    ['money.post', 'people.reveal'],
  )
  open(`/c/mothers/money/payouts/${id(90)}`)
  await user.click(await screen.findByRole('button', { name: '下载银行文件' }))
  const dialog = await screen.findByRole('dialog')
  expect(within(dialog).getByRole('link', { name: '开启两步验证' })).toBeTruthy()
  expect(asked.some((r) => r.method === 'POST')).toBe(false)
})
