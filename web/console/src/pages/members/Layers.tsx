import { useQueries, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { api, call } from '~/api/client'
import { type PathOverview, pathsQuery, type Schemas } from '~/api/community'
import { namesOf } from '~/api/money'
import { type RunAt, staged, stagesQuery } from '~/api/stages'
import { communityPath, useCommunity } from '~/app/community'
import { useText, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { DeadlineText, EmptyState, type ListColumn, ListPage, type ListRequest, type ListSource } from '~/parts'
import page from '../page.module.css'
import { stepName } from '../ways'
import { MembersHead } from './Head'
import css from './Members.module.css'

/** Where is each member on the way in? The stages of the paths that have some, and who is in each. */
export function Layers() {
  return <MembersHead>{() => <Ways />}</MembersHead>
}

function Ways() {
  const { t } = useWords()
  const slug = useCommunity()?.slug ?? ''
  const paths = useQuery(pathsQuery(slug))
  if (!paths.data) return null
  const ways = staged(paths.data.items ?? [])
  if (ways.length === 0)
    return (
      <EmptyState
        title={t('members.layers.none')}
        body={t('members.layers.none.body')}
        step={{ label: t('members.toPlaybook'), to: communityPath(slug, 'settings/playbook') }}
      />
    )
  return <List slug={slug} ways={ways} />
}

const segmentOf = (path: string, stage: number) => `${path}/${stage}`

function List({ slug, ways }: { slug: string; ways: PathOverview[] }) {
  const { t } = useWords()
  const text = useText()
  const counts = useQueries({ queries: ways.map((way) => stagesQuery(slug, way.name)) })
  const segments = ways.flatMap((way, i) => {
    const stages = counts[i]?.data?.items
    const cut = (k: number, label: string, count?: number) => ({
      id: segmentOf(way.name, k),
      label: ways.length > 1 ? `${text(way.title) || way.name} · ${label}` : label,
      count,
    })
    return [
      cut(
        0,
        t('members.layers.all'),
        stages?.reduce((n, s) => n + s.running, 0),
      ),
      ...(way.stages ?? []).map((title, k) => cut(k + 1, text(title), stages?.[k]?.running)),
    ]
  })
  const first = segments[0]?.id ?? ''
  const source = useMemo<ListSource<RunAt>>(
    () => ({
      key: ['path', slug, 'in-stage', first],
      load: (request, signal) => load(slug, request, first, signal),
    }),
    [slug, first],
  )
  return (
    <div className={css.list}>
      <ListPage<RunAt>
        id="layers"
        unit={(count) => t('members.unit', { count })}
        columns={useColumns(ways)}
        source={source}
        rowId={(run) => run.id}
        rowName={(run) => run.name || t('people.unnamed')}
        rowTo={(run) => communityPath(slug, `people/${run.person}`)}
        segments={segments}
        empty={{ title: t('members.layers.empty'), body: t('members.layers.empty.body') }}
      />
    </div>
  )
}

async function load(community: string, request: ListRequest, first: string, signal: AbortSignal) {
  const { segment, limit, cursor } = request
  const [name = '', stage] = (segment ?? first).split('/')
  const page = await call<Schemas['PageOfRunAt']>(
    api.GET('/api/v1/communities/{community}/paths/{name}/stages/{stage}/runs', {
      params: { path: { community, name, stage: Number(stage) }, query: { limit, cursor } },
      signal,
    }),
  )
  const nameless = (page.items ?? []).filter((run) => !run.name && run.person).map((run) => run.person ?? '')
  const names = await namesOf(community, nameless, signal)
  return {
    items: (page.items ?? []).map((run) => ({ ...run, name: run.name || (names.get(run.person ?? '')?.name ?? '') })),
    next: page.next,
  }
}

function useColumns(ways: PathOverview[]): ListColumn<RunAt>[] {
  const { t } = useWords()
  const text = useText()
  const format = useFormat()
  return [
    {
      id: 'name',
      header: t('people.name'),
      main: true,
      width: 136,
      cell: (run) => run.name || <span className={page.soft}>{t('people.unnamed')}</span>,
    },
    {
      id: 'stage',
      header: t('members.layers.stage'),
      width: 112,
      cell: (run) => text(ways.find((way) => way.name === run.path)?.stages?.[(run.stage ?? 0) - 1] ?? {}),
    },
    {
      id: 'step',
      header: t('members.layers.step'),
      width: 200,
      cell: (run) => stepName(run, text(run.title ?? {}), t),
    },
    {
      id: 'due',
      header: t('members.layers.due'),
      width: 144,
      cell: (run) => run.due && <DeadlineText at={run.due} />,
    },
    { id: 'since', header: t('members.layers.since'), width: 144, cell: (run) => format.dateTime(run.entered_at) },
  ]
}
