import type { EventChange, EventView } from '~/api/calendar'
import type { Text } from '~/i18n'
import { type Format, instantAt } from '~/i18n/format'

/** An event as the form holds it; moments are 2026-11-21T14:30 by the community's clocks. */
export interface Filled {
  title?: Text
  about?: Text
  starts: string
  ends?: string
  city?: string
  place?: string
  link?: string
  host?: string
  capacity?: number | null
}
export type Draft = Filled

export function draftOf(event: EventView, format: Pick<Format, 'date' | 'time'>): Draft {
  const local = (at: string) => `${format.date(at)}T${format.time(at)}`
  return {
    title: event.title as Text,
    about: (event.about ?? {}) as Text,
    starts: local(event.starts),
    ends: local(event.ends),
    city: event.city ?? '',
    place: event.place ?? '',
    link: event.link ?? '',
    host: event.host || undefined,
    capacity: event.capacity,
  }
}

/** Languages in which something is written. */
const written = (words: Text | undefined): Text =>
  Object.fromEntries(
    Object.entries(words ?? {})
      .map(([lang, value]) => [lang, (value ?? '').trim()] as const)
      .filter(([, value]) => value !== ''),
  )

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)
const sorted = (words: Text) => Object.entries(words).sort(([a], [b]) => (a < b ? -1 : 1))

/** What is sent: of a new event all that is filled in, of an old one what differs from what it was. */
export function changed(now: Filled, zone: string, was?: Draft): EventChange {
  const out: EventChange = {}
  const title = written(now.title)
  const about = written(now.about)
  if (!was || !same(sorted(title), sorted(written(was.title)))) out.title = title
  if (was ? !same(sorted(about), sorted(written(was.about))) : Object.keys(about).length > 0) out.about = about
  if (now.starts !== was?.starts) out.starts = instantAt(now.starts, zone)
  // A start that is sent alone takes the end along, so an end that was set to stand is sent with it.
  if (now.ends && (now.ends !== was?.ends || now.starts !== was?.starts)) out.ends = instantAt(now.ends, zone)
  for (const field of ['city', 'place', 'link', 'host'] as const) {
    const value = (now[field] ?? '').trim()
    if (value !== (was?.[field] ?? '')) out[field] = value
  }
  if (now.capacity != null && now.capacity !== was?.capacity) out.capacity = now.capacity
  return out
}
