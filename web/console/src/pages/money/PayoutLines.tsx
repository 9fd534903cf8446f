import { useMemo, useState } from 'react'
import { Link } from 'react-router'
import { type BatchDetail, type LineState, type LineWork, listLines, type PayoutLine, payoutsKey } from '~/api/payouts'
import { communityPath } from '~/app/community'
import { MayButton, useMay } from '~/app/may'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { type BulkAction, type ListColumn, ListPage, type ListRequest, type ListSource, type Selection } from '~/parts'
import page from '../page.module.css'
import { LineTag } from './PayoutTag'
import { PayoutWork } from './PayoutWork'
import { countOf, lineStates, worksOf } from './payouts'

interface Asked {
  work: LineWork
  selection: Selection
  done: (used: boolean) => void
}

const stateOf = (request: ListRequest) => lineStates.find((s) => s === request.segment) as LineState | undefined

/** Who gets what, and what became of it: told of one, or of all that were chosen. */
export function PayoutLines({ batch, slug }: { batch: BatchDetail; slug: string }) {
  const { t } = useWords()
  const may = useMay()('money.post')
  const [asked, setAsked] = useState<Asked>()
  const ask = (work: LineWork, selection: Selection) =>
    new Promise<boolean>((resolve) => setAsked({ work, selection, done: resolve }))
  const columns = useColumns(slug, batch.state, (work, line) => ask(work, { kind: 'rows', ids: [line.id] }))
  const source = useMemo<ListSource<PayoutLine>>(
    () => ({
      key: [...payoutsKey(slug), 'lines', batch.id, batch.state],
      load: async (request, signal) => {
        const state = stateOf(request)
        const { limit, cursor } = request
        const page = await listLines(slug, batch.id, { state, limit, cursor }, signal)
        return { items: page.items ?? [], next: page.next, total: countOf(batch, state) }
      },
    }),
    [slug, batch],
  )
  const works: LineWork[] = worksOf(batch.state, 'reserved').length > 0 ? ['paid', 'failed', 'retry'] : []
  const bulk: BulkAction[] = works.map((work) => ({
    id: work,
    label: t(`payouts.work.${work}`),
    danger: work === 'failed',
    asks: true,
    run: (selection) => ask(work, selection),
  }))
  return (
    <>
      <ListPage<PayoutLine>
        id="payout-lines"
        unit={(count) => t('payouts.line.unit', { count })}
        columns={columns}
        source={source}
        rowId={(line) => line.id}
        rowName={(line) => line.nickname || t('people.unnamed')}
        segments={[
          { id: 'all', label: t('payouts.line.all'), count: countOf(batch) },
          ...lineStates.map((state) => ({
            id: state,
            label: t(`payouts.line.${state}`),
            count: countOf(batch, state),
            waits: state === 'failed' && countOf(batch, 'failed') > 0,
          })),
        ]}
        bulk={may === 'yes' ? bulk : []}
        empty={{ title: t('payouts.empty'), body: t('payouts.empty.body') }}
      />
      {asked && (
        <PayoutWork
          slug={slug}
          batch={batch}
          work={asked.work}
          selection={asked.selection}
          state={asked.selection.kind === 'all' ? stateOf(asked.selection.request) : undefined}
          onClose={(used) => {
            asked.done(used)
            setAsked(undefined)
          }}
        />
      )}
    </>
  )
}

function useColumns(
  slug: string,
  batch: string,
  onWork: (work: LineWork, line: PayoutLine) => void,
): ListColumn<PayoutLine>[] {
  const { t } = useWords()
  const format = useFormat()
  const amount = (id: 'gross' | 'withheld' | 'net'): ListColumn<PayoutLine> => ({
    id,
    header: t(`payouts.${id}`),
    align: 'right',
    width: 112,
    cell: (line) => format.money(line[id]),
  })
  return [
    {
      id: 'person',
      header: t('money.person'),
      main: true,
      width: 144,
      cell: (line) => (
        <Link to={communityPath(slug, `people/${line.person}`)}>{line.nickname || t('people.unnamed')}</Link>
      ),
    },
    amount('gross'),
    amount('withheld'),
    amount('net'),
    { id: 'state', header: t('people.state'), width: 104, cell: (line) => <LineTag state={line.state} /> },
    { id: 'reason', header: t('payouts.reason'), width: 176, cell: (line) => line.reason ?? '' },
    {
      id: 'ended',
      header: t('money.endedAt'),
      width: 144,
      hidden: true,
      cell: (line) => (line.ended_at ? format.dateTime(line.ended_at) : ''),
    },
    {
      id: 'work',
      header: t('payouts.work'),
      width: 192,
      cell: (line) => {
        const works = worksOf(batch, line.state)
        if (works.length === 0) return ''
        return (
          <span className={page.actions}>
            {works.map((work) => (
              <MayButton key={work} action="money.post" size="small" onClick={() => onWork(work, line)}>
                {t(`payouts.work.${work}`)}
              </MayButton>
            ))}
          </span>
        )
      },
    },
  ]
}
