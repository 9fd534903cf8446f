import { screen, waitFor } from '@testing-library/react'
import userEvent, { type UserEvent } from '@testing-library/user-event'
import { afterEach, expect, test, vi } from 'vitest'
import { community, open, operator, refuse, server } from '~/test/render'
import { slugFrom, slugShape, stepOf } from './steps'

const svg = '<svg xmlns="http://www.w3.org/2000/svg"/>'
const playbooks = [
  { name: 'mothers', title: { 'zh-Hans': '母婴社群' }, about: { 'zh-Hans': '备孕、孕期、育儿三段。' } },
  { name: 'course', title: { 'zh-Hans': '小众技术课' }, about: { 'zh-Hans': '一个月内成交。' } },
]
const needed = { 'GET /api/v1/setup': () => ({ needed: true, playbooks }) }

afterEach(() => vi.restoreAllMocks())

test('slugs are what the server takes', () => {
  for (const good of ['mothers', 'a1-b2', 'abc', 'a'.repeat(40)]) expect(slugShape.test(good), good).toBe(true)
  for (const bad of ['ab', '-abc', 'abc-', 'a--b', 'Mothers', '妈妈', 'a'.repeat(41)])
    expect(slugShape.test(bad), bad).toBe(false)
  expect(slugFrom('Café Mothers & Co.')).toBe('cafe-mothers-co')
  expect(slugFrom('十月妈妈圈')).toBe('')
})

test('a refused field is found on its step', () => {
  const at = (pointer: string) => stepOf({ title: '', status: 422, errors: [{ pointer, detail: '' }] })
  expect(['/operator/email', '/community/slug', '/community/playbook', '/token'].map(at)).toEqual([0, 1, 2, undefined])
  expect(stepOf({ title: '', status: 503 })).toBeUndefined()
})

async function walk(user: UserEvent) {
  await user.type(await screen.findByLabelText('姓名'), '周敏')
  await user.type(screen.getByLabelText('邮箱'), 'zhoumin@example.cn')
  await user.type(screen.getByLabelText('密码'), '十月怀胎一朝分娩的妈妈')
  await user.click(screen.getByRole('button', { name: '下一步' }))
  await user.type(await screen.findByLabelText('社群名称'), 'October Mothers')
  expect((screen.getByLabelText('地址名') as HTMLInputElement).value).toBe('october-mothers')
  await user.click(screen.getByRole('button', { name: '下一步' }))
  await user.click(await screen.findByRole('radio', { name: /小众技术课/ }))
  await user.click(screen.getByRole('button', { name: '创建社群' }))
}

test('from the link to the first entry, with one refusal on the way', async () => {
  const user = userEvent.setup({ pointerEventsCheck: 0 })
  history.replaceState(null, '', '/setup?token=one-time')
  const sent: unknown[] = []
  server({
    ...needed,
    'POST /api/v1/setup': async (request) => {
      sent.push(await request.json())
      if (sent.length === 1) {
        const errors = [{ pointer: '/community/slug', detail: '这个地址名已被使用。' }]
        return refuse(409, 'community.slug_taken', '有 1 处没有通过检查。', { errors })
      }
      return {
        session: { operator, mfa: false, communities: [] },
        community: { ...community, name: { 'zh-Hans': '十月妈妈圈' } },
        first_entry: { title: '第一个入口', url: 'https://q.cn/e/1', qr_svg: svg },
      }
    },
  })
  open('/setup?token=one-time')
  await walk(user)
  expect(location.search).toBe('')
  await screen.findByText('这个地址名已被使用。')
  const slug = screen.getByLabelText('地址名')
  await user.clear(slug)
  await user.type(slug, 'mothers')
  await user.click(screen.getByRole('button', { name: '下一步' }))
  await user.click(await screen.findByRole('button', { name: '创建社群' }))
  await screen.findByRole('heading', { name: '十月妈妈圈已经开门' })
  expect(screen.getByText('q.cn/e/1')).toBeTruthy()
  expect(sent[1]).toEqual({
    token: 'one-time',
    operator: { name: '周敏', email: 'zhoumin@example.cn', password: '十月怀胎一朝分娩的妈妈' },
    community: {
      name: 'October Mothers',
      slug: 'mothers',
      zone: expect.any(String),
      lang: 'zh-Hans',
      playbook: 'course',
    },
  })
  expect(sessionStorage.getItem('qunce.setup')).toBeNull()
})

test('without a link it says where the link is; when done it leads to signing in', async () => {
  history.replaceState(null, '', '/setup')
  const { handlers } = server({ ...needed })
  const { unmount } = open('/setup')
  await screen.findByText('需要一次性设置链接')
  unmount()
  handlers['GET /api/v1/setup'] = () => ({ needed: false, playbooks: [] })
  open('/setup')
  await waitFor(() => expect(screen.getByRole('link', { name: '去登录' }).getAttribute('href')).toBe('/sign-in'))
})
