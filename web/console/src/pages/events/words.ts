import { eventKinds } from '~/api/calendar'
import type { Key, Translate } from '~/i18n'

const known = (all: readonly string[], prefix: string) => (value: string, t: Translate) =>
  all.includes(value) ? t(`${prefix}.${value}` as Key) : value

/** What a newer server says and this console doesn't know stands as it is. */
export const kindOf = known(eventKinds, 'events.kind')
export const ticketOf = known(['offered', 'held', 'lapsed', 'valid', 'returned', 'refunded'], 'events.ticket')
export const giftOf = known(['given', 'claimed', 'returned', 'lapsed'], 'events.gift')
export const scanOf = known(
  ['admitted', 'double', 'already', 'not_valid', 'wrong_event', 'unknown', 'cancelled'],
  'events.scan',
)

export const placeOf = (event: { city?: string; place?: string; link?: string }, t: Translate): string =>
  [event.city, event.place].filter(Boolean).join(' · ') || (event.link ? t('events.online') : '')
