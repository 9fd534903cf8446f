import { expect, test } from 'vitest'
import type { Rule } from '~/api/campaigns'
import { blank, fromRule, kinds, toRule, whole } from './rule'

const shown: Rule[] = [
  {},
  { field: 'stage', is: ['pregnancy'] },
  { not: { tag: 'vip' } },
  { all: [{ field: 'city', is: ['上海', '杭州'] }, { not: { member: '*' } }] },
  { any: [{ fact: 'circle.joined', from: '-30d' }, { seen: true, from: '-7d' }, { ways: [0, 1] }] },
  { all: [{ field: 'first_source', is: ['s1'] }, { created: true, from: '-90d' }, { consent: 'marketing' }] },
]

test.each(shown)('O1: what the editor shows is what it was given: %j', (rule) => {
  const simple = fromRule(rule)
  expect(simple && toRule(simple)).toEqual(rule)
})

test.each<Rule>([
  { all: [{ any: [{ tag: 'a' }, { tag: 'b' }] }] },
  { not: { not: { tag: 'a' } } },
  { created: true, from: '2026-03-01' },
  { created: true, from: '-30d', to: '-7d' },
  { field: 'custom.shoe', is: ['38'] },
  { field: 'city', known: false },
  { consent: 'marketing', channel: 'email' },
])('what it cannot show is left alone: %j', (rule) => expect(fromRule(rule)).toBeUndefined())

test('a condition that says nothing yet narrows nothing', () => {
  const conditions = kinds.map(blank)
  const said = conditions.filter(whole).map((c) => c.kind)
  expect(said).toEqual(['circle', 'created', 'seen', 'consent'])
  expect(toRule({ join: 'all', conditions: conditions.filter((c) => !whole(c)) })).toEqual({})
})
