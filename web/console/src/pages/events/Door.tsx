import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { Check, Copy } from 'lucide-react'
import { useMemo } from 'react'
import { calendarKey, type EventView, type ScanRow } from '~/api/calendar'
import { api, call } from '~/api/client'
import type { Schemas } from '~/api/community'
import { asProblem } from '~/api/problem'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { useCopy } from '~/lib/hooks'
import { DataTable, type ListColumn, ListPage, type ListSource, ProblemNotice, StatusTag, type Tone } from '~/parts'
import page from '../page.module.css'
import css from './Events.module.css'
import { Holder } from './Holder'
import { scanOf } from './words'

const tones: Record<string, Tone> = { admitted: 'good', double: 'bad', already: 'wait' }

/** The door: where tickets are checked, who got in, and whose ticket may have let in two. */
export function Door({ slug, event }: { slug: string; event: EventView }) {
  const { t } = useWords()
  const { copied, copy } = useCopy()
  const columns = useColumns(slug)
  const source = useMemo<ListSource<ScanRow>>(
    () => ({
      key: [...calendarKey(slug), 'scans', event.id],
      load: async ({ limit, cursor }, signal) => {
        const answer = await call<Schemas['PageOfScanRow']>(
          api.GET('/api/v1/communities/{community}/events/{id}/scans', {
            params: { path: { community: slug, id: event.id }, query: { limit, cursor } },
            signal,
          }),
        )
        return { items: answer.items ?? [], next: answer.next }
      },
    }),
    [slug, event.id],
  )
  return (
    <>
      <div className={css.door}>
        <span>{t('events.door.page')}</span>
        <a href={event.door} target="_blank" rel="noreferrer">
          <code>{event.door}</code>
        </a>
        <Button size="small" icon={copied ? <Check size={14} /> : <Copy size={14} />} onClick={() => copy(event.door)}>
          {copied ? t('common.copied') : t('common.copy')}
        </Button>
      </div>
      <p className={page.note}>{t('events.door.note')}</p>
      <Doubles slug={slug} event={event} />
      <div className={page.list}>
        <ListPage<ScanRow>
          id="event-scans"
          unit={(count) => t('events.scans.unit', { count })}
          columns={columns}
          source={source}
          rowId={(row) => row.id}
          rowName={(row) => row.nickname || t('people.unnamed')}
          empty={{ title: t('events.scans.empty'), body: t('events.scans.empty.body') }}
        />
      </div>
    </>
  )
}

/** Stand before all other scans: two people may be inside by one ticket. */
function Doubles({ slug, event }: { slug: string; event: EventView }) {
  const { t } = useWords()
  const columns = useColumns(slug)
  const doubles = useQuery({
    queryKey: [...calendarKey(slug), 'doubles', event.id],
    queryFn: ({ signal }) =>
      call<Schemas['PageOfScanRow']>(
        api.GET('/api/v1/communities/{community}/events/{id}/doubles', {
          params: { path: { community: slug, id: event.id }, query: { limit: 200 } },
          signal,
        }),
      ),
  })
  if (doubles.error) return <ProblemNotice problem={asProblem(doubles.error)} onRetry={() => doubles.refetch()} />
  const rows = doubles.data?.items ?? []
  if (rows.length === 0) return null
  const title = t(doubles.data?.next ? 'events.doubles.more' : 'events.doubles', { count: rows.length })
  return (
    <section className={css.doubles}>
      <h2>{title}</h2>
      <DataTable label={title} rows={rows} rowId={(row) => row.id} columns={columns} />
    </section>
  )
}

function useColumns(slug: string): ListColumn<ScanRow>[] {
  const { t } = useWords()
  const format = useFormat()
  return [
    {
      id: 'name',
      header: t('people.name'),
      main: true,
      width: 136,
      cell: (row) =>
        row.person ? <Holder slug={slug} person={row.person} name={row.nickname} /> : t('events.scan.nobody'),
    },
    {
      id: 'result',
      header: t('events.result'),
      width: 168,
      cell: (row) => (
        <StatusTag bare tone={tones[row.result] ?? 'plain'}>
          {scanOf(row.result, t)}
        </StatusTag>
      ),
    },
    { id: 'at', header: t('events.scanned'), width: 144, cell: (row) => format.dateTime(row.at) },
    {
      id: 'first',
      header: t('events.first'),
      width: 144,
      cell: (row) => (row.first_at && row.result !== 'admitted' ? format.dateTime(row.first_at) : ''),
    },
    {
      id: 'offline',
      header: t('events.offline'),
      width: 168,
      cell: (row) => (row.offline ? t('events.offline.sent', { time: format.time(row.recorded_at) }) : ''),
    },
  ]
}
