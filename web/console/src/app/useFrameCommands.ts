import { Building2, Keyboard, Languages, LogOut, MonitorCog, Moon, ShieldCheck, Sun, UserRound } from 'lucide-react'
import { useMemo } from 'react'
import type { Community } from '~/api/auth'
import { languageNames, languages, setLanguage, useWords } from '~/i18n'
import { setTheme } from '~/theme'
import { communityPath } from './community'
import type { PageEntry } from './pages'
import type { Command } from './palette/commands'
import { useToast } from './toasts'

interface Input {
  community: Community
  communities: Community[]
  pages: PageEntry[]
  onSignOut: () => void
  onHelp: () => void
}

/** What the palette offers on every page. */
export function useFrameCommands({ community, communities, pages, onSignOut, onHelp }: Input) {
  const { t, language } = useWords()
  const toast = useToast()
  return useMemo(() => {
    const places: Command[] = [
      ...pages.map((page) => ({
        id: `page-${page.path}`,
        title: t(page.title),
        find: `${t(page.find)} ${t(page.question)}`,
        hint: `g ${page.go}`,
        icon: page.icon,
        to: communityPath(community.slug, page.path),
      })),
      { id: 'account', title: t('frame.user.account'), find: 'account zhanghao', icon: UserRound, to: '/account' },
      { id: 'totp', title: t('frame.user.totp'), find: 'totp 2fa', icon: ShieldCheck, to: '/account/totp' },
    ]
    const others: Command[] = communities
      .filter((other) => other.slug !== community.slug)
      .map((other) => ({
        id: `community-${other.slug}`,
        title: t('frame.switch.to', { name: other.name }),
        find: other.slug,
        icon: Building2,
        to: communityPath(other.slug),
      }))
    const looks: Command[] = [
      { id: 'light', title: t('frame.theme.toLight'), icon: Sun, run: () => setTheme('light') },
      { id: 'dark', title: t('frame.theme.toDark'), icon: Moon, run: () => setTheme('dark') },
      { id: 'system', title: t('frame.theme.toSystem'), icon: MonitorCog, run: () => setTheme('system') },
    ]
    const tongues: Command[] = languages
      .filter((other) => other !== language)
      .map((other) => ({
        id: `language-${other}`,
        title: t('frame.language.to', { name: languageNames[other] }),
        find: 'language yuyan',
        icon: Languages,
        run: () => void setLanguage(other).catch(toast.problem),
      }))
    const rest: Command[] = [
      { id: 'keys', title: t('frame.user.keys'), find: 'shortcuts', hint: '?', icon: Keyboard, run: onHelp },
      { id: 'sign-out', title: t('frame.user.signOut'), find: 'logout', icon: LogOut, run: onSignOut },
    ]
    return { pages: places, actions: [...others, ...looks, ...tongues, ...rest] }
  }, [t, language, toast, community, communities, pages, onSignOut, onHelp])
}
