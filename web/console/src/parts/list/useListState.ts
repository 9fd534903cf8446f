// The list's state is the address: it survives a reload, can be sent to a colleague, and Back undoes the last step.
import { useCallback, useMemo } from 'react'
import { useLocation, useNavigate, useSearchParams } from 'react-router'
import type { ListRequest } from './types'

export const pageSizes = [50, 100, 200]
const filterPrefix = 'f.'

interface Trail {
  /** Cursors of the pages before this one, the first page being ''. */
  list?: string[]
}

export interface ListState {
  request: ListRequest
  /** How many rows lie before this page. */
  offset: number
  /** Anything that narrows the list. */
  narrowed: boolean
  /** Address without the place in the list: what a saved view keeps. */
  search: string
  setQ: (q: string) => void
  setSort: (sort: string | undefined) => void
  setSegment: (segment: string | undefined) => void
  setFilter: (id: string, value: string | undefined) => void
  clear: () => void
  setSize: (size: number) => void
  next: (cursor: string, rows: number) => void
  /** undefined when the pages before are unknown (opened from a link): then only the first page can be reached. */
  previous: (() => void) | undefined
  first: () => void
}

export function readRequest(params: URLSearchParams, defaultSort?: string): ListRequest {
  const filters: Record<string, string> = {}
  for (const [name, value] of params) {
    if (name.startsWith(filterPrefix) && value) filters[name.slice(filterPrefix.length)] = value
  }
  const size = Number(params.get('size'))
  return {
    limit: pageSizes.includes(size) ? size : (pageSizes[0] ?? 50),
    cursor: params.get('after') ?? undefined,
    sort: params.get('sort') ?? defaultSort,
    q: params.get('q') ?? undefined,
    segment: params.get('seg') ?? undefined,
    filters,
  }
}

export function useListState(defaultSort?: string): ListState {
  const [params, setParams] = useSearchParams()
  const location = useLocation()
  const navigate = useNavigate()
  const text = params.toString()
  const request = useMemo(() => readRequest(new URLSearchParams(text), defaultSort), [text, defaultSort])
  const trail = (location.state as Trail | null)?.list

  const change = useCallback(
    (edit: (next: URLSearchParams) => void, replace = false) => {
      setParams(
        (old) => {
          const next = new URLSearchParams(old)
          next.delete('after')
          next.delete('at')
          edit(next)
          return next
        },
        { replace, state: null, preventScrollReset: true },
      )
    },
    [setParams],
  )
  const put = useCallback(
    (name: string, value: string | undefined, replace = false) =>
      change((next) => (value ? next.set(name, value) : next.delete(name)), replace),
    [change],
  )
  const go = (cursor: string | undefined, at: number, list: string[]) => {
    const next = new URLSearchParams(params)
    if (cursor) next.set('after', cursor)
    else next.delete('after')
    if (at > 0) next.set('at', String(at))
    else next.delete('at')
    navigate({ search: next.toString() }, { state: { list } satisfies Trail })
  }

  const offset = Math.max(0, Number(params.get('at')) || 0)
  const before = trail?.at(-1)
  return {
    request,
    offset,
    narrowed: Boolean(request.q || request.segment || Object.keys(request.filters).length > 0),
    search: viewSearch(params),
    setQ: (q) => put('q', q || undefined, true),
    setSort: (sort) => put('sort', sort === defaultSort ? undefined : sort),
    setSegment: (segment) => put('seg', segment),
    setFilter: (id, value) => put(filterPrefix + id, value),
    clear: () =>
      change((next) => {
        for (const name of [...next.keys()]) {
          if (name === 'q' || name === 'seg' || name.startsWith(filterPrefix)) next.delete(name)
        }
      }),
    setSize: (size) => put('size', size === pageSizes[0] ? undefined : String(size)),
    next: (cursor, rows) => go(cursor, offset + rows, [...(trail ?? []), request.cursor ?? '']),
    previous:
      before === undefined
        ? undefined
        : () => go(before || undefined, before ? Math.max(0, offset - request.limit) : 0, trail?.slice(0, -1) ?? []),
    first: () => go(undefined, 0, []),
  }
}

/** Search string without the page: two views are the same when these are. */
export function viewSearch(params: URLSearchParams): string {
  const kept = new URLSearchParams(params)
  kept.delete('after')
  kept.delete('at')
  kept.sort()
  return kept.toString()
}
