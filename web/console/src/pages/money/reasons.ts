// Why money went back: what staff wrote, or the code of the refusal for which it went back by itself.
import type { Key, Translate } from '~/i18n'

const known = [
  'shop.paid_twice',
  'shop.paid_too_late',
  'shop.wrong_amount',
  'membership.not_held',
  'membership.changed',
  'membership.blocked',
  'membership.has_it_all',
  'membership.no_numbers',
]

const code = /^[a-z]+(_[a-z]+)*\.[a-z_.]+$/

export function whyOf(why: string, t: Translate): string {
  if (known.includes(why)) return t(`money.because.${why.replace('.', '-')}` as Key)
  return code.test(why) ? t('money.because.other', { code: why }) : why
}
