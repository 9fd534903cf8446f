// Server-sent events over fetch. Not EventSource: that one hides the status (an ended session looks like a lost line) and
// forgets the last event's id when it gives up.
import { useEffect, useRef, useState } from 'react'
import { reportStatus } from './client'

export interface ServerEvent {
  id?: string
  event: string
  data: string
}

/** live: listening; waiting: lost, will try again; closed: refused for good or switched off. */
export type StreamState = 'connecting' | 'live' | 'waiting' | 'closed'

/** Cuts a stream of text into events; keeps an unfinished one until its rest arrives. */
export function eventParser(emit: (event: ServerEvent) => void, onRetry?: (milliseconds: number) => void) {
  let buffer = ''
  let id: string | undefined
  let event = ''
  let data: string[] = []
  const line = (text: string) => {
    if (text === '') {
      if (data.length > 0) emit({ id, event: event || 'message', data: data.join('\n') })
      event = ''
      data = []
      return
    }
    const colon = text.indexOf(':')
    if (colon === 0) return // a comment: the server's heartbeat
    const field = colon < 0 ? text : text.slice(0, colon)
    const value = colon < 0 ? '' : text.slice(colon + 1).replace(/^ /, '')
    if (field === 'data') data.push(value)
    else if (field === 'event') event = value
    else if (field === 'id') id = value
    else if (field === 'retry' && /^\d+$/.test(value)) onRetry?.(Number(value))
  }
  return (chunk: string) => {
    buffer += chunk
    // A lone \r at the end may be half of \r\n: it waits for the next chunk.
    const lines = buffer.split(/\r\n|\n|\r(?!$)/)
    buffer = lines.pop() ?? ''
    for (const text of lines) line(text)
  }
}

/** 1, 2, 4 … 30 seconds, each shortened by up to half so that a thousand consoles don't come back at once. */
export function backoff(attempt: number, first = 1000, random = Math.random): number {
  return Math.min(30_000, first * 2 ** attempt) * (1 - random() / 2)
}

interface StreamOptions {
  onEvent: (event: ServerEvent) => void
  onState: (state: StreamState) => void
  signal: AbortSignal
}

/** Listens until the signal says stop. Refusals that a repeat won't change end it. */
export async function listen(url: string, { onEvent, onState, signal }: StreamOptions): Promise<void> {
  let last: string | undefined
  let attempt = 0
  let first = 1000
  while (!signal.aborted) {
    onState(attempt === 0 ? 'connecting' : 'waiting')
    try {
      const headers: Record<string, string> = { Accept: 'text/event-stream' }
      if (last) headers['Last-Event-ID'] = last
      const response = await fetch(url, { headers, credentials: 'same-origin', cache: 'no-store', signal })
      if (response.status === 204 || (response.status >= 400 && response.status < 500 && response.status !== 429)) {
        reportStatus(response.status)
        onState('closed')
        return
      }
      if (!response.ok || !response.body) throw new Error(`stream answered ${response.status}`)
      onState('live')
      const seen = (event: ServerEvent) => {
        last = event.id ?? last
        attempt = 0 // only a line that brought something counts as healthy
        onEvent(event)
      }
      await drain(
        response.body,
        eventParser(seen, (milliseconds) => (first = milliseconds)),
      )
    } catch {
      if (signal.aborted) break
    }
    onState('waiting')
    await pause(backoff(attempt, first), signal)
    attempt += 1
  }
  onState('closed')
}

async function drain(body: ReadableStream<Uint8Array>, feed: (chunk: string) => void) {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    feed(decoder.decode(value, { stream: true }))
  }
}

/** Waits, but not longer than until the line is back or the page is left. */
function pause(milliseconds: number, signal: AbortSignal) {
  return new Promise<void>((resolve) => {
    const stop = () => {
      clearTimeout(timer)
      window.removeEventListener('online', stop)
      signal.removeEventListener('abort', stop)
      resolve()
    }
    const timer = setTimeout(stop, milliseconds)
    window.addEventListener('online', stop)
    signal.addEventListener('abort', stop)
  })
}

/** Listens to `url` while the component is shown; undefined listens to nothing. `onEvent` may change freely. */
export function useEventStream(url: string | undefined, onEvent: (event: ServerEvent) => void): StreamState {
  const [state, setState] = useState<StreamState>('connecting')
  const handler = useRef(onEvent)
  useEffect(() => {
    handler.current = onEvent
  })
  useEffect(() => {
    if (!url) return setState('closed')
    const stop = new AbortController()
    void listen(url, { onEvent: (event) => handler.current(event), onState: setState, signal: stop.signal })
    return () => stop.abort()
  }, [url])
  return state
}
