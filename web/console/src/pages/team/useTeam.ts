import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useSession } from '~/api/queries'
import { type Department, departmentsQuery } from '~/api/team'
import { useMay } from '~/app/may'
import { useStaffNames } from '~/app/staff'
import { useText } from '~/i18n'

/** The departments with their staff, and what ids are called; departments are empty until they are known. */
export function useTeam(slug: string) {
  const text = useText()
  const may = useMay()
  const me = useSession().data?.operator.id ?? ''
  const query = useQuery({ ...departmentsQuery(slug), enabled: may('team.read') === 'yes' })
  const staff = useStaffNames(slug)
  const data = query.data
  return useMemo(() => {
    const departments: Department[] = data?.items ?? []
    const members = departments.flatMap((d) => d.members ?? [])
    const titles = new Map(departments.map((d) => [d.name, text(d.title) || d.name]))
    return {
      query,
      data,
      me,
      departments,
      members,
      titleOf: (department: string) => titles.get(department) ?? department,
      sideOf: (department: string) => departments.find((d) => d.name === department)?.side ?? '',
      nameOf: (id?: string) => (id ? ((members.find((m) => m.staff === id)?.staff_name || staff.get(id)) ?? '') : ''),
    }
  }, [query, data, me, staff, text])
}

export type Team = ReturnType<typeof useTeam>

/** Tells whether an order is somebody's sale, so that there is something to read about it. */
export function useCredited(slug: string): (order: { paid: number; fulfilled_at?: string }) => boolean {
  const { departments } = useTeam(slug)
  const reads = useMay()('order.read') === 'yes'
  return ({ paid, fulfilled_at }) => reads && departments.length > 0 && paid > 0 && Boolean(fulfilled_at)
}
