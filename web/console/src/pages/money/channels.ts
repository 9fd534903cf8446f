// Ways to be paid, and states of what was paid, in words; what this console doesn't know stands as it is.
import type { Key, Translate } from '~/i18n'
import type { Tone } from '~/parts'

const channels = ['manual', 'sandbox', 'wechatpay']

/** A way to be paid in words. */
export const channelName = (name: string, t: Translate) =>
  channels.includes(name) ? t(`money.channel.${name}` as Key) : name

export const paymentTones: Record<string, Tone> = { open: 'wait', received: 'good', void: 'done' }
export const refundTones: Record<string, Tone> = { asked: 'wait', waits: 'wait', done: 'done', failed: 'bad' }

/** How far a payment or a refund of ours has come. */
export const stateName = (what: 'payment' | 'refund', state: string, t: Translate) => {
  const tones = what === 'payment' ? paymentTones : refundTones
  return state in tones ? t(`money.${what}.${state}` as Key) : state
}

const theirs = ['SUCCESS', 'NOTPAY', 'CLOSED', 'REVOKED', 'USERPAYING', 'PAYERROR', 'PROCESSING', 'CHANGE', 'ABNORMAL']

/** How far the channel says that it has come, in its own words where we have none. */
export const theirState = (what: 'payment' | 'refund', state: string, t: Translate) => {
  if (state === 'SUCCESS') return t(`bills.their.${what}` as Key)
  return theirs.includes(state) ? t(`bills.their.${state}` as Key) : state
}
