// The server lists events in the order in which they begin. What is past is read backwards, a window of time after another.
import { allEvents, type CalendarRequest, type EventRow, type listEvents } from '~/api/calendar'

const day = 86_400_000
const window = 90 * day
/** The longest that an event can last. */
const longest = 31 * day

const iso = (at: number) => new Date(at).toISOString()

type Narrow = Pick<CalendarRequest, 'kind' | 'city' | 'state' | 'conflicts' | 'figures'>
interface Answer {
  items: EventRow[]
  next?: string
}

/**
 * Events that are over, the last first. A page is the newest window of 90 days before the cursor in which there are any; the
 * next page's cursor is where that window begins.
 */
export async function pastEvents(
  list: typeof listEvents,
  community: string,
  narrow: Narrow,
  now: number,
  cursor?: string,
  signal?: AbortSignal,
): Promise<Answer> {
  const first = (await list(community, { ...narrow, conflicts: false, figures: false, limit: 1 }, signal)).items?.[0]
  const bottom = first ? Date.parse(first.starts) : now
  let end = cursor ? Date.parse(cursor) : now
  while (end > bottom) {
    const start = end - window
    const rows = await allEvents(community, { ...narrow, from: iso(start), to: iso(end) }, signal, list)
    const items = rows.filter((e) => Date.parse(e.ends) <= now || e.state === 'cancelled').reverse()
    end = start
    if (items.length > 0) return { items, next: end > bottom ? iso(end) : undefined }
  }
  return { items: [] }
}

/** Events that run now, and after them those to come; the former on the first page. */
export async function comingEvents(
  list: typeof listEvents,
  community: string,
  narrow: Narrow,
  now: number,
  { limit, cursor }: { limit: number; cursor?: string },
  signal?: AbortSignal,
): Promise<Answer> {
  const at = iso(now)
  const [running, page] = await Promise.all([
    cursor ? [] : allEvents(community, { ...narrow, from: iso(now - longest), to: at }, signal, list),
    list(community, { ...narrow, from: at, limit, cursor }, signal),
  ])
  const items = [...running.filter((e) => Date.parse(e.ends) > now), ...(page.items ?? [])]
  return { items, next: page.next || undefined }
}
