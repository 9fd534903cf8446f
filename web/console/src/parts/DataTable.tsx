import { useNarrow } from '~/lib/hooks'
import { Cards } from './Cards'
import css from './DataTable.module.css'
import type { Column } from './list/types'

export interface TableColumn<Row> extends Column<Row> {
  /** The main column's words where no heading stands above them. */
  title?: Column<Row>['cell']
  tone?: (row: Row) => 'waits' | 'bad' | undefined
  /** Sentences, which break; else a cell is one line. */
  wrap?: boolean
}

interface Props<Row> {
  /** What is in it, for who goes through it by the keyboard. */
  label: string
  columns: TableColumn<Row>[]
  rows: Row[]
  rowId: (row: Row) => string
}

/** A table without the tools of a list. What is wider than the page scrolls by itself; on a phone each row is a card. */
export function DataTable<Row>({ label, columns, rows, rowId }: Props<Row>) {
  const narrow = useNarrow()
  if (narrow) {
    return (
      <section className={css.cards} aria-label={label}>
        <Cards columns={columns} rows={rows} rowId={rowId} />
      </section>
    )
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable without a mouse
    <div className={css.scroll} tabIndex={0} role="region" aria-label={label}>
      <table className={css.table}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.id} scope="col" data-align={column.align} style={{ width: column.width }}>
                {column.header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowId(row)}>
              {columns.map((column) =>
                column.main ? (
                  <th key={column.id} scope="row" data-align={column.align}>
                    {column.cell(row)}
                  </th>
                ) : (
                  <td
                    key={column.id}
                    data-align={column.align}
                    data-tone={column.tone?.(row)}
                    data-wrap={column.wrap || undefined}
                  >
                    {column.cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
