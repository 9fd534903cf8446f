import { screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, test, vi } from 'vitest'
import { community, open, operator, server } from '~/test/render'

const here = '/api/v1/communities/mothers'
const session = { operator, mfa: true, communities: [{ ...community, name: { 'zh-Hans': community.name } }] }

beforeEach(() => history.replaceState(null, '', '/'))

test('it is said which member a colleague is (G2)', async () => {
  const user = userEvent.setup({ pointerEventsCheck: 0 })
  const sent: unknown[] = []
  let person: object = {}
  server({
    'GET /api/v1/session': () => session,
    [`GET ${here}`]: () => ({ actions: ['staff.read', 'staff.manage', 'people.read'] }),
    [`GET ${here}/staff`]: () => ({
      items: [{ id: 'op1', name: '金', email: 'kim@example.com', roles: ['sales'], mfa: true, ...person }],
    }),
    [`GET ${here}/people`]: () => ({ items: [{ id: 'p1', nickname: '小金', phone: '138****0001' }] }),
    [`PUT ${here}/staff/op1/person`]: async (request: Request) => {
      const body = (await request.json()) as { person: string }
      sent.push(body)
      person = body.person ? { person: 'p1', person_name: '小金' } : {}
    },
  })
  open('/c/mothers/settings/staff')
  await user.type(await screen.findByLabelText('是哪位成员'), '小金')
  await user.click(await screen.findByText('小金 · 138****0001'))
  await vi.waitFor(() => expect(sent).toEqual([{ person: 'p1' }]))
})
