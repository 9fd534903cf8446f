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
import type { Action } from './may'
import type { SearchProvider } from './palette/commands'
import { findCircles, findEntries, findPeople } from './palette/find'

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
  /** What one must be allowed to do for the page to be of use; without it the page isn't offered. */
  needs: Action
  /** The page and what is below it; the first is the index. */
  routes: RouteObject[]
  /** What the palette can find through this page: people, circles. */
  search?: (community: Community) => SearchProvider
}

type Words = Pick<PageEntry, 'title' | 'question' | 'find'>
/** Pages whose rows are read under another name than their own. */
const reads: Record<string, Action> = {
  people: 'people.read',
  intake: 'intake.read',
  circles: 'circle.read',
  members: 'people.read',
  growth: 'growth.read',
  team: 'team.read',
  events: 'event.read',
  shop: 'shop.read',
  touch: 'touch.read',
  // Who may see orders and not the books is led to the orders.
  money: 'order.read',
  settings: 'settings.read',
}

/** What the palette finds through a page. */
const finds: Record<string, PageEntry['search']> = { people: findPeople, circles: findCircles, intake: findEntries }

const page = (path: string, go: string, icon: LucideIcon, words: Words, routes: RouteObject[] = []): PageEntry => ({
  path,
  go,
  icon,
  needs: reads[path] ?? 'task.read',
  routes,
  search: finds[path],
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
      { path: 'import', lazy: async () => ({ Component: (await import('~/pages/transfer/Imports')).Imports }) },
      {
        path: 'import/:id',
        lazy: async () => ({ Component: (await import('~/pages/transfer/ImportPage')).ImportPage }),
      },
      { path: 'coverage', lazy: async () => ({ Component: (await import('~/pages/people/Coverage')).Coverage }) },
      { path: 'merges', lazy: async () => ({ Component: (await import('~/pages/people/Merges')).Merges }) },
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
  page(
    'members',
    'm',
    IdCard,
    {
      title: 'frame.members',
      question: 'frame.members.question',
      find: 'frame.members.find',
    },
    [
      { index: true, lazy: async () => ({ Component: (await import('~/pages/members/Members')).Members }) },
      { path: 'layers', lazy: async () => ({ Component: (await import('~/pages/members/Layers')).Layers }) },
      { path: 'renewals', lazy: async () => ({ Component: (await import('~/pages/members/Renewals')).Renewals }) },
      { path: 'plans', lazy: async () => ({ Component: (await import('~/pages/members/Plans')).Plans }) },
      {
        path: 'companies',
        lazy: async () => ({ Component: (await import('~/pages/companies/Companies')).Companies }),
      },
      {
        path: 'companies/:id',
        lazy: async () => ({ Component: (await import('~/pages/companies/CompanyPage')).CompanyPage }),
      },
    ],
  ),
  page(
    'events',
    'e',
    CalendarDays,
    {
      title: 'frame.events',
      question: 'frame.events.question',
      find: 'frame.events.find',
    },
    [
      { index: true, lazy: async () => ({ Component: (await import('~/pages/events/Events')).Events }) },
      { path: 'month', lazy: async () => ({ Component: (await import('~/pages/events/Month')).Month }) },
      { path: 'board', lazy: async () => ({ Component: (await import('~/pages/events/Board')).Board }) },
      { path: 'lecturers', lazy: async () => ({ Component: (await import('~/pages/events/Lecturers')).Lecturers }) },
      { path: 'bank', lazy: async () => ({ Component: (await import('~/pages/events/Bank')).Bank }) },
      { path: 'guests/:id', lazy: async () => ({ Component: (await import('~/pages/events/GuestPage')).GuestPage }) },
      { path: ':id', lazy: async () => ({ Component: (await import('~/pages/events/EventPage')).EventPage }) },
      { path: ':id/:tab', lazy: async () => ({ Component: (await import('~/pages/events/EventPage')).EventPage }) },
    ],
  ),
  page(
    'growth',
    'w',
    Sprout,
    {
      title: 'frame.growth',
      question: 'frame.growth.question',
      find: 'frame.growth.find',
    },
    [
      { index: true, lazy: async () => ({ Component: (await import('~/pages/growth/Growth')).Growth }) },
      { path: 'rewards', lazy: async () => ({ Component: (await import('~/pages/growth/Rewards')).Rewards }) },
      { path: 'rewards/:id', lazy: async () => ({ Component: (await import('~/pages/growth/Why')).WhyPage }) },
      { path: 'launches', lazy: async () => ({ Component: (await import('~/pages/growth/Launches')).Launches }) },
      {
        path: 'launches/:id',
        lazy: async () => ({ Component: (await import('~/pages/growth/LaunchPage')).LaunchPage }),
      },
      { path: 'placements', lazy: async () => ({ Component: (await import('~/pages/growth/Placements')).Placements }) },
      {
        path: 'placements/:id',
        lazy: async () => ({ Component: (await import('~/pages/growth/PlacementPage')).PlacementPage }),
      },
      {
        path: 'placements/:id/:tab',
        lazy: async () => ({ Component: (await import('~/pages/growth/PlacementPage')).PlacementPage }),
      },
      { path: 'proofs', lazy: async () => ({ Component: (await import('~/pages/growth/Proofs')).Proofs }) },
      { path: 'proofs/:id', lazy: async () => ({ Component: (await import('~/pages/growth/ProofPage')).ProofPage }) },
      { path: 'posts', lazy: async () => ({ Component: (await import('~/pages/growth/Posts')).Posts }) },
    ],
  ),
  page('shop', 'h', Store, { title: 'frame.shop', question: 'frame.shop.question', find: 'frame.shop.find' }, [
    { index: true, lazy: async () => ({ Component: (await import('~/pages/shop/Products')).Products }) },
    {
      path: 'products/:name',
      lazy: async () => ({ Component: (await import('~/pages/shop/ProductPage')).ProductPage }),
    },
    { path: 'ladder', lazy: async () => ({ Component: (await import('~/pages/shop/Ladder')).Ladder }) },
    { path: 'orders', lazy: async () => ({ Component: (await import('~/pages/shop/Orders')).Orders }) },
    { path: 'groups', lazy: async () => ({ Component: (await import('~/pages/shop/Groups')).Groups }) },
    { path: 'groups/:id', lazy: async () => ({ Component: (await import('~/pages/shop/GroupPage')).GroupPage }) },
    { path: 'coupons', lazy: async () => ({ Component: (await import('~/pages/shop/Coupons')).Coupons }) },
    { path: 'shipments', lazy: async () => ({ Component: (await import('~/pages/shop/Shipments')).Shipments }) },
    { path: 'after-sale', lazy: async () => ({ Component: (await import('~/pages/shop/AfterSale')).AfterSale }) },
    { path: 'suppliers', lazy: async () => ({ Component: (await import('~/pages/shop/Suppliers')).Suppliers }) },
    { path: 'suppliers/:name', lazy: async () => ({ Component: (await import('~/pages/shop/Statement')).Statement }) },
  ]),
  page('content', 'n', BookOpen, {
    title: 'frame.content',
    question: 'frame.content.question',
    find: 'frame.content.find',
  }),
  page('touch', 'u', Send, { title: 'frame.touch', question: 'frame.touch.question', find: 'frame.touch.find' }, [
    { index: true, lazy: async () => ({ Component: (await import('~/pages/touch/Campaigns')).Campaigns }) },
    { path: 'stuck', lazy: async () => ({ Component: (await import('~/pages/touch/Stuck')).Stuck }) },
    { path: 'new', lazy: async () => ({ Component: (await import('~/pages/touch/Write')).Write }) },
    { path: ':id', lazy: async () => ({ Component: (await import('~/pages/touch/CampaignPage')).CampaignPage }) },
    { path: ':id/edit', lazy: async () => ({ Component: (await import('~/pages/touch/Write')).Write }) },
  ]),
  page('team', 'a', Network, { title: 'frame.team', question: 'frame.team.question', find: 'frame.team.find' }, [
    { index: true, lazy: async () => ({ Component: (await import('~/pages/team/Departments')).Departments }) },
    { path: 'contacts', lazy: async () => ({ Component: (await import('~/pages/team/Contacts')).Contacts }) },
    { path: 'race', lazy: async () => ({ Component: (await import('~/pages/team/Race')).RacePage }) },
    { path: 'credits', lazy: async () => ({ Component: (await import('~/pages/team/Credits')).Credits }) },
    { path: 'credits/:id', lazy: async () => ({ Component: (await import('~/pages/team/Why')).WhyCredited }) },
    { path: 'statements', lazy: async () => ({ Component: (await import('~/pages/team/Statements')).Statements }) },
    {
      path: 'statements/:id',
      lazy: async () => ({ Component: (await import('~/pages/team/StatementPage')).StatementPage }),
    },
  ]),
  page(
    'money',
    'o',
    ReceiptText,
    {
      title: 'frame.money',
      question: 'frame.money.question',
      find: 'frame.money.find',
    },
    [
      { index: true, lazy: async () => ({ Component: (await import('~/pages/money/Books')).Books }) },
      { path: 'accounts', lazy: async () => ({ Component: (await import('~/pages/money/Accounts')).Accounts }) },
      { path: 'history', lazy: async () => ({ Component: (await import('~/pages/money/History')).History }) },
      { path: 'entries/:id', lazy: async () => ({ Component: (await import('~/pages/money/Entry')).Entry }) },
      { path: 'orders', lazy: async () => ({ Component: (await import('~/pages/money/Orders')).Orders }) },
      { path: 'orders/:id', lazy: async () => ({ Component: (await import('~/pages/money/OrderPage')).OrderPage }) },
      { path: 'payouts', lazy: async () => ({ Component: (await import('~/pages/money/Payouts')).Payouts }) },
      {
        path: 'payouts/:id',
        lazy: async () => ({ Component: (await import('~/pages/money/PayoutPage')).PayoutPage }),
      },
      { path: 'bills', lazy: async () => ({ Component: (await import('~/pages/money/Bills')).Bills }) },
      { path: 'bills/:id', lazy: async () => ({ Component: (await import('~/pages/money/BillPage')).BillPage }) },
    ],
  ),
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
      { path: 'health', lazy: async () => ({ Component: (await import('~/pages/settings/Health')).Health }) },
    ],
  ),
]

/** What this release has. */
export const pages = allPages.filter((entry) => entry.routes.length > 0)
