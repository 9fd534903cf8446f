import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { upload } from '~/api/upload'
import { community, open, operator, refuse, server } from '~/test/render'
import { billOf, causeOf, orderOf } from './accounts'
import { dayIn, standingOf } from './bills'

vi.mock('~/api/upload', async (real) => ({ ...(await real<object>()), upload: vi.fn() }))

const here = '/api/v1/communities/mothers'
const id = (n: number) => `1m2fk96q09n1f388e7${String(n).padStart(2, '0')}`
const at = `${here}/bills/${id(1)}`
const session = { operator, mfa: true, communities: [{ ...community, name: { 'zh-Hans': community.name } }] }
const all = ['people.read', 'order.read', 'money.read', 'money.post']
const bill = (more: object = {}) => ({
  id: id(1),
  channel: 'sandbox',
  day: '2026-11-20',
  state: 'compared',
  lines: 451,
  matched: 449,
  paid: 99900,
  refunded: 10000,
  fee: 539,
  entry: id(70),
  found: 3,
  open: 2,
  actor: 'op1',
  created_at: '2026-11-21T02:00:00Z',
  compared_at: '2026-11-21T02:00:05Z',
  ...more,
})
const difference = (n: number, more: object = {}) => ({
  id: id(n),
  bill: id(1),
  channel: 'sandbox',
  day: '2026-11-20',
  kind: 'amount',
  what: 'payment',
  line: n,
  ref: `ref-${n}`,
  outside: `4200-${n}`,
  order: id(50 + n),
  theirs: 99900,
  ours: 89900,
  their_state: 'SUCCESS',
  our_state: 'received',
  found_at: '2026-11-21T02:00:03Z',
  ...more,
})

function desk(more: Parameters<typeof server>[0] = {}, actions = all) {
  return server({
    'GET /api/v1/session': () => session,
    [`GET ${here}`]: () => ({ actions, with_mfa: [] }),
    [`GET ${here}/staff`]: () => ({ items: [{ id: 'op1', name: '周敏' }] }),
    [`GET ${here}/channels`]: () => ({
      items: [
        { name: 'manual', bills: false, made: false },
        { name: 'sandbox', bills: true, made: true },
      ],
    }),
    [`GET ${here}/bills`]: () => ({ items: [bill()] }),
    [`GET ${at}`]: () => bill(),
    [`GET ${here}/differences`]: () => ({
      items: [
        difference(11),
        difference(12, { kind: 'not_ours', order: undefined, our_state: undefined, ours: undefined }),
        difference(13, {
          kind: 'not_in_bill',
          line: undefined,
          theirs: undefined,
          their_state: undefined,
          resolved_at: '2026-11-22T02:00:00Z',
          later: id(2),
        }),
      ],
    }),
    ...more,
  })
}
const setup = () => userEvent.setup({ pointerEventsCheck: 0 })

beforeEach(() => history.replaceState(null, '', '/'))
afterEach(() => vi.restoreAllMocks())

test('days are listed with how many of how many lines agree, and what is open of what was found', async () => {
  const { asked } = desk()
  open('/c/mothers/money/bills')
  const row = (await screen.findByRole('link', { name: '2026-11-20' })).closest('tr') as HTMLElement
  expect(row.textContent).toBe('2026-11-20试用付款有差异449 / 4512 / 3¥999.00¥100.00¥5.39')
  await setup().click(screen.getByRole('button', { name: '有差异' }))
  await waitFor(() => expect(asked.some((r) => r.url.includes('/bills?open=true'))).toBe(true))
})

test('what the channel says stands beside what we say; who may only read is offered no step', async () => {
  desk({}, ['people.read', 'order.read', 'money.read'])
  open(`/c/mothers/money/bills/${id(1)}`)
  const cells = async (words: string) =>
    [...((await screen.findByText(words)).closest('tr') as HTMLTableRowElement).cells].map((c) => c.textContent)
  expect(await cells('金额不一致')).toEqual(
    expect.arrayContaining(['付款 第 11 行', '¥999.00支付成功', '¥899.00已收到', '打开订单']),
  )
  expect(await cells('渠道有，我们没有')).toEqual(expect.arrayContaining(['¥999.00支付成功', '没有']))
  expect(await cells('我们有，渠道没有')).toEqual(expect.arrayContaining(['没有', '¥899.00已收到', '后来的账单里有']))
  expect(screen.getByRole('link', { name: '手续费 ¥5.39' }).getAttribute('href')).toContain(`/money/entries/${id(70)}`)
  expect(screen.queryByRole('button', { name: '撤回账单' })).toBeNull()
  expect(screen.queryByRole('button', { name: /^处\s?理$/ })).toBeNull()
})

test('a difference is resolved with a reason, and not without', async () => {
  const user = setup()
  const sent: unknown[] = []
  const { asked } = desk({
    [`POST ${here}/differences/${id(11)}/resolve`]: async (request) => {
      sent.push(await request.json())
      return difference(11, { resolved_at: '2026-11-22T02:00:00Z', resolved_by: 'op1', reason: '优惠没有记' })
    },
  })
  open(`/c/mothers/money/bills/${id(1)}`)
  await user.click((await screen.findAllByRole('button', { name: /^处\s?理$/ }))[0] as HTMLElement)
  const dialog = await screen.findByRole('dialog')
  await within(dialog).findByText(/两边都有这一笔，金额不同/)
  await user.type(within(dialog).getByLabelText('原因和处理办法'), ' ')
  await user.click(within(dialog).getByRole('button', { name: '标为已处理' }))
  await within(dialog).findByText('写一句原因。')
  await user.type(within(dialog).getByLabelText('原因和处理办法'), '优惠没有记')
  await user.click(within(dialog).getByRole('button', { name: '标为已处理' }))
  await waitFor(() => expect(sent).toEqual([{ reason: '优惠没有记' }]))
  expect(asked.find((r) => r.method === 'POST')?.headers.get('Idempotency-Key')).toBeTruthy()
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
})

