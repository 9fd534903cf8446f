import { QueryClientProvider } from '@tanstack/react-query'
import { renderHook, waitFor } from '@testing-library/react'
import { createElement, type ReactNode } from 'react'
import { afterEach, expect, test, vi } from 'vitest'
import { setLanguage } from '~/i18n'
import { json, refuse, server } from '~/test/render'
import { getSession, signIn } from './auth'
import { api, call, callVersioned, ifMatch, newKey, onSessionExpired } from './client'
import { asProblem, mayRetry, ProblemError, pointerPath, problemFrom } from './problem'
import { newQueryClient, useCommand } from './queries'

afterEach(() => vi.restoreAllMocks())

test('requests speak the page’s language', async () => {
  const { asked } = server({ 'GET /api/v1/session': () => ({ operator: {} }) })
  await setLanguage('en', false)
  await getSession()
  expect(asked[0]?.headers.get('Accept-Language')).toBe('en')
})

test('a refusal is thrown as the problem it is', async () => {
  server({
    'POST /api/v1/session': () => refuse(401, 'operator.code_needed', '需要验证码', { next: '请输入 6 位验证码。' }),
  })
  const error = await signIn({ email: 'a@b.cn', password: 'x' }).catch((e) => e)
  expect(error).toBeInstanceOf(ProblemError)
  expect(asProblem(error)).toMatchObject({ code: 'operator.code_needed', status: 401, next: '请输入 6 位验证码。' })
})

test('an ended session is told once, and signing in with a wrong password is not one', async () => {
  server({
    'POST /api/v1/session': () => refuse(401, 'operator.sign_in_failed', '邮箱或密码不对。'),
    'GET /api/v1/communities': () => refuse(401, 'session.ended', '登录已过期。'),
  })
  const told = vi.fn()
  const stop = onSessionExpired(told)
  await signIn({ email: 'a@b.cn', password: 'x' }).catch(() => {})
  expect(told).not.toHaveBeenCalled()
  await call(api.GET('/api/v1/communities')).catch(() => {})
  expect(told).toHaveBeenCalledOnce()
  stop()
})

test('an answer that is not ours, no answer, and a bug all become problems with a next step', () => {
  expect(problemFrom('<html>Bad Gateway</html>', 502)).toMatchObject({ code: 'client.unreadable', status: 502 })
  expect(asProblem(new TypeError('Failed to fetch'))).toMatchObject({ code: 'client.unreachable', status: 0 })
  vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false)
  expect(asProblem(new TypeError('Failed to fetch'))).toMatchObject({ code: 'client.offline' })
  expect(asProblem(new Error('x is undefined'))).toMatchObject({
    code: 'client.unexpected',
    detail: '页面出错了：x is undefined',
  })
})

test('only what may pass by itself is asked again', () => {
  const status = (s: number) => new ProblemError({ title: '', status: s })
  expect([400, 401, 409, 422, 429, 500, 502, 503].map((s) => mayRetry(status(s)))).toEqual([
    false,
    false,
    false,
    false,
    false,
    false,
    true,
    true,
  ])
})

test('pointers name form fields', () => {
  expect(pointerPath('/operator/phones/0')).toEqual(['operator', 'phones', 0])
  expect(pointerPath('/fields/a~1b~0c')).toEqual(['fields', 'a/b~c'])
  expect(pointerPath('')).toEqual([])
})

test('versions go out and come back', async () => {
  const answer = Promise.resolve({ data: { name: '备孕 13 群' }, response: json({}, 200, { ETag: '"7"' }) })
  expect(await callVersioned(answer)).toEqual({ data: { name: '备孕 13 群' }, etag: '"7"' })
  expect(ifMatch('"7"')).toEqual({ 'If-Match': '"7"' })
  expect(ifMatch(undefined)).toEqual({})
})

test('keys are long and never the same', () => {
  const keys = Array.from({ length: 500 }, newKey)
  expect(new Set(keys).size).toBe(500)
  expect(keys[0]).toMatch(/^[0-9a-f]{32}$/)
})

test('a command keeps its key until it has succeeded; another input gets another', async () => {
  const used: string[] = []
  let fail = true
  const client = newQueryClient()
  const wrapper = ({ children }: { children: ReactNode }) => createElement(QueryClientProvider, { client }, children)
  const { result } = renderHook(
    () =>
      useCommand(async (input: { name: string }, headers) => {
        used.push(headers['Idempotency-Key'])
        if (fail) throw new TypeError('Failed to fetch')
        return input.name
      }),
    { wrapper },
  )
  await result.current.mutateAsync({ name: 'a' }).catch(() => {})
  await result.current.mutateAsync({ name: 'a' }).catch(() => {})
  await result.current.mutateAsync({ name: 'b' }).catch(() => {})
  fail = false
  await result.current.mutateAsync({ name: 'b' })
  await result.current.mutateAsync({ name: 'b' })
  await waitFor(() => expect(used).toHaveLength(5))
  const [first, again, other, done, fresh] = used
  expect(again).toBe(first)
  expect(other).not.toBe(first)
  expect(done).toBe(other)
  expect(fresh).not.toBe(done)
})
