import type { Key, Translate } from '~/i18n'

const channels = ['inapp', 'email', 'sms', 'wecom_mass', 'wecom_app', 'oa_mass']
const reasons = [
  'consent',
  'erased',
  'blocked',
  'unreachable',
  'quiet',
  'budget',
  'limit',
  'too_late',
  'template',
  'stopped',
  'holdout',
  'refused',
  'channel',
  'interrupted',
  'bounced',
]
const purposes = ['service', 'marketing', 'sharing', 'analytics']

/** A channel in words; one that a newer server knows stands as it is. */
export const channelName = (channel: string, t: Translate) =>
  channel === '' ? t('touch.channel.any') : channels.includes(channel) ? t(`touch.channel.${channel}` as Key) : channel

export const reasonName = (reason: string, t: Translate) =>
  reasons.includes(reason) ? t(`touch.reason.${reason}` as Key) : reason

export const purposeName = (purpose: string, t: Translate) =>
  purposes.includes(purpose) ? t(`touch.purpose.${purpose}` as Key) : purpose
