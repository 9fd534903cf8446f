import { expect, test, vi } from 'vitest'
import type { EventRow, listEvents } from '~/api/calendar'
import { instantAt } from '~/i18n/format'
import { changed, type Draft } from './draft'
import { byDay, isMonth, monthAfter, weeksOf } from './month'
import { paragraphsOf, slidesOf, textOf } from './paragraphs'
import { comingEvents, pastEvents } from './past'
import { hoursOf, phaseOf } from './phase'
import { daysOf } from './sells'
import { points, verdictOf } from './survey'

const day = 86_400_000
const now = Date.parse('2026-11-22T04:00:00Z')
const at = (days: number) => new Date(now + days * day).toISOString()
const event = (id: string, from: number, to: number, state = 'planned') =>
  ({ id, state, starts: at(from), ends: at(to) }) as EventRow

/** As the server answers: in order of beginning, a page at a time. */
function calendar(...events: EventRow[]) {
  const all = events.toSorted((a, b) => (a.starts < b.starts ? -1 : 1))
  return vi.fn<typeof listEvents>(async (_, q) => {
    const found = all.filter((e) => (!q.from || e.starts >= q.from) && (!q.to || e.starts < q.to))
    const start = Number(q.cursor ?? 0)
    const size = Math.min(q.limit ?? 50, 2)
    const next = start + size < found.length ? String(start + size) : undefined
    return { items: found.slice(start, start + size), next }
  })
}
const ids = (items: EventRow[]) => items.map((e) => e.id)

test('E1 what is past is read backwards, window by window, to the first event and no further', async () => {
  const list = calendar(
    event('a', -400, -399),
    event('b', -200, -199),
    event('c', -80, -79),
    event('d', -3, -2),
    event('runs', -1, 1),
    event('later', 5, 6),
  )
  const first = await pastEvents(list, 'c', {}, now)
  expect(ids(first.items)).toEqual(['d', 'c'])
  const second = await pastEvents(list, 'c', {}, now, first.next)
  expect(ids(second.items)).toEqual(['b'])
  const third = await pastEvents(list, 'c', {}, now, second.next)
  expect(ids(third.items)).toEqual(['a'])
  expect(third.next).toBeUndefined()
  expect(await pastEvents(calendar(), 'c', {}, now)).toEqual({ items: [] })
})

test('E1 what comes begins with what runs now, and that on the first page only', async () => {
  const list = calendar(
    event('over', -2, -1),
    event('runs', -20, 1),
    event('x', 1, 2),
    event('y', 2, 3),
    event('z', 3, 4),
  )
  const first = await comingEvents(list, 'c', {}, now, { limit: 2 })
  expect(ids(first.items)).toEqual(['runs', 'x', 'y'])
  const rest = await comingEvents(list, 'c', {}, now, { limit: 2, cursor: first.next })
  expect(ids(rest.items)).toEqual(['z'])
  expect(rest.next).toBeUndefined()
})

test('an event stands in time by its own ends', () => {
  expect(phaseOf(event('a', 1, 2), now)).toBe('soon')
  expect(phaseOf(event('a', 0, 2), now)).toBe('running')
  expect(phaseOf(event('a', -1, 0), now)).toBe('over')
  expect(phaseOf(event('a', 1, 2, 'cancelled'), now)).toBe('cancelled')
})

test('spans of the playbook are read as hours', () => {
  expect(hoursOf('90m')).toBe(1.5)
  expect(hoursOf('1d')).toBe(24)
  expect(hoursOf('1h30m0s')).toBe(1.5)
  expect(hoursOf('3 hours')).toBeUndefined()
  expect(hoursOf('')).toBeUndefined()
})

