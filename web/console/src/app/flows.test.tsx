import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { api, call } from '~/api/client'
import { community, open, operator, refuse, server } from '~/test/render'
import { safeNext } from './guards'

const svg = '<svg xmlns="http://www.w3.org/2000/svg"/>'
const academy = { ...community, slug: 'academy', name: { 'zh-Hans': '创始人学院' } }
const session = { operator, mfa: false, communities: [{ ...community, name: { 'zh-Hans': community.name } }, academy] }
const signedIn = { 'GET /api/v1/session': () => session }
const signedOut = {
  'GET /api/v1/session': () => refuse(401, 'access.sign_in', '没有登录'),
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
    if (!code) return refuse(401, 'operator.code_needed', '需要验证码')
    if (code !== '123456') return refuse(401, 'operator.code_wrong', '验证码不对。', { next: '请等下一个验证码再试。' })
    Object.assign(handlers, signedIn)
    return session
  }
  await user.type(screen.getByLabelText('邮箱'), 'zhoumin@example.cn')
  await user.type(screen.getByLabelText('密码'), '一句很长的话')
  await user.click(screen.getByRole('button', { name: '登录' }))
  await screen.findByRole('heading', { name: '两步验证' })
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
    'POST /api/v1/session': () =>
      refuse(401, 'operator.sign_in_failed', '邮箱或密码不对。', { next: '请核对后再试。' }),
  })
  open('/sign-in')
  await user.type(await screen.findByLabelText('邮箱'), 'zhoumin@example.cn')
  await user.type(screen.getByLabelText('密码'), 'x{Enter}')
  expect((await screen.findByRole('alert')).textContent).toContain('请核对后再试。')
  expect((screen.getByLabelText('邮箱') as HTMLInputElement).value).toBe('zhoumin@example.cn')
})

test('a session that ends under a page leads to signing in and back', async () => {
  server({ ...signedIn, 'GET /api/v1/playbooks': () => refuse(401, 'session.ended', '登录已过期。') })
  const { router } = open('/c/mothers/settings')
  await screen.findByRole('heading', { name: '设置' })
  await call(api.GET('/api/v1/playbooks')).catch(() => {})
  await screen.findByText('登录已过期，请重新登录。会回到刚才的页面。')
  expect(new URLSearchParams(router.state.location.search).get('next')).toBe('/c/mothers/settings')
})

test('the frame knows its community, speaks of others and finds its pages', async () => {
  const user = userEvent.setup({ pointerEventsCheck: 0 })
  server({ ...signedIn })
  const { router } = open('/c/mothers/settings')
  await screen.findByRole('heading', { name: '设置' })
  expect(screen.getByRole('link', { name: '设置' }).getAttribute('aria-current')).toBe('page')
  expect(document.title).toBe('设置 · 十月妈妈圈 · 群策')

  await user.keyboard('{Control>}k{/Control}')
  const dialog = await screen.findByRole('dialog', { name: '搜索与命令' })
  await user.type(within(dialog).getByRole('combobox'), '创始人')
  await user.keyboard('{Enter}')
  await waitFor(() => expect(router.state.location.pathname).toMatch(/^\/c\/academy\/\w+$/))
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
  open('/c/mothers/settings')
  expect((await screen.findByRole('alert')).textContent).toContain('连不上服务器')
  Object.assign(handlers, signedIn)
  await user.click(screen.getByRole('button', { name: '再试一次' }))
  await screen.findByRole('heading', { name: '设置' })
})

