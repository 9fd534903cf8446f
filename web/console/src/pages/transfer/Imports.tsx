import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { Link, useNavigate } from 'react-router'
import { api, call } from '~/api/client'
import type { Schemas } from '~/api/community'
import { asProblem } from '~/api/problem'
import { dealt, type Import, underWay } from '~/api/transfer'
import { communityPath, useCommunity } from '~/app/community'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { DataTable, EmptyState, PageHeader, ProblemNotice } from '~/parts'
import { Section } from '../Section'
import { DropFile } from './DropFile'
import { ImportState } from './ImportState'
import css from './Transfer.module.css'

/** Bring people in from a file; and what became of the files before. */
export function Imports() {
  const { t } = useWords()
  const slug = useCommunity()?.slug ?? ''
  const client = useQueryClient()
  const navigate = useNavigate()
  const past = useInfiniteQuery({
    queryKey: ['imports', slug],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      call<Schemas['PageOfTransferImport']>(
        api.GET('/api/v1/communities/{community}/imports', {
          params: { path: { community: slug }, query: pageParam ? { cursor: pageParam } : {} },
          signal,
        }),
      ),
    getNextPageParam: (last) => last.next || undefined,
    refetchInterval: ({ state }) =>
      state.data?.pages.some((page) => (page.items ?? []).some(underWay)) ? 2000 : (false as const),
  })
  const items = (past.data?.pages ?? []).flatMap((page) => page.items ?? [])
  return (
    <>
      <PageHeader
        title={t('transfer.import')}
        question={t('transfer.import.question')}
        crumbs={[{ label: t('frame.people'), to: communityPath(slug, 'people') }]}
      />
      <DropFile
        slug={slug}
        onDone={(im) => {
          void client.invalidateQueries({ queryKey: ['imports', slug] })
          navigate(communityPath(slug, `people/import/${im.id}`))
        }}
      />
      <Section title={t('transfer.past')}>
        {past.error && <ProblemNotice problem={asProblem(past.error)} onRetry={() => past.refetch()} />}
        {past.data && items.length === 0 && (
          <EmptyState title={t('transfer.past.none')} body={t('transfer.past.hint')} />
        )}
        {items.length > 0 && <Past imports={items} slug={slug} />}
        {past.hasNextPage && (
          <Button className={css.more} onClick={() => past.fetchNextPage()} loading={past.isFetchingNextPage}>
            {t('transfer.past.more')}
          </Button>
        )}
      </Section>
    </>
  )
}

function Past({ imports, slug }: { imports: Import[]; slug: string }) {
  const { t } = useWords()
  const format = useFormat()
  const count = (im: Import, n: number) => (im.dry ? '—' : format.count(n))
  return (
    <DataTable<Import>
      label={t('transfer.past')}
      rows={imports}
      rowId={(im) => im.id}
      columns={[
        {
          id: 'file',
          header: t('transfer.file'),
          main: true,
          cell: (im) => (
            <Link to={communityPath(slug, `people/import/${im.id}`)}>{im.name || t('transfer.unnamed')}</Link>
          ),
        },
        { id: 'state', header: t('transfer.state'), cell: (im) => <ImportState im={im} /> },
        {
          id: 'rows',
          header: t('transfer.rows'),
          align: 'right',
          cell: (im) =>
            underWay(im) ? `${format.count(dealt(im.counts))} / ${format.count(im.total)}` : format.count(im.total),
        },
        {
          id: 'created',
          header: t('transfer.count.created'),
          align: 'right',
          cell: (im) => count(im, im.counts.created),
        },
        {
          id: 'updated',
          header: t('transfer.count.updated'),
          align: 'right',
          cell: (im) => count(im, im.counts.updated),
        },
        {
          id: 'left',
          header: t('transfer.count.left'),
          align: 'right',
          tone: (im) => (!im.dry && im.counts.bad > 0 ? 'waits' : undefined),
          cell: (im) => count(im, im.counts.bad + im.counts.repeated),
        },
        { id: 'at', header: t('transfer.at'), cell: (im) => format.dateTime(im.created_at) },
      ]}
    />
  )
}
