import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, test, vi } from 'vitest'
import { ProblemError } from '~/api/problem'
import { show } from '~/test/render'
import { ListPage } from './ListPage'
import {
  type FilterSpec,
  type ListAnswer,
  type ListPageProps,
  type ListRequest,
  requestParams,
  type Selection,
} from './types'
import { readRequest, viewSearch } from './useListState'

interface Row {
  id: string
  name: string
  city: string
}

const rows: Row[] = Array.from({ length: 120 }, (_, i) => ({
  id: `p${i}`,
  name: `成员 ${i}`,
  city: i % 2 ? '杭州' : '成都',
}))

function answer(request: ListRequest): ListAnswer<Row> {
  const found = rows.filter((row) => !request.filters.city || request.filters.city.split(',').includes(row.city))
  const from = Number(request.cursor ?? 0)
  const end = from + request.limit
  return { items: found.slice(from, end), next: end < found.length ? String(end) : null, total: found.length }
}

const base: ListPageProps<Row> = {
  id: 'people',
  unit: '人',
  columns: [
    { id: 'name', header: '姓名', main: true, cell: (row) => row.name },
    { id: 'city', header: '城市', sortable: true, cell: (row) => row.city },
    { id: 'note', header: '备注', hidden: true, cell: () => '—' },
  ],
  source: { key: ['people'], load: async (request) => answer(request) },
  rowId: (row) => row.id,
  rowName: (row) => row.name,
  rowTo: (row) => `/people/${row.id}`,
  searchLabel: '姓名',
  filters: [
    {
      id: 'city',
      label: '所在城市',
      kind: 'choice',
      many: true,
      options: ['杭州', '成都'].map((value) => ({ value, label: value })),
    },
  ],
  segments: [
    { id: 'all', label: '全部', count: 120 },
    { id: 'wait', label: '待跟进', count: 3, waits: true },
  ],
  empty: { title: '还没有用户', step: { label: '导入名单', to: '/import' } },
}
const list = (props: Partial<ListPageProps<Row>> = {}, at = '/') => show(<ListPage<Row> {...base} {...props} />, at)
const search = (router: { state: { location: { search: string } } }) =>
  new URLSearchParams(router.state.location.search)

test('the address is the request', () => {
  const params = new URLSearchParams(
    'q=林&sort=-spent&seg=wait&size=100&after=abc&at=100&f.city=杭州,成都&f.spent=100..',
  )
  const request = readRequest(params, 'name')
  expect(request).toEqual({
    limit: 100,
    cursor: 'abc',
    sort: '-spent',
    q: '林',
    segment: 'wait',
    filters: { city: '杭州,成都', spent: '100..' },
  })
  const filters: FilterSpec[] = [
    { id: 'city', label: '', kind: 'choice', options: [] },
    { id: 'spent', label: '', kind: 'numbers', params: ['spent_from', 'spent_to'] },
    { id: 'met', label: '', kind: 'dates', params: ['from', 'to'] },
  ]
  const segments = [{ id: 'wait', label: '', params: { state: 'open' } }]
  const met = { ...request, filters: { ...request.filters, met: '2026-11-01..2026-11-21' } }
  expect(requestParams(met, { filters, segments, zone: 'Asia/Shanghai' })).toEqual({
    limit: '100',
    cursor: 'abc',
    sort: '-spent',
    q: '林',
    state: 'open',
    city: '杭州,成都',
    spent_from: '100',
    from: '2026-10-31T16:00:00.000Z',
    to: '2026-11-21T16:00:00.000Z',
  })
  expect(readRequest(new URLSearchParams('size=100000'))).toMatchObject({ limit: 50 })
  expect(viewSearch(params)).not.toMatch(/after|at=/)
})

test('pages go on by cursor and back the way they came', async () => {
  const user = userEvent.setup({ pointerEventsCheck: 0 })
  const { router } = list()
  await screen.findByText('成员 0')
  expect(screen.getByText('第 1–50 人，共 120 人')).toBeTruthy()
  await user.click(screen.getByRole('button', { name: '下一页' }))
  await screen.findByText('成员 50')
  expect(search(router).get('after')).toBe('50')
  expect(screen.getByText('第 51–100 人，共 120 人')).toBeTruthy()
  await user.click(screen.getByRole('button', { name: '上一页' }))
  await screen.findByText('成员 0')
  expect(search(router).get('after')).toBeNull()
})

