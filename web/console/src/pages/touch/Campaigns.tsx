import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { type Campaign, rulesQuery, type TouchRules } from '~/api/campaigns'
import { api, call } from '~/api/client'
import type { Schemas } from '~/api/community'
import { communityPath, useCommunity } from '~/app/community'
import { useMay } from '~/app/may'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { ButtonLink, type ListColumn, ListPage, type ListRequest, type ListSource, PageHeader } from '~/parts'
import { CampaignState } from './State'
import css from './Touch.module.css'
import { channelName, purposeName } from './words'

/** Whom do we reach, whom do we tire: what was sent to many, with what came of it, and what bounds it. */
export function Campaigns() {
  const { t } = useWords()
  const slug = useCommunity()?.slug ?? ''
  const may = useMay()
  const columns = useColumns()
  const rules = useQuery(rulesQuery(slug))
  const source = useMemo<ListSource<Campaign>>(
    () => ({ key: ['campaigns', slug], load: (request, signal) => load(slug, request, signal) }),
    [slug],
  )
  const write = { label: t('touch.new'), to: communityPath(slug, 'touch/new') }
  const maySend = may('touch.send') === 'yes'
  return (
    <>
      <PageHeader
        title={t('frame.touch')}
        question={t('frame.touch.question')}
        actions={
          <>
            <ButtonLink quiet to={communityPath(slug, 'touch/stuck')}>
              {t('touch.stuck')}
            </ButtonLink>
            {maySend && <ButtonLink to={write.to}>{write.label}</ButtonLink>}
          </>
        }
      />
      {rules.data && <Bounds rules={rules.data} />}
      <ListPage<Campaign>
        id="campaigns"
        unit={(count) => t('touch.unit', { count })}
        columns={columns}
        source={source}
        rowId={(c) => c.id}
        rowName={(c) => c.name}
        rowTo={(c) => communityPath(slug, `touch/${c.id}`)}
        empty={{ title: t('touch.empty'), body: t('touch.empty.body'), step: maySend ? write : undefined }}
      />
    </>
  )
}

async function load(community: string, request: ListRequest, signal: AbortSignal) {
  return await call<Schemas['PageOfCampaignView']>(
    api.GET('/api/v1/communities/{community}/campaigns', {
      params: { path: { community }, query: { limit: request.limit, cursor: request.cursor } },
      signal,
    }),
  )
}

/** What holds every message back, whoever sends it. */
export function Bounds({ rules }: { rules: TouchRules }) {
  const { t } = useWords()
  const per = { day: t('touch.per.day'), week: t('touch.per.week'), month: t('touch.per.month') }
  const { from = '', to = '' } = rules.quiet
  const lines = [
    from === to ? t('touch.quiet.none') : t('touch.quiet', { from, to }),
    ...(rules.budgets ?? []).map((b) =>
      t('touch.budget', {
        what:
          [b.purpose && purposeName(b.purpose, t), b.channel && channelName(b.channel, t)]
            .filter(Boolean)
            .join(' · ') || t('touch.budget.all'),
        per: per[b.per as keyof typeof per] ?? b.per,
        max: b.max,
      }),
    ),
  ]
  return (
    <p className={css.bounds}>
      {lines.map((line) => (
        <span key={line}>{line}</span>
      ))}
    </p>
  )
}

function useColumns(): ListColumn<Campaign>[] {
  const { t } = useWords()
  const format = useFormat()
  const share = (n: number, of: number) =>
    of === 0 ? (
      '—'
    ) : (
      <>
        {format.rate(n, of)}
        <span className={css.of}>
          {format.count(n)} / {format.count(of)}
        </span>
      </>
    )
  return [
    { id: 'name', header: t('touch.name'), main: true, width: 200, cell: (c) => c.name },
    { id: 'state', header: t('touch.state'), width: 96, cell: (c) => <CampaignState state={c.state} /> },
    {
      id: 'total',
      header: t('touch.total'),
      align: 'right',
      width: 88,
      cell: (c) => (c.total > 0 ? format.count(c.total) : '—'),
    },
    {
      id: 'sent',
      header: t('touch.sent'),
      align: 'right',
      width: 112,
      cell: (c) => share(c.results.sent, c.total),
    },
    {
      id: 'opened',
      header: t('touch.opened'),
      align: 'right',
      width: 112,
      cell: (c) => share(c.results.opened, c.results.sent),
    },
    {
      id: 'clicked',
      header: t('touch.clicked'),
      align: 'right',
      width: 112,
      cell: (c) => share(c.results.clicked, c.results.sent),
    },
    {
      id: 'held',
      header: t('touch.held'),
      align: 'right',
      width: 112,
      cell: (c) => share(c.results.held, c.total),
    },
    { id: 'purpose', header: t('touch.purpose'), width: 88, cell: (c) => purposeName(c.message.purpose, t) },
    { id: 'channel', header: t('touch.channel'), hidden: true, width: 104, cell: (c) => channelName(c.channel, t) },
    {
      id: 'at',
      header: t('touch.when'),
      width: 144,
      cell: (c) => format.dateTime(c.started_at ?? c.starts_at ?? c.created_at),
    },
  ]
}
