// What a line of somebody's history says beyond its kind: which group, which task, which field. Facts hold ids and names of
// fields only, so what is not known here is left out.
import type { Fact } from '~/api/community'
import type { Key, Translate } from '~/i18n'
import { saleKind, sideName } from '../team/words'
import { decisionName, outcomeName, stageName, taskName } from '../ways'

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
  sales_owner: 'team.owner.sales',
  service_owner: 'team.owner.service',
}
const ways: Record<string, Key> = {
  phone: 'people.reach.phone',
  follower: 'people.reach.follower',
  contact: 'people.reach.contact',
  email: 'people.reach.email',
  circle_member: 'people.reach.circle',
}

export function factDetail(fact: Fact, names: Names, t: Translate): string {
  const data = (fact.data ?? {}) as Record<string, string | undefined>
  const of = (value?: string) => value ?? ''
  const [family] = fact.kind.split('.')
  if (family === 'task') return join(taskName(of(data.kind), t), data.outcome && decisionName(data.outcome, t))
  if (family === 'path') return join(names.paths.get(of(data.path)) ?? '', data.outcome && outcomeName(data.outcome, t))
  if (family === 'circle' || family === 'seat') return names.circles.get(of(fact.circle)) ?? ''
  if (family === 'team') return join(data.side && sideName(data.side, t), data.kind && saleKind(data.kind, t))
  if (family === 'intake') return names.entries.get(of(fact.entry)) ?? ''
  switch (fact.kind) {
    case 'people.profile_changed':
    case 'people.anchor_set':
      return fieldName(of(data.field ?? data.anchor), t)
    case 'people.identified':
    case 'people.unidentified':
      return words(ways[of(data.kind)], t)
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

const fieldName = (field: string, t: Translate) => words(fields[field], t)

const words = (key: Key | undefined, t: Translate) => (key ? t(key) : '')
