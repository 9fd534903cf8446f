import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { api, call } from '~/api/client'
import type { Schemas } from '~/api/community'
import { circlesQuery, type Person, sourcesQuery } from '~/api/community'
import { ProblemError } from '~/api/problem'
import { communityPath, useCommunity } from '~/app/community'
import { NeedsSecondFactor, useMay } from '~/app/may'
import { type Key, type Translate, useText, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import {
  type BulkAction,
  ButtonLink,
  type ExportFormat,
  type FilterSpec,
  type ListColumn,
  ListPage,
  type ListRequest,
  type ListSource,
  PageHeader,
  type Selection,
  StatusTag,
} from '~/parts'
import css from '../page.module.css'
import { ExportPeople } from '../transfer/ExportPeople'
import { Tagging, type TagWork } from './Tagging'

const stages = ['preconception', 'pregnancy', 'parenting']
const grades = ['care', 'cool', 'ignore']
const joiners = ['learner', 'connector', 'recruiter', 'advertiser']

/** Of how many chosen people the server makes a file. */
const mostPicked = 300

/** Who is this, what did they do, what next: everybody who has a name or can be reached, and with one press visitors too. */
export function People() {
  const { t } = useWords()
  const slug = useCommunity()?.slug ?? ''
  const columns = useColumns()
  const filters = useFilters(slug)
  const may = useMay()
  const [exporting, setExporting] = useState<Exporting>()
  const [tagging, setTagging] = useState<Tags>()
  const work = (kind: TagWork): BulkAction => ({
    id: kind,
    label: t(`people.bulk.${kind}`),
    asks: true,
    run: (selection) => new Promise((resolve) => setTagging({ work: kind, selection, resolve })),
  })
  const file = (format: ExportFormat): BulkAction => ({
    id: format,
    label: t(`list.export.${format}`),
    run: (selection) => {
      setExporting({ format, ...exportOf(selection, t) })
      return false
    },
  })
  const source = useMemo<ListSource<Person>>(
    () => ({ key: ['people', slug], load: (request, signal) => load(slug, request, signal) }),
    [slug],
  )
  return (
    <>
      <PageHeader
        title={t('frame.people')}
        question={t('frame.people.question')}
        actions={
          <>
            <ButtonLink quiet to={communityPath(slug, 'people/coverage')}>
              {t('reach.title')}
            </ButtonLink>
            <ButtonLink quiet to={communityPath(slug, 'people/merges')}>
              {t('reach.merges')}
            </ButtonLink>
            {may('import.run') === 'yes' && (
              <ButtonLink to={communityPath(slug, 'people/import')}>{t('transfer.import')}</ButtonLink>
            )}
          </>
        }
      />
      <ListPage<Person>
        id="people"
        unit={(count) => t('people.unit', { count })}
        columns={columns}
        source={source}
        rowId={(p) => p.id}
        rowName={(p) => nameOf(p, t('people.unnamed'))}
        rowTo={(p) => communityPath(slug, `people/${p.id}`)}
        searchLabel={t('people.search')}
        segments={[
          { id: 'known', label: t('people.segment.known') },
          { id: 'all', label: t('people.segment.all') },
          { id: 'blocked', label: t('people.segment.blocked') },
          { id: 'alone', label: t('people.segment.alone') },
          { id: 'unreached', label: t('people.segment.unreached'), waits: true },
        ]}
        filters={filters}
        bulk={[
          ...(may('people.write') === 'yes' ? [work('tag'), work('untag')] : []),
          ...(may('export.run') === 'no' ? [] : [file('csv'), file('xlsx')]),
        ]}
        onExport={
          may('export.run') === 'no'
            ? undefined
            : (format, request, _, answer) =>
                setExporting({ format, query: queryOf(request), total: answer?.total, more: answer?.more })
        }
        empty={{
          title: t('people.empty'),
          body: t('people.empty.body'),
          step: { label: t('people.empty.step'), to: communityPath(slug, 'intake') },
          also:
            may('import.run') === 'yes'
              ? [{ label: t('transfer.import'), to: communityPath(slug, 'people/import') }]
              : undefined,
        }}
      />
      {exporting && may('export.run') === 'yes' && (
        <ExportPeople slug={slug} {...exporting} onClose={() => setExporting(undefined)} />
      )}
      {tagging && (
        <Tagging
          slug={slug}
          work={tagging.work}
          selection={tagging.selection}
          query={tagging.selection.kind === 'all' ? queryOf(tagging.selection.request) : {}}
          onClose={(used) => {
            setTagging(undefined)
            tagging.resolve(used)
          }}
        />
      )}
      <NeedsSecondFactor
        open={exporting !== undefined && may('export.run') === 'second-factor'}
        onClose={() => setExporting(undefined)}
      />
    </>
  )
}

export const nameOf = (p: Person, unnamed: string) => p.nickname || p.name || unnamed

interface Tags {
  work: TagWork
  selection: Selection
  resolve: (used: boolean) => void
}

interface Exporting {
  format: ExportFormat
  query: Record<string, string>
  total?: number
  more?: boolean
  /** They were chosen one by one. */
  picked?: boolean
}

/** Whom a file is of, when they were chosen in the list. */
function exportOf(selection: Selection, t: Translate): Omit<Exporting, 'format'> {
  if (selection.kind === 'all') {
    return { query: queryOf(selection.request), total: selection.total, more: selection.more }
  }
  const { ids } = selection
  if (ids.length > mostPicked) {
    throw new ProblemError({
      title: t('people.bulk.tooMany', { max: mostPicked }),
      next: t('people.bulk.tooMany.next'),
      status: 422,
    })
  }
  return { query: { id: ids.join(',') }, total: ids.length, picked: true }
}

/** Whom the list is about, as the server is told: the same for a page of them and for a file of all. */
function queryOf(request: ListRequest): Record<string, string> {
  const query: Record<string, string> = { ...request.filters }
  if (request.q) query.q = request.q
  // Who is searched for is looked for among everybody: of a visitor there is an id at most.
  else if (!['all', 'blocked'].includes(request.segment ?? '')) query.known = 'true'
  if (request.segment === 'blocked') query.state = 'blocked'
  if (request.segment === 'alone') query.no_circle = 'true'
  if (request.segment === 'unreached') query.reach = '0'
  return query
}

async function load(community: string, request: ListRequest, signal: AbortSignal) {
  const query: Record<string, string | number> = { limit: request.limit, ...queryOf(request) }
  if (request.cursor) query.cursor = request.cursor
  const page = await call<Schemas['PeoplePage']>(
    api.GET('/api/v1/communities/{community}/people', {
      params: { path: { community }, query: query as never },
      signal,
    }),
  )
  return { items: page.items ?? [], next: page.next, total: page.count?.n, more: page.count?.more }
}

function useColumns(): ListColumn<Person>[] {
  const { t } = useWords()
  const format = useFormat()
  return [
    {
      id: 'name',
      header: t('people.name'),
      main: true,
      width: 136,
      cell: (p) => (p.nickname || p.name ? nameOf(p, '') : <span className={css.soft}>{t('people.unnamed')}</span>),
    },
    { id: 'phone', header: t('people.phone'), width: 128, cell: (p) => p.phone },
    {
      id: 'stage',
      header: t('people.stage'),
      width: 112,
      cell: (p) => stageOf(p, t),
    },
    { id: 'city', header: t('people.city'), width: 88, cell: (p) => p.city },
    { id: 'tags', header: t('people.tags'), width: 128, cell: (p) => (p.tags ?? []).join(t('common.listComma')) },
    {
      id: 'reach',
      header: t('people.reach'),
      width: 144,
      cell: (p) => (p.reach ?? []).map((way) => t(`people.reach.${way}` as Key)).join(t('common.listComma')),
    },
    { id: 'state', header: t('people.state'), width: 88, cell: (p) => <StateTag person={p} /> },
    {
      id: 'created_at',
      header: t('people.created'),
      width: 144,
      cell: (p) => format.dateTime(p.created_at),
    },
    {
      id: 'last_seen_at',
      header: t('people.seen'),
      hidden: true,
      width: 144,
      cell: (p) => format.dateTime(p.last_seen_at),
    },
  ]
}

/** In which stage somebody is; '' for who has not said anything, whom the first stage is only assumed of. */
export function stageOf(p: Person, t: Translate): string {
  if (!p.stage || !(p.phone || p.birth_date || p.due_date)) return ''
  const name = stages.includes(p.stage) ? t(`people.stage.${p.stage}` as Key) : p.stage
  return p.stage === 'parenting' ? t('people.stage.months', { stage: name, count: Math.max(0, p.months) }) : name
}

export function StateTag({ person }: { person: Person }) {
  const { t } = useWords()
  const tone = person.state === 'blocked' ? 'bad' : person.state === 'active' ? 'plain' : 'done'
  return (
    <StatusTag bare={person.state === 'active'} tone={tone}>
      {t(`people.state.${person.state}` as Key)}
    </StatusTag>
  )
}

function useFilters(slug: string): FilterSpec[] {
  const { t } = useWords()
  const text = useText()
  const sources = useQuery(sourcesQuery(slug))
  const circles = useQuery(circlesQuery(slug))
  const choices = (list: string[], word: (value: string) => string) =>
    list.map((value) => ({ value, label: word(value) }))
  return [
    {
      id: 'stage',
      label: t('people.stage'),
      kind: 'choice',
      options: choices(stages, (value) => t(`people.stage.${value}` as Key)),
    },
    { id: 'city', label: t('people.city'), kind: 'text' },
    {
      id: 'circle',
      label: t('reach.circle'),
      kind: 'choice',
      options: (circles.data?.items ?? []).map((c) => ({ value: c.id, label: text(c.name) })),
    },
    {
      id: 'reach',
      label: t('reach.ways'),
      kind: 'choice',
      many: true,
      options: choices(['3', '2', '1', '0'], (value) => t(`reach.ways.${value}` as Key)),
    },
    {
      id: 'source',
      label: t('people.source'),
      kind: 'choice',
      options: (sources.data?.items ?? []).map((s) => ({ value: s.id, label: s.name })),
    },
    {
      id: 'grade',
      label: t('people.grade'),
      kind: 'choice',
      options: choices(grades, (value) => t(`people.grade.${value}` as Key)),
    },
    {
      id: 'joiner',
      label: t('people.joiner'),
      kind: 'choice',
      options: choices(joiners, (value) => t(`people.joiner.${value}` as Key)),
    },
    { id: 'tag', label: t('people.tags'), kind: 'text' },
  ]
}
