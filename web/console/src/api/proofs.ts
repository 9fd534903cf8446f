// What the page of proofs asks for: calls to share and show it, and the pictures that came.
import { type QueryClient, queryOptions } from '@tanstack/react-query'
import { api, call } from './client'
import type { Schemas } from './community'
import { growthKey } from './growth'

export type Call = Schemas['GrowthCallCounts']
export type ProofRule = Schemas['GrowthProofRule']
export type Proof = Schemas['NamedProof']
export type ProofView = Schemas['ProofView']
export type RefuseReason = Schemas['ProofRefuseRequest']['reason']
export type ProofState = 'waits' | 'held' | 'approved' | 'refused'

export const proofsKey = (community: string) => [...growthKey(community), 'proofs'] as const

/** After a proof was decided or a call changed; a task may have ended with it. */
export const proofsChanged = (client: QueryClient, community: string) =>
  Promise.all([
    client.invalidateQueries({ queryKey: proofsKey(community) }),
    client.invalidateQueries({ queryKey: ['tasks', community] }),
    client.invalidateQueries({ queryKey: ['today', community] }),
  ])

interface Paging {
  limit?: number
  cursor?: string
}

export const rulesQuery = (community: string) =>
  queryOptions({
    queryKey: [...proofsKey(community), 'rules'],
    queryFn: async ({ signal }) =>
      (
        await call<Schemas['ListOfGrowthProofRule']>(
          api.GET('/api/v1/communities/{community}/calls/rules', { params: { path: { community } }, signal }),
        )
      ).items ?? [],
  })

/** The first 200, the one that ends last first. */
export const callsQuery = (community: string, open: boolean) =>
  queryOptions({
    queryKey: [...proofsKey(community), 'calls', open],
    queryFn: ({ signal }) =>
      call<Schemas['PageOfGrowthCallCounts']>(
        api.GET('/api/v1/communities/{community}/calls', {
          params: { path: { community }, query: { open, limit: 200 } },
          signal,
        }),
      ),
  })

export const listProofs = (
  community: string,
  query: Paging & { state?: ProofState; call?: string; person?: string },
  signal?: AbortSignal,
) =>
  call<Schemas['PageOfNamedProof']>(
    api.GET('/api/v1/communities/{community}/proofs', { params: { path: { community }, query }, signal }),
  )

export const proofQuery = (community: string, id: string) =>
  queryOptions({
    queryKey: [...proofsKey(community), 'one', id],
    queryFn: ({ signal }) =>
      call<ProofView>(
        api.GET('/api/v1/communities/{community}/proofs/{id}', { params: { path: { community, id } }, signal }),
      ),
  })

export const pictureUrl = (community: string, hash: string) => `/api/v1/communities/${community}/pictures/${hash}`
