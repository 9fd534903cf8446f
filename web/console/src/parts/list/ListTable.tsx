import { type ColumnDef, rowSelectionFeature, rowSortingFeature, tableFeatures, useTable } from '@tanstack/react-table'
import { ArrowDown, ArrowUp } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useMemo } from 'react'
import { Link } from 'react-router'
import { useWords } from '~/i18n'
import { isTyping, useNarrow } from '~/lib/hooks'
import { BlankCards, Cards } from '../Cards'
import { CardsHead } from './CardsHead'
import css from './ListTable.module.css'
import type { Column, ListColumn } from './types'

const features = tableFeatures({ rowSelectionFeature, rowSortingFeature })

interface Props<Row> {
  columns: ListColumn<Row>[]
  rows: Row[]
  rowId: (row: Row) => string
  rowName: (row: Row) => string
  rowTo?: (row: Row) => string
  loading: boolean
  /** The rows are those of the page before, while the next is on its way. */
  stale: boolean
  sort?: string
  onSort: (sort: string | undefined) => void
  selectable: boolean
  picked: string[]
  onPick: (ids: string[]) => void
}

/** The rows: a table, or on a phone a card each. */
export function ListTable<Row>(props: Props<Row>) {
  const { columns, rows, rowId, rowTo, loading, stale, selectable, picked } = props
  const { t } = useWords()
  const narrow = useNarrow()
  const table = useListTable(props)
  const model = table.getRowModel().rows
  const keys = <span className="unseen">{rows.length === 0 ? '' : t('list.keys')}</span>
  const pickPage = (
    <input
      type="checkbox"
      aria-label={t('list.pickPage')}
      checked={rows.length > 0 && table.getIsAllRowsSelected()}
      ref={(box) => {
        if (box) box.indeterminate = table.getIsSomeRowsSelected() && !table.getIsAllRowsSelected()
      }}
      disabled={rows.length === 0}
      onChange={table.getToggleAllRowsSelectedHandler()}
    />
  )
  const pickRow = (entry: (typeof model)[number]) => (
    <input
      type="checkbox"
      data-row-pick
      aria-label={t('list.pickRow', { name: props.rowName(entry.original) })}
      checked={entry.getIsSelected()}
      // On click, not on change: Shift with it picks everything in between.
      onClick={(event) => entry.getToggleSelectedHandler()(event)}
      readOnly
    />
  )
  if (narrow) {
    const entries = new Map(model.map((entry) => [entry.id, entry]))
    return (
      // biome-ignore lint/a11y/noStaticElementInteractions: the keys move between what is inside, which has roles of its own
      <div
        className={css.cards}
        aria-busy={loading || stale}
        data-stale={stale || undefined}
        onKeyDown={moveThroughRows}
      >
        <CardsHead
          columns={columns}
          sort={props.sort}
          onSort={props.onSort}
          pick={selectable && rows.length > 0 ? pickPage : undefined}
        />
        {loading ? (
          <BlankCards />
        ) : (
          <Cards
            columns={columns}
            rows={rows}
            rowId={rowId}
            isPicked={(id) => picked.includes(id)}
            pick={
              selectable
                ? (id) => {
                    const entry = entries.get(id)
                    return entry && pickRow(entry)
                  }
                : undefined
            }
            head={(column, row) => <Cell column={column} row={row} to={rowTo?.(row)} />}
          />
        )}
        {keys}
      </div>
    )
  }
  return (
    <div className={css.scroll}>
      <table className={css.table} aria-busy={loading || stale} data-stale={stale || undefined}>
        <thead>
          <tr>
            {selectable && (
              <th className={css.pick} scope="col">
                {pickPage}
              </th>
            )}
            {columns.map((column) => {
              const model = table.getColumn(column.id)
              const sorted = model?.getIsSorted() ?? false
              return <Head key={column.id} column={column} sorted={sorted} onSort={() => model?.toggleSorting()} />
            })}
          </tr>
        </thead>
        <tbody onKeyDown={moveThroughRows}>
          {loading && <Blank columns={columns.length + (selectable ? 1 : 0)} />}
          {model.map((entry) => (
            <tr key={entry.id} data-row={entry.id} data-picked={picked.includes(entry.id) || undefined}>
              {selectable && <td className={css.pick}>{pickRow(entry)}</td>}
              {columns.map((column) => (
                <td key={column.id} className={column.main ? css.main : undefined} data-align={column.align}>
                  <Cell column={column} row={entry.original} to={column.main ? rowTo?.(entry.original) : undefined} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {keys}
    </div>
  )
}

/** TanStack's model for what it is good at: selection by range, and sorting that the server does. */
function useListTable<Row>({ columns, rows, rowId, sort, onSort, picked, onPick }: Props<Row>) {
  const defs = useMemo(
    () =>
      columns.map(
        (column): ColumnDef<typeof features, Row & object> => ({
          id: column.id,
          accessorFn: (row) => row,
          enableSorting: column.sortable ?? false,
          sortDescFirst: column.align === 'right',
        }),
      ),
    [columns],
  )
  const rowSelection = useMemo(() => Object.fromEntries(picked.map((id) => [id, true as const])), [picked])
  const sorting = useMemo(() => (sort ? [{ id: sort.replace(/^-/, ''), desc: sort.startsWith('-') }] : []), [sort])
  return useTable({
    features,
    columns: defs,
    data: rows as (Row & object)[],
    getRowId: (row) => rowId(row),
    manualSorting: true,
    state: { rowSelection, sorting },
    onRowSelectionChange: (update) => onPick(Object.keys(typeof update === 'function' ? update(rowSelection) : update)),
    onSortingChange: (update) => {
      const [first] = typeof update === 'function' ? update(sorting) : update
      onSort(first ? `${first.desc ? '-' : ''}${first.id}` : undefined)
    },
  })
}

interface HeadProps<Row> {
  column: ListColumn<Row>
  sorted: false | 'asc' | 'desc'
  onSort: () => void
}

function Head<Row>({ column, sorted, onSort }: HeadProps<Row>) {
  const order = sorted === 'asc' ? 'ascending' : sorted === 'desc' ? 'descending' : undefined
  return (
    <th
      scope="col"
      aria-sort={order}
      className={column.main ? css.main : undefined}
      data-align={column.align}
      style={column.width ? { width: column.width } : undefined}
    >
      {column.sortable ? (
        <button type="button" className={css.sort} onClick={onSort}>
          {column.header}
          <span className={css.arrow} aria-hidden="true">
            {sorted === 'asc' && <ArrowUp size={12} />}
            {sorted === 'desc' && <ArrowDown size={12} />}
          </span>
        </button>
      ) : (
        column.header
      )}
    </th>
  )
}

function Cell<Row>({ column, row, to }: { column: Column<Row>; row: Row; to?: string }): ReactNode {
  const content = column.cell(row)
  if (!to) return content
  return (
    <Link to={to} className={css.link} data-row-main>
      {content}
    </Link>
  )
}

/** Rows of the coming page's height, standing still. */
function Blank({ columns }: { columns: number }) {
  return Array.from({ length: 8 }, (_, row) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: placeholders have no identity
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a row of a plain table takes no focus
    <tr key={row} aria-hidden="true">
      {Array.from({ length: columns }, (_, column) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: placeholders have no identity
        <td key={column}>
          <span className={css.blank} />
        </td>
      ))}
    </tr>
  ))
}

/** ↑ ↓ or j k go from row to row, x picks, Enter opens (the link itself does that). */
function moveThroughRows(event: KeyboardEvent<HTMLElement>) {
  if (event.ctrlKey || event.metaKey || event.altKey) return
  const target = event.target as HTMLElement
  const box = target instanceof HTMLInputElement && target.type === 'checkbox'
  if (isTyping(target) && !box) return
  const row = target.closest('[data-row]')
  if (event.key === 'x') {
    row?.querySelector<HTMLInputElement>('[data-row-pick]')?.click()
    event.preventDefault()
    return
  }
  const down = event.key === 'ArrowDown' || event.key === 'j'
  if (!down && event.key !== 'ArrowUp' && event.key !== 'k') return
  const next = down ? row?.nextElementSibling : row?.previousElementSibling
  const wanted = box ? '[data-row-pick]' : '[data-row-main], a, button'
  next?.querySelector<HTMLElement>(wanted)?.focus()
  event.preventDefault()
}
