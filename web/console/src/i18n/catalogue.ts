// The catalogue: one flat JSON file a namespace and language in src/locales. A new page adds its file three times and one
// line here; catalogue.test.ts holds the three languages together.
import type account from '../locales/zh-Hans/account.json'
import type audit from '../locales/zh-Hans/audit.json'
import type auth from '../locales/zh-Hans/auth.json'
import type bills from '../locales/zh-Hans/bills.json'
import type circles from '../locales/zh-Hans/circles.json'
import type common from '../locales/zh-Hans/common.json'
import type companies from '../locales/zh-Hans/companies.json'
import type events from '../locales/zh-Hans/events.json'
import type facts from '../locales/zh-Hans/facts.json'
import type frame from '../locales/zh-Hans/frame.json'
import type growth from '../locales/zh-Hans/growth.json'
import type health from '../locales/zh-Hans/health.json'
import type intake from '../locales/zh-Hans/intake.json'
import type launches from '../locales/zh-Hans/launches.json'
import type list from '../locales/zh-Hans/list.json'
import type members from '../locales/zh-Hans/members.json'
import type money from '../locales/zh-Hans/money.json'
import type parts from '../locales/zh-Hans/parts.json'
import type payouts from '../locales/zh-Hans/payouts.json'
import type people from '../locales/zh-Hans/people.json'
import type placements from '../locales/zh-Hans/placements.json'
import type posts from '../locales/zh-Hans/posts.json'
import type problem from '../locales/zh-Hans/problem.json'
import type proofs from '../locales/zh-Hans/proofs.json'
import type reach from '../locales/zh-Hans/reach.json'
import type settings from '../locales/zh-Hans/settings.json'
import type setup from '../locales/zh-Hans/setup.json'
import type shop from '../locales/zh-Hans/shop.json'
import type tasks from '../locales/zh-Hans/tasks.json'
import type team from '../locales/zh-Hans/team.json'
import type today from '../locales/zh-Hans/today.json'
import type touch from '../locales/zh-Hans/touch.json'
import type transfer from '../locales/zh-Hans/transfer.json'

interface Namespaces {
  account: typeof account
  audit: typeof audit
  transfer: typeof transfer
  touch: typeof touch
  reach: typeof reach
  health: typeof health
  auth: typeof auth
  bills: typeof bills
  circles: typeof circles
  common: typeof common
  companies: typeof companies
  events: typeof events
  facts: typeof facts
  frame: typeof frame
  growth: typeof growth
  intake: typeof intake
  launches: typeof launches
  list: typeof list
  members: typeof members
  money: typeof money
  parts: typeof parts
  payouts: typeof payouts
  people: typeof people
  placements: typeof placements
  posts: typeof posts
  problem: typeof problem
  proofs: typeof proofs
  settings: typeof settings
  setup: typeof setup
  shop: typeof shop
  tasks: typeof tasks
  team: typeof team
  today: typeof today
}

/** Every key there is: `namespace.key`. */
export type Key = { [N in keyof Namespaces]: `${N}.${keyof Namespaces[N] & string}` }[keyof Namespaces]

export const languages = ['zh-Hans', 'zh-Hant', 'en'] as const
export type Language = (typeof languages)[number]

/** Each language in its own words, for the switch. */
export const languageNames: Record<Language, string> = { 'zh-Hans': '简体中文', 'zh-Hant': '繁體中文', en: 'English' }

export type Messages = Record<string, Record<string, string>>

export interface Bundle {
  messages: Messages
  /** Ant Design's own words (date pickers, empty selects …). */
  antd: import('antd/es/locale').Locale
  /** Name of the day.js locale, which Ant Design's pickers take their months from. */
  dates: string
}

/** A language is one chunk, loaded when it is chosen. */
export const bundles: Record<Language, () => Promise<{ default: Bundle }>> = {
  'zh-Hans': () => import('./bundle.zh-Hans'),
  'zh-Hant': () => import('./bundle.zh-Hant'),
  en: () => import('./bundle.en'),
}
