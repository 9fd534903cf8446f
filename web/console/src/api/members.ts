// What the page of members asks for: plans with their waves, terms, renewals.
import { type QueryClient, queryOptions } from '@tanstack/react-query'
import { api, call, idempotent, newKey } from './client'
import type { Schemas } from './community'

export type Offer = Schemas['MembershipOffer']
export type Counts = Schemas['MembershipCounts']
export type MemberTerm = Schemas['MemberTerm']
export type Term = Schemas['MembershipTerm']
export type Cohort = Schemas['MembershipCohort']
export type MembershipsOf = Schemas['MembershipsOf']
export type Tenure = Schemas['MembershipTenure']
export type Entitlement = Schemas['MembershipEntitlement']
export type Invoice = Schemas['PeopleInvoice']
export type LookReason = Schemas['PersonRevealInvoiceRequest']['reason']
export type Use = Schemas['MembershipUse']

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

type Headers = ReturnType<typeof idempotent>

/** Uses one of a benefit; the same headers again use no second one. */
export const spendOne = (community: string, id: string, name: string, note: string, headers: Headers) =>
  call<Use>(
    api.POST('/api/v1/communities/{community}/people/{id}/benefits/{name}/use', {
      params: { path: { community, id, name } },
      headers,
      body: note ? { note } : {},
    }),
  )

export const takeUseBack = (community: string, use: string) =>
  call<Use>(
    api.POST('/api/v1/communities/{community}/benefit-uses/{id}/return', {
      params: { path: { community, id: use } },
      headers: idempotent(newKey()),
    }),
  )

export const giveNumber = (community: string, term: string, number: number) =>
  call<Term>(
    api.PUT('/api/v1/communities/{community}/terms/{id}/number', {
      params: { path: { community, id: term } },
      headers: idempotent(newKey()),
      body: { number },
    }),
  )

/** What a person wants on their own invoices, masked. */
export const personInvoiceQuery = (community: string, id: string) =>
  queryOptions({
    queryKey: ['person', community, id, 'invoice'],
    queryFn: ({ signal }) =>
      call<Invoice>(
        api.GET('/api/v1/communities/{community}/people/{id}/invoice', { params: { path: { community, id } }, signal }),
      ),
  })

/** The same unmasked; the look and why it was taken go to the audit log. */
export const revealPersonInvoice = (community: string, id: string, reason: LookReason) =>
  call<Invoice>(
    api.POST('/api/v1/communities/{community}/people/{id}/invoice/reveal', {
      params: { path: { community, id } },
      headers: idempotent(newKey()),
      body: { reason },
    }),
  )

/** After a use or a number: all of the person's page that tells of memberships, and the list of members. */
export const membershipsChanged = (client: QueryClient, community: string, id: string) =>
  Promise.all([
    client.invalidateQueries({ queryKey: ['person', community, id, 'memberships'] }),
    client.invalidateQueries({ queryKey: key(community) }),
  ])

export const membersKey = key
