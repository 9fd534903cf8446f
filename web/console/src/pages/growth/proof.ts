// Proofs and calls in words.
import type { Call, Proof, ProofRule, ProofState } from '~/api/proofs'
import type { Text, Translate } from '~/i18n'
import { formatMoney } from '~/i18n/format'
import type { Tone } from '~/parts'

export const proofStates = ['waits', 'held', 'approved', 'refused'] as const
export const proofTones: Record<string, Tone> = { waits: 'wait', held: 'bad', approved: 'good', refused: 'done' }
export const refuseReasons = ['unreadable', 'not_done', 'wrong_thing', 'copied', 'other'] as const

export const isProofState = (text: string | undefined): text is ProofState =>
  proofStates.some((state) => state === text)

/** Whether somebody has still to decide. */
export const isOpen = (proof: Pick<Proof, 'state'>) => proof.state === 'waits' || proof.state === 'held'

/** 50 积分, or ¥5.00. */
export const rewardOf = (amount: number, kind: string, t: Translate): string =>
  kind === 'points' ? t('growth.points', { count: amount }) : formatMoney(amount)

/** What an approved proof of a rule earns. */
export const earnsOf = (rule: ProofRule, t: Translate): string =>
  rule.points ? rewardOf(rule.points, 'points', t) : rewardOf(rule.money ?? 0, 'money', t)

/** What a call is about: the rule, and the operator's words of this one. */
export const callTitle = (one: Pick<Call, 'rule' | 'note'>, text: (title: Text) => string): string =>
  [text(one.rule.title as Text) || one.rule.name, one.note].filter(Boolean).join(' · ')
