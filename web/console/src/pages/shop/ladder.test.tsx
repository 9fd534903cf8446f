import { screen, within } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { community, open, operator, server, show } from '~/test/render'
import { pageOf, stepsOf } from './ladder'
import { NextRung } from './OnPerson'

const here = '/api/v1/communities/mothers'
const session = { operator, mfa: true, communities: [{ ...community, name: { 'zh-Hans': community.name } }] }
const product = (kind: string, item: string, title: string, full: number, price = full) => ({
  kind,
  item,
  title: { 'zh-Hans': title },
  full,
  price,
})
const annual = product('plan', 'annual', '年度会员', 159900, 99900)
const book = product('goods', 'yearbook', '年度精选', 6800)
const rungs = [
  { rung: 'free', items: [] },
  { rung: 'low', items: [book, product('ticket', 'e1', '闭门沙龙', 39900)] },
  { rung: 'mid', items: [annual] },
  { rung: 'high', items: [] },
  { rung: 'shared', items: [product('share', 'poster', '个人海报', 0)] },
] as const

beforeEach(() => history.replaceState(null, '', '/'))
afterEach(() => vi.restoreAllMocks())

test('a rung without products is a row of its own; a new sort of product leads nowhere', () => {
  const steps = stepsOf(rungs.map(({ rung, items }) => ({ rung, items: [...items] })))
  expect(steps.map((s) => `${s.rung} ${s.first} ${s.product?.item ?? '—'}`)).toEqual([
    'free true —',
    'low true yearbook',
    'low false e1',
    'mid true annual',
    'high true —',
    'shared true poster',
  ])
  expect(pageOf('mothers', { kind: 'ticket', item: 'e1' })).toBe('/c/mothers/events/e1')
  expect(pageOf('mothers', { kind: 'exam', item: 'x' })).toBeUndefined()
})

test('the ladder shows what is on sale by rung, its prices, and its gaps (M6)', async () => {
  server({
    'GET /api/v1/session': () => session,
    [`GET ${here}`]: () => ({ actions: ['shop.read', 'order.read', 'settings.read'] }),
    [`GET ${here}/ladder`]: () => ({ mid: 50000, high: 1000000, rungs }),
  })
  open('/c/mothers/shop/ladder')
  const table = within(await screen.findByRole('region', { name: '各级在售的商品' }))
  screen.getByText(/¥500\.00 以下为低价，¥500\.00 起为中价，¥10,000\.00 起为高价/)
  const rows = table.getAllByRole('row').map((row) => row.textContent)
  expect(rows.slice(1)).toEqual([
    '免费没有在售的，缺这一级',
    '低价年度精选商品¥68.00¥68.00',
    '闭门沙龙门票¥399.00¥399.00',
    '中价年度会员会员¥1,599.00¥999.00',
    '高价没有在售的，缺这一级',
    '共享收益个人海报推荐方案',
  ])
  expect(table.getByRole('link', { name: '年度精选' }).getAttribute('href')).toBe('/c/mothers/shop/products/yearbook')
  expect(screen.getByRole('link', { name: '打开剧本' }).getAttribute('href')).toBe('/c/mothers/settings/playbook')
})

const person = (actions: string[], standing: unknown) =>
  server({
    [`GET ${here}`]: () => ({ actions }),
    [`GET ${here}/people/p1/ladder`]: () => standing,
  })

test('somebody’s next rung stands with its reason and leads to the product (M6)', async () => {
  const next = {
    from: 'low',
    has: { ...book, since: '2026-03-02T04:00:00Z' },
    to: 'mid',
    product: annual,
    reason: 'ladder.why.step',
  }
  person(['order.read'], {
    rung: 'low',
    shared: false,
    has: next.has,
    next,
    reason: next.reason,
    why: '2026-03-02 起有 年度精选；下一步：年度会员，¥999.00。',
  })
  show(<NextRung slug="mothers" id="p1" />)
  expect((await screen.findByRole('link', { name: '年度会员' })).getAttribute('href')).toBe('/c/mothers/members/plans')
  screen.getByText('2026-03-02 起有 年度精选；下一步：年度会员，¥999.00。')
  screen.getByText('低价')
  expect(screen.queryByRole('link', { name: '看整个阶梯' })).toBeNull()
})

test('who is at the top has no next rung, and is told why', async () => {
  person(['order.read', 'shop.read'], { rung: 'mid', shared: true, reason: 'ladder.why.top', why: '已在阶梯顶端。' })
  show(<NextRung slug="mothers" id="p1" />)
  await screen.findByText('已在阶梯顶端。')
  screen.getByText('带来过朋友，并有收益')
  expect(screen.queryByText('建议')).toBeNull()
  await screen.findByRole('link', { name: '看整个阶梯' })
})

test('who may not see orders doesn’t ask', async () => {
  const { asked } = person(['people.read', 'shop.read'], {})
  show(<NextRung slug="mothers" id="p1" />)
  await vi.waitFor(() => expect(asked.length).toBeGreaterThan(0))
  expect(asked.some((r) => r.url.includes('ladder'))).toBe(false)
})
