// Files of people, in and out. Types are the server's own.
import { queryOptions } from '@tanstack/react-query'
import { api, call } from './client'
import type { Schemas } from './community'

export type Import = Schemas['TransferImport']
export type Named = Schemas['TransferNamed']
export type Plan = Schemas['TransferPlan']
export type Counts = Schemas['TransferCounts']
export type Problem = Schemas['ImportProblem']
export type PreviewRow = Schemas['ImportRow']

/** Rows are being dealt with. */
export const underWay = (im: Import | undefined) => im?.state === 'checking' || im?.state === 'running'

export const dealt = (c: Counts) => c.created + c.updated + c.unchanged + c.repeated + c.bad

export const importsQuery = (community: string) =>
  queryOptions({
    queryKey: ['imports', community],
    refetchInterval: ({ state }: { state: { data?: Schemas['PageOfTransferImport'] } }) =>
      (state.data?.items ?? []).some(underWay) ? 2000 : (false as const),
    queryFn: ({ signal }) =>
      call<Schemas['PageOfTransferImport']>(
        api.GET('/api/v1/communities/{community}/imports', { params: { path: { community } }, signal }),
      ),
  })

export const importQuery = (community: string, id: string) =>
  queryOptions({
    queryKey: ['import', community, id],
    // What is under way is asked for until it ends, also after a reload.
    refetchInterval: ({ state }: { state: { data?: Import } }) => (underWay(state.data) ? 1000 : (false as const)),
    queryFn: ({ signal }) => getImport(community, id, signal),
  })

export const getImport = (community: string, id: string, signal?: AbortSignal) =>
  call<Import>(api.GET('/api/v1/communities/{community}/imports/{id}', { params: { path: { community, id } }, signal }))

export const previewQuery = (community: string, id: string, plan: string) =>
  queryOptions({
    queryKey: ['import', community, id, 'preview', plan],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) =>
      call<Schemas['ImportPreview']>(
        api.GET('/api/v1/communities/{community}/imports/{id}/preview', {
          params: { path: { community, id } },
          signal,
        }),
      ),
  })

export const targetsQuery = (community: string, language: string) =>
  queryOptions({
    queryKey: ['import-targets', community, language],
    staleTime: 5 * 60_000,
    queryFn: ({ signal }) =>
      call<Schemas['ListOfTransferNamed']>(
        api.GET('/api/v1/communities/{community}/imports/targets', { params: { path: { community } }, signal }),
      ),
  })

export const exportColumnsQuery = (community: string, language: string) =>
  queryOptions({
    queryKey: ['export-columns', community, language],
    staleTime: 5 * 60_000,
    queryFn: ({ signal }) =>
      call<Schemas['ListOfTransferNamed']>(
        api.GET('/api/v1/communities/{community}/exports/columns', { params: { path: { community } }, signal }),
      ),
  })

export const mapImport = (community: string, id: string, plan: Plan) =>
  call<Import>(
    api.PUT('/api/v1/communities/{community}/imports/{id}/plan', { params: { path: { community, id } }, body: plan }),
  )

export const importVerbs = {
  check: (community: string, id: string) =>
    call<Import>(
      api.POST('/api/v1/communities/{community}/imports/{id}/check', { params: { path: { community, id } } }),
    ),
  run: (community: string, id: string) =>
    call<Import>(api.POST('/api/v1/communities/{community}/imports/{id}/run', { params: { path: { community, id } } })),
  stop: (community: string, id: string) =>
    call<Import>(
      api.POST('/api/v1/communities/{community}/imports/{id}/stop', { params: { path: { community, id } } }),
    ),
}

export const at = (community: string, path: string) => `/api/v1/communities/${encodeURIComponent(community)}${path}`
