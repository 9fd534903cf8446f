import type { ReactNode } from 'react'
import { startOfDay } from '~/i18n/format'
import type { Unit } from '~/i18n/unit'
import type { FirstStep } from '../EmptyState'

/** A column of any table; on a phone a line of a card. */
export interface Column<Row> {
  id: string
  header: string
  /** Nothing ('', null) leaves the line out of a card. */
  cell: (row: Row) => ReactNode
  /** The column that names the row: it carries the link, stays in view when the table scrolls sideways and heads the card. */
  main?: boolean
  align?: 'left' | 'right'
  width?: number
}

export interface ListColumn<Row> extends Column<Row> {
  sortable?: boolean
  /** Off until chosen in the column chooser. */
  hidden?: boolean
}

export type FilterSpec = { id: string; label: string } & (
  | { kind: 'choice'; options: { value: string; label: string }[]; many?: boolean }
  | { kind: 'text' }
  /** `params` are the server's names for the two ends; the end of a range of days is exclusive there. */
  | { kind: 'dates'; params: [from: string, to: string] }
  | { kind: 'numbers'; unit?: string; params: [from: string, to: string] }
)

/** A ready-made cut of the list. `count` is shown when known; `waits` draws it in amber. */
export interface Segment {
  id: string
  label: string
  count?: number
  waits?: boolean
  /** What it means to the server: { state: 'blocked' } */
  params?: Record<string, string>
}

/** What the page asks the server for. Everything in it comes from the address bar. */
export interface ListRequest {
  limit: number
  cursor?: string
  /** `name` rising, `-name` falling. */
  sort?: string
  q?: string
  segment?: string
  /** By filter id. Many choices are joined by a comma; a range is `from..to` with either end open. */
  filters: Record<string, string>
}

export interface ListAnswer<Row> {
  items: Row[]
  /** Cursor of the next page; absent at the end. */
  next?: string | null
  total?: number
  /** There are more than `total`: counting went up to a bound. */
  more?: boolean
}

export interface ListSource<Row> {
  /** Query key; the request is added to it. */
  key: readonly unknown[]
  load: (request: ListRequest, signal: AbortSignal) => Promise<ListAnswer<Row>>
}

export type Selection =
  | { kind: 'rows'; ids: string[] }
  | { kind: 'all'; request: ListRequest; total: number; more?: boolean }

export interface BulkAction {
  id: string
  label: string
  danger?: boolean
  /** It opens a dialog that shows how far it is: the button stands still. */
  asks?: boolean
  /** Resolve to true when the selection is used up. */
  run: (selection: Selection) => Promise<boolean> | boolean
}

export type ExportFormat = 'csv' | 'xlsx'

export interface ListPageProps<Row> {
  /** Names the list in storage: people */
  id: string
  /** What the rows are called, for counts: 人 */
  unit: Unit
  columns: ListColumn<Row>[]
  source: ListSource<Row>
  rowId: (row: Row) => string
  /** The row in a few words, for the checkbox's label. */
  rowName: (row: Row) => string
  rowTo?: (row: Row) => string
  searchLabel?: string
  filters?: FilterSpec[]
  segments?: Segment[]
  defaultSort?: string
  bulk?: BulkAction[]
  onExport?: (format: ExportFormat, request: ListRequest, columns: string[], answer?: ListAnswer<Row>) => void
  empty: { title: string; body?: ReactNode; step?: FirstStep; also?: FirstStep[] }
}

interface Meaning {
  filters?: FilterSpec[]
  segments?: Segment[]
  /** In which a filter's days begin. */
  zone: string
}

/** The request as query parameters of our API, which refuses those it does not know. */
export function requestParams(
  request: ListRequest,
  { filters = [], segments = [], zone }: Meaning,
): Record<string, string> {
  const { limit, cursor, sort, q, segment } = request
  const params: Record<string, string> = { limit: String(limit) }
  for (const [name, value] of Object.entries({ cursor, sort, q })) if (value) params[name] = value
  Object.assign(params, segments.find((other) => other.id === segment)?.params)
  for (const spec of filters) {
    const value = request.filters[spec.id]
    if (!value) continue
    if (spec.kind !== 'dates' && spec.kind !== 'numbers') {
      params[spec.id] = value
      continue
    }
    const [from, to] = value.split('..')
    if (from) params[spec.params[0]] = spec.kind === 'dates' ? startOfDay(from, zone) : from
    if (to) params[spec.params[1]] = spec.kind === 'dates' ? startOfDay(to, zone, 1) : to
  }
  return params
}
