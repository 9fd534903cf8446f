// What the pages of companies ask for: who is in them, what they have of memberships, and what stands on their invoices.
import { type QueryClient, queryOptions } from '@tanstack/react-query'
import { api, call, callVersioned, idempotent, ifMatch, newKey } from './client'
import type { Schemas } from './community'
import { membersKey } from './members'

export type CompanyRow = Schemas['OrganisationRow']
export type Company = Schemas['OrganisationView']
export type Employee = Schemas['OrganisationPerson']
export type Role = Employee['role']
export type PlaceRow = Schemas['PlaceRow']
export type Invoice = Schemas['PeopleInvoice']
export type InvoiceEdit = Schemas['InvoiceEdit']
export type LookReason = Schemas['OrganisationRevealRequest']['reason']

/** Under the members', so that a sale or a refund brings companies up to date too. */
export const companiesKey = (community: string) => [...membersKey(community), 'companies'] as const

export const companyKey = (community: string, id: string) => [...companiesKey(community), id] as const

/** After anything was done to a company: all that is shown of it is read anew. */
export const companyChanged = (client: QueryClient, community: string) =>
  client.invalidateQueries({ queryKey: companiesKey(community) })

interface Paging {
  limit?: number
  cursor?: string
}

export const listCompanies = (community: string, query: Paging & { q?: string }, signal?: AbortSignal) =>
  call<Schemas['PageOfOrganisationRow']>(
    api.GET('/api/v1/communities/{community}/organisations', { params: { path: { community }, query }, signal }),
  )

export const companyQuery = (community: string, id: string) =>
  queryOptions({
    queryKey: [...companyKey(community, id), 'one'],
    queryFn: ({ signal }) =>
      callVersioned<Company>(
        api.GET('/api/v1/communities/{community}/organisations/{id}', { params: { path: { community, id } }, signal }),
      ),
  })

export const listEmployees = (community: string, id: string, query: Paging, signal?: AbortSignal) =>
  call<Schemas['PageOfOrganisationPerson']>(
    api.GET('/api/v1/communities/{community}/organisations/{id}/people', {
      params: { path: { community, id }, query },
      signal,
    }),
  )

export const listPlaces = (
  community: string,
  id: string,
  query: Paging & { which?: 'standing' | 'over' },
  signal?: AbortSignal,
) =>
  call<Schemas['PageOfPlaceRow']>(
    api.GET('/api/v1/communities/{community}/organisations/{id}/places', {
      params: { path: { community, id }, query },
      signal,
    }),
  )

export const listHappenings = (community: string, id: string, query: Paging, signal?: AbortSignal) =>
  call<Schemas['PageOfFact']>(
    api.GET('/api/v1/communities/{community}/organisations/{id}/timeline', {
      params: { path: { community, id }, query },
      signal,
    }),
  )

export const invoiceQuery = (community: string, id: string) =>
  queryOptions({
    queryKey: [...companyKey(community, id), 'invoice'],
    queryFn: ({ signal }) =>
      call<Invoice>(
        api.GET('/api/v1/communities/{community}/organisations/{id}/invoice', {
          params: { path: { community, id } },
          signal,
        }),
      ),
  })

/** The same unmasked; the look and why it was taken go to the audit log. */
export const revealInvoice = (community: string, id: string, reason: LookReason) =>
  call<Invoice>(
    api.POST('/api/v1/communities/{community}/organisations/{id}/invoice/reveal', {
      params: { path: { community, id } },
      headers: idempotent(newKey()),
      body: { reason },
    }),
  )

export const companiesOfQuery = (community: string, id: string) =>
  queryOptions({
    queryKey: ['person', community, id, 'companies'],
    queryFn: ({ signal }) =>
      call<Schemas['ListOfPeopleAffiliation']>(
        api.GET('/api/v1/communities/{community}/people/{id}/organisations', {
          params: { path: { community, id } },
          signal,
        }),
      ),
  })

/** Changes a company as it was read; refused when somebody was faster. What is left out stays. */
export const editCompany = (
  community: string,
  id: string,
  etag: string | undefined,
  body: { name?: string; owner?: string; invoice?: InvoiceEdit },
) =>
  call<Schemas['PeopleOrganisation']>(
    api.PATCH('/api/v1/communities/{community}/organisations/{id}', {
      params: { path: { community, id }, header: ifMatch(etag) },
      body,
    }),
  )

export const setRole = (community: string, id: string, person: string, role: Role) =>
  call(
    api.PUT('/api/v1/communities/{community}/organisations/{id}/people/{person}', {
      params: { path: { community, id, person } },
      body: { role },
    }),
  )

export const takeOut = (community: string, id: string, person: string) =>
  call(
    api.DELETE('/api/v1/communities/{community}/organisations/{id}/people/{person}', {
      params: { path: { community, id, person } },
    }),
  )

export const freePlace = (community: string, id: string) =>
  call<Schemas['MembershipPlace']>(
    api.POST('/api/v1/communities/{community}/places/{id}/free', {
      params: { path: { community, id } },
      headers: idempotent(newKey()),
    }),
  )
