// A segment's rule as the editor shows it: conditions joined by “all” or “any”, each turned round or not. The server's rules
// may be nested further; those are shown as they are.
import type { Rule } from '~/api/campaigns'

export const kinds = [
  'stage',
  'city',
  'tag',
  'source',
  'circle',
  'grade',
  'joiner',
  'ways',
  'created',
  'seen',
  'fact',
  'consent',
] as const
export type Kind = (typeof kinds)[number]

export interface Condition {
  /** Names the row while it is edited. */
  key: number
  kind: Kind
  not: boolean
  rule: Rule
}

export interface Simple {
  join: 'all' | 'any'
  conditions: Condition[]
}

const fields: Partial<Record<Kind, string>> = {
  stage: 'stage',
  city: 'city',
  source: 'first_source',
  grade: 'grade',
  joiner: 'joiner',
}

let keys = 0
const newKey = () => {
  keys += 1
  return keys
}

/** A condition that still has to be filled in. */
export function blank(kind: Kind): Condition {
  const rules: Record<Kind, Rule> = {
    stage: { field: 'stage', is: [] },
    city: { field: 'city', is: [] },
    source: { field: 'first_source', is: [] },
    grade: { field: 'grade', is: [] },
    joiner: { field: 'joiner', is: [] },
    tag: { tag: '' },
    circle: { member: '*' },
    ways: { ways: [] },
    created: { created: true, from: '-30d' },
    seen: { seen: true, from: '-30d' },
    fact: { fact: '', from: '-30d' },
    consent: { consent: 'marketing' },
  }
  return { key: newKey(), kind, not: false, rule: rules[kind] }
}

/** Whether a condition says something yet. */
export function whole({ kind, rule }: Condition): boolean {
  if (fields[kind]) return (rule.is ?? []).length > 0
  if (kind === 'tag') return Boolean(rule.tag)
  if (kind === 'ways') return (rule.ways ?? []).length > 0
  if (kind === 'fact') return Boolean(rule.fact)
  return true
}

/** The rule of the conditions that say something; none of them is everyone. */
export function toRule({ join, conditions }: Simple): Rule {
  const rules = conditions.filter(whole).map(({ rule, not }): Rule => (not ? { not: rule } : rule))
  if (rules.length === 0) return {}
  if (rules.length === 1 && rules[0]) return rules[0]
  return join === 'all' ? { all: rules } : { any: rules }
}

/** The conditions of a rule; undefined if it is more than this editor can show. */
export function fromRule(rule: Rule): Simple | undefined {
  const join = rule.any ? 'any' : 'all'
  const rules = rule.any ?? rule.all ?? (Object.keys(rule).length === 0 ? [] : [rule])
  const conditions: Condition[] = []
  for (const one of rules) {
    const not = one.not !== undefined
    const inner = one.not ?? one
    const kind = kindOf(inner)
    if (!kind) return undefined
    conditions.push({ key: newKey(), kind, not, rule: inner })
  }
  return { join, conditions }
}

const shape: Record<Kind, string[]> = {
  stage: ['field', 'is'],
  city: ['field', 'is'],
  source: ['field', 'is'],
  grade: ['field', 'is'],
  joiner: ['field', 'is'],
  tag: ['tag'],
  circle: ['member'],
  ways: ['ways'],
  created: ['created', 'from'],
  seen: ['seen', 'from'],
  fact: ['fact', 'from', 'at_least'],
  consent: ['consent'],
}

function kindOf(rule: Rule): Kind | undefined {
  const kind = kinds.find((k) => {
    if (fields[k]) return rule.field === fields[k] && rule.is !== undefined
    if (k === 'circle') return rule.member !== undefined
    return k in rule
  })
  if (!kind || Object.keys(rule).some((name) => !shape[kind].includes(name))) return undefined
  if (rule.from !== undefined && days(rule.from) === undefined) return undefined
  return kind
}

/** -30d → 30; anything else is not a number of days from now. */
export function days(from: string | undefined): number | undefined {
  const match = /^-(\d+)d$/.exec(from ?? '')
  return match ? Number(match[1]) : undefined
}
