import { Button } from 'antd'
import { useState } from 'react'
import { useProblem } from '~/app/useProblem'
import { useWords } from '~/i18n'
import { ProblemLine } from '../ProblemNotice'
import css from './BulkBar.module.css'
import type { BulkAction, Selection } from './types'

interface Props {
  count: number
  total?: number
  /** There are more than were counted. */
  more?: boolean
  all: boolean
  unit: string
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
              ? t('list.pickedMore', { count, unit })
              : t('list.pickedAll', { count, unit })
            : t('list.picked', { count, unit })}
        </strong>
        {!all && total !== undefined && total > count && (
          <Button type="link" size="small" onClick={onAll}>
            {more ? t('list.pickMore', { total, unit }) : t('list.pickAll', { total, unit })}
          </Button>
        )}
        <Button type="link" size="small" onClick={onClear}>
          {t('list.unpick')}
        </Button>
        <span className={css.actions}>
          {actions.map((action) => (
            <Button
              key={action.id}
              size="small"
              danger={action.danger}
              loading={busy === action.id}
              disabled={busy !== undefined && busy !== action.id}
              onClick={() => void run(action)}
            >
              {action.label}
            </Button>
          ))}
        </span>
      </div>
      {problem && <ProblemLine problem={problem} />}
    </section>
  )
}
