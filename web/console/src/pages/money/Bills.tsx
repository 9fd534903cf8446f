import { useMemo, useState } from 'react'
import { type Bill, billsKey, listBills } from '~/api/bills'
import { communityPath, useCommunity } from '~/app/community'
import { MayButton, useMay } from '~/app/may'
import { useStaffNames } from '~/app/staff'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { type ListColumn, ListPage, type ListSource } from '~/parts'
import page from '../page.module.css'
import { BillTag } from './BillTag'
import { channelName } from './channels'
import { MoneyHead } from './Head'
import css from './Money.module.css'
import { UploadBill } from './UploadBill'

/** Does each day's bill of a payment channel agree with our books? The latest day first. */
export function Bills() {
  const { t } = useWords()
  const slug = useCommunity()?.slug ?? ''
  const may = useMay()
  const columns = useColumns(slug)
  const [sending, setSending] = useState(false)
  const source = useMemo<ListSource<Bill>>(
    () => ({
      key: [...billsKey(slug), 'list'],
      load: async ({ segment, limit, cursor }, signal) => {
        const answer = await listBills(slug, { open: segment === 'open' || undefined, limit, cursor }, signal)
        return { items: answer.items ?? [], next: answer.next }
      },
    }),
    [slug],
  )
  const begin = () => setSending(true)
  return (
    <>
      <MoneyHead
        actions={
          <MayButton action="money.post" type="primary" onClick={begin}>
            {t('bills.upload')}
          </MayButton>
        }
      />
      <p className={css.signs}>{t('bills.question')}</p>
      <div className={page.list}>
        <ListPage<Bill>
          id="bills"
          unit={(count) => t('bills.unit', { count })}
          columns={columns}
          source={source}
          rowId={(b) => b.id}
          rowName={(b) => t('bills.name', { day: b.day, channel: channelName(b.channel, t) })}
          rowTo={(b) => communityPath(slug, `money/bills/${b.id}`)}
          segments={[
            { id: 'all', label: t('bills.all') },
            { id: 'open', label: t('bills.state.open') },
          ]}
          empty={{
            title: t('bills.none'),
            body: t('bills.none.body'),
            step: may('money.post') === 'yes' ? { label: t('bills.upload'), onClick: begin } : undefined,
          }}
        />
      </div>
      {sending && <UploadBill slug={slug} onClose={() => setSending(false)} />}
    </>
  )
}

function useColumns(slug: string): ListColumn<Bill>[] {
  const { t } = useWords()
  const format = useFormat()
  const staff = useStaffNames(slug)
  const read = (b: Bill) => b.compared_at !== undefined
  return [
    { id: 'day', header: t('bills.day'), main: true, width: 112, cell: (b) => b.day },
    { id: 'channel', header: t('bills.channel'), width: 112, cell: (b) => channelName(b.channel, t) },
    { id: 'state', header: t('people.state'), width: 112, cell: (b) => <BillTag bill={b} /> },
    {
      id: 'matched',
      header: t('bills.matched'),
      align: 'right',
      width: 112,
      cell: (b) => (read(b) ? t('bills.of', { part: format.count(b.matched), whole: format.count(b.lines) }) : ''),
    },
    {
      id: 'open',
      header: t('bills.differences.open'),
      align: 'right',
      width: 112,
      cell: (b) => (b.found > 0 ? t('bills.of', { part: format.count(b.open), whole: format.count(b.found) }) : ''),
    },
    { id: 'paid', header: t('bills.paid'), align: 'right', width: 120, cell: (b) => format.money(b.paid) },
    { id: 'refunded', header: t('bills.refunded'), align: 'right', width: 112, cell: (b) => format.money(b.refunded) },
    { id: 'fee', header: t('bills.fee'), align: 'right', width: 96, cell: (b) => format.money(b.fee) },
    { id: 'by', header: t('bills.by'), width: 112, hidden: true, cell: (b) => staff.get(b.actor) ?? '' },
    { id: 'at', header: t('bills.at'), width: 144, hidden: true, cell: (b) => format.dateTime(b.created_at) },
  ]
}
