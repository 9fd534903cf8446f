// What many pages ask for, under one key each.
import { QueryClient, queryOptions, useMutation, useQuery } from '@tanstack/react-query'
import { useRef } from 'react'
import { getSession, type Session } from './auth'
import { idempotent, newKey } from './client'
import { asProblem, mayRetry } from './problem'

export function newQueryClient() {
  return new QueryClient({
    defaultOptions: {
      queries: { retry: (count, error) => count < 2 && mayRetry(error), staleTime: 15_000 },
      // Without a line a command fails at once and says so, instead of waiting unseen for the line to come back.
      mutations: { retry: false, networkMode: 'always' },
    },
  })
}

/** Who is signed in and where they work; null when nobody is. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  staleTime: 5 * 60_000,
  queryFn: async ({ signal }): Promise<Session | null> => {
    try {
      return await getSession(signal)
    } catch (error) {
      if (asProblem(error).status === 401) return null
      throw error
    }
  },
})

export const useSession = () => useQuery(sessionQuery)

/**
 * A command with an Idempotency-Key. The same input keeps its key until it has succeeded, so that a second press after a
 * lost answer is done once; another input, or the same one after success, is a new command with a new key.
 */
export function useCommand<In, Out>(
  run: (input: In, headers: ReturnType<typeof idempotent>) => Promise<Out>,
  options: { onDone?: (output: Out, input: In) => void } = {},
) {
  const pending = useRef<{ input: string; key: string } | undefined>(undefined)
  return useMutation({
    mutationFn: (input: In) => {
      const text = JSON.stringify(input) ?? ''
      if (pending.current?.input !== text) pending.current = { input: text, key: newKey() }
      return run(input, idempotent(pending.current.key))
    },
    onSuccess: (output, input) => {
      pending.current = undefined
      options.onDone?.(output, input)
    },
  })
}
