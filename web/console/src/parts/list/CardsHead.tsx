import { type ReactNode, useId } from 'react'
import { useWords } from '~/i18n'
import css from './CardsHead.module.css'
import type { ListColumn } from './types'

interface Props<Row> {
  columns: ListColumn<Row>[]
  sort?: string
  onSort: (sort: string | undefined) => void
  /** The box that picks the page. */
  pick?: ReactNode
}

/** Above cards: what the headings of a table are for, choosing all and sorting. */
export function CardsHead<Row>({ columns, sort, onSort, pick }: Props<Row>) {
  const { t } = useWords()
  const id = useId()
  const sortable = columns.filter((column) => column.sortable)
  if (!pick && sortable.length === 0) return null
  return (
    <div className={css.head}>
      {pick && (
        // biome-ignore lint/a11y/noLabelWithoutControl: the box inside is the control
        <label className={css.pick}>
          {pick}
          <span aria-hidden="true">{t('list.pickPage')}</span>
        </label>
      )}
      {sortable.length > 0 && (
        <span className={css.sort}>
          <label htmlFor={id}>{t('list.sort')}</label>
          <select id={id} value={sort ?? ''} onChange={(event) => onSort(event.target.value || undefined)}>
            <option value="">{t('list.sort.usual')}</option>
            {sortable.flatMap((column) => [
              <option key={column.id} value={column.id}>
                {t('list.sort.up', { name: column.header })}
              </option>,
              <option key={`-${column.id}`} value={`-${column.id}`}>
                {t('list.sort.down', { name: column.header })}
              </option>,
            ])}
          </select>
        </span>
      )}
    </div>
  )
}
