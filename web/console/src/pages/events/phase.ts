import type { Key } from '~/i18n'
import type { Tone } from '~/parts'

export type Phase = 'cancelled' | 'over' | 'running' | 'soon'

/** Where an event stands in time. */
export function phaseOf(event: { state: string; starts: string; ends: string }, now: number): Phase {
  if (event.state === 'cancelled') return 'cancelled'
  if (Date.parse(event.ends) <= now) return 'over'
  return Date.parse(event.starts) <= now ? 'running' : 'soon'
}

export const phaseTone: Record<Phase, Tone> = { soon: 'plain', running: 'good', over: 'done', cancelled: 'done' }
export const phaseWord: Record<Phase, Key> = {
  soon: 'events.phase.soon',
  running: 'events.phase.running',
  over: 'events.phase.over',
  cancelled: 'events.phase.cancelled',
}

/** 90m → 1.5, '1d' → 24: the playbook's spans in hours; undefined for what it can't read. */
export function hoursOf(span: string): number | undefined {
  const found = [...span.matchAll(/(\d+(?:\.\d+)?)(d|h|m|s)/g)]
  if (found.length === 0 || found.map((m) => m[0]).join('') !== span) return undefined
  const unit: Record<string, number> = { d: 24, h: 1, m: 1 / 60, s: 1 / 3600 }
  return found.reduce((sum, m) => sum + Number(m[1]) * (unit[m[2] ?? ''] ?? 0), 0)
}
