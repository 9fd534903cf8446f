// Accounts in words. A key is kind:sub or kind:sub:id; the kinds are the server's.
import type { BookEntry, SheetLine } from '~/api/money'
import type { Key, Translate } from '~/i18n'

/** The groups of the sheet, in the order in which money passes through them. */
export const groups = [
  { id: 'cash', kinds: ['cash'] },
  { id: 'deposits', kinds: ['deposit'] },
  { id: 'revenue', kinds: ['revenue', 'refund'] },
  { id: 'expenses', kinds: ['expense'] },
  { id: 'commissions', kinds: ['commission:frozen', 'commission:available', 'commission:owed', 'wage'] },
  { id: 'payouts', kinds: ['payout:reserved', 'withheld', 'supplier'] },
  { id: 'points', kinds: ['points', 'issued'] },
] as const

export type GroupId = (typeof groups)[number]['id'] | 'other'

export interface Group {
  id: GroupId
  lines: SheetLine[]
}

/** The sheet's lines by group; a kind that this console doesn't know stands in the last one, so that all sums stay whole. */
export function grouped(lines: SheetLine[]): Group[] {
  const known = groups.map((group): Group => {
    const rank = (line: SheetLine) => (group.kinds as readonly string[]).indexOf(line.kind)
    return { id: group.id, lines: lines.filter((line) => rank(line) >= 0).sort((a, b) => rank(a) - rank(b)) }
  })
  const taken = new Set(known.flatMap((group) => group.lines))
  return [...known, { id: 'other' as const, lines: lines.filter((line) => !taken.has(line)) }].filter(
    (group) => group.lines.length > 0,
  )
}

/** What a group sums to in a currency; undefined where it has nothing in it. */
export function sumOf(lines: SheetLine[], currency: string): number | undefined {
  const mine = lines.filter((line) => line.currency === currency)
  return mine.length > 0 ? mine.reduce((sum, line) => sum + line.balance, 0) : undefined
}

const kinds = [
  'cash',
  'deposit',
  'revenue',
  'refund',
  'expense',
  'issued',
  'withheld',
  'supplier',
  'commission:frozen',
  'commission:available',
  'commission:owed',
  'wage',
  'points',
  'payout:reserved',
]

/** Subs that the program itself posts to. */
const subs = [
  'cash:sandbox',
  'cash:manual',
  'cash:bank',
  'cash:wechatpay',
  'deposit:orders',
  'revenue:membership',
  'revenue:event',
  'revenue:shop',
  'expense:commission',
  'expense:fees',
  'issued:referral',
  'issued:redeemed',
  'withheld:tax',
]

const dotted = (key: string) => key.replaceAll(':', '.')

/** The kind that an account is of: the longest that its key begins with. */
export const kindOf = (account: string): string =>
  kinds.filter((kind) => account === kind || account.startsWith(`${kind}:`)).sort((a, b) => b.length - a.length)[0] ??
  account.split(':')[0] ??
  account

/** Whose accounts are people's: their keys end in an id. */
const personal = ['commission:frozen', 'commission:available', 'commission:owed', 'wage', 'points']

const id = /^[0-9a-hjkmnp-tv-z]{20}$/

/** The id of whom an account belongs to. */
export function ownerOf(account: string): string | undefined {
  const kind = kindOf(account)
  const rest = account.slice(kind.length + 1)
  return personal.includes(kind) && id.test(rest) ? rest : undefined
}

/** A kind of accounts in words; one that this console doesn't know stands as it is. */
export const kindName = (kind: string, t: Translate): string =>
  kinds.includes(kind) ? t(`money.kind.${dotted(kind)}` as Key) : kind

/** An account in words; whose it is stands beside it, not in it. What comes after a known kind and has no words stands as it is. */
export function accountName(account: string, t: Translate): string {
  if (subs.includes(account)) return t(`money.account.${dotted(account)}` as Key)
  const kind = kindOf(account)
  const rest = account.slice(kind.length + 1)
  const name = kindName(kind, t)
  return !rest || ownerOf(account) ? name : `${name} · ${rest}`
}

/** Where a line of the sheet leads: a kind that people have to its accounts, an account to its history. */
export function lineTo(line: Pick<SheetLine, 'account' | 'kind' | 'currency'>): string {
  const many = line.account === line.kind && line.kind !== 'payout:reserved'
  return many
    ? `money/accounts?${new URLSearchParams({ prefix: line.account })}`
    : historyTo(line.account, line.currency)
}

export const historyTo = (account: string, currency: string): string =>
  `money/history?${new URLSearchParams({ account, currency })}`

const causes = [
  'payment',
  'order',
  'refund',
  'refunded',
  'reward',
  'release',
  'taken',
  'unreleased',
  'owed',
  'settled',
  'withheld',
  'points',
  'points.back',
  'payout.reserve',
  'payout.done',
  'payout.returned',
  'bill',
  'bill.withdrawn',
]

/** What made an entry, from the key that it was posted with; '' where the key says nothing that has words. */
export function causeOf(key: string, t: Translate): string {
  const word = /^[a-z]+/.exec(key)?.[0] ?? ''
  const step = /\/(\w+)$/.exec(key)?.[1] ?? /^(?:points (back)|bill (withdrawn)) /.exec(key)?.slice(1).join('') ?? ''
  const cause = [`${word}.${step}`, word].find((other) => causes.includes(other))
  return cause ? t(`money.cause.${cause}` as Key) : ''
}

const aboutOrders = ['shop', 'growth']
const aboutBills = ['shop.bill_read', 'shop.bill_taken_back']

/** The bill whose fee an entry is. */
export function billOf({ entry, fact }: Pick<BookEntry, 'entry' | 'fact'>): string | undefined {
  const about = fact?.subject || entry.subject
  const bill = fact ? aboutBills.includes(fact.kind) : entry.key.startsWith('bill ')
  return bill && about && id.test(about) ? about : undefined
}

/** The order that an entry is about; entries of payouts are about something else. */
export function orderOf({ entry, fact }: Pick<BookEntry, 'entry' | 'fact'>): string | undefined {
  const about = fact?.subject || entry.subject
  const family = fact?.kind.split('.')[0]
  if (!about || !id.test(about) || billOf({ entry, fact })) return undefined
  if (family) return aboutOrders.includes(family) ? about : undefined
  return /^(payment|order|refund|refunded|reward|release|taken|unreleased|owed|points) /.test(entry.key)
    ? about
    : undefined
}
