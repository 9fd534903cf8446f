import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, test, vi } from 'vitest'
import { refuse, server, show } from '~/test/render'
import { People } from './People'

const here = '/api/v1/communities/mothers'
const who = (i: number) => ({
  id: `p${i}`,
  nickname: `成员 ${i}`,
  name: '',
  phone: '',
  state: 'active',
  months: 0,
  tags: [],
  reach: ['phone'],
  created_at: '2026-11-01T00:00:00Z',
  last_seen_at: '2026-11-01T00:00:00Z',
})

function people(actions = ['people.read', 'people.write', 'export.run']) {
  return server({
    [`GET ${here}`]: () => ({ actions }),
    [`GET ${here}/people`]: (request) => {
      const asked = new URL(request.url).searchParams
      const all = asked.get('known') ? 3 : 5
      const items = Array.from({ length: all }, (_, i) => who(i))
      if (asked.get('limit') !== '200') return { items, count: { n: all, more: false } }
      return asked.get('cursor') ? { items: items.slice(2) } : { items: items.slice(0, 2), next: 'two' }
    },
    [`GET ${here}/people/tags`]: () => ({ items: [{ tag: '已回访', people: 3 }] }),
  })
}
const lists = (asked: Request[]) => asked.map((r) => new URL(r.url)).filter((url) => url.pathname === `${here}/people`)
const setup = () => userEvent.setup({ pointerEventsCheck: 0 })

afterEach(() => vi.restoreAllMocks())

test('visitors are left out until they are asked for; a search looks among everybody', async () => {
  const user = setup()
  const { asked } = people()
  const { router } = show(<People />)
  await screen.findByText('成员 2')
  expect(lists(asked).at(-1)?.searchParams.get('known')).toBe('true')
  expect(screen.queryByText('成员 4')).toBeNull()
  await user.click(screen.getByRole('button', { name: '所有人，含访客' }))
  await screen.findByText('成员 4')
  expect(router.state.location.search).toBe('?seg=all')
  expect(lists(asked).at(-1)?.searchParams.has('known')).toBe(false)
  await router.navigate('/?q=x')
  await waitFor(() => expect(lists(asked).at(-1)?.searchParams.get('q')).toBe('x'))
  expect(lists(asked).at(-1)?.searchParams.has('known')).toBe(false)
})

test('a tag is put on all who match, page by page, and whoever fails is named with the reason', async () => {
  const user = setup()
  const { asked, handlers } = people()
  const tag = (i: number) => `POST ${here}/people/p${i}/tags/${encodeURIComponent('新客')}`
  handlers[tag(0)] = () => ({ changed: true })
  handlers[tag(1)] = () => ({ changed: false })
  handlers[tag(2)] = () => refuse(409, 'people.erased', '这个人的资料已删除')
  show(<People />)
  await user.click(await screen.findByRole('checkbox', { name: '选中成员 0' }))
  await user.click(screen.getByRole('button', { name: '选中符合条件的全部 3 人' }))
  await user.click(screen.getByRole('button', { name: '加标签' }))
  const dialog = await screen.findByRole('dialog')
  await user.type(within(dialog).getByRole('combobox'), '新客')
  await user.click(within(dialog).getByRole('button', { name: '加标签' }))
  await within(dialog).findByText('1 人没有成功：')
  expect(dialog.textContent).toContain('给 1 人加上了标签“新客”')
  expect(dialog.textContent).toContain('1 人原来就有')
  expect(dialog.textContent).toContain('这个人的资料已删除')
  expect(within(dialog).getByRole('link', { name: '成员 2' })).toBeTruthy()
  handlers[tag(2)] = () => ({ changed: true })
  const before = asked.length
  await user.click(within(dialog).getByRole('button', { name: '再试这些人' }))
  await within(dialog).findByText('给 2 人加上了标签“新客”。')
  expect(asked.slice(before).filter((r) => r.method === 'POST')).toHaveLength(1)
  await user.click(within(dialog).getAllByRole('button', { name: '关闭' }).at(-1) as HTMLElement)
  await waitFor(() => expect(screen.queryByText('已选全部 3 人')).toBeNull())
})

test('chosen people are exported by their ids; who may not change people is offered no tags', async () => {
  const user = setup()
  const { asked, handlers } = people(['people.read', 'export.run'])
  handlers[`GET ${here}/exports/columns`] = () => ({ items: [] })
  show(<People />)
  await user.click(await screen.findByRole('checkbox', { name: '选中成员 1' }))
  await user.click(screen.getByRole('checkbox', { name: '选中成员 2' }))
  expect(screen.queryByRole('button', { name: '加标签' })).toBeNull()
  await user.click(screen.getByRole('button', { name: '导出 CSV' }))
  const dialog = await screen.findByRole('dialog')
  expect(dialog.textContent).toContain('选中的 2 人')
  await user.click(within(dialog).getByRole('button', { name: '下载' }))
  await waitFor(() => expect(asked.some((r) => r.url.includes('/exports/people'))).toBe(true))
  const url = new URL(asked.find((r) => r.url.includes('/exports/people'))?.url ?? '')
  expect(url.searchParams.get('id')).toBe('p1,p2')
  expect(url.searchParams.has('known')).toBe(false)
})
