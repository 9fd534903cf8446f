import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import css from './Segments.module.css'
import type { Segment } from './types'
import type { ListState } from './useListState'

/** Ready-made cuts with their counts, one press each. */
export function Segments({ segments, state }: { segments: Segment[]; state: ListState }) {
  const { t } = useWords()
  const format = useFormat()
  return (
    <nav className={css.bar} aria-label={t('list.segments')}>
      {segments.map((segment, i) => {
        // The first segment is the whole list; it has no parameter of its own.
        const value = i === 0 ? undefined : segment.id
        const active = state.request.segment === value
        return (
          <button
            key={segment.id}
            type="button"
            className={css.segment}
            aria-current={active ? 'true' : undefined}
            data-waits={(segment.waits && (segment.count ?? 0) > 0) || undefined}
            onClick={() => state.setSegment(value)}
          >
            {segment.label}
            {segment.count !== undefined && <span className={css.count}>{format.count(segment.count)}</span>}
          </button>
        )
      })}
    </nav>
  )
}
