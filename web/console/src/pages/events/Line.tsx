import { useQuery } from '@tanstack/react-query'
import { calendarKey, type EventView } from '~/api/calendar'
import { api, call } from '~/api/client'
import type { Schemas } from '~/api/community'
import { asProblem } from '~/api/problem'
import { useText, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { DataTable, EmptyState, ProblemNotice } from '~/parts'
import page from '../page.module.css'
import { Holder } from './Holder'

/** Who waits for a place, the next first. */
export function Line({ slug, event }: { slug: string; event: EventView }) {
  const { t } = useWords()
  const text = useText()
  const format = useFormat()
  const line = useQuery({
    queryKey: [...calendarKey(slug), 'line', event.id],
    queryFn: ({ signal }) =>
      call<Schemas['ListOfLineRow']>(
        api.GET('/api/v1/communities/{community}/events/{id}/line', {
          params: { path: { community: slug, id: event.id }, query: { limit: 200 } },
          signal,
        }),
      ),
  })
  if (line.error) return <ProblemNotice problem={asProblem(line.error)} onRetry={() => line.refetch()} />
  if (!line.data) return null
  const rows = line.data.items ?? []
  if (rows.length === 0) return <EmptyState title={t('events.line.empty')} body={t('events.line.empty.body')} />
  const named = (all: { name: string; title?: Record<string, string> }[] | undefined | null, name?: string) => {
    const found = (all ?? []).find((x) => x.name === name)
    return (found?.title && text(found.title)) || name || ''
  }
  return (
    <div className={page.list}>
      <DataTable
        label={t('events.tab.line')}
        rows={rows}
        rowId={(row) => row.person}
        columns={[
          {
            id: 'name',
            header: t('people.name'),
            main: true,
            cell: (row) => <Holder slug={slug} person={row.person} name={row.nickname} />,
          },
          { id: 'position', header: t('events.position'), align: 'right', cell: (row) => format.count(row.position) },
          { id: 'type', header: t('events.type'), cell: (row) => named(event.types, row.type) },
          { id: 'since', header: t('events.since'), cell: (row) => format.dateTime(row.since) },
          {
            id: 'blocked',
            header: t('events.blocked'),
            wrap: true,
            tone: () => 'waits',
            cell: (row) => row.blocked && t('events.blocked.by', { quota: named(event.quotas, row.blocked) }),
          },
        ]}
      />
      {rows.length < event.figures.waiting && (
        <p className={page.note}>{t('events.line.more', { shown: rows.length, count: event.figures.waiting })}</p>
      )}
    </div>
  )
}
