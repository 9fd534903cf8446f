import { useMemo } from 'react'
import { Link } from 'react-router'
import { api, call } from '~/api/client'
import type { Schemas } from '~/api/community'
import { communityPath, useCommunity } from '~/app/community'
import { useStaffNames } from '~/app/staff'
import { type Key, type Translate, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { type FilterSpec, type ListColumn, ListPage, type ListSource, PageHeader, requestParams } from '~/parts'
import css from './Audit.module.css'

type Entry = Schemas['AuditEntry']

/** Ready-made cuts, by how the actions' names begin. */
const families: Record<string, Key> = {
  'person.': 'audit.family.people',
  'people.reveal': 'audit.family.reveal',
  'import.': 'audit.family.import',
  'export.': 'audit.family.export',
  'campaign.': 'audit.family.touch',
  'circle.': 'audit.family.circle',
  'member.': 'audit.family.member',
  'entry.': 'audit.family.intake',
  'task.': 'audit.family.task',
  'operator.': 'audit.family.signin',
  'staff.': 'audit.family.staff',
  'token.': 'audit.family.token',
  'playbook.': 'audit.family.playbook',
}

/** Who changed or looked at what, newest first. Entries hold ids and names of fields, never what stood in them. */
export function Audit() {
  const { t } = useWords()
  const { zone } = useFormat()
  const slug = useCommunity()?.slug ?? ''
  const names = useStaffNames(slug)
  const columns = useColumns(slug, names)
  const filters = useMemo(
    (): FilterSpec[] => [
      {
        id: 'action',
        label: t('audit.filter.action'),
        kind: 'choice',
        options: Object.entries(families).map(([value, key]) => ({ value, label: t(key) })),
      },
      {
        id: 'actor',
        label: t('audit.filter.actor'),
        kind: 'choice',
        options: [...names].map(([value, label]) => ({ value, label })),
      },
      { id: 'target', label: t('audit.filter.target'), kind: 'text' },
      { id: 'when', label: t('audit.filter.when'), kind: 'dates', params: ['from', 'to'] },
    ],
    [t, names],
  )
  const source = useMemo<ListSource<Entry>>(
    () => ({
      key: ['audit', slug],
      load: (request, signal) => load(slug, requestParams(request, { filters, zone }), signal),
    }),
    [slug, filters, zone],
  )
  return (
    <>
      <PageHeader
        title={t('settings.audit')}
        question={t('settings.audit.question')}
        crumbs={[{ label: t('frame.settings'), to: communityPath(slug, 'settings') }]}
      />
      <ListPage<Entry>
        id="audit"
        unit={(count) => t('audit.unit', { count })}
        columns={columns}
        source={source}
        rowId={(e) => e.id}
        rowName={(e) => actionName(e.action, t)}
        filters={filters}
        empty={{ title: t('audit.empty'), body: t('audit.empty.body') }}
      />
    </>
  )
}

async function load(community: string, query: ReturnType<typeof requestParams>, signal: AbortSignal) {
  return await call<Schemas['PageOfAuditEntry']>(
    api.GET('/api/v1/communities/{community}/audit', {
      params: { path: { community }, query: query as never },
      signal,
    }),
  )
}

/** An act in words; one that a newer server knows stands as its code. */
export function actionName(action: string, t: Translate): string {
  const key = `audit.action.${action}`
  const words = t(`audit.action.${action}` as Key)
  return words === key ? action : words
}

const actors = ['system', 'anonymous', 'token', 'member', 'operator']
const targets = [
  'person',
  'circle',
  'campaign',
  'import',
  'community',
  'entry',
  'placement',
  'source',
  'message',
  'opening',
  'merge',
  'picture',
  'task',
  'job',
  'subscriber',
  'operator',
  'session',
  'token',
]
/** Where the thing that was acted on is shown. */
const pages: Record<string, string> = {
  person: 'people/',
  circle: 'circles/',
  campaign: 'touch/',
  import: 'people/import/',
}

function useColumns(slug: string, names: Map<string, string>): ListColumn<Entry>[] {
  const { t } = useWords()
  const format = useFormat()
  const who = (e: Entry) => {
    if (e.actor_kind === 'operator') return names.get(e.actor_id) ?? t('audit.actor.gone')
    return actors.includes(e.actor_kind) ? t(`audit.actor.${e.actor_kind}` as Key) : e.actor_kind
  }
  return [
    {
      id: 'did',
      header: t('audit.did'),
      main: true,
      width: 220,
      cell: (e) => <span title={e.action}>{actionName(e.action, t)}</span>,
    },
    {
      id: 'on',
      header: t('audit.on'),
      width: 240,
      cell: (e) => <On entry={e} slug={slug} names={names} />,
    },
    { id: 'who', header: t('audit.who'), width: 136, cell: who },
    { id: 'at', header: t('audit.at'), width: 144, cell: (e) => format.dateTime(e.at) },
  ]
}

function On({ entry: e, slug, names }: { entry: Entry; slug: string; names: Map<string, string> }) {
  const { t } = useWords()
  const kind = e.target_kind ?? ''
  if (!kind) return null
  const word = targets.includes(kind) ? t(`audit.target.${kind}` as Key) : kind
  const page = pages[kind]
  const name = kind === 'operator' ? names.get(e.target_id ?? '') : undefined
  const id = name ?? <code className={css.id}>{e.target_id}</code>
  if (kind === 'community') return word
  return (
    <>
      {word}{' '}
      {page ? <Link to={communityPath(slug, page + e.target_id)}>{id}</Link> : <span className={css.soft}>{id}</span>}
    </>
  )
}