test('a link into the middle offers the first page, since the way there is unknown', async () => {
  const user = userEvent.setup({ pointerEventsCheck: 0 })
  list({}, '/?after=100&at=100')
  await screen.findByText('成员 100')
  expect(screen.getByRole('button', { name: '上一页' }).hasAttribute('disabled')).toBe(true)
  await user.click(screen.getByRole('button', { name: '回到第一页' }))
  await screen.findByText('成员 0')
})

test('filters are applied from their chips and drop the page and the selection', async () => {
  const user = userEvent.setup({ pointerEventsCheck: 0 })
  const { router } = list({ bulk: [{ id: 'tag', label: '加标签', run: () => true }] }, '/?after=50&at=50')
  await user.click(await screen.findByRole('checkbox', { name: '选中成员 50' }))
  expect(screen.getByText('已选 1 人')).toBeTruthy()
  await user.click(screen.getByRole('button', { name: '筛选' }))
  await user.click(await screen.findByRole('button', { name: '所在城市' }))
  await user.click(await screen.findByRole('checkbox', { name: '杭州' }))
  await user.click(screen.getByRole('button', { name: '应用' }))
  await screen.findByText('成员 1')
  expect(search(router).get('f.city')).toBe('杭州')
  expect(search(router).get('after')).toBeNull()
  expect(screen.queryByText('已选 1 人')).toBeNull()
  await user.click(screen.getByRole('button', { name: '移除筛选：所在城市' }))
  await screen.findByText('成员 0')
})

test('sorting is the server’s, told by the header', async () => {
  const user = userEvent.setup({ pointerEventsCheck: 0 })
  const load = vi.fn(async (request: ListRequest) => answer(request))
  const { router } = list({ source: { key: ['people'], load } })
  await user.click(await screen.findByRole('button', { name: '城市' }))
  await waitFor(() => expect(search(router).get('sort')).toBe('city'))
  expect(screen.getByRole('columnheader', { name: '城市' }).getAttribute('aria-sort')).toBe('ascending')
  await user.click(screen.getByRole('button', { name: '城市' }))
  await waitFor(() => expect(load.mock.lastCall?.[0].sort).toBe('-city'))
})

test('rows are chosen one by one, by range, by page and all that match', async () => {
  const user = userEvent.setup({ pointerEventsCheck: 0 })
  const chosen: Selection[] = []
  const run = (selection: Selection) => {
    chosen.push(selection)
    return true
  }
  list({ bulk: [{ id: 'tag', label: '加标签', run }] })
  await user.click(await screen.findByRole('checkbox', { name: '选中成员 2' }))
  await user.keyboard('{Shift>}')
  await user.click(screen.getByRole('checkbox', { name: '选中成员 5' }))
  await user.keyboard('{/Shift}')
  await user.click(screen.getByRole('button', { name: '加标签' }))
  expect(chosen[0]).toEqual({ kind: 'rows', ids: ['p2', 'p3', 'p4', 'p5'] })
  await user.click(screen.getByRole('checkbox', { name: '选中本页全部' }))
  await user.click(screen.getByRole('button', { name: '选中符合条件的全部 120 人' }))
  await user.click(screen.getByRole('button', { name: '加标签' }))
  expect(chosen[1]).toMatchObject({ kind: 'all', total: 120 })
})

test('an action that is refused keeps the selection and says why', async () => {
  const user = userEvent.setup({ pointerEventsCheck: 0 })
  const run = () => {
    throw new ProblemError({ title: '其中 1 人是在职课代表。', next: '请先交接。', status: 409 })
  }
  list({ bulk: [{ id: 'block', label: '拉黑', danger: true, run }] })
  await user.click(await screen.findByRole('checkbox', { name: '选中成员 0' }))
  await user.click(screen.getByRole('button', { name: '拉黑' }))
  expect((await screen.findByRole('alert')).textContent).toContain('请先交接')
  expect(screen.getByText('已选 1 人')).toBeTruthy()
})

test('nothing there offers the first step; nothing found offers to clear', async () => {
  const user = userEvent.setup({ pointerEventsCheck: 0 })
  const none = { key: ['none'], load: async () => ({ items: [] }) }
  const { unmount } = list({ source: none })
  expect((await screen.findByRole('link', { name: '导入名单' })).getAttribute('href')).toBe('/import')
  unmount()
  const { router } = list({ source: none }, '/?f.city=杭州&q=x')
  await user.click(await screen.findByRole('button', { name: '清除筛选' }))
  expect(router.state.location.search).toBe('')
})

