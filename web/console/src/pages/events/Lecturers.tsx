import { useQuery } from '@tanstack/react-query'
import { lecturersQuery } from '~/api/calendar'
import { asProblem } from '~/api/problem'
import { useCommunity } from '~/app/community'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { DataTable, EmptyState, ProblemNotice } from '~/parts'
import page from '../page.module.css'
import { EventsHead } from './Head'
import { Holder } from './Holder'

/** What events of the last year have sold, by who held them. */
export function Lecturers() {
  const slug = useCommunity()?.slug ?? ''
  return <EventsHead>{() => <Board slug={slug} />}</EventsHead>
}

function Board({ slug }: { slug: string }) {
  const { t } = useWords()
  const format = useFormat()
  const query = useQuery(lecturersQuery(slug))
  if (query.error) return <ProblemNotice problem={asProblem(query.error)} onRetry={() => void query.refetch()} />
  if (!query.data) return <p className={page.soft}>{t('common.loading')}</p>
  if (query.data.items.length === 0)
    return <EmptyState title={t('events.lecturers.none')} body={t('events.lecturers.none.body')} />
  return (
    <>
      <DataTable
        label={t('events.lecturers')}
        rows={query.data.items}
        rowId={(x) => x.host || '-'}
        columns={[
          {
            id: 'name',
            header: t('events.host'),
            main: true,
            cell: (x) => (x.host ? <Holder slug={slug} person={x.host} name={x.name} /> : t('events.lecturers.nobody')),
          },
          { id: 'events', header: t('events.lecturers.events'), align: 'right', cell: (x) => format.count(x.events) },
          { id: 'came', header: t('events.sale.came'), align: 'right', cell: (x) => format.count(x.came) },
          { id: 'buyers', header: t('events.sale.buyers'), align: 'right', cell: (x) => format.count(x.sold.buyers) },
          {
            id: 'rate',
            header: t('events.sale.rate'),
            align: 'right',
            cell: (x) => (x.came > 0 ? format.rate(x.sold.buyers, x.came) : '—'),
          },
          {
            id: 'paid',
            header: t('events.sale.paid'),
            align: 'right',
            cell: (x) => format.money(x.sold.paid - x.sold.refunded),
          },
        ]}
      />
      <p className={page.note}>{t(query.data.more ? 'events.lecturers.more' : 'events.lecturers.note')}</p>
    </>
  )
}
