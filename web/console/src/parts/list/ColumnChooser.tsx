import { Button, Popover } from 'antd'
import { ChevronDown, ChevronUp, Columns3 } from 'lucide-react'
import { useWords } from '~/i18n'
import css from './ColumnChooser.module.css'
import type { ChosenColumns } from './useColumns'

/** Which columns, in which order. */
export function ColumnChooser<Row>({ chosen }: { chosen: ChosenColumns<Row> }) {
  const { t } = useWords()
  return (
    <Popover trigger="click" placement="bottomRight" content={<Panel chosen={chosen} />}>
      <Button size="small" type="text" icon={<Columns3 size={14} />}>
        {t('list.columns')}
      </Button>
    </Popover>
  )
}

function Panel<Row>({ chosen }: { chosen: ChosenColumns<Row> }) {
  const { t } = useWords()
  const movable = chosen.ordered.filter((column) => !column.main)
  return (
    <div className={css.panel}>
      <ul>
        {movable.map((column, i) => (
          <li key={column.id} className={css.row}>
            <label className={css.name}>
              <input type="checkbox" checked={chosen.isVisible(column.id)} onChange={() => chosen.toggle(column.id)} />
              {column.header}
            </label>
            <button
              type="button"
              className={css.move}
              disabled={i === 0}
              aria-label={t('list.columnUp', { name: column.header })}
              onClick={() => chosen.move(column.id, -1)}
            >
              <ChevronUp size={14} />
            </button>
            <button
              type="button"
              className={css.move}
              disabled={i === movable.length - 1}
              aria-label={t('list.columnDown', { name: column.header })}
              onClick={() => chosen.move(column.id, 1)}
            >
              <ChevronDown size={14} />
            </button>
          </li>
        ))}
      </ul>
      {chosen.changed && (
        <Button type="link" size="small" className={css.reset} onClick={chosen.reset}>
          {t('list.columnsReset')}
        </Button>
      )}
    </div>
  )
}
