// What a line of somebody's history says beyond its kind: which group, which task, which field. Facts hold ids and names of
// fields only, so what is not known here is left out.
import type { Fact } from '~/api/community'
import type { Key, Translate } from '~/i18n'
import { outcomeName, stageName } from '../ways'

export interface Names {
  /** By id: groups the person is or was in, and ways in. */
  circles: Map<string, string>
  entries: Map<string, string>
  /** By name. */
  paths: Map<string, string>
}

const fields: Record<string, Key> = {
  name: 'people.realname',
  nickname: 'people.name',
  city: 'people.city',
  birth_date: 'people.birth',
  due_date: 'people.due',
  joiner: 'people.joiner',
  grade: 'people.grade',
}
const ways = ['phone', 'follower', 'contact', 'email']

export function factDetail(fact: Fact, names: Names, t: Translate): string {
  const data = (fact.data ?? {}) as Record<string, string | undefined>
  const of = (value?: string) => value ?? ''
  const [family] = fact.kind.split('.')
  if (family === 'task') return join(t(`tasks.kind.${of(data.kind)}` as Key), data.outcome && outcome(data.outcome, t))
  if (family === 'path') return join(names.paths.get(of(data.path)) ?? '', data.outcome && outcomeName(data.outcome, t))
  if (family === 'circle' || family === 'seat') return names.circles.get(of(fact.circle)) ?? ''
  if (family === 'intake') return names.entries.get(of(fact.entry)) ?? ''
  switch (fact.kind) {
    case 'people.profile_changed':
    case 'people.anchor_set':
      return fieldName(of(data.field ?? data.anchor), t)
    case 'people.identified':
    case 'people.unidentified':
      return ways.includes(of(data.kind)) ? t(`people.reach.${of(data.kind)}` as Key) : ''
    case 'people.stage_changed':
      return stageName(of(data.to), t)
    case 'people.consent_given':
    case 'people.consent_withdrawn':
      return ['service', 'marketing'].includes(of(data.purpose)) ? t(`people.consent.${of(data.purpose)}` as Key) : ''
    default:
      return ''
  }
}

const join = (...parts: (string | undefined)[]) => parts.filter(Boolean).join(' · ')

function fieldName(field: string, t: Translate): string {
  const key = fields[field]
  return key ? t(key) : ''
}

/** What staff decided; a key that comes back as itself has no words. */
function outcome(name: string, t: Translate): string {
  const key = `tasks.outcome.${name}`
  const words = t(key as Key)
  return words === key ? '' : words
}
