// What the page of posts asks for: what is planned and published elsewhere, and what came of it.
import { type QueryClient, queryOptions } from '@tanstack/react-query'
import { api, call, callVersioned } from './client'
import type { Schemas } from './community'
import { growthKey } from './growth'

export type Post = Schemas['PostView']
export type PostState = 'planned' | 'published' | 'dropped'

export const postStates = ['planned', 'published', 'dropped'] as const

export const postsKey = (community: string) => [...growthKey(community), 'posts'] as const

/** After a post was changed; its entry is changed with it. */
export const postsChanged = (client: QueryClient, community: string) =>
  Promise.all([
    client.invalidateQueries({ queryKey: postsKey(community) }),
    client.invalidateQueries({ queryKey: ['entries', community] }),
  ])

export const listPosts = (
  community: string,
  query: { limit?: number; cursor?: string; source?: string; state?: PostState },
  signal?: AbortSignal,
) =>
  call<Schemas['PageOfPostView']>(
    api.GET('/api/v1/communities/{community}/posts', { params: { path: { community }, query }, signal }),
  )

/** With its version, for changing it. */
export const postQuery = (community: string, id: string) =>
  queryOptions({
    queryKey: [...postsKey(community), 'one', id],
    queryFn: ({ signal }) =>
      callVersioned<Post>(
        api.GET('/api/v1/communities/{community}/posts/{id}', { params: { path: { community, id } }, signal }),
      ),
  })
