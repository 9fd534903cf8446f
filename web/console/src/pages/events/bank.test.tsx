import { screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { community, open, operator, server } from '~/test/render'
import { weekdayOf } from './month'

const here = '/api/v1/communities/mothers'
const session = { operator, mfa: true, communities: [{ ...community, name: { 'zh-Hans': community.name } }] }
const title = { 'zh-Hans': '线上专场' }
const guest = {
  id: 'g1',
  name: '周宁',
  role: '增长负责人',
  topics: ['裂变', '续费'],
  state: 'active',
  reachable: true,
  version: 1,
  created_at: '2026-11-01T00:00:00Z',
  appearances: [{ event: 'e1', title, starts: '2026-11-10T12:00:00Z', answers: 5, nps: 40 }],
  answers: 5,
  nps: 40,
  ask: { id: 'a1', guest: 'g1', state: 'asked', actor: '', asked_at: '2026-11-02T00:00:00Z' },
}
const slots = [
  {
    template: 'session',
    title,
    starts: '2099-12-01T12:00:00Z',
    warns: '2099-11-01T12:00:00Z',
    event: 'e2',
    event_title: title,
  },
  { template: 'session', title, starts: '2099-12-03T12:00:00Z', warns: '2099-11-03T12:00:00Z', task: 't1' },
]
const topic = { id: 'x1', title: '冷启动', state: 'open', votes: 7, created_at: '2026-11-01T00:00:00Z' }
const question = {
  id: 'q1',
  event: 'e1',
  event_title: title,
  person: 'p1',
  text: '怎么算服务好？',
  votes: 3,
  state: 'open',
  at: '2026-11-10T12:30:00Z',
}

const desk = (actions: string[], more: Parameters<typeof server>[0] = {}) =>
  server({
    'GET /api/v1/session': () => session,
    [`GET ${here}`]: () => ({ actions: ['event.read', ...actions] }),
    [`GET ${here}/events/slots`]: () => ({ items: slots }),
    [`GET ${here}/events/templates`]: () => ({ items: [] }),
    [`GET ${here}/events`]: () => ({ items: [] }),
    [`GET ${here}/topics`]: () => ({ items: [topic] }),
    [`GET ${here}/topics/questions`]: () => ({ items: [question] }),
    [`GET ${here}/guests`]: () => ({ items: [guest] }),
    ...more,
  })

beforeEach(() => history.replaceState(null, '', '/'))
afterEach(() => vi.restoreAllMocks())

test('the page says which times are empty, what people want to hear of, and whom to ask (E9)', async () => {
  desk([])
  open('/c/mothers/events/bank')
  await screen.findByText('接下来 60 天有 2 个档期，1 个空着。')
  screen.getByText(/2099-12-03 20:00/)
  expect(screen.queryByText(/2099-12-01 20:00/)).toBeNull()
  await screen.findByText('冷启动')
  await screen.findByText('怎么算服务好？')
  await screen.findByText('+40.0（5 人）')
  screen.getByText('等答复')
  expect(screen.queryByRole('button', { name: '邀请' })).toBeNull()
})

test('topics are asked for by words, and guests by what they speak about (E9)', async () => {
  const user = userEvent.setup({ pointerEventsCheck: 0 })
  const asked: Record<string, string | null> = {}
  desk([], {
    [`GET ${here}/topics`]: (request: Request) => {
      asked.q = new URL(request.url).searchParams.get('q')
      return { items: asked.q ? [] : [topic] }
    },
    [`GET ${here}/guests`]: (request: Request) => {
      asked.topic = new URL(request.url).searchParams.get('topic')
      return { items: [guest] }
    },
  })
  open('/c/mothers/events/bank?f.topic=%E8%A3%82%E5%8F%98')
  await screen.findByText('冷启动')
  expect(asked).toEqual({ q: null, topic: '裂变' })
  await user.type(screen.getByLabelText('按词搜选题'), ' 续费 ')
  await screen.findByText('没有符合条件的内容')
  expect(asked.q).toBe('续费')
})

test('a question becomes a topic with those who asked it (E9)', async () => {
  const user = userEvent.setup({ pointerEventsCheck: 0 })
  const sent: unknown[] = []
  desk(['event.write'], {
    [`POST ${here}/questions/q1/topic`]: async (request: Request) => {
      sent.push(await request.json())
      return topic
    },
  })
  open('/c/mothers/events/bank')
  await user.click(await screen.findByRole('button', { name: '变成选题' }))
  const dialog = within(screen.getByRole('dialog'))
  await user.clear(dialog.getByLabelText('选题'))
  await user.type(dialog.getByLabelText('选题'), '服务标准')
  await user.click(dialog.getByRole('button', { name: '保存' }))
  await vi.waitFor(() => expect(sent).toEqual([{ title: '服务标准' }]))
})

test('that somebody was asked is noted, with what they said (E9)', async () => {
  const user = userEvent.setup({ pointerEventsCheck: 0 })
  const sent: unknown[] = []
  desk(['event.write'], {
    [`POST ${here}/guests/g1/asks`]: async (request: Request) => {
      sent.push(await request.json())
      return { ...guest.ask, guest_name: '周宁' }
    },
  })
  open('/c/mothers/events/bank')
  await user.click(await screen.findByRole('button', { name: '邀请' }))
  const dialog = within(screen.getByRole('dialog'))
  await user.click(dialog.getByLabelText('答应'))
  await user.click(dialog.getByRole('button', { name: '保存' }))
  await vi.waitFor(() => expect(sent).toEqual([{ state: 'agreed' }]))
})

test('weekdays', () => {
  expect(['2026-11-23', '2026-11-24', '2026-11-29'].map(weekdayOf)).toEqual(['mon', 'tue', 'sun'])
})
