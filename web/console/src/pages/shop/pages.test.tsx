import { screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { community, open, operator, refuse, server } from '~/test/render'

const here = '/api/v1/communities/mothers'
const session = { operator, mfa: true, communities: [{ ...community, name: { 'zh-Hans': community.name } }] }
const tea = {
  name: 'tea',
  title: { 'zh-Hans': '高山茶' },
  kind: 'goods',
  supplier: 'farm',
  version: 3,
  account: 'revenue:goods:tea',
  revenue: 123450,
  url: 'http://localhost/mothers/shop/tea',
  skus: [
    { name: 'box', title: { 'zh-Hans': '一盒' }, price: 5900, cost: 3000 },
    { name: 'crate', title: { 'zh-Hans': '一箱' }, price: 49900 },
  ],
  stock: [
    { sku: 'box', left: 0, held: 2, sold: 21 },
    { sku: 'crate', left: 7, held: 0, sold: 0 },
  ],
  strikes: [{ sku: 'box', most: 5500 }],
}
const item = {
  id: 'i1',
  person: '1m2fk96q09n1f388e75h',
  nickname: '小雨',
  product: 'tea',
  title: tea.title,
  sku: 'box',
  sku_title: { 'zh-Hans': '一盒' },
  qty: 2,
  price: 5900,
  cost: 3000,
  supplier: 'farm',
  state: 'sold',
  order: 'o1',
  ships: true,
}
const complaint = { id: 't1', state: 'open', words: '盒子是破的', opened_at: '2026-11-21T06:00:00Z', item }

const desk = (actions: string[], more: Parameters<typeof server>[0] = {}) =>
  server({
    'GET /api/v1/session': () => session,
    [`GET ${here}`]: () => ({ actions: ['shop.read', 'order.read', ...actions] }),
    [`GET ${here}/staff`]: () => ({ items: [] }),
    [`GET ${here}/products`]: () => ({ items: [tea] }),
    ...more,
  })

beforeEach(() => history.replaceState(null, '', '/'))
afterEach(() => vi.restoreAllMocks())

test('each number of a product leads to its rows; a size that is sold out is said', async () => {
  desk(['money.read'])
  open('/c/mothers/shop')
  await screen.findByText('¥59.00 – ¥499.00')
  screen.getByText('1 种已售完')
  expect(screen.getByRole('link', { name: '21' }).getAttribute('href')).toContain('shop/orders?f.product=goods:tea')
  expect(screen.getByRole('link', { name: '¥1,234.50' }).getAttribute('href')).toContain(
    'account=revenue%3Agoods%3Atea',
  )
  expect(screen.getByRole('link', { name: '供应商' })).toBeTruthy()
})

test('who may not look into the books is not led to what suppliers are owed, and adds nothing', async () => {
  desk([])
  open('/c/mothers/shop')
  await screen.findByText('高山茶')
  expect(screen.queryByRole('link', { name: '供应商' })).toBeNull()
  expect(screen.queryByRole('button', { name: '添加商品' })).toBeNull()
})

test('a buyer is answered; money goes back only by who may post it', async () => {
  const user = userEvent.setup({ pointerEventsCheck: 0 })
  const sent: unknown[] = []
  desk(['task.work', 'money.post'], {
    [`GET ${here}/complaints`]: () => ({ items: [complaint] }),
    [`POST ${here}/complaints/t1/answer`]: async (request: Request) => {
      sent.push(await request.json())
      return { ...complaint, state: 'finished', outcome: 'refund' }
    },
  })
  open('/c/mothers/shop/after-sale')
  await screen.findByText('盒子是破的')
  await user.click(await screen.findByRole('button', { name: /答\s?复/ }))
  const dialog = within(await screen.findByRole('dialog'))
  dialog.getByText(/高山茶 · 一盒 × 2 · ¥118\.00 · 小雨/)
  await user.click(dialog.getByRole('radio', { name: '退款' }))
  dialog.getByText(/退回 ¥118\.00/)
  await user.type(dialog.getByLabelText('写给买家的话'), ' 对不起 ')
  await user.click(dialog.getByRole('button', { name: /答\s?复/ }))
  await vi.waitFor(() => expect(sent).toEqual([{ outcome: 'refund', words: '对不起' }]))
})

test('without the right to post money there is no money back', async () => {
  const user = userEvent.setup({ pointerEventsCheck: 0 })
  desk(['task.work'], { [`GET ${here}/complaints`]: () => ({ items: [complaint] }) })
  open('/c/mothers/shop/after-sale')
  await user.click(await screen.findByRole('button', { name: /答\s?复/ }))
  const dialog = within(await screen.findByRole('dialog'))
  expect((dialog.getByRole('radio', { name: '退款' }) as HTMLInputElement).disabled).toBe(true)
})

test('a refused list says why and is asked for again', async () => {
  const user = userEvent.setup({ pointerEventsCheck: 0 })
  let fine = false
  desk([], {
    [`GET ${here}/shipments`]: () => (fine ? { items: [] } : refuse(500, 'request.fault', '程序出错')),
  })
  open('/c/mothers/shop/shipments')
  const again = await screen.findByRole('button', { name: /重试|再试/ }, { timeout: 15_000 })
  fine = true
  await user.click(again)
  await screen.findByText('没有这样的货')
})
