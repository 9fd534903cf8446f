import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { community, open, operator, refuse, server } from '~/test/render'
import { safeNext } from './guards'

const svg = '<svg xmlns="http://www.w3.org/2000/svg"/>'
const signedIn = {
  'GET /api/v1/session': () => ({ operator }),
  'GET /api/v1/communities': () => ({ items: [community, { ...community, slug: 'academy', name: '创始人学院' }] }),
}
const signedOut = {
  'GET /api/v1/session': () => refuse(401, 'operator.unknown', '没有登录'),
  'GET /api/v1/setup': () => ({ needed: false, playbooks: [] }),
}

beforeEach(() => history.replaceState(null, '', '/'))
afterEach(() => vi.restoreAllMocks())

test('only our own addresses are gone back to', () => {
  expect(safeNext('/c/mothers/people?q=1')).toBe('/c/mothers/people?q=1')
  for (const trap of ['//evil.cn', '/\\evil.cn', 'https://evil.cn', 'javascript:alert(1)', '', null])
    expect(safeNext(trap)).toBe('/')
})

test('who is not signed in is asked to, and comes back to where they wanted to be', async () => {
  const user = userEvent.setup({ pointerEventsCheck: 0 })
  const { handlers, asked } = server({ ...signedOut })
  const { router } = open('/c/mothers/settings?tab=1')
  await screen.findByRole('heading', { name: '登录' })
  handlers['POST /api/v1/session'] = async (request) => {
    const { code } = await request.json()
    if (!code) return refuse(401, 'operator.code_required', '需要验证码')
    if (code !== '123456') return refuse(401, 'operator.code_wrong', '验证码不对。', { next: '请等下一个验证码再试。' })
    Object.assign(handlers, signedIn)
    return { operator }
  }
  await user.type(screen.getByLabelText('邮箱'), 'zhoumin@example.cn')
  await user.type(screen.getByLabelText('密码'), '一句很长的话')
  await user.click(screen.getByRole('button', { name: '登录' }))
  await screen.findByRole('heading', { name: '两步登录' })
  await user.type(screen.getByLabelText('6 位验证码'), '000000')
  expect((await screen.findByRole('alert')).textContent).toContain('请等下一个验证码再试')
  await user.click(screen.getByLabelText('6 位验证码'))
  await user.paste('123 456')
  await waitFor(() =>
    expect(router.state.location.pathname + router.state.location.search).toBe('/c/mothers/settings?tab=1'),
  )
  await screen.findByRole('heading', { name: '设置' })
  expect(asked.filter((request) => request.method === 'POST')).toHaveLength(3)
})

test('a wrong password is said above the form, which keeps what was typed', async () => {
  const user = userEvent.setup({ pointerEventsCheck: 0 })
  server({
    ...signedOut,
    'POST /api/v1/session': () => refuse(401, 'operator.credentials', '邮箱或密码不对。', { next: '请核对后再试。' }),
  })
  open('/sign-in')
  await user.type(await screen.findByLabelText('邮箱'), 'zhoumin@example.cn')
  await user.type(screen.getByLabelText('密码'), 'x{Enter}')
  expect((await screen.findByRole('alert')).textContent).toContain('请核对后再试。')
  expect((screen.getByLabelText('邮箱') as HTMLInputElement).value).toBe('zhoumin@example.cn')
})

test('a session that ends under a page leads to signing in and back', async () => {
  const { handlers } = server({ ...signedIn })
  const { router, client } = open('/c/mothers/settings')
  await screen.findByRole('heading', { name: '设置' })
  handlers['GET /api/v1/communities'] = () => refuse(401, 'operator.session_ended', '登录已过期。')
  await client.invalidateQueries({ queryKey: ['communities'] })
  await screen.findByText('登录已过期，请重新登录。会回到刚才的页面。')
  expect(new URLSearchParams(router.state.location.search).get('next')).toBe('/c/mothers/settings')
})

test('the frame knows its community, speaks of others and finds its pages', async () => {
  const user = userEvent.setup({ pointerEventsCheck: 0 })
  server({ ...signedIn })
  const { router } = open('/')
  await screen.findByRole('heading', { name: '设置' })
  expect(router.state.location.pathname).toBe('/c/mothers/settings')
  expect(screen.getByRole('link', { name: '设置' }).getAttribute('aria-current')).toBe('page')
  expect(document.title).toBe('设置 · 十月妈妈圈 · 群策')

  await user.keyboard('{Control>}k{/Control}')
  const dialog = await screen.findByRole('dialog', { name: '搜索与命令' })
  await user.type(within(dialog).getByRole('combobox'), '创始人')
  await user.keyboard('{Enter}')
  await waitFor(() => expect(router.state.location.pathname).toBe('/c/academy/settings'))
  expect(screen.queryByRole('dialog')).toBeNull()
})

test('an unknown community and an unknown page say so and offer a way on', async () => {
  server({ ...signedIn })
  const { unmount } = open('/c/elsewhere/people')
  await screen.findByText('你不能进入“elsewhere”')
  unmount()
  open('/c/mothers/nowhere')
  await screen.findByRole('heading', { name: '没有这个页面' })
})

test('when the server cannot be reached the page says so and can be tried again', async () => {
  const user = userEvent.setup({ pointerEventsCheck: 0 })
  const { handlers } = server({ ...signedIn })
  handlers['GET /api/v1/session'] = () => Promise.reject(new TypeError('Failed to fetch'))
  open('/')
  expect((await screen.findByRole('alert')).textContent).toContain('连不上服务器')
  Object.assign(handlers, signedIn)
  await user.click(screen.getByRole('button', { name: '再试一次' }))
  await screen.findByRole('heading', { name: '设置' })
})

test('signing out forgets what was seen', async () => {
  const user = userEvent.setup({ pointerEventsCheck: 0 })
  const { handlers } = server({ ...signedIn, 'GET /api/v1/setup': () => ({ needed: false, playbooks: [] }) })
  const { router, client } = open('/')
  await user.click(await screen.findByRole('button', { name: '周敏' }))
  handlers['DELETE /api/v1/session'] = () => {
    Object.assign(handlers, signedOut)
    return new Response(null, { status: 204 })
  }
  await user.click(screen.getByRole('button', { name: '退出登录' }))
  await screen.findByRole('heading', { name: '登录' })
  expect(router.state.location.search).toBe('')
  expect(client.getQueryData(['communities'])).toBeUndefined()
})

test('two-step sign-in is switched on with a scanned code', async () => {
  const user = userEvent.setup({ pointerEventsCheck: 0 })
  const { handlers } = server({
    ...signedIn,
    'POST /api/v1/session/totp': () => ({ secret: 'JBSWY3DPEHPK3PXP', uri: 'otpauth://', qr_svg: svg }),
  })
  handlers['PUT /api/v1/session/totp'] = async (request) => {
    const { code } = await request.json()
    return code === '654321'
      ? { operator: { ...operator, totp: true } }
      : refuse(422, 'operator.code_wrong', '验证码不对。')
  }
  open('/account/totp')
  await user.click(await screen.findByRole('button', { name: '生成二维码' }))
  await screen.findByText('JBSW Y3DP EHPK 3PXP')
  await user.type(screen.getByLabelText('6 位验证码'), '111111')
  await screen.findByText('验证码不对。')
  await user.type(screen.getByLabelText('6 位验证码'), '654321')
  await waitFor(() => expect(screen.getAllByText('两步登录已开启。').length).toBeGreaterThan(0))
})
