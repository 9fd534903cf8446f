import { useMemo, useState } from 'react'
import { type BatchDetail, listBatches, payoutsKey, readBatch } from '~/api/payouts'
import { communityPath, useCommunity } from '~/app/community'
import { MayButton, useMay } from '~/app/may'
import { useStaffNames } from '~/app/staff'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { type ListColumn, ListPage, type ListRequest, type ListSource } from '~/parts'
import page from '../page.module.css'
import { DraftPayout } from './DraftPayout'
import { MoneyHead } from './Head'
import { BatchTag } from './PayoutTag'
import { countOf, netOf } from './payouts'

/** The batches in which people are paid, the newest first. */
export function Payouts() {
  const { t } = useWords()
  const slug = useCommunity()?.slug ?? ''
  const may = useMay()
  const columns = useColumns(slug)
  const [drafting, setDrafting] = useState(false)
  const source = useMemo<ListSource<BatchDetail>>(
    () => ({ key: [...payoutsKey(slug), 'list'], load: (request, signal) => load(slug, request, signal) }),
    [slug],
  )
  const begin = () => setDrafting(true)
  return (
    <>
      <MoneyHead
        actions={
          <MayButton action="money.post" type="primary" onClick={begin}>
            {t('payouts.draft')}
          </MayButton>
        }
      />
      <div className={page.list}>
        <ListPage<BatchDetail>
          id="payouts"
          unit={(count) => t('payouts.unit', { count })}
          columns={columns}
          source={source}
          rowId={(b) => b.id}
          rowName={(b) => t('payouts.name', { period: b.period })}
          rowTo={(b) => communityPath(slug, `money/payouts/${b.id}`)}
          empty={{
            title: t('payouts.none'),
            body: t('payouts.none.body'),
            step: may('money.post') === 'yes' ? { label: t('payouts.draft'), onClick: begin } : undefined,
          }}
        />
      </div>
      {drafting && <DraftPayout slug={slug} onClose={() => setDrafting(false)} />}
    </>
  )
}

/** A page of batches, each with its sums, which only the batch itself has. */
async function load(community: string, { limit, cursor }: ListRequest, signal: AbortSignal) {
  const answer = await listBatches(community, { limit, cursor }, signal)
  const items = await Promise.all((answer.items ?? []).map((b) => readBatch(community, b.id, signal)))
  return { items, next: answer.next }
}

function useColumns(slug: string): ListColumn<BatchDetail>[] {
  const { t } = useWords()
  const format = useFormat()
  const staff = useStaffNames(slug)
  return [
    {
      id: 'name',
      header: t('payouts.batch'),
      main: true,
      width: 160,
      cell: (b) => t('payouts.name', { period: b.period }),
    },
    { id: 'state', header: t('people.state'), width: 112, cell: (b) => <BatchTag state={b.state} /> },
    { id: 'lines', header: t('payouts.people'), align: 'right', width: 80, cell: (b) => format.count(countOf(b)) },
    { id: 'net', header: t('payouts.net'), align: 'right', width: 128, cell: (b) => format.money(netOf(b)) },
    {
      id: 'paid',
      header: t('payouts.paid'),
      align: 'right',
      width: 128,
      cell: (b) => format.money(netOf(b, ['paid'])),
    },
    {
      id: 'failed',
      header: t('payouts.line.failed'),
      align: 'right',
      width: 96,
      cell: (b) => (countOf(b, 'failed') > 0 ? format.count(countOf(b, 'failed')) : ''),
    },
    { id: 'by', header: t('payouts.by'), width: 128, cell: (b) => staff.get(b.created_by) ?? '' },
    { id: 'at', header: t('payouts.at'), width: 144, cell: (b) => format.dateTime(b.created_at) },
  ]
}
