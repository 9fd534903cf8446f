import { fireEvent, screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { community, open, operator, refuse, server } from '~/test/render'

const here = '/api/v1/communities/mothers'
const session = { operator, mfa: true, communities: [{ ...community, name: { 'zh-Hans': community.name } }] }
const reach = { views: 40, visits: 30, leads: 3, orders: 1, revenue: 159900 }
const launch = {
  id: 'l1',
  title: '春季发售',
  begins: '2026-11-24T00:00:00Z',
  ends: '2099-12-01T00:00:00Z',
  target: { pledges: 8, reach: 0, endorsers: 1 },
  version: 1,
  created_at: '2026-11-20T00:00:00Z',
}
const board = {
  ...launch,
  pledges: { asked: 1, promised: 3, declined: 0, done: 2, contacts: 150, shares: 7 },
  reach,
  endorsers: { n: 0, of: 1 },
  resources: { n: 0, of: 0 },
  missing: [
    { what: 'pledges', have: 5, want: 8 },
    { what: 'endorsers', have: 0, want: 1 },
  ],
}
const pledge = {
  id: 'p1',
  launch: 'l1',
  person: 'x1',
  nickname: '小雨',
  state: 'promised',
  contacts: 120,
  shares: 3,
  reach,
  created_at: '2026-11-20T00:00:00Z',
  asked_at: '2026-11-20T00:00:00Z',
}
const proof = {
  id: 'q1',
  call: 'c1',
  person: 'x1',
  nickname: '小雨',
  state: 'held',
  picture: 'aa',
  suspicions: ['picture'],
  why: ['与另一份打卡是同一张图'],
  kind: 'points',
  amount: 50,
  at: '2026-11-20T00:00:00Z',
  of_call: {
    id: 'c1',
    rule: { name: 'share', title: { 'zh-Hans': '转发打卡' }, points: 50 },
    ends: '2099-01-01T00:00:00Z',
  },
  like: [],
}

const desk = (actions: string[], more: Parameters<typeof server>[0] = {}) =>
  server({
    'GET /api/v1/session': () => session,
    [`GET ${here}`]: () => ({ actions: ['growth.read', 'intake.read', ...actions] }),
    [`GET ${here}/staff`]: () => ({ items: [] }),
    [`GET ${here}/launches`]: () => ({ items: [launch] }),
    [`GET ${here}/launches/l1`]: () => board,
    [`GET ${here}/launches/l1/pledges`]: () => ({ items: [pledge] }),
    [`GET ${here}/launches/l1/endorsers`]: () => ({ items: [] }),
    [`GET ${here}/launches/l1/resources`]: () => ({ items: [] }),
    ...more,
  })

beforeEach(() => history.replaceState(null, '', '/'))
afterEach(() => vi.restoreAllMocks())

test('who may not look into the books is led to the launches, and prepares none without leave', async () => {
  desk([])
  const { router } = open('/c/mothers/growth')
  await screen.findByText('春季发售')
  expect(router.state.location.pathname).toBe('/c/mothers/growth/launches')
  expect(screen.queryByRole('link', { name: '奖励' })).toBeNull()
  expect(screen.queryByRole('button', { name: '准备发售' })).toBeNull()
})

test('a board says what is missing; who was asked lately is asked again only when it is meant (G5, G6)', async () => {
  const user = userEvent.setup({ pointerEventsCheck: 0 })
  const sent: { persons: string[]; again?: boolean }[] = []
  desk(['growth.write'], {
    [`GET ${here}/people`]: () => ({ items: [{ id: 'x2', nickname: '小雪', state: 'active' }] }),
    [`POST ${here}/launches/l1/pledges`]: async (request: Request) => {
      const body = (await request.json()) as { persons: string[]; again?: boolean }
      sent.push(body)
      if (body.again) return { items: [{ person: 'x2', pledge }], asked: 1 }
      return {
        items: [{ person: 'x2', refused: 'growth.asked_lately', what: '不久前请过', next: '过几天再请' }],
        asked: 0,
      }
    },
  })
  open('/c/mothers/growth/launches/l1')
  await screen.findByText('还差 3 个承诺（5 / 8）')
  screen.getByText('还差 1 位同意的背书人（0 / 1）')
  await screen.findByText('120 人，3 次')
  await user.click(screen.getByRole('button', { name: '请人分享' }))
  await user.type(within(screen.getByRole('dialog')).getByRole('combobox'), '小')
  await user.click(await screen.findByText('小雪', { selector: '.ant-select-item-option-content' }))
  await user.click(screen.getByRole('button', { name: '请这 1 位' }))
  await screen.findByText('不久前请过')
  screen.getByText(/操作记录里会写上是你同意的/)
  await user.click(screen.getByRole('button', { name: '仍然请这 1 位' }))
  await vi.waitFor(() => expect(sent).toEqual([{ persons: ['x2'] }, { persons: ['x2'], again: true }]))
  await vi.waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
})

test('other rules are tried on what happened; a refusal stands under its field (G2)', async () => {
  const user = userEvent.setup({ pointerEventsCheck: 0 })
  const sent: { rules: Record<string, unknown> }[] = []
  const tally = (money: number) => ({ bonds: 2, rewards: 1, people: 1, money, points: 0, services: 0 })
  const terms = {
    name: 'lock-in',
    title: { 'zh-Hans': '锁粉' },
    binds: 'attendance',
    valid_days: 30,
    protect_days: 7,
    levels: [{ rate_bp: 1250 }, { fixed: 2000 }],
    version: 3,
  }
  desk(['money.read'], {
    [`GET ${here}/programmes`]: () => ({ items: [terms], asking: {}, warnings: [] }),
    [`GET ${here}/rewards`]: () => ({ items: [] }),
    [`GET ${here}/books`]: () => ({ lines: [] }),
    [`POST ${here}/programmes/lock-in/simulate`]: async (request: Request) => {
      const body = (await request.json()) as { rules: Record<string, unknown> }
      sent.push(body)
      if (sent.length === 1)
        return refuse(422, 'growth.days', '天数太多', {
          errors: [{ pointer: '/rules/valid_days', detail: '不能多于 3660 天', code: 'growth.days' }],
        })
      const beside = { was: tally(10000), would: tally(30000) }
      return {
        version: 3,
        since: '2020-01-01T00:00:00Z',
        from: '2026-01-01T00:00:00Z',
        rules: body.rules,
        purchases: 4,
        touches: 5,
        all: beside,
        promoters: [{ promoter: 'x1', promoter_name: '小雨', ...beside }],
        rest: { was: tally(0), would: tally(0) },
        others: 2,
      }
    },
  })
  open('/c/mothers/growth')
  await user.click(await screen.findByText('试算'))
  const dialog = within(screen.getByRole('dialog'))
  const rate = dialog.getByLabelText<HTMLInputElement>('带来的人下单')
  expect(rate.value).toBe('12.5')
  expect(dialog.getByLabelText<HTMLInputElement>('他们再带来的人下单').value).toBe('20.00')
  fireEvent.change(rate, { target: { value: '37.5' } })
  await user.click(dialog.getByText('看看结果'))
  await dialog.findByText('不能多于 3660 天')
  await user.click(dialog.getByText('看看结果'))
  await dialog.findByText('小雨')
  expect(dialog.getAllByText('¥100.00 · 1 笔奖励，2 个绑定')).toHaveLength(2)
  expect(dialog.getAllByText('¥300.00 · 1 笔奖励，2 个绑定')).toHaveLength(2)
  dialog.getByText('另外 2 人')
  dialog.getByText(/现在的规则从 .*2020.* 起实行/)
  expect(dialog.queryByText(/这段时间里规则改过/)).toBeNull()
  const { version: _, ...rules } = terms
  expect(sent[1]?.rules).toEqual({ ...rules, touch: 'last', levels: [{ rate_bp: 3750 }, { fixed: 2000 }] })
})

test('a proof that is held is approved only after its reasons were read once more (G9)', async () => {
  const user = userEvent.setup({ pointerEventsCheck: 0 })
  const sent: unknown[] = []
  desk(['review.decide'], {
    [`GET ${here}/proofs/q1`]: () => proof,
    [`GET ${here}/proofs`]: () => ({ items: [] }),
    [`GET ${here}/calls`]: () => ({ items: [] }),
    [`POST ${here}/proofs/q1/approve`]: async (request: Request) => {
      sent.push(await request.json())
      return { ...proof, state: 'approved' }
    },
  })
  const { router } = open('/c/mothers/growth/proofs/q1')
  await screen.findByText('为什么要多看一眼')
  await user.click(await screen.findByRole('button', { name: '通过，发 50 积分' }))
  expect(sent).toEqual([])
  const dialog = within(await screen.findByRole('dialog'))
  dialog.getByText('与另一份打卡是同一张图')
  await user.click(dialog.getByRole('button', { name: '仍然通过' }))
  await vi.waitFor(() => expect(sent).toEqual([{ anyway: true }]))
  await vi.waitFor(() => expect(router.state.location.pathname).toBe('/c/mothers/growth/proofs'))
})

test('a refusal takes a reason; without the right to decide nothing is offered', async () => {
  const user = userEvent.setup({ pointerEventsCheck: 0 })
  const sent: unknown[] = []
  const more = {
    [`GET ${here}/proofs/q1`]: () => ({ ...proof, state: 'waits', why: [] }),
    [`GET ${here}/proofs`]: () => ({ items: [] }),
    [`GET ${here}/calls`]: () => ({ items: [] }),
    [`POST ${here}/proofs/q1/refuse`]: async (request: Request) => {
      sent.push(await request.json())
      return { ...proof, state: 'refused' }
    },
  }
  desk([], more)
  const first = open('/c/mothers/growth/proofs/q1')
  await screen.findByText('转发打卡')
  expect(screen.queryByRole('button', { name: '不通过' })).toBeNull()
  first.unmount()
  desk(['review.decide'], more)
  open('/c/mothers/growth/proofs/q1')
  await user.click(await screen.findByRole('button', { name: '不通过' }))
  const dialog = within(await screen.findByRole('dialog'))
  expect((dialog.getByRole('button', { name: '不通过' }) as HTMLButtonElement).disabled).toBe(true)
  await user.click(dialog.getByRole('radio', { name: '看不清' }))
  await user.click(dialog.getByRole('button', { name: '不通过' }))
  await vi.waitFor(() => expect(sent).toEqual([{ reason: 'unreadable' }]))
})

test('a placement stands with what its shares are of; a refused ranking says why and is asked for again (G7)', async () => {
  const user = userEvent.setup({ pointerEventsCheck: 0 })
  let fine = false
  const figures = {
    id: 'f1',
    source: 's1',
    name: 'KOC 首发',
    cost: 1000000,
    came: 900,
    contacts: 400,
    converted: 11,
    orders: 11,
    paid: 6380000,
    refunded: 0,
    revenue: 6380000,
    profit: 5380000,
    rate_bp: 275,
    roi_bp: 53800,
    payback_days: 3,
  }
  desk([], {
    [`GET ${here}/sources`]: () => ({ items: [{ id: 's1', name: '公众号', kind: 'account' }] }),
    [`GET ${here}/placements/pools`]: () => ({ items: [] }),
    [`GET ${here}/placements/ranked`]: () => (fine ? { items: [figures] } : refuse(500, 'request.fault', '程序出错')),
  })
  open('/c/mothers/growth/placements')
  const again = await screen.findByRole('button', { name: /重试|再试/ }, { timeout: 15_000 })
  fine = true
  await user.click(again)
  await screen.findByText('11 / 400')
  screen.getByText('¥53,800.00 / ¥10,000.00')
  screen.getByText('3 天')
})
