import type { ReactNode } from 'react'
import css from './Cards.module.css'
import type { TableColumn } from './DataTable'

interface Props<Row> {
  columns: TableColumn<Row>[]
  rows: Row[]
  rowId: (row: Row) => string
  /** What heads the card, in place of the main column's cell. */
  head?: (column: TableColumn<Row>, row: Row) => ReactNode
  /** The box that picks the row. */
  pick?: (id: string) => ReactNode
  isPicked?: (id: string) => boolean
}

const isNothing = (value: ReactNode) =>
  value === undefined || value === null || value === '' || typeof value === 'boolean'

/** Rows of a table where there is no room for one: a card each, headed by what names the row, then a line for each column. */
export function Cards<Row>({ columns, rows, rowId, head, pick, isPicked }: Props<Row>) {
  const main = columns.find((column) => column.main)
  const rest = columns.filter((column) => column !== main)
  return (
    <ul className={css.cards}>
      {rows.map((row) => {
        const id = rowId(row)
        return (
          <li key={id} className={css.card} data-row={id} data-picked={isPicked?.(id) || undefined}>
            <div className={css.head}>
              {pick && (
                // biome-ignore lint/a11y/noLabelWithoutControl: the box inside is the control
                <label className={css.pick}>{pick(id)}</label>
              )}
              {main && <div className={css.title}>{head ? head(main, row) : (main.title ?? main.cell)(row)}</div>}
            </div>
            <Pairs columns={rest} row={row} />
          </li>
        )
      })}
    </ul>
  )
}

function Pairs<Row>({ columns, row }: { columns: TableColumn<Row>[]; row: Row }) {
  const pairs = columns.map((column) => ({ column, value: column.cell(row) })).filter(({ value }) => !isNothing(value))
  if (pairs.length === 0) return null
  return (
    <dl className={css.pairs}>
      {pairs.map(({ column, value }) => (
        <div key={column.id} className={css.pair}>
          <dt>{column.header}</dt>
          <dd data-tone={column.tone?.(row)}>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

/** Cards that are on their way, standing still. */
export function BlankCards() {
  return (
    <ul className={css.cards} aria-hidden="true">
      {Array.from({ length: 4 }, (_, card) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: placeholders have no identity
        <li key={card} className={css.card}>
          <span className={css.blank} />
          <span className={css.blank} />
          <span className={css.blank} />
        </li>
      ))}
    </ul>
  )
}
