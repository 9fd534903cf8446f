import { Button, Input, Popover } from 'antd'
import { Bookmark, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useNavigate } from 'react-router'
import { useCommunity } from '~/app/community'
import { useToast } from '~/app/toasts'
import { useWords } from '~/i18n'
import { readStored, writeStored } from '~/lib/storage'
import css from './SavedViews.module.css'
import type { ChosenColumns } from './useColumns'
import type { ListState } from './useListState'

interface View {
  name: string
  search: string
  columns: string[]
}

interface Props<Row> {
  id: string
  state: ListState
  chosen: ChosenColumns<Row>
}

/** Filters, order and columns under a name, kept in this browser for this community and list. */
export function SavedViews<Row>({ id, state, chosen }: Props<Row>) {
  const { t } = useWords()
  const community = useCommunity()
  const key = `qunce.views.${community?.slug ?? ''}.${id}`
  const [open, setOpen] = useState(false)
  const [views, setViews] = useState<View[]>(() => readStored<View[]>(key, []))
  const current = views.find((view) => view.search === state.search && view.columns.join() === chosen.ids.join())
  const keep = (next: View[]) => {
    setViews(next)
    writeStored(key, next)
  }
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      trigger="click"
      placement="bottomRight"
      destroyOnHidden
      content={
        <Panel
          views={views}
          current={current}
          keep={keep}
          state={state}
          chosen={chosen}
          onClose={() => setOpen(false)}
        />
      }
    >
      <Button size="small" type="text" icon={<Bookmark size={14} />}>
        {current?.name ?? t('list.views')}
      </Button>
    </Popover>
  )
}

interface PanelProps<Row> {
  views: View[]
  current: View | undefined
  keep: (views: View[]) => void
  state: ListState
  chosen: ChosenColumns<Row>
  onClose: () => void
}

function Panel<Row>({ views, current, keep, state, chosen, onClose }: PanelProps<Row>) {
  const { t } = useWords()
  const toast = useToast()
  const navigate = useNavigate()
  const [name, setName] = useState('')
  const open = (view: View) => {
    chosen.show(view.columns)
    navigate({ search: view.search })
    onClose()
  }
  const remove = (view: View) => {
    keep(views.filter((other) => other !== view))
    toast.undo(t('list.viewRemoved', { name: view.name }), () => keep(views))
  }
  const save = () => {
    const trimmed = name.trim()
    if (!trimmed) return
    const view = { name: trimmed, search: state.search, columns: chosen.ids }
    // A view of the same name is replaced in its place.
    const known = views.some((other) => other.name === trimmed)
    keep(known ? views.map((other) => (other.name === trimmed ? view : other)) : [...views, view])
    onClose()
  }
  return (
    <div className={css.panel}>
      {views.length === 0 && <p className={css.none}>{t('list.viewsNone')}</p>}
      <ul>
        {views.map((view) => (
          <li key={view.name} className={css.row}>
            <button
              type="button"
              className={css.view}
              aria-current={view === current ? 'true' : undefined}
              onClick={() => open(view)}
            >
              {view.name}
            </button>
            <button
              type="button"
              className={css.remove}
              aria-label={t('list.viewRemove', { name: view.name })}
              onClick={() => remove(view)}
            >
              <Trash2 size={14} />
            </button>
          </li>
        ))}
      </ul>
      <form
        className={css.save}
        onSubmit={(event) => {
          event.preventDefault()
          save()
        }}
      >
        <Input
          size="small"
          value={name}
          maxLength={24}
          placeholder={t('list.viewName')}
          aria-label={t('list.viewName')}
          onChange={(event) => setName(event.target.value)}
        />
        <Button size="small" htmlType="submit" disabled={!name.trim()}>
          {t('list.viewSave')}
        </Button>
      </form>
    </div>
  )
}
