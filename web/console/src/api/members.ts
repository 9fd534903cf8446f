// What the page of members asks for: plans with their waves, terms, renewals.
import { queryOptions } from '@tanstack/react-query'
import { api, call } from './client'
import type { Schemas } from './community'

export type Offer = Schemas['MembershipOffer']
export type Counts = Schemas['MembershipCounts']
export type MemberTerm = Schemas['MemberTerm']
export type Term = Schemas['MembershipTerm']
export type Cohort = Schemas['MembershipCohort']
export type MembershipsOf = Schemas['MembershipsOf']

/** Under one key, so that a sale or a refund brings all of it up to date. */
const key = (community: string) => ['members', community] as const

export const plansQuery = (community: string) =>
  queryOptions({
    queryKey: [...key(community), 'plans'],
    queryFn: ({ signal }) =>
      call<Schemas['Plans']>(
        api.GET('/api/v1/communities/{community}/plans', { params: { path: { community } }, signal }),
      ),
  })

export const cohortsQuery = (community: string) =>
  queryOptions({
    queryKey: [...key(community), 'cohorts'],
    queryFn: ({ signal }) =>
      call<Schemas['Cohorts']>(
        api.GET('/api/v1/communities/{community}/members/cohorts', { params: { path: { community } }, signal }),
      ),
  })

/** Under the person, whose page shows it. */
export const membershipsQuery = (community: string, id: string) =>
  queryOptions({
    queryKey: ['person', community, id, 'memberships'],
    queryFn: ({ signal }) =>
      call<MembershipsOf>(
        api.GET('/api/v1/communities/{community}/people/{id}/memberships', {
          params: { path: { community, id } },
          signal,
        }),
      ),
  })

export const membersKey = key
