// Stages of paths: where each member is on the way in, and who is where.
import { queryOptions } from '@tanstack/react-query'
import { api, call } from './client'
import type { Schemas } from './community'

export type Stage = Schemas['PathStage']
export type StageCount = Schemas['PathStageCount']
export type RunAt = Schemas['RunAt']

export const stagesQuery = (community: string, name: string) =>
  queryOptions({
    queryKey: ['path', community, name, 'stages'],
    queryFn: ({ signal }) =>
      call<Schemas['ListOfPathStageCount']>(
        api.GET('/api/v1/communities/{community}/paths/{name}/stages', {
          params: { path: { community, name } },
          signal,
        }),
      ),
  })

export const runsQuery = (community: string, id: string) =>
  queryOptions({
    queryKey: ['person', community, id, 'runs'],
    queryFn: ({ signal }) =>
      call<Schemas['ListOfPathRun']>(
        api.GET('/api/v1/communities/{community}/people/{id}/runs', {
          params: { path: { community, id } },
          signal,
        }),
      ),
  })

/** The paths of persons that have stages. */
export const staged = (paths: Schemas['PathOverview'][]) =>
  paths.filter((path) => path.subject === 'person' && (path.stages ?? []).length > 0)

export const courseQuery = (community: string, run: string) =>
  queryOptions({
    queryKey: ['run', community, run, 'course'],
    queryFn: ({ signal }) =>
      call<Schemas['PathCourse']>(
        api.GET('/api/v1/communities/{community}/runs/{id}/course', {
          params: { path: { community, id: run } },
          signal,
        }),
      ),
  })
