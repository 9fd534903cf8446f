import { Button, Dropdown } from 'antd'
import { Download, Search } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useWords } from '~/i18n'
import { isTyping } from '~/lib/hooks'
import { ColumnChooser } from './ColumnChooser'
import { FilterChips } from './FilterChips'
import css from './ListToolbar.module.css'
import { SavedViews } from './SavedViews'
import type { ListAnswer, ListColumn, ListPageProps } from './types'
import type { ChosenColumns } from './useColumns'
import type { ListState } from './useListState'

interface Props<Row> extends ListPageProps<Row> {
  state: ListState
  answer?: ListAnswer<Row>
  columns: ListColumn<Row>[]
  chosen: ChosenColumns<Row>
}

export function ListToolbar<Row>({ id, searchLabel, filters = [], onExport, state, answer, chosen }: Props<Row>) {
  const { t } = useWords()
  return (
    <div className={css.bar}>
      {searchLabel && <SearchField label={searchLabel} state={state} />}
      <FilterChips filters={filters} state={state} />
      <span className={css.tools}>
        <SavedViews id={id} state={state} chosen={chosen} />
        <ColumnChooser chosen={chosen} />
        {onExport && (
          <Dropdown
            trigger={['click']}
            menu={{
              items: [
                { key: 'csv', label: t('list.export.csv') },
                { key: 'xlsx', label: t('list.export.xlsx') },
              ],
              onClick: ({ key }) => onExport(key === 'csv' ? 'csv' : 'xlsx', state.request, chosen.ids, answer),
            }}
          >
            <Button size="small" type="text" icon={<Download size={14} />}>
              {t('list.export')}
            </Button>
          </Dropdown>
        )}
      </span>
    </div>
  )
}

const pause = 300

/** Searches as one types, a moment after the last letter; “/” comes here from anywhere on the page. */
function SearchField({ label, state }: { label: string; state: ListState }) {
  const { t } = useWords()
  const field = useRef<HTMLInputElement>(null)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const inAddress = state.request.q ?? ''
  const [text, setText] = useState(inAddress)
  const [shown, setShown] = useState(inAddress)
  const search = useRef(state.setQ)
  useEffect(() => {
    search.current = state.setQ
  })
  useEffect(() => () => clearTimeout(timer.current), [])

  // The address changed by itself (Back, a saved view, “clear”): what was typed gives way.
  if (shown !== inAddress) {
    setShown(inAddress)
    if (text.trim() !== inAddress) setText(inAddress)
  }
  const type = (next: string) => {
    setText(next)
    clearTimeout(timer.current)
    timer.current = setTimeout(() => search.current(next.trim()), pause)
  }
  useEffect(() => {
    const look = (event: KeyboardEvent) => {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || isTyping(event.target)) return
      event.preventDefault()
      field.current?.focus()
      field.current?.select()
    }
    document.addEventListener('keydown', look)
    return () => document.removeEventListener('keydown', look)
  }, [])

  return (
    <div className={css.search}>
      <Search size={14} aria-hidden="true" />
      <input
        ref={field}
        type="search"
        value={text}
        placeholder={label}
        aria-label={label}
        title={t('list.slash')}
        onChange={(event) => type(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') type('')
        }}
        // Who follows a link right after typing wants to go there: a search that comes later would bring them back.
        onBlur={(event) => {
          if (event.relatedTarget instanceof HTMLAnchorElement) clearTimeout(timer.current)
        }}
      />
    </div>
  )
}
