import type { ReactNode } from 'react'
import type { FirstStep } from '../EmptyState'

export interface ListColumn<Row> {
  id: string
  header: string
  cell: (row: Row) => ReactNode
  /** The column that names the row: it carries the link and stays in view when the table scrolls sideways. */
  main?: boolean
  sortable?: boolean
  align?: 'left' | 'right'
  width?: number
  /** Off until chosen in the column chooser. */
  hidden?: boolean
}

export type FilterSpec = { id: string; label: string } & (
  | { kind: 'choice'; options: { value: string; label: string }[]; many?: boolean }
  | { kind: 'text' }
  | { kind: 'dates' }
  | { kind: 'numbers'; unit?: string }
)

/** A ready-made cut of the list. `count` is shown when known; `waits` draws it in amber. */
export interface Segment {
  id: string
  label: string
  count?: number
  waits?: boolean
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
}

export interface ListSource<Row> {
  /** Query key; the request is added to it. */
  key: readonly unknown[]
  load: (request: ListRequest, signal: AbortSignal) => Promise<ListAnswer<Row>>
}

export type Selection = { kind: 'rows'; ids: string[] } | { kind: 'all'; request: ListRequest; total: number }

export interface BulkAction {
  id: string
  label: string
  danger?: boolean
  /** Resolve to true when the selection is used up. */
  run: (selection: Selection) => Promise<boolean> | boolean
}

export type ExportFormat = 'csv' | 'xlsx'

export interface ListPageProps<Row> {
  /** Names the list in storage: people */
  id: string
  /** What the rows are called, for counts: 人 */
  unit: string
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
  onExport?: (format: ExportFormat, request: ListRequest, columns: string[]) => void
  empty: { title: string; body?: ReactNode; step?: FirstStep; also?: FirstStep[] }
}

/** The request as query parameters of our API. */
export function requestParams(request: ListRequest): Record<string, string> {
  const { limit, filters, ...rest } = request
  const params: Record<string, string> = { limit: String(limit), ...filters }
  for (const [name, value] of Object.entries(rest)) if (value) params[name] = value
  return params
}
