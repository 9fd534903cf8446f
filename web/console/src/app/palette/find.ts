// What the palette finds by a text: people, circles and ways in. One question to the server answers for all three.
import { DoorOpen, MessagesSquare, UserRound } from 'lucide-react'
import type { Community } from '~/api/auth'
import { api, call } from '~/api/client'
import type { components } from '~/api/schema'
import { currentLanguage, pickText, words } from '~/i18n'
import { communityPath } from '../community'
import type { Command, SearchProvider } from './commands'

type Found = components['schemas']['Found']

let last: { key: string; answer: Promise<Found> } | undefined

/** The last answer serves the providers that ask for the same at the same time. */
function ask(community: string, q: string, signal: AbortSignal): Promise<Found> {
  const key = `${community} ${q}`
  if (last?.key === key) return last.answer
  const answer = call<Found>(
    api.GET('/api/v1/communities/{community}/search', { params: { path: { community }, query: { q } }, signal }),
  )
  const mine = { key, answer }
  last = mine
  // Neither a refusal nor an old answer is given again.
  const forget = () => {
    if (last === mine) last = undefined
  }
  answer.then(() => setTimeout(forget, 2000), forget)
  return answer
}

const provider = (
  id: string,
  title: SearchProvider['title'],
  community: Community,
  pick: (found: Found) => Command[],
): SearchProvider => ({
  id: `${id} ${community.slug}`,
  title,
  search: async (q, signal) => pick(await ask(community.slug, q, signal)),
})

export const findPeople = (community: Community) =>
  provider('people', words('frame.people'), community, (found) =>
    (found.people ?? []).map(({ person: p }) => ({
      id: `person-${p.id}`,
      title: p.nickname || p.name || words('people.unnamed'),
      hint: [p.phone, p.city].filter(Boolean).join(' '),
      icon: UserRound,
      to: communityPath(community.slug, `people/${p.id}`),
    })),
  )

export const findCircles = (community: Community) =>
  provider('circles', words('frame.circles'), community, (found) =>
    (found.circles ?? []).map((c) => ({
      id: `circle-${c.id}`,
      title: pickText(c.name, currentLanguage()),
      hint: `${c.members} / ${c.capacity}`,
      icon: MessagesSquare,
      to: communityPath(community.slug, `circles/${c.id}`),
    })),
  )

export const findEntries = (community: Community) =>
  provider('entries', words('intake.entries'), community, (found) =>
    (found.entries ?? []).map((e) => ({
      id: `entry-${e.id}`,
      title: e.title,
      hint: e.code,
      icon: DoorOpen,
      to: communityPath(community.slug, `intake#${e.id}`),
    })),
  )
