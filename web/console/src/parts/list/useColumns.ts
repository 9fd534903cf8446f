import { useMemo, useState } from 'react'
import { readStored, writeStored } from '~/lib/storage'
import type { ListColumn } from './types'

export interface ChosenColumns<Row> {
  /** All columns in the chosen order. */
  ordered: ListColumn<Row>[]
  visible: ListColumn<Row>[]
  isVisible: (id: string) => boolean
  toggle: (id: string) => void
  move: (id: string, by: -1 | 1) => void
  reset: () => void
  changed: boolean
  /** Ids of what is shown, in order: for saved views and exports. */
  ids: string[]
  show: (ids: string[]) => void
}

interface Stored {
  order: string[]
  shown: string[]
}

/** Which columns are shown, in which order; remembered per community and list. */
export function useColumns<Row>(scope: string, columns: ListColumn<Row>[]): ChosenColumns<Row> {
  const key = `qunce.columns.${scope}`
  const [stored, setStored] = useState<Stored | undefined>(() => readStored<Stored | undefined>(key, undefined))
  return useMemo(() => {
    const save = (next: Stored | undefined) => {
      setStored(next)
      writeStored(key, next)
    }
    const ordered = inOrder(columns, stored?.order)
    const isShown = (column: ListColumn<Row>) =>
      column.main || (stored ? stored.shown.includes(column.id) || !stored.order.includes(column.id) : !column.hidden)
    const visible = ordered.filter(isShown)
    const ids = visible.map((column) => column.id)
    const order = ordered.map((column) => column.id)
    return {
      ordered,
      visible,
      ids,
      changed: stored !== undefined,
      isVisible: (id) => ids.includes(id),
      toggle: (id) => save({ order, shown: ids.includes(id) ? ids.filter((other) => other !== id) : [...ids, id] }),
      move: (id, by) => {
        const from = order.indexOf(id)
        const to = from + by
        if (from < 0 || to < 0 || to >= order.length) return
        const next = order.toSpliced(from, 1).toSpliced(to, 0, id)
        save({ order: next, shown: ids })
      },
      reset: () => save(undefined),
      show: (shown) => save({ order: [...shown, ...order.filter((id) => !shown.includes(id))], shown }),
    }
  }, [key, columns, stored])
}

/** The naming column first, then as chosen; columns that came with a later version go to the end. */
function inOrder<Row>(columns: ListColumn<Row>[], order: string[] | undefined): ListColumn<Row>[] {
  if (!order) return columns
  const place = (column: ListColumn<Row>) => {
    if (column.main) return -1
    const i = order.indexOf(column.id)
    return i < 0 ? columns.length : i
  }
  return [...columns].sort((a, b) => place(a) - place(b))
}
