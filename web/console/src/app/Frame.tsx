import { useQuery } from '@tanstack/react-query'
import { Menu, Search } from 'lucide-react'
import { useEffect, useMemo, useRef, useState } from 'react'
import { Outlet, useLocation } from 'react-router'
import type { Community, Operator } from '~/api/auth'
import { useWords } from '~/i18n'
import { ZoneContext } from '~/i18n/format'
import { isMac, isTyping, useOnline } from '~/lib/hooks'
import { Mark } from '~/parts/Mark'
import { CommunityContext, communityPath, rememberCommunity, useCommunity } from './community'
import css from './Frame.module.css'
import { JobsDock, JobsProvider } from './jobs'
import { KeyboardHelp } from './KeyboardHelp'
import { hereQuery } from './may'
import type { PageEntry } from './pages'
import { CommandRegistry, useSearchProviders } from './palette/commands'
import { Palette } from './palette/Palette'
import { Rail } from './Rail'
import { useFrameCommands } from './useFrameCommands'
import { useGoKeys } from './useGoKeys'

export interface FrameProps {
  operator: Operator
  communities: Community[]
  community: Community
  pages: PageEntry[]
  onSignOut: () => void
}

/** Rail, page and what lies over both. Everything inside speaks of one community and shows times in its zone. */
export function Frame(props: FrameProps) {
  const { community } = props
  useEffect(() => rememberCommunity(community.slug), [community.slug])
  return (
    <CommunityContext value={community}>
      <ZoneContext value={community.zone}>
        <CommandRegistry>
          <JobsProvider>
            <Shell {...props} />
          </JobsProvider>
        </CommandRegistry>
      </ZoneContext>
    </CommunityContext>
  )
}

function Shell({ operator, communities, community, pages: all, onSignOut }: FrameProps) {
  const { t } = useWords()
  const pages = useAllowed(all)
  const [rail, setRail] = useState(false)
  const [palette, setPalette] = useState(false)
  const [help, setHelp] = useState(false)
  const { pathname } = useLocation()
  const commands = useFrameCommands({ community, communities, pages, onSignOut, onHelp: () => setHelp(true) })

  useGoKeys(pages, communityPath(community.slug))
  useHotKeys({ palette: () => setPalette(true), help: () => setHelp(true) })
  usePageFocus(pathname)
  usePageSearch(pages, community)
  // A change of page closes the drawer that led there.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the path is the reason, not an input
  useEffect(() => setRail(false), [pathname])

  return (
    <div className={css.frame}>
      <a className={css.skip} href="#main">
        {t('frame.skip')}
      </a>
      <Rail
        {...{ operator, communities, community, pages, onSignOut }}
        open={rail}
        onClose={() => setRail(false)}
        onSearch={() => setPalette(true)}
        onHelp={() => setHelp(true)}
      />
      <div className={css.column}>
        <header className={css.top}>
          <button
            type="button"
            className={css.icon}
            aria-label={t('frame.menu')}
            aria-expanded={rail}
            onClick={() => setRail(true)}
          >
            <Menu size={20} />
          </button>
          <Mark size={24} />
          <span className={css.name}>{community.name}</span>
          <button type="button" className={css.icon} aria-label={t('frame.search')} onClick={() => setPalette(true)}>
            <Search size={20} />
          </button>
        </header>
        <OfflineBanner />
        <main id="main" className={css.main} tabIndex={-1}>
          <Outlet />
        </main>
      </div>
      <JobsDock />
      <Palette open={palette} onClose={() => setPalette(false)} pages={commands.pages} actions={commands.actions} />
      <KeyboardHelp open={help} onClose={() => setHelp(false)} pages={pages} />
    </div>
  )
}

/** The pages that are of use to the operator. All of them until it is known: nearly everybody may read nearly everything. */
function useAllowed(all: PageEntry[]): PageEntry[] {
  const slug = useCommunity()?.slug ?? ''
  const { data } = useQuery({ ...hereQuery(slug), enabled: slug !== '' })
  return useMemo(() => (data ? all.filter((page) => data.actions?.includes(page.needs)) : all), [all, data])
}

function OfflineBanner() {
  const { t } = useWords()
  const online = useOnline()
  return (
    <div role="status" className={online ? undefined : css.offline}>
      {online ? '' : t('frame.offline')}
    </div>
  )
}

/** Ctrl/⌘ K searches, ? shows the keys. */
function useHotKeys(act: { palette: () => void; help: () => void }) {
  const latest = useRef(act)
  useEffect(() => {
    latest.current = act
  })
  useEffect(() => {
    const look = (event: KeyboardEvent) => {
      const command = isMac() ? event.metaKey : event.ctrlKey
      if (command && !event.shiftKey && !event.altKey && event.key.toLowerCase() === 'k') {
        event.preventDefault()
        latest.current.palette()
      } else if (event.key === '?' && !isTyping(event.target)) {
        latest.current.help()
      }
    }
    document.addEventListener('keydown', look)
    return () => document.removeEventListener('keydown', look)
  }, [])
}

/** After a change of page (not of filters) the keyboard and the screen reader start at its title. */
function usePageFocus(pathname: string) {
  const first = useRef(true)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the path is the reason, not an input
  useEffect(() => {
    if (first.current) {
      first.current = false
      return
    }
    // The page may still be on its way: its title or, until then, the main area.
    const title = document.querySelector<HTMLElement>('[data-page-title]') ?? document.getElementById('main')
    title?.focus({ preventScroll: true })
    window.scrollTo(0, 0)
  }, [pathname])
}

/** The pages of this release say what the palette can find through them. */
function usePageSearch(pages: PageEntry[], community: Community) {
  const providers = useMemo(
    () => pages.flatMap((page) => (page.search ? [page.search(community)] : [])),
    [pages, community],
  )
  useSearchProviders(providers)
}
