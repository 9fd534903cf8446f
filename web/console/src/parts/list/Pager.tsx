import { Button } from 'antd'
import { ChevronLeft, ChevronRight } from 'lucide-react'
import { useId } from 'react'
import { useWords } from '~/i18n'
import { type Unit, unitOf } from '~/i18n/unit'
import css from './Pager.module.css'
import type { ListAnswer } from './types'
import { type ListState, pageSizes } from './useListState'

interface Props {
  answer: ListAnswer<unknown> | undefined
  shown: number
  unit: Unit
  state: ListState
  busy: boolean
}

/** Which rows these are and the way to the others. Pages are cursors: one can go on, and back the way one came. */
export function Pager({ answer, shown, unit, state, busy }: Props) {
  const { t } = useWords()
  const id = useId()
  const { offset, request } = state
  const range = { from: offset + 1, to: offset + shown, unit: unitOf(unit, answer?.total ?? offset + shown) }
  const next = answer?.next
  return (
    <div className={css.pager}>
      <span>
        {answer?.total === undefined
          ? t('list.range', range)
          : answer.more
            ? t('list.rangeMore', { ...range, total: answer.total })
            : t('list.rangeOf', { ...range, total: answer.total })}
      </span>
      <span className={css.right}>
        <label htmlFor={id}>{t('list.size')}</label>
        <select
          id={id}
          className={css.size}
          value={request.limit}
          onChange={(e) => state.setSize(Number(e.target.value))}
        >
          {pageSizes.map((size) => (
            <option key={size} value={size}>
              {size}
            </option>
          ))}
        </select>
        {request.cursor && !state.previous && (
          <Button size="small" onClick={state.first}>
            {t('list.first')}
          </Button>
        )}
        <Button
          size="small"
          icon={<ChevronLeft size={14} />}
          disabled={!state.previous || busy}
          onClick={state.previous}
        >
          {t('list.previous')}
        </Button>
        <Button
          size="small"
          icon={<ChevronRight size={14} />}
          iconPlacement="end"
          disabled={!next || busy}
          onClick={() => next && state.next(next, shown)}
        >
          {t('list.next')}
        </Button>
      </span>
    </div>
  )
}
