import { useMemo } from 'react'
import { api, call } from '~/api/client'
import type { Schemas } from '~/api/community'
import { communityPath, useCommunity } from '~/app/community'
import { type Key, useText, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { type ListColumn, ListPage, type ListRequest, type ListSource, PageHeader, StatusTag } from '~/parts'
import css from '../page.module.css'

type Standing = Schemas['CircleStanding']

/** Which circle needs help: all of them with their room, their readers and what is wrong. Silence is not a fault. */
export function Circles() {
  const { t } = useWords()
  const text = useText()
  const slug = useCommunity()?.slug ?? ''
  const columns = useColumns()
  const source = useMemo<ListSource<Standing>>(
    () => ({ key: ['circles', slug], load: (request, signal) => load(slug, request, signal) }),
    [slug],
  )
  return (
    <>
      <PageHeader title={t('frame.circles')} question={t('frame.circles.question')} />
      <ListPage<Standing>
        id="circles"
        unit={(count) => t('circles.unit', { count })}
        columns={columns}
        source={source}
        rowId={(row) => row.circle.id}
        rowName={(row) => text(row.circle.name)}
        rowTo={(row) => communityPath(slug, `circles/${row.circle.id}`)}
        searchLabel={t('circles.search')}
        filters={[
          {
            id: 'state',
            label: t('people.state'),
            kind: 'choice',
            options: ['open', 'frozen', 'archived'].map((value) => ({
              value,
              label: t(`circles.state.${value}` as Key),
            })),
          },
        ]}
        empty={{
          title: t('circles.empty'),
          body: t('circles.empty.body'),
          step: { label: t('people.empty.step'), to: communityPath(slug, 'intake') },
        }}
      />
    </>
  )
}

async function load(community: string, request: ListRequest, signal: AbortSignal) {
  const query: Record<string, unknown> = { limit: request.limit, ...request.filters }
  for (const name of ['cursor', 'q'] as const) if (request[name]) query[name] = request[name]
  const page = await call<Schemas['PageOfCircleStanding']>(
    api.GET('/api/v1/communities/{community}/circles/board', {
      params: { path: { community }, query: query as never },
      signal,
    }),
  )
  return { items: page.items ?? [], next: page.next }
}

function useColumns(): ListColumn<Standing>[] {
  const { t } = useWords()
  const text = useText()
  const format = useFormat()
  return [
    { id: 'name', header: t('circles.name'), main: true, width: 160, cell: (row) => text(row.circle.name) },
    {
      id: 'members',
      header: t('circles.members'),
      align: 'right',
      width: 112,
      cell: (row) => `${format.count(row.circle.members)} / ${format.count(row.circle.capacity)}`,
    },
    { id: 'state', header: t('people.state'), width: 96, cell: (row) => <CircleState state={row.circle.state} /> },
    {
      id: 'readers',
      header: t('circles.readers'),
      align: 'right',
      width: 96,
      cell: (row) => format.count(row.readers),
    },
    {
      id: 'messages',
      header: t('circles.messages'),
      align: 'right',
      width: 96,
      cell: (row) => format.count(row.messages),
    },
    {
      id: 'needs',
      header: t('circles.needs'),
      width: 200,
      cell: ({ needs }) =>
        needs && needs.length > 0 ? (
          <span className={css.tags}>
            {needs.map((need) => (
              <StatusTag key={need} tone="wait">
                {t(`circles.need.${need}` as Key)}
              </StatusTag>
            ))}
          </span>
        ) : null,
    },
  ]
}

export function CircleState({ state }: { state: string }) {
  const { t } = useWords()
  const tone = state === 'open' ? 'good' : state === 'full' ? 'done' : state === 'frozen' ? 'wait' : 'plain'
  return <StatusTag tone={tone}>{t(`circles.state.${state}` as Key)}</StatusTag>
}
