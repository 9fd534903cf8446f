// Who works in the community, for showing an id by its name.
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { staffQuery } from '~/api/community'

/** The names of the community's staff by their ids; empty until they are known. */
export function useStaffNames(slug: string): Map<string, string> {
  const staff = useQuery(staffQuery(slug))
  return useMemo(() => new Map((staff.data?.items ?? []).map((s) => [s.id, s.name || s.email])), [staff.data])
}