test('an error stands in place of the rows and can be tried again', async () => {
  const user = userEvent.setup({ pointerEventsCheck: 0 })
  let fail = true
  const load = async (request: ListRequest) => {
    if (fail) throw new ProblemError({ title: '系统正忙，没有读取。', next: '请几秒后再试。', status: 422 })
    return answer(request)
  }
  list({ source: { key: ['busy'], load } })
  expect((await screen.findByRole('alert')).textContent).toContain('请几秒后再试')
  fail = false
  await user.click(screen.getByRole('button', { name: '再试一次' }))
  await screen.findByText('成员 0')
})

test('columns and views are remembered for this community and list', async () => {
  const user = userEvent.setup({ pointerEventsCheck: 0 })
  const { unmount, router } = list({}, '/?f.city=杭州')
  await screen.findByText('成员 1')
  await user.click(screen.getByRole('button', { name: '列' }))
  await user.click(await screen.findByRole('checkbox', { name: '备注' }))
  expect(screen.getByRole('columnheader', { name: '备注' })).toBeTruthy()
  await user.click(screen.getByRole('button', { name: '视图' }))
  await user.type(await screen.findByRole('textbox', { name: '视图名称' }), '杭州的人')
  await user.click(screen.getByRole('button', { name: '保存' }))
  expect(JSON.parse(localStorage.getItem('qunce.views.mothers.people') ?? '[]')).toEqual([
    { name: '杭州的人', search: viewSearch(search(router)), columns: ['name', 'city', 'note'] },
  ])
  unmount()
  const again = list()
  await screen.findByText('成员 0')
  expect(screen.getByRole('columnheader', { name: '备注' })).toBeTruthy()
  await user.click(screen.getByRole('button', { name: '视图' }))
  await user.click(await screen.findByRole('button', { name: '杭州的人' }))
  await waitFor(() => expect(search(again.router).get('f.city')).toBe('杭州'))
})

test('the keyboard walks through the rows', async () => {
  const user = userEvent.setup({ pointerEventsCheck: 0 })
  list({ bulk: [{ id: 'tag', label: '加标签', run: () => true }] })
  const first = await screen.findByRole('link', { name: '成员 0' })
  first.focus()
  await user.keyboard('j{ArrowDown}k')
  expect(document.activeElement?.textContent).toBe('成员 1')
  await user.keyboard('x')
  const row = screen.getByRole('link', { name: '成员 1' }).closest('tr') as HTMLElement
  expect((within(row).getByRole('checkbox') as HTMLInputElement).checked).toBe(true)
})

test('typing searches after a pause, into the address without a step back for each letter', async () => {
  const user = userEvent.setup({ pointerEventsCheck: 0 })
  const { router } = list()
  await screen.findByText('成员 0')
  await user.keyboard('/')
  expect(document.activeElement).toBe(screen.getByRole('searchbox'))
  await user.type(screen.getByRole('searchbox'), '林')
  await waitFor(() => expect(search(router).get('q')).toBe('林'))
})

test('on a phone each row is a card with its columns by name, its choice and its order; actions are in a menu', async () => {
  const wide = window.matchMedia
  window.matchMedia = ((query: string) => ({ ...wide(query), matches: query.includes('640px') })) as typeof wide
  try {
    const user = userEvent.setup({ pointerEventsCheck: 0 })
    const chosen: Selection[] = []
    const run = (selection: Selection) => Boolean(chosen.push(selection))
    const columns = [...base.columns, { id: 'none', header: '空', cell: () => '' }]
    const { router } = list({ columns, bulk: [{ id: 'tag', label: '加标签', run }] })
    const link = await screen.findByRole('link', { name: '成员 0' })
    const card = link.closest('li') as HTMLElement
    expect(screen.queryByRole('table')).toBeNull()
    expect(within(card).getByText('城市').nextElementSibling?.textContent).toBe('成都')
    expect(within(card).queryByText('空')).toBeNull()
    expect(within(card).queryByText('备注')).toBeNull()
    await user.click(within(card).getByRole('checkbox', { name: '选中成员 0' }))
    expect(screen.queryByRole('button', { name: '加标签' })).toBeNull()
    await user.click(screen.getByRole('button', { name: '操作' }))
    await user.click(await screen.findByRole('menuitem', { name: '加标签' }))
    await waitFor(() => expect(chosen).toEqual([{ kind: 'rows', ids: ['p0'] }]))
    await user.selectOptions(screen.getByRole('combobox', { name: '排序' }), '城市，降序')
    await waitFor(() => expect(search(router).get('sort')).toBe('-city'))
    screen.getByRole('link', { name: '成员 0' }).focus()
    await user.keyboard('j')
    expect(document.activeElement?.textContent).toBe('成员 1')
  } finally {
    window.matchMedia = wide
  }
})
