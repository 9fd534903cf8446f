// One thing done to many people, each by a request of its own: what came of every one of them is kept.
import { asProblem, type Problem } from '~/api/problem'

export interface Outcome {
  /** For whom something changed. */
  changed: number
  /** For whom it was so before. */
  same: number
  failed: { id: string; problem: Problem }[]
  /** Who is still to be done, because it was stopped. */
  left: string[]
  /** What stopped it, if it wasn't the operator. */
  halt?: Problem
}

/** How many requests are under way at once. */
const abreast = 4

/** Refusals that are about this one person; any other would meet the next one too. */
const ofOne = [404, 409, 410, 412]

/** `act` tells whether it changed something. `tell` hears how many are dealt with. Stopping lets what is under way finish. */
export async function toEach(
  ids: string[],
  act: (id: string) => Promise<boolean>,
  stop: AbortSignal,
  tell: (dealt: number) => void,
): Promise<Outcome> {
  const out: Outcome = { changed: 0, same: 0, failed: [], left: [] }
  let next = 0
  const worker = async () => {
    while (next < ids.length && !stop.aborted && !out.halt) {
      const id = ids[next++] ?? ''
      try {
        if (await act(id)) out.changed += 1
        else out.same += 1
      } catch (error) {
        const problem = asProblem(error)
        if (ofOne.includes(problem.status)) out.failed.push({ id, problem })
        else {
          out.halt ??= problem
          out.left.push(id)
        }
      }
      tell(out.changed + out.same + out.failed.length)
    }
  }
  await Promise.all(Array.from({ length: abreast }, worker))
  out.left.push(...ids.slice(next))
  return out
}

/** Two goes at it as one: of the first what was done, of the second what it came to. */
export function together(before: Outcome | undefined, after: Outcome): Outcome {
  if (!before) return after
  return { ...after, changed: before.changed + after.changed, same: before.same + after.same }
}

/** Those who failed by what the server said of them, the most first. */
export function byReason(failed: Outcome['failed']): { problem: Problem; ids: string[] }[] {
  const groups = new Map<string, { problem: Problem; ids: string[] }>()
  for (const { id, problem } of failed) {
    const key = `${problem.code} ${problem.detail ?? problem.title}`
    const group = groups.get(key) ?? { problem, ids: [] }
    group.ids.push(id)
    groups.set(key, group)
  }
  return [...groups.values()].sort((a, b) => b.ids.length - a.ids.length)
}
