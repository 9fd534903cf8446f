import { useInfiniteQuery } from '@tanstack/react-query'

interface Answer<T> {
  items?: T[]
  next?: string
}

/** Rows that come a page at a time, with the way to the next. */
export function useRows<T>(
  key: readonly unknown[],
  load: (query: { limit: number; cursor?: string }, signal: AbortSignal) => Promise<Answer<T>>,
  { enabled = true, limit = 50 }: { enabled?: boolean; limit?: number } = {},
) {
  const query = useInfiniteQuery({
    queryKey: key,
    enabled,
    queryFn: ({ pageParam, signal }) => load({ limit, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next || undefined,
  })
  return { ...query, rows: query.data?.pages.flatMap((p) => p.items ?? []) ?? [] }
}
