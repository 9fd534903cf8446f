// The pages of a community in the order of a working day. A page is one entry here plus its folder under src/pages; an entry
// without routes is not in this release and shown nowhere.
import {
  BookOpen,
  CalendarDays,
  ChartNoAxesCombined,
  DoorOpen,
  IdCard,
  type LucideIcon,
  MessagesSquare,
  Network,
  ReceiptText,
  Send,
  SlidersHorizontal,
  Sprout,
  Store,
  Sun,
  UsersRound,
} from 'lucide-react'
import type { RouteObject } from 'react-router'
import type { Community } from '~/api/auth'
import type { Key } from '~/i18n'
import type { SearchProvider } from './palette/commands'

export interface PageEntry {
  /** Path below /c/{community}/ and name of the folder. */
  path: string
  icon: LucideIcon
  title: Key
  /** The question it answers; stands beside its title. */
  question: Key
  /** Other words one may look for, pinyin among them. */
  find: Key
  /** Second key after g. */
  go: string
  /** The page and what is below it; the first is the index. */
  routes: RouteObject[]
  /** What the palette can find through this page: people, circles. */
  search?: (community: Community) => SearchProvider
}

type Words = Pick<PageEntry, 'title' | 'question' | 'find'>
const page = (path: string, go: string, icon: LucideIcon, words: Words, routes: RouteObject[] = []): PageEntry => ({
  path,
  go,
  icon,
  routes,
  ...words,
})

export const allPages: PageEntry[] = [
  page(
    'today',
    't',
    Sun,
    {
      title: 'frame.today',
      question: 'frame.today.question',
      find: 'frame.today.find',
    },
    [{ index: true, lazy: async () => ({ Component: (await import('~/pages/today/Today')).Today }) }],
  ),
  page(
    'people',
    'p',
    UsersRound,
    {
      title: 'frame.people',
      question: 'frame.people.question',
      find: 'frame.people.find',
    },
    [
      { index: true, lazy: async () => ({ Component: (await import('~/pages/people/People')).People }) },
      { path: ':id', lazy: async () => ({ Component: (await import('~/pages/people/Profile')).Profile }) },
    ],
  ),
  page(
    'intake',
    'i',
    DoorOpen,
    {
      title: 'frame.intake',
      question: 'frame.intake.question',
      find: 'frame.intake.find',
    },
    [
      { index: true, lazy: async () => ({ Component: (await import('~/pages/intake/Intake')).Intake }) },
      { path: 'paths/:name', lazy: async () => ({ Component: (await import('~/pages/intake/Path')).Path }) },
    ],
  ),
  page(
    'circles',
    'c',
    MessagesSquare,
    {
      title: 'frame.circles',
      question: 'frame.circles.question',
      find: 'frame.circles.find',
    },
    [
      { index: true, lazy: async () => ({ Component: (await import('~/pages/circles/Circles')).Circles }) },
      { path: ':id', lazy: async () => ({ Component: (await import('~/pages/circles/CirclePage')).CirclePage }) },
    ],
  ),
  page('members', 'm', IdCard, {
    title: 'frame.members',
    question: 'frame.members.question',
    find: 'frame.members.find',
  }),
  page('events', 'e', CalendarDays, {
    title: 'frame.events',
    question: 'frame.events.question',
    find: 'frame.events.find',
  }),
  page('growth', 'w', Sprout, {
    title: 'frame.growth',
    question: 'frame.growth.question',
    find: 'frame.growth.find',
  }),
  page('shop', 'h', Store, { title: 'frame.shop', question: 'frame.shop.question', find: 'frame.shop.find' }),
  page('content', 'n', BookOpen, {
    title: 'frame.content',
    question: 'frame.content.question',
    find: 'frame.content.find',
  }),
  page('touch', 'u', Send, { title: 'frame.touch', question: 'frame.touch.question', find: 'frame.touch.find' }),
  page('team', 'a', Network, { title: 'frame.team', question: 'frame.team.question', find: 'frame.team.find' }),
  page('money', 'o', ReceiptText, {
    title: 'frame.money',
    question: 'frame.money.question',
    find: 'frame.money.find',
  }),
  page('insight', 'x', ChartNoAxesCombined, {
    title: 'frame.insight',
    question: 'frame.insight.question',
    find: 'frame.insight.find',
  }),
  page(
    'settings',
    's',
    SlidersHorizontal,
    { title: 'frame.settings', question: 'frame.settings.question', find: 'frame.settings.find' },
    [
      { index: true, lazy: async () => ({ Component: (await import('~/pages/settings/Settings')).Settings }) },
      { path: 'playbook', lazy: async () => ({ Component: (await import('~/pages/settings/Playbook')).Playbook }) },
      { path: 'staff', lazy: async () => ({ Component: (await import('~/pages/settings/Staff')).Staff }) },
      { path: 'tokens', lazy: async () => ({ Component: (await import('~/pages/settings/Tokens')).Tokens }) },
      { path: 'audit', lazy: async () => ({ Component: (await import('~/pages/settings/Audit')).Audit }) },
    ],
  ),
]

/** What this release has. */
export const pages = allPages.filter((entry) => entry.routes.length > 0)
