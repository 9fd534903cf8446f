import { type Key, useWords } from '~/i18n'
import { StatusTag } from '~/parts'
import { batchTones, lineTones } from './payouts'

/** How far a batch has come. */
export function BatchTag({ state }: { state: string }) {
  const { t } = useWords()
  return (
    <StatusTag bare tone={batchTones[state]}>
      {state in batchTones ? t(`payouts.state.${state}` as Key) : state}
    </StatusTag>
  )
}

/** How far one payment has come. */
export function LineTag({ state }: { state: string }) {
  const { t } = useWords()
  return (
    <StatusTag bare tone={lineTones[state]}>
      {state in lineTones ? t(`payouts.line.${state}` as Key) : state}
    </StatusTag>
  )
}