test('a wrong bill is withdrawn; what is refused is said, and the dialog stays', async () => {
  const user = setup()
  const { handlers } = desk({ [`POST ${at}/withdraw`]: () => refuse(409, 'bill.withdrawn', '这份账单已经撤回。') })
  open(`/c/mothers/money/bills/${id(1)}`)
  await user.click(await screen.findByRole('button', { name: '撤回账单' }))
  const dialog = await screen.findByRole('dialog')
  await within(dialog).findByText(/入账的手续费 ¥5.39 会冲回，没处理的 2 条差异/)
  await user.type(within(dialog).getByLabelText('这份账单哪里不对'), '下载错了')
  await user.click(within(dialog).getByRole('button', { name: '撤回账单' }))
  await within(dialog).findByText('这份账单已经撤回。')
  const gone = {
    state: 'withdrawn',
    open: 0,
    withdrawn_at: '2026-11-22T02:00:00Z',
    withdrawn_by: 'op1',
    why: '下载错了',
  }
  handlers[`POST ${at}/withdraw`] = () => bill(gone)
  handlers[`GET ${at}`] = () => bill(gone)
  await user.click(within(dialog).getByRole('button', { name: '撤回账单' }))
  await screen.findByText('这份账单已撤回，不再参与核对。原因：下载错了')
  expect(screen.queryByRole('button', { name: '撤回账单' })).toBeNull()
})

test('a file is sent with the day that its name has, after channel and day; another bill of the day is led to', async () => {
  const user = setup()
  const sent = vi.mocked(upload)
  sent.mockImplementation(async () => bill({ id: id(2) }))
  desk({
    [`GET ${here}/bills/${id(2)}`]: () => bill({ id: id(2), found: 0, open: 0, matched: 451 }),
    [`GET ${here}/differences`]: () => ({ items: [] }),
  })
  const { router } = open('/c/mothers/money/bills')
  await user.click(await screen.findByRole('button', { name: '上传账单' }))
  const dialog = await screen.findByRole('dialog')
  await user.click(await within(dialog).findByRole('button', { name: '上传并核对' }))
  await within(dialog).findByText('选一份账单文件。')
  expect(sent).not.toHaveBeenCalled()
  const file = new File(['x'], '1900000001All2026-11-18_2026-11-18.csv')
  fireEvent.change(within(dialog).getByLabelText(/选择文件/), { target: { files: [file] } })
  await within(dialog).findByText(file.name)
  await user.click(within(dialog).getByRole('button', { name: '上传并核对' }))
  await waitFor(() => expect(router.state.location.pathname).toBe(`/c/mothers/money/bills/${id(2)}`))
  expect(sent.mock.calls[0]?.[0]).toMatchObject({
    url: `${here}/bills`,
    file,
    fields: { channel: 'sandbox', day: '2026-11-18' },
  })
  await screen.findByText('账单里的 451 行，每一行都和我们的账相同；我们的账上也没有账单里缺的。')
})

test('a bill that nobody sent yet, and one that broke off, say what to do', async () => {
  const { handlers } = desk({
    [`GET ${here}/bills`]: () => ({ items: [] }),
    [`GET ${here}/differences`]: () => ({ items: [] }),
  })
  const first = open('/c/mothers/money/bills')
  await screen.findByText('还没有核对过账单')
  first.unmount()
  handlers[`GET ${at}`] = () => bill({ state: 'reading', compared_at: undefined, found: 0, open: 0, matched: 0 })
  open(`/c/mothers/money/bills/${id(1)}`)
  await screen.findByText(/把同一份文件再上传一次会接着读/)
  await screen.findByText('没有差异')
  expect(screen.queryByText('一致的行')).toBeNull()
})

test('how bills stand, days in names of files, and entries that are about bills', () => {
  expect(standingOf({ state: 'compared', found: 0, open: 0 })).toBe('agrees')
  expect(standingOf({ state: 'compared', found: 2, open: 1 })).toBe('open')
  expect(standingOf({ state: 'compared', found: 2, open: 0 })).toBe('resolved')
  expect(standingOf({ state: 'withdrawn', found: 2, open: 0 })).toBe('withdrawn')
  expect(dayIn('bill-sandbox-2026-11-21.csv')).toBe('2026-11-21')
  expect(dayIn('20261121.csv')).toBeUndefined()
  const words = (key: string) => key
  expect(causeOf(`bill ${id(1)}`, words as never)).toBe('money.cause.bill')
  expect(causeOf(`bill withdrawn ${id(1)}`, words as never)).toBe('money.cause.bill.withdrawn')
  expect(causeOf('points back x', words as never)).toBe('money.cause.points.back')
  const book = {
    entry: { key: `bill ${id(1)}`, subject: id(1) },
    fact: { kind: 'shop.bill_read', subject: id(1) },
  } as never
  expect(billOf(book)).toBe(id(1))
  expect(orderOf(book)).toBeUndefined()
})
