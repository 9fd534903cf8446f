// How far a payout has come, and what may be done with it.
import type { Batch, BatchDetail, LineState, LineWork } from '~/api/payouts'
import type { Tone } from '~/parts'

export const batchStates = ['drafting', 'draft', 'approved', 'paying', 'done', 'cancelling', 'cancelled'] as const
export const lineStates = ['reserved', 'paid', 'failed', 'returned'] as const

export const batchTones: Record<string, Tone> = {
  drafting: 'wait',
  draft: 'wait',
  approved: 'wait',
  paying: 'wait',
  done: 'good',
  cancelling: 'wait',
  cancelled: 'done',
}

export const lineTones: Record<string, Tone> = { reserved: 'wait', paid: 'good', failed: 'bad', returned: 'done' }

/** 20, 0.5, 20% → basis points; undefined for what is no share below the whole. Never through a float. */
export function parsePercent(text: string): number | undefined {
  const match = /^(\d{1,2})(?:\.(\d{1,2}))?\s*[%％]?$/.exec(text.trim())
  if (!match?.[1]) return undefined
  return Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'))
}

/** A share that may be all of it. */
export const parseShare = (text: string): number | undefined =>
  /^100(\.0{1,2})?\s*[%％]?$/.test(text.trim()) ? 10_000 : parsePercent(text)

/** 1500 → 15%, 1250 → 12.5%, 5 → 0.05% */
export function percentOf(bp: number): string {
  const rest = String(bp % 100)
    .padStart(2, '0')
    .replace(/0+$/, '')
  return `${Math.floor(bp / 100)}${rest && `.${rest}`}%`
}

export const countOf = (batch: BatchDetail, state?: LineState): number =>
  (batch.totals ?? []).filter((one) => !state || one.state === state).reduce((n, one) => n + one.lines, 0)

export function netOf(batch: BatchDetail, states: readonly string[] = lineStates): number {
  return (batch.totals ?? []).filter((one) => states.includes(one.state)).reduce((sum, one) => sum + one.net, 0)
}

/** Until its file was taken or somebody paid. */
export const mayCancel = (batch: BatchDetail) =>
  ['drafting', 'draft', 'approved'].includes(batch.state) && countOf(batch, 'paid') === 0

export const mayTakeFile = (batch: Batch) => batch.state === 'approved' || batch.state === 'paying'

/** What may be said of a line: nothing before the batch is approved. */
export function worksOf(batch: string, line: string): LineWork[] {
  if (!['approved', 'paying', 'done'].includes(batch)) return []
  if (line === 'reserved') return ['paid', 'failed']
  return line === 'failed' ? ['retry'] : []
}
