import { fireEvent, screen, within } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { community, open, operator, server } from '~/test/render'

const here = '/api/v1/communities/mothers'
const title = { 'zh-Hans': '线上专场' }
const event = {
  id: 'e1',
  code: 'e1code',
  template: 'session',
  kind: 'script',
  title,
  state: 'cancelled',
  starts: '2026-12-01T12:00:00Z',
  ends: '2026-12-01T14:00:00Z',
  capacity: 50,
  version: 2,
  types: [],
  url: 'https://example.org/mothers/events/e1code',
  door: '',
  answers: 0,
  result: {},
  figures: { capacity: 50, valid: 0 },
  created_at: '2026-11-01T00:00:00Z',
}
const stop = (address: string, words: string, state: string, outcome: string) => ({
  address,
  title: { 'zh-Hans': words },
  kind: 'ask',
  what: 'x',
  owner: 'content',
  state,
  outcome,
  left_at: '2026-11-12T00:00:00Z',
  times: state === 'never' ? 0 : 1,
})
const course = {
  id: 'r1',
  path: 'production',
  version: 1,
  subject: 'e1',
  state: 'ended',
  outcome: 'cancelled',
  step: '',
  title: { 'zh-Hans': '专场制作' },
  vars: {},
  started_at: '2026-11-01T00:00:00Z',
  entered_at: '2026-11-12T00:00:00Z',
  stops: [
    stop('0', '邀请嘉宾', 'done', 'agreed'),
    stop('1', '确认提纲', 'done', 'else'),
    stop('2', '收稿', 'done', 'event.cancelled'),
    stop('3', '会后总结', 'never', ''),
  ],
}

beforeEach(() => history.replaceState(null, '', '/'))
afterEach(() => vi.unstubAllGlobals())

test('a step tells whether it was done, missed, or needed by nobody any more (E2)', async () => {
  server({
    'GET /api/v1/session': () => ({
      operator,
      mfa: true,
      communities: [{ ...community, name: { 'zh-Hans': community.name } }],
    }),
    [`GET ${here}`]: () => ({ actions: ['event.read'] }),
    [`GET ${here}/events/e1`]: () => event,
    [`GET ${here}/events/e1/production`]: () => ({
      courses: [course],
      jury: { state: 'none', names: {}, round: 0, need: 0, yes: 0, no: 0, jurors: [] },
    }),
    [`GET ${here}/guests`]: () => ({ items: [] }),
    [`GET ${here}/events/e1/guests`]: () => ({ asks: [] }),
    [`GET ${here}/topics`]: () => ({ items: [] }),
  })
  open('/c/mothers/events/e1/production')
  for (const [words, tag] of [
    ['邀请嘉宾', '已完成'],
    ['确认提纲', '没有按时'],
    ['收稿', '不用做了'],
    ['会后总结', '不再进行'],
  ] as const) {
    const row = (await screen.findByText(words)).closest('li') as HTMLElement
    within(row).getByText(tag)
  }
  expect(screen.getByText('已结束：活动取消')).toBeTruthy()
})

test('the board has each event ahead with the step that it stands at, whose task that is, and until when', async () => {
  const stand = { of: { 'zh-Hans': '专场制作' }, title: { 'zh-Hans': '确认提纲' }, kind: 'ask', what: 'outline' }
  server({
    'GET /api/v1/session': () => ({
      operator,
      mfa: true,
      communities: [{ ...community, name: { 'zh-Hans': community.name } }],
    }),
    [`GET ${here}`]: () => ({ actions: ['event.read'] }),
    [`GET ${here}/events/production`]: () => ({
      items: [
        { event, stands: [{ ...stand, owner: 'content', due: '2026-01-01T00:00:00Z' }] },
        { event: { ...event, id: 'e2', title: { 'zh-Hans': '闭门沙龙' } }, stands: [] },
      ],
    }),
  })
  open('/c/mothers/events/board')
  expect(await screen.findByText('确认提纲')).toBeTruthy()
  expect(screen.getByText('内容')).toBeTruthy()
  expect(screen.getByText(/逾期|超/)).toBeTruthy()
  expect(screen.getByText('没有待办')).toBeTruthy()
  expect(screen.getByRole('link', { name: /线上专场/ }).getAttribute('href')).toContain('events/e1/production')
})

test('what an event came to is written once it has begun (E2)', async () => {
  let sent: unknown
  const over = { ...event, state: 'planned', starts: '2026-01-01T12:00:00Z', ends: '2026-01-01T14:00:00Z' }
  server({
    'GET /api/v1/session': () => ({
      operator,
      mfa: true,
      communities: [{ ...community, name: { 'zh-Hans': community.name } }],
    }),
    [`GET ${here}`]: () => ({ actions: ['event.read', 'event.write'] }),
    [`GET ${here}/events/e1`]: () => over,
    [`GET ${here}/events/e1/production`]: () => ({
      courses: [],
      jury: { state: 'none', names: {}, round: 0, need: 0, yes: 0, no: 0, jurors: [] },
    }),
    [`GET ${here}/guests`]: () => ({ items: [] }),
    [`GET ${here}/events/e1/guests`]: () => ({ asks: [] }),
    [`GET ${here}/topics`]: () => ({ items: [] }),
    [`PUT ${here}/events/e1/summary`]: async (request: Request) => {
      sent = await request.json()
      return { ...over, summary: '三条做法' }
    },
  })
  open('/c/mothers/events/e1/production')
  const field = await screen.findByLabelText(/写下这场讲了什么/)
  fireEvent.change(field, { target: { value: '三条做法' } })
  fireEvent.click(screen.getByText(/^保\s?存$/).closest('button') as HTMLElement)
  await screen.findByText('总结已保存。')
  expect(sent).toEqual({ text: '三条做法' })
})
