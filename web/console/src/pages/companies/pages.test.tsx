import { screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { community, json, open, operator, refuse, server } from '~/test/render'
import { happened, placeState, stillMasked } from './company'

const here = '/api/v1/communities/mothers'
const session = { operator, mfa: true, communities: [{ ...community, name: { 'zh-Hans': community.name } }] }
const at = '2026-11-20T02:00:00Z'
const far = '2099-11-20T16:00:00Z'
const id = '1m2fk96q09n1f388c0mp'
const boss = '1m2fk96q09n1f388b055'
const company = { id, name: '深圳一号公司', owner: 'op1', version: 3, created_at: at }
const plan = { 'zh-Hans': '企业会员' }
const term = {
  id: 'k1',
  person: boss,
  plan: 'team',
  title: plan,
  kind: 'new',
  state: 'active',
  price: 500000,
  starts: at,
  ends: far,
}
const place = (more: object) => ({ id: 'p1', organisation: id, invited_at: at, expires_at: far, ...more })
const taken = place({ state: 'taken', person: 'c1', nickname: '小雨', taken_at: at })
const invoice = {
  title: '深圳一号公司',
  tax_number: '91440300MA5F000000',
  account: '****1234',
  email: 'f**@example.cn',
}
const rights = ['people.read', 'people.write', 'people.reveal', 'order.read', 'order.write', 'staff.read']

const desk = (more: Parameters<typeof server>[0] = {}, actions = rights) =>
  server({
    'GET /api/v1/session': () => session,
    [`GET ${here}`]: () => ({ actions }),
    [`GET ${here}/staff`]: () => ({
      items: [
        { id: 'op1', name: '周敏', email: 'a@example.cn', roles: ['owner'] },
        { id: 'op2', name: '林悦', email: 'b@example.cn', roles: ['service'] },
      ],
    }),
    [`GET ${here}/plans`]: () => ({ items: [{ name: 'team', title: plan, price: 500000, colleagues: 3 }], counts: [] }),
    [`GET ${here}/organisations`]: () => ({
      items: [
        {
          ...company,
          contacts: [{ person: boss, nickname: '老板' }],
          standing: { plan: 'team', title: plan, state: 'active', ends: far, places: 3, taken: 1, invited: 1, room: 1 },
        },
        {
          ...company,
          id: 'bare',
          name: '二号公司',
          owner: '',
          contacts: [],
          standing: { places: 0, taken: 0, invited: 0, room: 0 },
        },
      ],
    }),
    [`GET ${here}/organisations/${id}`]: () =>
      json({ ...company, places: { places: 3, taken: 1, invited: 1, room: 1 }, terms: [term] }, 200, { ETag: '"3"' }),
    [`GET ${here}/organisations/${id}/people`]: () => ({
      items: [{ organisation: id, person: boss, nickname: '老板', role: 'contact', joined_at: at }],
    }),
    [`GET ${here}/organisations/${id}/places`]: (request) => ({
      items:
        new URL(request.url).searchParams.get('which') === 'over' ? [] : [taken, place({ id: 'p2', state: 'invited' })],
    }),
    [`GET ${here}/organisations/${id}/invoice`]: () => invoice,
    [`GET ${here}/organisations/${id}/timeline`]: () => ({ items: [] }),
    [`GET ${here}/orders`]: () => ({ items: [] }),
    ...more,
  })

beforeEach(() => history.replaceState(null, '', '/'))
afterEach(() => vi.restoreAllMocks())

test('the list says who orders, what a company has until when, how many places are taken of how many, and who looks after it (P10)', async () => {
  desk()
  open('/c/mothers/members/companies')
  const row = (await screen.findByRole('link', { name: '深圳一号公司' })).closest('tr')
  expect(row?.textContent).toMatch(/老板.*企业会员.*有效.*2099-11-20.*1 \/ 3.*周敏/)
  const bare = screen.getByRole('link', { name: '二号公司' }).closest('tr')
  expect(bare?.textContent).toMatch(/没有联系人.*没有买过.*无人负责/)
})

test('without companies the page offers to note one; who may not is not offered it', async () => {
  const user = userEvent.setup({ pointerEventsCheck: 0 })
  const none = { [`GET ${here}/organisations`]: () => ({ items: [] }) }
  desk(none)
  const view = open('/c/mothers/members/companies')
  await screen.findByText('还没有公司')
  await user.click(screen.getAllByRole('button', { name: '登记公司' })[0] as HTMLElement)
  expect((await screen.findByRole('dialog')).textContent).toContain('联系人')
  view.unmount()
  vi.restoreAllMocks()
  desk(none, ['people.read'])
  open('/c/mothers/members/companies')
  await screen.findByText('还没有公司')
  expect(screen.queryByRole('button', { name: '登记公司' })).toBeNull()
})

test('a role is given in the row; what is refused says why beside it', async () => {
  const user = userEvent.setup({ pointerEventsCheck: 0 })
  let sent: unknown
  desk({
    [`PUT ${here}/organisations/${id}/people/${boss}`]: async (request) => {
      sent = await request.json()
      return refuse(409, 'organisation.last_contact', '公司要有一位联系人。')
    },
  })
  open(`/c/mothers/members/companies/${id}`)
  await user.click(await screen.findByRole('combobox', { name: '老板的角色' }))
  await user.click(await screen.findByTitle('财务'))
  await screen.findByText(/公司要有一位联系人/)
  expect(sent).toEqual({ role: 'finance' })
})

test('an invitation’s link is shown once; a place is taken back after one more question', async () => {
  const user = userEvent.setup({ pointerEventsCheck: 0 })
  const { asked } = desk({
    [`POST ${here}/organisations/${id}/places`]: () =>
      json({ ...place({ id: 'p3', state: 'invited' }), url: 'https://q.example/mothers/colleague/abc' }, 201),
    [`POST ${here}/places/p1/free`]: () => place({ state: 'ended', why: 'taken_back' }),
  })
  open(`/c/mothers/members/companies/${id}`)
  await user.click(await screen.findByRole('button', { name: '邀请同事' }))
  await user.click(await screen.findByRole('button', { name: '生成链接' }))
  await screen.findByText('https://q.example/mothers/colleague/abc')
  await user.click(within(screen.getByRole('dialog')).getByText(/^关\s*闭$/))
  expect(screen.queryByText('https://q.example/mothers/colleague/abc')).toBeNull()
  await user.click(screen.getByRole('button', { name: '收回名额' }))
  const dialog = await screen.findByRole('dialog')
  expect(dialog.textContent).toContain('小雨会失去')
  await user.click(within(dialog).getByRole('button', { name: '收回名额' }))
  await vi.waitFor(() => expect(asked.some((r) => r.url.endsWith('/places/p1/free'))).toBe(true))
})

test('invoice data: a masked field that is left alone is not sent; a look says why', async () => {
  const user = userEvent.setup({ pointerEventsCheck: 0 })
  const sent: unknown[] = []
  const { asked } = desk({
    [`PATCH ${here}/organisations/${id}`]: async (request) => {
      sent.push(await request.json(), request.headers.get('If-Match'))
      return company
    },
    [`POST ${here}/organisations/${id}/invoice/reveal`]: async (request) => {
      sent.push(await request.json())
      return { ...invoice, account: '6222000000001234' }
    },
  })
  open(`/c/mothers/members/companies/${id}`)
  const part = async () => (await screen.findByRole('heading', { name: '发票资料' })).closest('section') as HTMLElement
  await within(await part()).findByText('****1234')
  await user.click(within(await part()).getByRole('button', { name: /修\s*改/ }))
  const account = await screen.findByLabelText('账号')
  await user.clear(account)
  await user.type(account, '9**9')
  await user.click(screen.getByRole('button', { name: /保\s*存/ }))
  await screen.findByText('请写全，不能带 *')
  await user.clear(account)
  await user.type(account, '****1234')
  await user.type(screen.getByLabelText('地址'), '一号路')
  await user.click(screen.getByRole('button', { name: /保\s*存/ }))
  await vi.waitFor(() => expect(sent).toEqual([{ invoice: { address: '一号路' } }, '"3"']))
  await user.click(within(await part()).getByRole('button', { name: '查看全部' }))
  await user.click(await screen.findByLabelText('联系公司'))
  await user.click(within(screen.getByRole('dialog')).getByRole('button', { name: /查\s*看/ }))
  await within(await part()).findByText('6222000000001234')
  expect(sent[2]).toEqual({ reason: 'contact' })
  expect(asked.filter((r) => r.url.includes('/reveal')).length).toBe(1)
})

test('who may only read sees people and places, and neither buttons nor what stands on invoices', async () => {
  const { asked } = desk({}, ['people.read'])
  open(`/c/mothers/members/companies/${id}`)
  await screen.findByRole('link', { name: '老板' })
  await screen.findByRole('link', { name: '小雨' })
  for (const name of ['添加成员', '邀请同事', '收回名额', '移出', '修改公司', '替公司下单'])
    expect(screen.queryByRole('button', { name })).toBeNull()
  expect(screen.queryByRole('heading', { name: '发票资料' })).toBeNull()
  expect(asked.some((r) => r.url.includes('/invoice') || r.url.includes('/orders'))).toBe(false)
})

test('a company that isn’t there is said to be so', async () => {
  desk({ [`GET ${here}/organisations/${id}`]: () => refuse(404, 'organisation.unknown', '没有这家公司。') })
  open(`/c/mothers/members/companies/${id}`)
  await screen.findByText('没有这家公司。')
})

test('an invitation whose time is over, a fact in words, and what still has stars in it', () => {
  const t = ((key: string) => key) as never
  expect(placeState({ state: 'invited', expires_at: at }, Date.parse(far))).toBe('late')
  expect(placeState({ state: 'invited', expires_at: far }, Date.parse(at))).toBe('invited')
  const fact = { id: 'f', at, recorded_at: at, kind: 'membership.place_freed', person: 'c1', data: { why: 'fewer' } }
  expect(happened(fact, new Map([['c1', '小雨']]), new Map(), t)).toBe('小雨 · companies.end.fewer')
  expect(happened({ ...fact, data: { why: 'later' } }, new Map(), new Map(), t)).toBe('')
  expect(stillMasked('****9', '****1234')).toBe(true)
  expect(stillMasked('****1234', '****1234')).toBe(false)
})
