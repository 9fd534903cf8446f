// Launches, pledges and what stands on their boards in words.
import type { Board, Launch, PledgeState } from '~/api/launches'
import type { Key, Translate } from '~/i18n'
import type { Tone } from '~/parts'

export const pledgeStates = ['asked', 'promised', 'done', 'declined'] as const
export const pledgeTones: Record<string, Tone> = { asked: 'wait', promised: 'plain', done: 'good', declined: 'done' }

export const resourceKinds = ['text', 'picture', 'video', 'gift', 'channel', 'other'] as const

export type Phase = 'soon' | 'on' | 'over' | 'closed'
export const phaseTones: Record<Phase, Tone> = { soon: 'wait', on: 'good', over: 'done', closed: 'done' }

/** Before its time, while it runs, after it, or closed by hand. */
export function phaseOf(launch: Pick<Launch, 'begins' | 'ends' | 'closed_at'>, now: number): Phase {
  if (launch.closed_at) return 'closed'
  if (Date.parse(launch.ends) <= now) return 'over'
  return Date.parse(launch.begins) > now ? 'soon' : 'on'
}

/** Whether people may still be asked and promise. */
export const takesPledges = (phase: Phase) => phase === 'soon' || phase === 'on'

export type PledgeWork = 'promise' | 'change' | 'done' | 'decline'

/** What may be written down of a pledge. Who declined may still promise; that somebody shared, also after the end. */
export function worksOf(state: string, open: boolean): PledgeWork[] {
  if (state === 'asked') return open ? ['promise', 'decline'] : []
  if (state === 'promised') return open ? ['done', 'change', 'decline'] : ['done']
  return state === 'declined' && open ? ['promise'] : []
}

const wants = ['pledges', 'reach', 'endorsers', 'resources']

/** 还差 3 个承诺（5 / 8） */
export const gapWords = (gap: NonNullable<Board['missing']>[number], t: Translate): string =>
  t((wants.includes(gap.what) ? `launches.gap.${gap.what}` : 'launches.gap.other') as Key, {
    count: gap.want - gap.have,
    have: gap.have,
    want: gap.want,
    what: gap.what,
  })

/** What is aimed at, in one line; '' if nothing is. */
export function targetWords(target: Launch['target'], t: Translate): string {
  const parts = [
    target.pledges > 0 && t('launches.target.pledges', { count: target.pledges }),
    target.reach > 0 && t('launches.target.reach', { count: target.reach }),
    target.endorsers > 0 && t('launches.target.endorsers', { count: target.endorsers }),
  ]
  return parts.filter(Boolean).join(' · ')
}

export const isPledgeState = (text: string | undefined): text is PledgeState =>
  pledgeStates.some((state) => state === text)
