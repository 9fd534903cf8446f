import { Button, Dropdown } from 'antd'
import { ChevronDown } from 'lucide-react'
import { useState } from 'react'
import { useProblem } from '~/app/useProblem'
import { useWords } from '~/i18n'
import { type Unit, unitOf } from '~/i18n/unit'
import { useNarrow } from '~/lib/hooks'
import { ProblemLine } from '../ProblemNotice'
import css from './BulkBar.module.css'
import type { BulkAction, Selection } from './types'

interface Props {
  count: number
  total?: number
  /** There are more than were counted. */
  more?: boolean
  all: boolean
  unit: Unit
  actions: BulkAction[]
  selection: () => Selection
  onAll: () => void
  onClear: () => void
}

/** What can be done with the chosen rows. Takes the pager's place, so that the rows stay where they are. */
export function BulkBar({ count, total, more = false, all, unit, actions, selection, onAll, onClear }: Props) {
  const { t } = useWords()
  const [busy, setBusy] = useState<string>()
  const { problem, guard } = useProblem()
  const narrow = useNarrow()
  const counted = unitOf(unit, count)
  const run = async (action: BulkAction) => {
    setBusy(action.id)
    const finished = await guard(async () => action.run(selection()))
    setBusy(undefined)
    if (finished) onClear()
  }
  return (
    <section className={css.bar} aria-label={t('list.bulk')}>
      <div className={css.row}>
        <strong className={css.count} role="status">
          {all
            ? more
              ? t('list.pickedMore', { count, unit: counted })
              : t('list.pickedAll', { count, unit: counted })
            : t('list.picked', { count, unit: counted })}
        </strong>
        {!all && total !== undefined && total > count && (
          <Button type="link" size="small" onClick={onAll}>
            {t(more ? 'list.pickMore' : 'list.pickAll', { total, unit: unitOf(unit, total) })}
          </Button>
        )}
        <Button type="link" size="small" onClick={onClear}>
          {t('list.unpick')}
        </Button>
        <span className={css.actions}>
          {narrow ? (
            <Dropdown
              trigger={['click']}
              menu={{
                items: actions.map(({ id, label, danger }) => ({ key: id, label, danger })),
                onClick: ({ key }) => {
                  const action = actions.find(({ id }) => id === key)
                  if (action) void run(action)
                },
              }}
            >
              <Button
                icon={<ChevronDown size={14} />}
                iconPlacement="end"
                loading={actions.some((action) => action.id === busy && !action.asks)}
              >
                {t('list.actions')}
              </Button>
            </Dropdown>
          ) : (
            actions.map((action) => (
              <Button
                key={action.id}
                size="small"
                danger={action.danger}
                loading={busy === action.id && !action.asks}
                disabled={busy !== undefined && busy !== action.id}
                onClick={() => void run(action)}
              >
                {action.label}
              </Button>
            ))
          )}
        </span>
      </div>
      {problem && <ProblemLine problem={problem} />}
    </section>
  )
}
