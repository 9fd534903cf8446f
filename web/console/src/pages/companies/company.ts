// What companies' people, places and facts are called.

import type { Fact } from '~/api/community'
import type { PlaceRow, Role } from '~/api/companies'
import type { Key, Translate } from '~/i18n'
import type { Tone } from '~/parts'

export const roles = ['contact', 'finance', 'colleague'] as const satisfies readonly Role[]

export const roleName = (role: string, t: Translate): string =>
  (roles as readonly string[]).includes(role) ? t(`companies.role.${role}` as Key) : role

const ends = ['taken_back', 'left', 'over', 'fewer', 'merged', 'erased']

/** Why a place ended, in words; '' for what this console doesn't know. */
export const endOf = (why: string | undefined, t: Translate): string =>
  why && ends.includes(why) ? t(`companies.end.${why}` as Key) : ''

export type PlaceState = 'invited' | 'taken' | 'late' | 'ended'

/** An invitation whose time is over is not told so by the server: nothing has changed in it. */
export const placeState = (p: Pick<PlaceRow, 'state' | 'expires_at'>, now: number): PlaceState =>
  p.state === 'invited' && Date.parse(p.expires_at) <= now ? 'late' : p.state

export const placeTones: Record<PlaceState, Tone> = { invited: 'wait', taken: 'good', late: 'done', ended: 'done' }

const fields = ['name', 'owner', 'invoice']

/** What a line of a company's history says beyond its kind. Plans go by their names, people by how they are called now. */
export function happened(fact: Fact, names: Map<string, string>, plans: Map<string, string>, t: Translate): string {
  const data = (fact.data ?? {}) as Record<string, string | undefined>
  const who = (fact.person && names.get(fact.person)) || ''
  const what = () => {
    switch (fact.kind) {
      case 'people.organisation_joined':
        return roleName(data.role ?? '', t)
      case 'people.organisation_changed':
        return fields.includes(data.field ?? '') ? t(`companies.field.${data.field}` as Key) : ''
      case 'membership.place_freed':
        return endOf(data.why, t)
      case 'membership.company_covered':
        return plans.get(data.plan ?? '') ?? data.plan ?? ''
      default:
        return ''
    }
  }
  return [who, what()].filter(Boolean).join(' · ')
}

/** A value that was masked and left alone isn't sent; one with stars in it that was changed is no value. */
export const untouched = (value: string, was: string): boolean => value.trim() === was.trim()
export const stillMasked = (value: string, was: string): boolean => value.includes('*') && !untouched(value, was)
