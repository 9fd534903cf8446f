import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { api, call } from '~/api/client'
import { type Schemas, sourcesQuery } from '~/api/community'
import { asProblem } from '~/api/problem'
import { communityPath, useCommunity } from '~/app/community'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { DataTable, EmptyState, Figure, FigureRow, PageHeader, ProblemNotice, type TableColumn } from '~/parts'
import { Section } from '../Section'
import css from './Reach.module.css'

type Cover = Omit<Schemas['CoverageView'], 'sources'>

/** How surely can people still be reached when one way fails: by how many separate ways, and through which source they came. */
export function Coverage() {
  const { t } = useWords()
  const slug = useCommunity()?.slug ?? ''
  const coverage = useQuery({
    queryKey: ['coverage', slug],
    queryFn: ({ signal }) =>
      call<Schemas['CoverageView']>(
        api.GET('/api/v1/communities/{community}/coverage', { params: { path: { community: slug } }, signal }),
      ),
  })
  const sources = useQuery(sourcesQuery(slug))
  const names = new Map((sources.data?.items ?? []).map((s) => [s.id, s.name]))
  const c = coverage.data
  // Everybody is counted here, visitors too.
  const people = (filter: string) => communityPath(slug, `people?seg=all&${filter}`)
  return (
    <>
      <PageHeader
        title={t('reach.title')}
        question={t('reach.question')}
        crumbs={[{ label: t('frame.people'), to: communityPath(slug, 'people') }]}
      />
      {coverage.error && <ProblemNotice problem={asProblem(coverage.error)} onRetry={() => coverage.refetch()} />}
      {c?.people === 0 && (
        <EmptyState
          title={t('people.empty')}
          body={t('people.empty.body')}
          step={{ label: t('people.empty.step'), to: communityPath(slug, 'intake') }}
        />
      )}
      {(coverage.isPending || (c && c.people > 0)) && (
        <>
          <FigureRow>
            {([3, 2, 1, 0] as const).map((n) => (
              <Figure
                key={n}
                kind="rate"
                label={t(`reach.ways.${n}`)}
                value={c?.ways[n] ?? 0}
                of={c?.people ?? 0}
                unit={(count) => t('people.unit', { count })}
                waits={n === 0 && (c?.ways[0] ?? 0) > 0}
                loading={coverage.isPending}
                to={people(`f.reach=${n}`)}
              />
            ))}
          </FigureRow>
          <Section title={t('reach.each')}>
            <FigureRow>
              {(['phone', 'follower', 'circle'] as const).map((way) => (
                <Figure
                  key={way}
                  kind="rate"
                  label={t(`reach.way.${way}`)}
                  value={c?.[way] ?? 0}
                  of={c?.people ?? 0}
                  unit={(count) => t('people.unit', { count })}
                  loading={coverage.isPending}
                  note={t(`reach.way.${way}.note`)}
                />
              ))}
            </FigureRow>
          </Section>
          <Section title={t('reach.sources')}>
            <Legend />
            <Sources
              rows={(c?.sources ?? []).map((s) => ({
                ...s,
                name: s.source ? (names.get(s.source) ?? t('reach.source.gone')) : t('reach.source.none'),
                to: s.source ? people(`f.source=${s.source}`) : undefined,
              }))}
            />
          </Section>
        </>
      )}
    </>
  )
}

function Legend() {
  const { t } = useWords()
  return (
    <span className={css.legend} aria-hidden="true">
      {([3, 2, 1, 0] as const).map((n) => (
        <span key={n}>
          <i data-ways={n} />
          {t(`reach.ways.${n}`)}
        </span>
      ))}
    </span>
  )
}

interface SourceRow extends Cover {
  source: string
  name: string
  to?: string
}

function Sources({ rows }: { rows: SourceRow[] }) {
  const { t } = useWords()
  const format = useFormat()
  const share = (id: string, header: string, of: (row: SourceRow) => number): TableColumn<SourceRow> => ({
    id,
    header,
    align: 'right',
    cell: (row) => <Share n={of(row)} of={row.people} />,
  })
  return (
    <DataTable<SourceRow>
      label={t('reach.sources')}
      rows={rows}
      rowId={(row) => row.source || '-'}
      columns={[
        {
          id: 'source',
          header: t('people.source'),
          main: true,
          cell: (row) => (row.to ? <Link to={row.to}>{row.name}</Link> : row.name),
        },
        { id: 'people', header: t('reach.people'), align: 'right', cell: (row) => format.count(row.people) },
        {
          id: 'split',
          header: t('reach.split'),
          width: 240,
          cell: (row) => <Split ways={row.ways} of={row.people} />,
        },
        share('ways', t('reach.ways.3'), (row) => row.ways[3] ?? 0),
        share('phone', t('reach.way.phone'), (row) => row.phone),
        share('follower', t('reach.way.follower'), (row) => row.follower),
        share('circle', t('reach.way.circle'), (row) => row.circle),
      ]}
    />
  )
}

/** 76.2% over 61 / 80: a rate never stands without what it is a share of. */
function Share({ n, of }: { n: number; of: number }) {
  const format = useFormat()
  return (
    <>
      {format.rate(n, of)}
      <span className={css.of}>
        {format.count(n)} / {format.count(of)}
      </span>
    </>
  )
}

function Split({ ways, of }: { ways: number[]; of: number }) {
  const { t } = useWords()
  const format = useFormat()
  const parts = ([3, 2, 1, 0] as const).map((n) => ({ n, count: ways[n] ?? 0 }))
  const words = parts
    .map(({ n, count }) => `${t(`reach.ways.${n}`)} ${format.count(count)}`)
    .join(t('common.listComma'))
  return (
    <span className={css.split} role="img" aria-label={words} title={words}>
      {parts.map(
        ({ n, count }) =>
          count > 0 && <i key={n} data-ways={n} style={{ width: `${(100 * count) / Math.max(1, of)}%` }} />,
      )}
    </span>
  )
}
