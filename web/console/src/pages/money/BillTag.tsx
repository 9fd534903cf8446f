import type { Bill } from '~/api/bills'
import { useWords } from '~/i18n'
import { StatusTag } from '~/parts'
import { standingOf, standingTones } from './bills'

/** How a bill stands. */
export function BillTag({ bill }: { bill: Bill }) {
  const { t } = useWords()
  const standing = standingOf(bill)
  return (
    <StatusTag bare tone={standingTones[standing]}>
      {t(`bills.state.${standing}`)}
    </StatusTag>
  )
}
