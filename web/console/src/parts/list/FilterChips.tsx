import { Popover } from 'antd'
import { Plus, X } from 'lucide-react'
import { useState } from 'react'
import { useWords } from '~/i18n'
import css from './FilterChips.module.css'
import { FilterEditor, filterText } from './FilterEditor'
import type { FilterSpec } from './types'
import type { ListState } from './useListState'

/** The filters in force as chips that can be opened and removed, and a menu to add another. */
export function FilterChips({ filters, state }: { filters: FilterSpec[]; state: ListState }) {
  const { t } = useWords()
  const [open, setOpen] = useState<string>()
  if (filters.length === 0) return null
  const values = state.request.filters
  const shown = filters.filter((spec) => spec.id in values || open === spec.id)
  const rest = filters.filter((spec) => !(spec.id in values))
  const put = (id: string, value: string | undefined) => {
    state.setFilter(id, value)
    setOpen(undefined)
  }
  return (
    <div className={css.chips}>
      {shown.map((spec) => (
        <span key={spec.id} className={css.chip}>
          <Popover
            open={open === spec.id}
            trigger="click"
            placement="bottomLeft"
            destroyOnHidden
            onOpenChange={(next) => setOpen(next ? spec.id : undefined)}
            content={<FilterEditor spec={spec} value={values[spec.id]} onDone={(value) => put(spec.id, value)} />}
          >
            <button type="button" className={css.edit} aria-expanded={open === spec.id}>
              <span className={css.name}>{spec.label}</span>
              {values[spec.id] ? filterText(spec, values[spec.id] ?? '', t) : t('list.filter.choose')}
            </button>
          </Popover>
          <button
            type="button"
            className={css.remove}
            aria-label={t('list.filter.remove', { name: spec.label })}
            onClick={() => put(spec.id, undefined)}
          >
            <X size={12} />
          </button>
        </span>
      ))}
      {rest.length > 0 && <AddFilter filters={rest} onPick={setOpen} />}
      {state.narrowed && Object.keys(values).length > 1 && (
        <button type="button" className={css.add} onClick={state.clear}>
          {t('list.filter.clear')}
        </button>
      )}
    </div>
  )
}

function AddFilter({ filters, onPick }: { filters: FilterSpec[]; onPick: (id: string) => void }) {
  const { t } = useWords()
  const [open, setOpen] = useState(false)
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      trigger="click"
      placement="bottomLeft"
      content={
        <ul className={css.menu}>
          {filters.map((spec) => (
            <li key={spec.id}>
              <button
                type="button"
                onClick={() => {
                  setOpen(false)
                  onPick(spec.id)
                }}
              >
                {spec.label}
              </button>
            </li>
          ))}
        </ul>
      }
    >
      <button type="button" className={css.add} aria-expanded={open}>
        <Plus size={14} aria-hidden="true" />
        {t('list.filter.add')}
      </button>
    </Popover>
  )
}
