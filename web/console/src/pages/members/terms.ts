// What terms are in words and in time.
import type { MemberTerm, Term } from '~/api/members'
import type { Key, Translate } from '~/i18n'
import type { Tone } from '~/parts'

const states = [
  'held',
  'dropped',
  'pending',
  'active',
  'ending',
  'grace',
  'expired',
  'lapsed',
  'refunded',
  'upgraded',
  'left',
]

/** A state in words; one that this console doesn't know stands as it is. */
export const termState = (state: string, t: Translate): string =>
  states.includes(state) ? t(`members.state.${state}` as Key) : state

const tones: Record<string, Tone> = {
  active: 'good',
  grace: 'wait',
  held: 'wait',
  refunded: 'done',
  expired: 'done',
  left: 'done',
}

export const termTone = (state: string): Tone => tones[state] ?? 'plain'

const day = 86_400_000

/** From how many days before its end a term counts as ending; the server's own bound. */
export const endingDays = 30

export type Renewal = 'renewed' | 'far' | 'due' | 'grace' | 'lapsed'

/**
 * How a member stands to renewing. The list has the last term of each run: one that began after the run did is a renewal, so
 * nothing is due until it comes near its end itself.
 */
export function renewalOf(term: Pick<MemberTerm, 'state' | 'starts' | 'run_start' | 'ends'>, now: number): Renewal {
  if (term.state === 'grace') return 'grace'
  if (term.state === 'expired' || term.state === 'lapsed') return 'lapsed'
  if (term.ends && Date.parse(term.ends) - now <= endingDays * day) return 'due'
  return term.starts && term.run_start && term.starts > term.run_start ? 'renewed' : 'far'
}

export interface Strip {
  id: string
  plan: string
  state: string
  kind: string
  starts: string
  ends: string
  grace_until?: string
  /** Where on the strip, in per cent of the whole; grace follows the term. */
  left: number
  width: number
  grace: number
}

/** Terms side by side in time, with where now is among them. Only what was bought has a place in it. */
export function stripOf(terms: Term[], now: number): { bars: Strip[]; now?: number; from: number; to: number } {
  const at = (time: string) => Date.parse(time)
  const bought = terms.flatMap((term) =>
    term.starts && term.ends ? [{ ...term, starts: term.starts, ends: term.ends }] : [],
  )
  if (bought.length === 0) return { bars: [], from: now, to: now }
  // What was given back or gave way ends there, whatever was paid for.
  const over = (term: (typeof bought)[number]) =>
    term.ended_at && at(term.ended_at) < at(term.ends) ? Math.max(at(term.ended_at), at(term.starts)) : at(term.ends)
  const graceEnd = (term: (typeof bought)[number]) =>
    term.grace_until && !term.ended_at ? Math.max(at(term.grace_until), over(term)) : over(term)
  const from = Math.min(...bought.map((term) => at(term.starts)))
  const to = Math.max(...bought.map(graceEnd), from + day)
  const share = (time: number) => (100 * (time - from)) / (to - from)
  return {
    from,
    to,
    now: now >= from && now <= to ? share(now) : undefined,
    bars: bought.map((term) => ({
      id: term.id,
      plan: term.plan,
      state: term.state,
      kind: term.kind,
      starts: term.starts,
      ends: term.ends,
      grace_until: term.grace_until,
      left: share(at(term.starts)),
      // A day's trial of ten years can still be seen.
      width: Math.max(0.8, share(over(term)) - share(at(term.starts))),
      grace: share(graceEnd(term)) - share(over(term)),
    })),
  }
}
