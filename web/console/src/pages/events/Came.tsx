import { Button } from 'antd'
import { Download } from 'lucide-react'
import { useMemo, useRef, useState } from 'react'
import { type AttendeeRow, calendarKey, type EventView, listAttendees } from '~/api/calendar'
import { namesOf } from '~/api/money'
import { communityPath } from '~/app/community'
import { useStaffNames } from '~/app/staff'
import { useToast } from '~/app/toasts'
import { useProblem } from '~/app/useProblem'
import { useText, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { Dialog, type ListColumn, ListPage, type ListSource, ProblemNotice } from '~/parts'
import { allPages, csvOf, save } from '../money/csv'
import page from '../page.module.css'
import css from './Events.module.css'
import { Holder } from './Holder'

/** Who came: when, and by what door. */
export function Came({ slug, event }: { slug: string; event: EventView }) {
  const { t } = useWords()
  const format = useFormat()
  const say = useSayings(slug, event)
  const [exporting, setExporting] = useState(false)
  const source = useMemo<ListSource<AttendeeRow>>(
    () => ({
      key: [...calendarKey(slug), 'came', event.id],
      load: async ({ limit, cursor }, signal) => {
        const answer = await listAttendees(slug, event.id, { limit, cursor }, signal)
        return { items: await named(slug, answer.items ?? [], signal), next: answer.next }
      },
    }),
    [slug, event.id],
  )
  const columns: ListColumn<AttendeeRow>[] = [
    {
      id: 'name',
      header: t('people.name'),
      main: true,
      width: 136,
      cell: (row) => row.nickname || t('people.unnamed'),
    },
    { id: 'at', header: t('events.came.at'), width: 144, cell: (row) => format.dateTime(row.at) },
    { id: 'door', header: t('events.came.door'), width: 224, cell: say.door },
    { id: 'type', header: t('events.type'), width: 112, cell: say.type },
    {
      id: 'giver',
      header: t('events.giver'),
      width: 136,
      cell: (row) => row.giver && <Holder slug={slug} person={row.giver} name={row.giver_name} />,
    },
  ]
  return (
    <div className={page.list}>
      {event.figures.attended > 0 && (
        <p className={css.above}>
          <Button icon={<Download size={14} />} onClick={() => setExporting(true)}>
            {t('list.export.csv')}
          </Button>
        </p>
      )}
      <ListPage<AttendeeRow>
        id="event-came"
        unit={(count) => t('events.came.unit', { count })}
        columns={columns}
        source={source}
        rowId={(row) => row.person}
        rowName={(row) => row.nickname || t('people.unnamed')}
        rowTo={(row) => communityPath(slug, `people/${row.person}`)}
        empty={{ title: t('events.came.empty'), body: t('events.came.empty.body') }}
      />
      {exporting && <Export slug={slug} event={event} onClose={() => setExporting(false)} />}
    </div>
  )
}

/** Who has no nickname goes by their masked real name, as in the list of people. */
async function named(slug: string, rows: AttendeeRow[], signal: AbortSignal): Promise<AttendeeRow[]> {
  const names = await namesOf(
    slug,
    rows.filter((row) => !row.nickname).map((row) => row.person),
    signal,
  )
  return rows.map((row) => ({ ...row, nickname: row.nickname || (names.get(row.person)?.name ?? '') }))
}

function useSayings(slug: string, event: EventView) {
  const { t } = useWords()
  const text = useText()
  const staff = useStaffNames(slug)
  return {
    door: (row: AttendeeRow) => {
      if (row.online) return t('events.came.online')
      const name = row.actor && staff.get(row.actor)
      return [name ? t('events.came.by', { name }) : t('events.came.scanned'), row.offline && t('events.came.offline')]
        .filter(Boolean)
        .join(t('common.listComma'))
    },
    type: (row: AttendeeRow) => {
      const type = (event.types ?? []).find((x) => x.name === row.type)
      return type ? text(type.title) || type.name : row.type
    },
  }
}

/** Reads the whole list page by page and makes a file of it; it can be stopped. */
function Export({ slug, event, onClose }: { slug: string; event: EventView; onClose: () => void }) {
  const { t } = useWords()
  const text = useText()
  const format = useFormat()
  const toast = useToast()
  const refusal = useProblem()
  const say = useSayings(slug, event)
  const [rows, setRows] = useState<number>()
  const stop = useRef<AbortController>(undefined)
  const close = () => {
    stop.current?.abort()
    onClose()
  }
  const run = async () => {
    const control = new AbortController()
    stop.current = control
    setRows(0)
    const all = await refusal.guard(async () => {
      try {
        return await allPages<AttendeeRow>(
          async (cursor, signal) => {
            const answer = await listAttendees(slug, event.id, { limit: 200, cursor }, signal)
            return { items: await named(slug, answer.items ?? [], signal), next: answer.next }
          },
          control.signal,
          setRows,
        )
      } catch (error) {
        if (control.signal.aborted) return null
        throw error
      }
    })
    if (all) {
      const head = ['people.name', 'events.came.at', 'events.came.door', 'events.type', 'events.giver'] as const
      const lines = all.map((row) => [
        row.nickname || t('people.unnamed'),
        format.dateTime(row.at),
        say.door(row),
        say.type(row),
        row.giver_name ?? '',
      ])
      save(`${event.code}-${t('events.came.file')}.csv`, csvOf([head.map((key) => t(key)), ...lines]))
      toast.done(t('events.came.done', { count: all.length }))
      onClose()
    }
    setRows(undefined)
  }
  return (
    <Dialog open title={t('list.export.csv')} onClose={close}>
      <p>{t('events.came.export', { event: text(event.title), count: event.figures.attended })}</p>
      {refusal.problem && <ProblemNotice problem={refusal.problem} focus />}
      {rows !== undefined && <p aria-live="polite">{t('events.came.read', { count: rows })}</p>}
      <p className={page.actions}>
        <Button type="primary" loading={rows !== undefined} onClick={run}>
          {t('events.came.get')}
        </Button>
        <Button onClick={close}>{t('common.cancel')}</Button>
      </p>
    </Dialog>
  )
}
