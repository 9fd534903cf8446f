import type { Problem } from '~/api/problem'
import { defaultZone } from '~/i18n/format'

export const steps = ['operator', 'community', 'playbook'] as const

/** The step on which the first refused field is typed; undefined when no field is to blame. */
export function stepOf(problem: Problem): number | undefined {
  const pointer = problem.errors?.[0]?.pointer
  if (!pointer) return undefined
  if (pointer === '/community/playbook') return steps.indexOf('playbook')
  const step = steps.findIndex((name) => pointer.startsWith(`/${name}`))
  return step < 0 ? undefined : step
}

export function zones(): string[] {
  const all = Intl.supportedValuesOf?.('timeZone') ?? []
  return all.includes(defaultZone) ? all : [defaultZone, ...all]
}

/** The browser's zone, or Shanghai when it says nothing useful (servers' browsers say UTC). */
export function browserZone(): string {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  return !zone || zone === 'UTC' || zone.startsWith('Etc/') ? defaultZone : zone
}

/** A slug out of a name that has Latin letters in it; from Chinese nothing can be guessed. */
export function slugFrom(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40)
}

/** As the server wants it: 3–40 of a–z, 0–9 and single hyphens inside. */
export const slugShape = /^(?=.{3,40}$)[a-z0-9]+(-[a-z0-9]+)*$/
