import { useMemo, useState } from 'react'
import { Link } from 'react-router'
import { type Bill, billsKey, type Difference, listDifferences } from '~/api/bills'
import { communityPath } from '~/app/community'
import { MayButton } from '~/app/may'
import { useStaffNames } from '~/app/staff'
import { type Key, type Translate, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { type ListColumn, ListPage, type ListSource, StatusTag } from '~/parts'
import page from '../page.module.css'
import { ResolveDifference } from './BillActions'
import { hasOurs, hasTheirs } from './bills'
import { stateName, theirState } from './channels'
import css from './Money.module.css'

export const kindName = (x: Difference, t: Translate) => t(`bills.kind.${x.kind}` as Key)

/** In what a bill and our books differ: what the channel says beside what we say. */
export function Differences({ bill, slug }: { bill: Bill; slug: string }) {
  const { t } = useWords()
  const [resolving, setResolving] = useState<Difference>()
  const columns = useColumns(slug, setResolving)
  const source = useMemo<ListSource<Difference>>(
    () => ({
      key: [...billsKey(slug), 'differences', bill.id],
      load: async ({ segment, limit, cursor }, signal) => {
        const open = segment === 'open' || undefined
        const answer = await listDifferences(slug, { bill: bill.id, open, limit, cursor }, signal)
        return { items: answer.items ?? [], next: answer.next, total: open ? bill.open : bill.found }
      },
    }),
    [slug, bill.id, bill.open, bill.found],
  )
  const agrees = bill.state === 'compared' && bill.found === 0
  return (
    <>
      <ListPage<Difference>
        id="bill-differences"
        unit={(count) => t('bills.difference.unit', { count })}
        columns={columns}
        source={source}
        rowId={(x) => x.id}
        rowName={(x) => `${kindName(x, t)} ${x.ref}`}
        segments={
          bill.found > 0 || bill.open > 0
            ? [
                { id: 'all', label: t('bills.all'), count: Math.max(bill.found, bill.open) },
                { id: 'open', label: t('bills.differences.open'), count: bill.open, waits: bill.open > 0 },
              ]
            : undefined
        }
        empty={{
          title: t(agrees ? 'bills.differences.none' : 'bills.differences.yet'),
          body: agrees ? t('bills.differences.none.body', { count: bill.lines }) : undefined,
        }}
      />
      {resolving && <ResolveDifference difference={resolving} slug={slug} onClose={() => setResolving(undefined)} />}
    </>
  )
}

/** What the channel says: an amount and a state, or nothing. */
export function Theirs({ difference: x }: { difference: Difference }) {
  const { t } = useWords()
  const format = useFormat()
  if (!hasTheirs(x)) return <span className={page.soft}>{t('bills.nothing')}</span>
  return (
    <span className={css.side}>
      {format.money(x.theirs ?? 0)}
      <span className={page.note}>{theirState(x.what, x.their_state ?? '', t)}</span>
    </span>
  )
}

/** What we say. */
export function Ours({ difference: x }: { difference: Difference }) {
  const { t } = useWords()
  const format = useFormat()
  if (!hasOurs(x) || !x.our_state) return <span className={page.soft}>{t('bills.nothing')}</span>
  return (
    <span className={css.side}>
      {format.money(x.ours ?? 0)}
      <span className={page.note}>{stateName(x.what, x.our_state, t)}</span>
    </span>
  )
}

function useColumns(slug: string, onResolve: (x: Difference) => void): ListColumn<Difference>[] {
  const { t } = useWords()
  const format = useFormat()
  const staff = useStaffNames(slug)
  const ended = (x: Difference) => {
    if (x.later) return <Link to={communityPath(slug, `money/bills/${x.later}`)}>{t('bills.later')}</Link>
    if (!x.resolved_at) return ''
    return (
      <span>
        {x.reason}
        <br />
        <span className={page.note}>
          {[staff.get(x.resolved_by ?? ''), format.dateTime(x.resolved_at)].filter(Boolean).join(' · ')}
        </span>
      </span>
    )
  }
  return [
    {
      id: 'kind',
      header: t('bills.difference'),
      main: true,
      width: 176,
      cell: (x) => (
        <StatusTag bare tone={x.resolved_at ? 'done' : 'bad'}>
          {kindName(x, t)}
        </StatusTag>
      ),
    },
    {
      id: 'what',
      header: t('bills.what'),
      width: 88,
      cell: (x) => (
        <>
          {t(`bills.what.${x.what}`)}
          {x.line ? <span className={page.note}> {t('bills.line', { line: x.line })}</span> : ''}
        </>
      ),
    },
    { id: 'theirs', header: t('bills.theirs'), align: 'right', width: 152, cell: (x) => <Theirs difference={x} /> },
    { id: 'ours', header: t('bills.ours'), align: 'right', width: 152, cell: (x) => <Ours difference={x} /> },
    {
      id: 'order',
      header: t('money.order'),
      width: 112,
      cell: (x) => x.order && <Link to={communityPath(slug, `money/orders/${x.order}`)}>{t('money.order.open')}</Link>,
    },
    {
      id: 'ref',
      header: t('bills.ref'),
      width: 200,
      cell: (x) => (
        <span className={css.key}>
          <code>{x.ref}</code>
          {x.outside && (
            <>
              <br />
              <span className={page.note}>{x.outside}</span>
            </>
          )}
        </span>
      ),
    },
    { id: 'ended', header: t('bills.reason'), width: 200, cell: ended },
    {
      id: 'work',
      header: t('bills.work'),
      width: 96,
      cell: (x) =>
        x.resolved_at ? (
          ''
        ) : (
          <MayButton action="money.post" size="small" onClick={() => onResolve(x)}>
            {t('bills.resolve')}
          </MayButton>
        ),
    },
  ]
}
