import { createContext, useContext } from 'react'
import type { Community } from '~/api/auth'
import { readStored, writeStored } from '~/lib/storage'

/** The community whose pages are shown; undefined on pages that belong to none. */
export const CommunityContext = createContext<Community | undefined>(undefined)

export const useCommunity = () => useContext(CommunityContext)

/** /c/mothers/people */
export const communityPath = (slug: string, path = '') => `/c/${slug}${path && `/${path}`}`

/** The same with host and base, to be given to a colleague. */
export const consoleAddress = (slug: string) =>
  location.origin + import.meta.env.BASE_URL.replace(/\/$/, '') + communityPath(slug)

const lastKey = 'qunce.community'

export const rememberCommunity = (slug: string) => writeStored(lastKey, slug)

/** The one to open when the address names none: the last used, else the first. */
export function preferredCommunity(communities: Community[]): Community | undefined {
  const last = readStored<string | undefined>(lastKey, undefined)
  return communities.find((community) => community.slug === last) ?? communities[0]
}
