import { useInfiniteQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { Link } from 'react-router'
import { api, call } from '~/api/client'
import type { Schemas } from '~/api/community'
import { asProblem } from '~/api/problem'
import { dealt, type Import } from '~/api/transfer'
import { communityPath } from '~/app/community'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { DataTable, Figure, FigureRow, ProblemNotice } from '~/parts'
import { Section } from '../Section'
import css from './Transfer.module.css'

/** What became, or would become, of the rows: each of them is in one of the five numbers. */
export function Outcome({ im, slug }: { im: Import; slug: string }) {
  const { t } = useWords()
  const format = useFormat()
  const c = im.counts
  const of = dealt(c)
  const share = (n: number) => t('transfer.share', { rate: format.rate(n, of), of: format.count(of) })
  const known = [
    c.by_phone > 0 && t('transfer.known.phone', { count: c.by_phone }),
    c.by_email > 0 && t('transfer.known.email', { count: c.by_email }),
    c.by_other > 0 && t('transfer.known.other', { count: c.by_other }),
  ].filter(Boolean)
  return (
    <Section title={im.dry ? t('transfer.foreseen') : t('transfer.outcome')}>
      <FigureRow>
        <Figure
          label={t('transfer.count.created')}
          value={c.created}
          note={share(c.created)}
          to={im.dry || c.created === 0 ? undefined : communityPath(slug, 'people')}
        />
        <Figure label={t('transfer.count.updated')} value={c.updated} note={share(c.updated)} />
        <Figure label={t('transfer.count.unchanged')} value={c.unchanged} note={share(c.unchanged)} />
        <Figure label={t('transfer.count.repeated')} value={c.repeated} note={share(c.repeated)} />
        <Figure label={t('transfer.count.bad')} value={c.bad} note={share(c.bad)} waits={c.bad > 0} />
      </FigureRow>
      {known.length > 0 && (
        <p className={css.hint}>{t('transfer.known', { how: known.join(t('common.listComma')) })}</p>
      )}
      {c.proposed > 0 && (
        <p className={css.hint}>
          {im.dry ? t('transfer.proposed.dry', { count: c.proposed }) : t('transfer.proposed', { count: c.proposed })}{' '}
          {!im.dry && <Link to={communityPath(slug, 'people/merges')}>{t('reach.merges')}</Link>}
        </p>
      )}
      {im.dry && <p className={css.hint}>{t('transfer.foreseen.note')}</p>}
    </Section>
  )
}

type BadRow = NonNullable<Schemas['PageOfImportProblem']['items']>[number]

/** One of the reasons why a row isn't taken; the number stands at the first. */
interface Flaw {
  row: number
  reason: NonNullable<BadRow['reasons']>[number]
  first: boolean
}

/** The rows that are not taken: line, column, why. */
export function BadRows({ im, slug }: { im: Import; slug: string }) {
  const { t, language } = useWords()
  const format = useFormat()
  const rows = useInfiniteQuery({
    queryKey: ['import', slug, im.id, 'problems', im.dry, im.state, dealt(im.counts), language],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      call<Schemas['PageOfImportProblem']>(
        api.GET('/api/v1/communities/{community}/imports/{id}/problems', {
          params: {
            path: { community: slug, id: im.id },
            query: { limit: 20, ...(pageParam ? { cursor: pageParam } : {}) },
          },
          signal,
        }),
      ),
    getNextPageParam: (last) => last.next || undefined,
  })
  const items = (rows.data?.pages ?? []).flatMap((page) => page.items ?? [])
  const headers = im.layout.headers ?? []
  const flaws: Flaw[] = items.flatMap((item) =>
    (item.reasons ?? []).map((reason, i) => ({ row: item.row, reason, first: i === 0 })),
  )
  if (rows.error) return <ProblemNotice problem={asProblem(rows.error)} onRetry={() => rows.refetch()} />
  return (
    <>
      <DataTable<Flaw>
        label={t('transfer.why')}
        rows={flaws}
        rowId={({ row, reason }) => `${row} ${reason.code} ${reason.column ?? 0}`}
        columns={[
          {
            id: 'line',
            header: t('transfer.line'),
            main: true,
            align: 'right',
            width: 56,
            title: ({ row }) => t('transfer.line.title', { line: row }),
            cell: ({ row, first }) => <span className={css.line}>{first ? format.count(row) : ''}</span>,
          },
          {
            id: 'column',
            header: t('transfer.column'),
            cell: ({ reason }) => (reason.column ? headers[reason.column - 1] : t('transfer.column.row')),
          },
          { id: 'why', header: t('transfer.why'), wrap: true, cell: ({ reason }) => reason.words },
        ]}
      />
      {rows.hasNextPage && (
        <Button className={css.more} onClick={() => rows.fetchNextPage()} loading={rows.isFetchingNextPage}>
          {t('transfer.bad.more')}
        </Button>
      )}
    </>
  )
}