test('signing out forgets what was seen', async () => {
  const user = userEvent.setup({ pointerEventsCheck: 0 })
  const { handlers } = server({ ...signedIn, 'GET /api/v1/setup': () => ({ needed: false, playbooks: [] }) })
  const { router, client } = open('/')
  client.setQueryData(['people'], [{ name: '林婉婷' }])
  await user.click(await screen.findByRole('button', { name: '周敏' }))
  handlers['DELETE /api/v1/session'] = () => {
    Object.assign(handlers, signedOut)
    return new Response(null, { status: 204 })
  }
  await user.click(screen.getByRole('button', { name: '退出登录' }))
  await screen.findByRole('heading', { name: '登录' })
  expect(router.state.location.search).toBe('')
  expect(client.getQueryData(['people'])).toBeUndefined()
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
      ? { operator: { ...operator, totp: true }, recovery_codes: ['1f0a-22bb-91cd-70e4', '83aa-17c2-0b9d-44f1'] }
      : refuse(422, 'operator.code_wrong', '验证码不对。')
  }
  open('/account/totp')
  await user.click(await screen.findByRole('button', { name: '生成二维码' }))
  await screen.findByText('JBSW Y3DP EHPK 3PXP')
  await user.type(screen.getByLabelText('6 位验证码'), '111111')
  await screen.findByText('验证码不对。')
  await user.type(screen.getByLabelText('6 位验证码'), '654321')
  await screen.findByText('1f0a-22bb-91cd-70e4')
  await user.click(screen.getByRole('link', { name: '我已保存' }))
  await screen.findByText('已开启')
})

test('a recovery code stands in for a lost phone', async () => {
  const user = userEvent.setup({ pointerEventsCheck: 0 })
  const { handlers } = server({ ...signedOut })
  const sent: string[] = []
  handlers['POST /api/v1/session'] = async (request) => {
    const { code } = await request.json()
    if (!code) return refuse(401, 'operator.code_needed', '需要验证码')
    sent.push(code)
    Object.assign(handlers, signedIn)
    return session
  }
  open('/sign-in?next=/c/mothers/settings')
  await user.type(await screen.findByLabelText('邮箱'), 'zhoumin@example.cn')
  await user.type(screen.getByLabelText('密码'), '一句很长的话{Enter}')
  await user.click(await screen.findByRole('button', { name: '手机不在身边，用恢复码' }))
  await user.type(screen.getByLabelText('恢复码'), ' 1f0a-22bb-91cd-70e4{Enter}')
  await screen.findByRole('heading', { name: '设置' })
  expect(sent).toEqual(['1f0a-22bb-91cd-70e4'])
})

test('an invitation says who is invited into what, and is accepted with a password', async () => {
  const user = userEvent.setup({ pointerEventsCheck: 0 })
  const invited = {
    community: 'mothers',
    name: { 'zh-Hans': '十月妈妈圈' },
    email: 'liqian@example.cn',
    invited: '李倩',
    roles: ['service', 'content'],
  }
  const { handlers, asked } = server({ ...signedOut })
  handlers['GET /api/v1/invitations/abc'] = () => ({ ...invited, has_password: false })
  handlers['POST /api/v1/invitations/abc'] = () => operator
  open('/invitations/abc')
  await screen.findByRole('heading', { name: '加入十月妈妈圈' })
  expect(screen.getByText(/liqian@example\.cn 被邀请担任：服务、内容。/)).toBeTruthy()
  expect((screen.getByLabelText('姓名') as HTMLInputElement).value).toBe('李倩')
  await user.type(screen.getByLabelText('新密码'), '一句很长的话让人记住{Enter}')
  await screen.findByText('已加入十月妈妈圈，请登录。')
  expect(await asked.at(-1)?.json()).toEqual({ name: '李倩', password: '一句很长的话让人记住' })
})

test('a reset that has ended says what to do', async () => {
  const user = userEvent.setup({ pointerEventsCheck: 0 })
  server({
    ...signedOut,
    'POST /api/v1/resets/abc': () =>
      refuse(410, 'operator.reset_ended', '已失效', { detail: '重设链接已失效。', next: '请管理员再给一个。' }),
  })
  open('/resets/abc')
  await user.type(await screen.findByLabelText('新密码'), '一句很长的话让人记住{Enter}')
  expect((await screen.findByRole('alert')).textContent).toContain('请管理员再给一个。')
})