test('a month is whole weeks from Monday, with the days of its neighbours', () => {
  const weeks = weeksOf('2026-11')
  expect(weeks.map((week) => week.length)).toEqual([7, 7, 7, 7, 7, 7])
  expect(weeks[0]?.[0]).toBe('2026-10-26')
  expect(weeks.at(-1)?.at(-1)).toBe('2026-12-06')
  expect(weeksOf('2027-02').length).toBe(4) // begins on a Monday and has 28 days
  expect(monthAfter('2026-12', 1)).toBe('2027-01')
  expect(monthAfter('2026-01', -1)).toBe('2025-12')
  expect([isMonth('2026-13'), isMonth(null), isMonth('2026-02')]).toEqual([false, false, true])
  const days = byDay([event('a', 0, 1), event('b', 0, 1), event('c', 1, 2)], (x) => x.slice(0, 10))
  expect([...days].map(([d, all]) => [d, ids(all)])).toEqual([
    ['2026-11-22', ['a', 'b']],
    ['2026-11-23', ['c']],
  ])
})

test('E6 points have a sign, and nothing has none', () => {
  expect([points(42.857), points(-10), points(0), points(-0.04)]).toEqual(['+42.9', '\u221210.0', '0.0', '0.0'])
})

test('E6 only a whole interval below the line is below it for sure', () => {
  const r = { answers: 20, nps: 30, high: 45, line: 40, line_of: 6 }
  expect(verdictOf(r)).toBe('perhaps')
  expect(verdictOf({ ...r, high: 39 })).toBe('below')
  expect(verdictOf({ ...r, nps: 40 })).toBe('above')
  expect(verdictOf({ ...r, line_of: 0 })).toBe('noLine')
  expect(verdictOf({ ...r, answers: 0 })).toBe('none')
})

const zone = 'Asia/Shanghai'
const was: Draft = {
  title: { 'zh-Hans': '增长专场', en: 'Growth' },
  about: {},
  starts: '2026-12-01T19:30',
  ends: '2026-12-01T20:30',
  city: '上海',
  place: '',
  link: '',
  capacity: 50,
}

test('a new event is sent with what is filled in, its start by the community’s clock', () => {
  const draft = {
    title: { 'zh-Hans': ' 沙龙 ', en: '' },
    starts: '2026-12-01T19:30',
    city: '上海',
    place: ' ',
    capacity: null,
  }
  expect(changed(draft, zone)).toEqual({
    title: { 'zh-Hans': '沙龙' },
    starts: '2026-12-01T11:30:00.000Z',
    city: '上海',
  })
  expect(instantAt('2026-12-01T19:30', 'Europe/London')).toBe('2026-12-01T19:30:00.000Z')
})

test('of an old event only what differs is sent; a start that moves takes the end along', () => {
  expect(changed({ ...was, title: { en: 'Growth', 'zh-Hans': '增长专场', 'zh-Hant': '' } }, zone, was)).toEqual({})
  expect(changed({ ...was, city: '', host: 'p1', capacity: 60 }, zone, was)).toEqual({
    city: '',
    host: 'p1',
    capacity: 60,
  })
  expect(changed({ ...was, starts: '2026-12-02T19:30', ends: '2026-12-02T20:30' }, zone, was)).toEqual({
    starts: '2026-12-02T11:30:00.000Z',
    ends: '2026-12-02T12:30:00.000Z',
  })
})

test('E3 a script is a text with empty lines between its paragraphs; a slide stays with the words it stands with', () => {
  expect(paragraphsOf('一\n二\r\n\r\n\n三\n \n', {})).toEqual([{ text: '一\n二' }, { text: '三' }])
  const was = [{ text: '一' }, { text: '二', slide: 'abc' }]
  expect(textOf(was)).toBe('一\n\n二')
  expect(paragraphsOf(`先说一句\n\n${textOf(was)}`, slidesOf(was))).toEqual([{ text: '先说一句' }, ...was])
  expect(paragraphsOf(textOf(was), { 二: '' })).toEqual([{ text: '一' }, { text: '二' }])
  expect(paragraphsOf('  \n\n ', {})).toEqual([])
})

test('the days after an event are read from the server’s span', () => {
  expect([undefined, '', '48h', '48h0m0s', '2d', '36h', '1d12h', '90m'].map(daysOf)).toEqual([
    undefined,
    undefined,
    2,
    2,
    2,
    undefined,
    undefined,
    undefined,
  ])
})
