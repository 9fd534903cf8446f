import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useMemo, useState } from 'react'
import { Link, useNavigate } from 'react-router'
import { sourcesQuery } from '~/api/community'
import {
  type Figures,
  type Pool,
  placementsKey,
  poolsQuery,
  type Ranking,
  rankings,
  rankPlacements,
} from '~/api/placements'
import { asProblem } from '~/api/problem'
import { communityPath, useCommunity } from '~/app/community'
import { MayButton, useMay } from '~/app/may'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { DataTable, type ListColumn, ListPage, type ListSource, ProblemNotice } from '~/parts'
import page from '../page.module.css'
import { Section } from '../Section'
import css from './Growth.module.css'
import { GrowthHead } from './Head'
import { PlacementForm } from './PlacementForm'
import { paybackWords, rateWords, roiWords } from './placement'
import { WhatIf } from './WhatIf'

/** Which placements paid, and which did not? */
export function Placements() {
  const { t } = useWords()
  const slug = useCommunity()?.slug ?? ''
  const navigate = useNavigate()
  const may = useMay()
  const pools = useQuery(poolsQuery(slug))
  const [open, setOpen] = useState<'add' | 'what-if'>()
  const columns = useColumns(slug)
  const source = useMemo<ListSource<Figures>>(
    () => ({
      key: [...placementsKey(slug), 'ranked'],
      load: async ({ segment, filters, limit, cursor }, signal) => {
        const by: Ranking = rankings.find((one) => one === segment) ?? 'roi'
        const answer = await rankPlacements(slug, { by, pool: filters.pool, limit, cursor }, signal)
        return { items: answer.items ?? [], next: answer.next }
      },
    }),
    [slug],
  )
  const named = (pools.data ?? []).filter((p) => p.pool)
  const add = () => setOpen('add')
  return (
    <>
      <GrowthHead
        actions={
          <>
            <MayButton action="intake.write" type="primary" onClick={add}>
              {t('placements.add')}
            </MayButton>
            <Button onClick={() => setOpen('what-if')}>{t('placements.whatIf')}</Button>
          </>
        }
      />
      <div className={page.list}>
        <ListPage<Figures>
          id="placements"
          unit={(count) => t('placements.unit', { count })}
          columns={columns}
          source={source}
          rowId={(f) => f.id}
          rowName={(f) => f.name}
          rowTo={(f) => communityPath(slug, `growth/placements/${f.id}`)}
          segments={rankings.map((id) => ({ id, label: t(`placements.by.${id}`) }))}
          filters={[
            {
              id: 'pool',
              label: t('placements.pool'),
              kind: 'choice',
              options: named.map((p) => ({ value: p.pool, label: p.pool })),
            },
          ]}
          empty={{
            title: t('placements.none'),
            body: t('placements.none.body'),
            step: may('intake.write') === 'no' ? undefined : { label: t('placements.add'), onClick: add },
          }}
        />
      </div>
      <Pools slug={slug} />
      {open === 'add' && (
        <PlacementForm
          slug={slug}
          onClose={() => setOpen(undefined)}
          onDone={(id) => navigate(communityPath(slug, `growth/placements/${id}`))}
        />
      )}
      {open === 'what-if' && <WhatIf slug={slug} onClose={() => setOpen(undefined)} />}
    </>
  )
}

const Share = ({ of: [share, parts] }: { of: [string, string] }) => (
  <>
    {share}
    <span className={css.under}>{parts}</span>
  </>
)

function useColumns(slug: string): ListColumn<Figures>[] {
  const { t } = useWords()
  const format = useFormat()
  const sources = useQuery(sourcesQuery(slug))
  const sourceOf = (id: string) => sources.data?.items?.find((s) => s.id === id)?.name ?? ''
  return [
    { id: 'name', header: t('placements.name'), main: true, width: 168, cell: (f) => f.name },
    {
      id: 'source',
      header: t('placements.source'),
      width: 112,
      cell: (f) => (
        <>
          {sourceOf(f.source)}
          {f.event && (
            <Link className={css.under} to={communityPath(slug, `events/${f.event}/placement`)}>
              {t('placements.event')}
            </Link>
          )}
        </>
      ),
    },
    { id: 'pool', header: t('placements.pool'), width: 104, cell: (f) => f.pool },
    { id: 'cost', header: t('placements.cost'), align: 'right', width: 112, cell: (f) => format.money(f.cost) },
    {
      id: 'contacts',
      header: t('placements.contacts'),
      align: 'right',
      width: 96,
      cell: (f) => (
        <>
          {format.count(f.contacts)}
          <span className={css.under}>{t('placements.ofCame', { count: f.came })}</span>
        </>
      ),
    },
    { id: 'rate', header: t('placements.rate'), align: 'right', width: 104, cell: (f) => <Share of={rateWords(f)} /> },
    {
      id: 'revenue',
      header: t('placements.revenue'),
      align: 'right',
      width: 120,
      cell: (f) => (
        <>
          {format.money(f.revenue)}
          {f.refunded > 0 && (
            <span className={css.under}>{t('placements.refunded', { amount: format.money(f.refunded) })}</span>
          )}
        </>
      ),
    },
    { id: 'roi', header: t('placements.roi'), align: 'right', width: 168, cell: (f) => <Share of={roiWords(f)} /> },
    {
      id: 'payback',
      header: t('placements.payback'),
      align: 'right',
      width: 104,
      cell: (f) => paybackWords(f, t),
    },
    {
      id: 'starts',
      header: t('placements.starts'),
      hidden: true,
      width: 144,
      cell: (f) => (f.starts ? format.dateTime(f.starts) : ''),
    },
    {
      id: 'ends',
      header: t('placements.ends'),
      hidden: true,
      width: 144,
      cell: (f) => (f.ends ? format.dateTime(f.ends) : ''),
    },
  ]
}

/** The same by pool: accounts with the same audience, groups, mid-size accounts. */
function Pools({ slug }: { slug: string }) {
  const { t } = useWords()
  const format = useFormat()
  const query = useQuery(poolsQuery(slug))
  if (query.error)
    return (
      <Section title={t('placements.pools')}>
        <ProblemNotice problem={asProblem(query.error)} onRetry={() => void query.refetch()} />
      </Section>
    )
  const rows = query.data ?? []
  if (rows.every((p) => !p.pool)) return null
  return (
    <Section title={t('placements.pools')}>
      <DataTable<Pool>
        label={t('placements.pools')}
        rows={rows}
        rowId={(p) => p.pool}
        columns={[
          { id: 'pool', header: t('placements.pool'), main: true, cell: (p) => p.pool || t('placements.pool.none') },
          {
            id: 'placements',
            header: t('placements.title'),
            align: 'right',
            cell: (p) => format.count(p.placements),
          },
          { id: 'cost', header: t('placements.cost'), align: 'right', cell: (p) => format.money(p.cost) },
          { id: 'contacts', header: t('placements.contacts'), align: 'right', cell: (p) => format.count(p.contacts) },
          { id: 'rate', header: t('placements.rate'), align: 'right', cell: (p) => <Share of={rateWords(p)} /> },
          { id: 'revenue', header: t('placements.revenue'), align: 'right', cell: (p) => format.money(p.revenue) },
          {
            id: 'roi',
            header: t('placements.roi'),
            align: 'right',
            cell: (p) => <Share of={roiWords({ ...p, profit: p.revenue - p.cost })} />,
          },
        ]}
      />
    </Section>
  )
}
