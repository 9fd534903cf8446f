import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, expect, test, vi } from 'vitest'
import { community, open, operator, refuse, server } from '~/test/render'

afterEach(() => vi.restoreAllMocks())

const at = '/api/v1/communities/mothers'
const none = {
  created: 0,
  updated: 0,
  unchanged: 0,
  repeated: 0,
  bad: 0,
  by_phone: 0,
  by_email: 0,
  by_other: 0,
  proposed: 0,
}
const uploaded = {
  id: 'i1',
  name: '妈妈.csv',
  state: 'uploaded',
  layout: { format: 'csv', encoding: 'utf-8', header_row: 1, headers: ['手机号', '备注'] },
  plan: { columns: ['phone', ''], existing: 'update' },
  size: 2048,
  total: 3,
  dry: true,
  counts: none,
  foreseen: none,
  rate: 0,
  kept: true,
  actor: 'op1',
  created_at: '2026-11-22T01:00:00Z',
}

function house(actions: string[], more: Parameters<typeof server>[0] = {}, withMFA: string[] = []) {
  return server({
    'GET /api/v1/session': () => ({
      operator,
      mfa: true,
      communities: [{ ...community, name: { 'zh-Hans': community.name } }],
    }),
    [`GET ${at}`]: () => ({ community: {}, roles: [], scopes: [], actions, with_mfa: withMFA, public_url: '' }),
    [`GET ${at}/sources`]: () => ({ items: [] }),
    [`GET ${at}/circles`]: () => ({ items: [] }),
    [`GET ${at}/people`]: () => ({ items: [], count: { n: 0, more: false } }),
    ...more,
  })
}

test('P7: columns are mapped, tried, and run; what was not taken is said with row, column and reason', async () => {
  const user = userEvent.setup({ pointerEventsCheck: 0 })
  let im: typeof uploaded = uploaded
  const { asked } = house(['people.read', 'import.run'], {
    [`GET ${at}/imports/i1`]: () => im,
    [`GET ${at}/imports/i1/preview`]: () => ({
      rows: [
        { row: 2, cells: ['12', '来过线下'], reasons: [{ code: 'people.phone', column: 1, words: '手机号不正确。' }] },
      ],
    }),
    [`GET ${at}/imports/targets`]: () => ({ items: [{ name: 'phone', title: '手机号' }] }),
    [`PUT ${at}/imports/i1/plan`]: () => ({ ...im, state: 'mapped' }),
    [`POST ${at}/imports/i1/check`]: () => {
      im = { ...im, state: 'checked', counts: { ...none, created: 2, bad: 1 } }
      return im
    },
    [`GET ${at}/imports/i1/problems`]: () => ({
      items: [{ row: 2, words: '', reasons: [{ code: 'people.phone', column: 1, words: '手机号不正确。' }] }],
    }),
    [`POST ${at}/imports/i1/run`]: () => {
      im = { ...im, state: 'done', dry: false }
      return im
    },
  })
  open('/c/mothers/people/import/i1')
  await user.click(await screen.findByRole('button', { name: '试跑 3 行' }))
  expect(await screen.findByText('手机号不正确。')).toBeTruthy()
  await user.click(screen.getByRole('button', { name: '导入 2 行' }))
  expect(await screen.findByText('导入结果')).toBeTruthy()
  const plan = asked.find((request) => request.method === 'PUT')
  expect(await plan?.json()).toMatchObject({ columns: ['phone', ''], existing: 'update' })
})

test('what the operator may not do is not offered', async () => {
  house(['people.read'])
  open('/c/mothers/people')
  await screen.findByRole('heading', { name: '用户' })
  await screen.findByText('还没有用户')
  expect(screen.queryByRole('link', { name: '导入用户' })).toBeNull()
  expect(screen.queryByRole('button', { name: '导出' })).toBeNull()
  // The rail too: what one may not read isn't there.
  await waitFor(() => expect(screen.queryByRole('link', { name: '触达' })).toBeNull())
})

test('what needs a second factor says so and leads there', async () => {
  const user = userEvent.setup({ pointerEventsCheck: 0 })
  house(['people.read', 'import.run'], {}, ['export.run'])
  open('/c/mothers/people')
  await screen.findAllByRole('link', { name: '导入用户' })
  await user.click(screen.getByRole('button', { name: '导出' }))
  await user.click(await screen.findByText('导出 CSV'))
  expect((await screen.findByRole('dialog')).textContent).toContain('要先开启两步验证')
  expect(screen.getByRole('link', { name: '开启两步验证' }).getAttribute('href')).toBe('/account/totp')
})

test('an import that is not there is said, not a blank page', async () => {
  house(['people.read', 'import.run'], {
    [`GET ${at}/imports/i1`]: () => refuse(404, 'transfer.not_found', '没有这次导入。'),
  })
  open('/c/mothers/people/import/i1')
  expect((await screen.findByRole('alert')).textContent).toContain('没有这次导入。')
})
