import { afterEach, expect, test, vi } from 'vitest'
import { backoff, eventParser, listen, type ServerEvent, type StreamState } from './events'

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

function parse(...chunks: string[]) {
  const events: ServerEvent[] = []
  const retries: number[] = []
  const feed = eventParser(
    (event) => events.push(event),
    (ms) => retries.push(ms),
  )
  for (const chunk of chunks) feed(chunk)
  return { events, retries }
}

test('events are cut at empty lines, however the bytes are cut', () => {
  const text = 'id: 7\nevent: message\ndata: {"a":1}\ndata: 2\n\n: heartbeat\n\nretry: 500\ndata: x\n\n'
  const wanted = [
    { id: '7', event: 'message', data: '{"a":1}\n2' },
    { id: '7', event: 'message', data: 'x' },
  ]
  expect(parse(text)).toEqual({ events: wanted, retries: [500] })
  expect(parse(...text).events).toEqual(wanted)
  expect(parse(...text.replaceAll('\n', '\r\n')).events).toEqual(wanted)
})

test('an unfinished event is not given', () => {
  expect(parse('data: half\n').events).toEqual([])
})

test('the wait grows to half a minute and is never the same for all', () => {
  expect([0, 1, 2, 10].map((n) => backoff(n, 1000, () => 0))).toEqual([1000, 2000, 4000, 30000])
  expect(backoff(2, 1000, () => 1)).toBe(2000)
})

function stream(...chunks: string[]): Response {
  const encoder = new TextEncoder()
  const body = new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(encoder.encode(chunk))
      controller.close()
    },
  })
  return new Response(body, { headers: { 'Content-Type': 'text/event-stream' } })
}

test('a lost line is taken up again after the last event seen, and a refusal ends it', async () => {
  vi.useFakeTimers()
  const answers = [
    () => stream('id: 41\ndata: one\n\n', 'id: 42\ndata: two\n\n'),
    () => Promise.reject(new TypeError('Failed to fetch')),
    () => stream('id: 43\ndata: three\n\n'),
    () => new Response(null, { status: 403 }),
  ]
  const asked: (string | null)[] = []
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (_, init) => {
    asked.push(new Headers(init?.headers).get('Last-Event-ID'))
    return (answers.shift() ?? (() => new Response(null, { status: 204 })))()
  })
  const seen: string[] = []
  const states: StreamState[] = []
  const done = listen('/stream', {
    onEvent: (event) => seen.push(event.data),
    onState: (state) => states.push(state),
    signal: new AbortController().signal,
  })
  await vi.advanceTimersByTimeAsync(60_000)
  await done
  expect(seen).toEqual(['one', 'two', 'three'])
  expect(asked).toEqual([null, '42', '42', '43'])
  expect(states.at(0)).toBe('connecting')
  expect(states).toContain('waiting')
  expect(states.at(-1)).toBe('closed')
})

test('leaving the page stops it at once', async () => {
  vi.spyOn(globalThis, 'fetch').mockImplementation(
    (_, init) =>
      new Promise((_resolve, reject) => init?.signal?.addEventListener('abort', () => reject(new Error('aborted')))),
  )
  const stop = new AbortController()
  const states: StreamState[] = []
  const done = listen('/stream', { onEvent: () => {}, onState: (s) => states.push(s), signal: stop.signal })
  stop.abort()
  await done
  expect(states).toEqual(['connecting', 'closed'])
})
