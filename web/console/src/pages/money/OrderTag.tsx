import type { Order } from '~/api/money'
import { type Key, useWords } from '~/i18n'
import { StatusTag, type Tone } from '~/parts'

export const orderStates = ['created', 'paid', 'fulfilled', 'closed', 'refunded'] as const

const tones: Record<string, Tone> = {
  created: 'wait',
  paid: 'wait',
  fulfilled: 'good',
  closed: 'done',
  refunded: 'done',
}

/** How far an order has come; one of which a part went back says so. */
export function OrderTag({ order }: { order: Pick<Order, 'state' | 'refunded' | 'waits'> }) {
  const { t } = useWords()
  const { state } = order
  const partly = state === 'fulfilled' && order.refunded > 0
  const known = (orderStates as readonly string[]).includes(state)
  const words = () => {
    if (partly) return t('money.order.partly')
    if (state === 'paid' && order.waits) return t('money.order.waits')
    return known ? t(`money.order.${state}` as Key) : state
  }
  return (
    <StatusTag bare tone={tones[state] ?? 'plain'}>
      {words()}
    </StatusTag>
  )
}
