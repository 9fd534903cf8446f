import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { asProblem } from '~/api/problem'
import { useCommunity } from '~/app/community'
import { useWords } from '~/i18n'
import { EmptyState } from '../EmptyState'
import { ProblemNotice } from '../ProblemNotice'
import { BulkBar } from './BulkBar'
import css from './List.module.css'
import { ListTable } from './ListTable'
import { ListToolbar } from './ListToolbar'
import { Pager } from './Pager'
import { Segments } from './Segments'
import type { ListPageProps, Selection } from './types'
import { useColumns } from './useColumns'
import { useListState } from './useListState'

/** A list as every page shows one: cuts, search, filters, columns, views, selection, export; its state is in the address. */
export function ListPage<Row>(props: ListPageProps<Row>) {
  const { id, columns, source, rowId, defaultSort, bulk = [], empty } = props
  const { t } = useWords()
  const community = useCommunity()
  const state = useListState(defaultSort)
  const { request } = state
  const chosen = useColumns(`${community?.slug ?? ''}.${id}`, columns)
  const [picked, setPicked] = usePicked(JSON.stringify([source.key, state.search]))

  const query = useQuery({
    queryKey: [...source.key, request],
    queryFn: ({ signal }) => source.load(request, signal),
    // The old page stays until the new one is there: nothing jumps.
    placeholderData: keepPreviousData,
  })
  const rows = useMemo(() => query.data?.items ?? [], [query.data])
  const total = query.data?.total
  const count = picked === 'all' ? (total ?? 0) : picked.length
  const selection = (): Selection =>
    picked === 'all'
      ? { kind: 'all', request: { ...request, cursor: undefined }, total: total ?? 0, more: query.data?.more }
      : { kind: 'rows', ids: picked }

  const blank = () => {
    if (query.error) return <ProblemNotice problem={asProblem(query.error)} onRetry={() => void query.refetch()} />
    if (query.isPending || rows.length > 0) return null
    if (!state.narrowed) return <EmptyState {...empty} />
    return (
      <EmptyState
        search
        title={t('list.nothing.title')}
        body={t('list.nothing.body')}
        step={{ label: t('list.nothing.clear'), onClick: state.clear }}
      />
    )
  }

  const body = blank()
  return (
    <section className={css.list}>
      {props.segments && <Segments segments={props.segments} state={state} />}
      <ListToolbar {...props} answer={query.data} state={state} columns={columns} chosen={chosen} />
      <ListTable
        {...props}
        columns={chosen.visible}
        rows={query.error ? [] : rows}
        loading={query.isPending}
        stale={query.isPlaceholderData}
        sort={request.sort}
        onSort={state.setSort}
        selectable={bulk.length > 0}
        picked={picked === 'all' ? rows.map(rowId) : picked}
        onPick={setPicked}
      />
      {body && <div className={css.blank}>{body}</div>}
      {count > 0 ? (
        <BulkBar
          count={count}
          total={total}
          more={query.data?.more}
          all={picked === 'all'}
          unit={props.unit}
          actions={bulk}
          selection={selection}
          onAll={() => setPicked('all')}
          onClear={() => setPicked([])}
        />
      ) : (
        rows.length > 0 && (
          <Pager answer={query.data} shown={rows.length} unit={props.unit} state={state} busy={query.isFetching} />
        )
      )}
    </section>
  )
}

/**
 * Which rows are chosen; kept from page to page. Another filter, search or cut drops the choice, lest an action hit rows
 * that are no longer in sight.
 */
function usePicked(scope: string) {
  const [picked, setPicked] = useState<{ scope: string; ids: string[] | 'all' }>({ scope, ids: [] })
  const ids = picked.scope === scope ? picked.ids : []
  return [ids, (next: string[] | 'all') => setPicked({ scope, ids: next })] as const
}
