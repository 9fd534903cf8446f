// A file of what a list shows, made in the browser from the list's own pages.

export interface Pages<Row> {
  items: Row[]
  next?: string
}

/** Reads all pages of a list. `onRows` is told after each how many rows there are so far; aborting throws. */
export async function allPages<Row>(
  load: (cursor: string | undefined, signal: AbortSignal) => Promise<Pages<Row>>,
  signal: AbortSignal,
  onRows: (rows: number) => void,
): Promise<Row[]> {
  const rows: Row[] = []
  let cursor: string | undefined
  do {
    signal.throwIfAborted()
    const page = await load(cursor, signal)
    rows.push(...(page.items ?? []))
    onRows(rows.length)
    cursor = page.next || undefined
  } while (cursor)
  return rows
}

const amount = /^-?\d+(\.\d+)?$/

/** A text that a spreadsheet would take for a formula gets an apostrophe before it; numbers stay numbers. */
const safe = (cell: string) => (/^[=+\-@\t\r]/.test(cell) && !amount.test(cell) ? `'${cell}` : cell)

const quoted = (cell: string) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)

/** Rows as CSV (RFC 4180), with the mark by which spreadsheets know UTF-8. */
export const csvOf = (rows: string[][]): string =>
  `\uFEFF${rows.map((row) => row.map((cell) => quoted(safe(cell))).join(',')).join('\r\n')}\r\n`

/** Hands a text to the browser to keep as a file. */
export function save(name: string, text: string) {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }))
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
