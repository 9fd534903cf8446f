import { fireEvent, screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { community, open, operator, server } from '~/test/render'

const here = '/api/v1/communities/mothers'
const session = { operator, mfa: true, communities: [{ ...community, name: { 'zh-Hans': community.name } }] }
const tally = (money: number) => ({ bonds: 2, rewards: 1, people: 1, money, points: 0, services: 0 })
const answer = (rules: unknown) => {
  const beside = { was: tally(10000), would: tally(30000) }
  return {
    version: 3,
    since: '2026-02-01T00:00:00Z',
    from: '2026-01-01T00:00:00Z',
    rules,
    purchases: 4,
    touches: 5,
    all: beside,
    promoters: [{ promoter: 'x1', promoter_name: '小雨', ...beside }],
    rest: { was: tally(0), would: tally(0) },
    others: 0,
  }
}
const desk = (terms: object, post: (r: Request) => unknown) =>
  server({
    'GET /api/v1/session': () => session,
    [`GET ${here}`]: () => ({ actions: ['growth.read', 'intake.read', 'money.read'] }),
    [`GET ${here}/staff`]: () => ({ items: [] }),
    [`GET ${here}/programmes`]: () => ({ items: [terms], asking: {}, warnings: [] }),
    [`GET ${here}/rewards`]: () => ({ items: [] }),
    [`GET ${here}/books`]: () => ({ lines: [] }),
    [`POST ${here}/programmes/lock-in/simulate`]: post as never,
  })
const base = {
  name: 'lock-in',
  title: { 'zh-Hans': '锁粉' },
  binds: 'attendance',
  valid_days: 30,
  protect_days: 7,
  version: 3,
}

beforeEach(() => history.replaceState(null, '', '/'))
afterEach(() => vi.restoreAllMocks())

test('a programme that gives all that was paid can be simulated as it is; rules that changed within the while are told (G2)', async () => {
  const user = userEvent.setup({ pointerEventsCheck: 0 })
  const sent: unknown[] = []
  desk({ ...base, levels: [{ rate_bp: 10000 }] }, async (r) => {
    const b = (await r.json()) as { rules: unknown }
    sent.push(b)
    return answer(b.rules)
  })
  open('/c/mothers/growth')
  await user.click(await screen.findByText('试算'))
  const dialog = within(screen.getByRole('dialog'))
  await user.click(dialog.getByText('看看结果'))
  await dialog.findByText('小雨')
  expect(sent).toMatchObject([{ rules: { levels: [{ rate_bp: 10000 }] } }])
  dialog.getByText(/这段时间里规则改过/)
})

test('an answer to other rules than stand in the form is not shown (G2)', async () => {
  const user = userEvent.setup({ pointerEventsCheck: 0 })
  let go = () => {}
  const wait = new Promise<void>((ok) => {
    go = ok
  })
  let asked = false
  desk({ ...base, levels: [{ rate_bp: 1250 }] }, async (r) => {
    const b = (await r.json()) as { rules: unknown }
    asked = true
    await wait
    return answer(b.rules)
  })
  open('/c/mothers/growth')
  await user.click(await screen.findByText('试算'))
  const dialog = within(screen.getByRole('dialog'))
  await user.click(dialog.getByText('看看结果'))
  await vi.waitFor(() => expect(asked).toBe(true))
  const rate = dialog.getByLabelText<HTMLInputElement>('带来的人下单')
  expect(rate.disabled).toBe(true)
  fireEvent.change(rate, { target: { value: '50' } })
  go()
  await vi.waitFor(() => expect(rate.disabled).toBe(false))
  expect(dialog.queryByText('小雨')).toBeNull()
  await user.click(dialog.getByText('看看结果'))
  await dialog.findByText('小雨')
})
