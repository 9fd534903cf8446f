import { useQueryClient } from '@tanstack/react-query'
import { Button, Input, Radio } from 'antd'
import { useId, useMemo, useState } from 'react'
import { Link } from 'react-router'
import { api, call } from '~/api/client'
import type { Schemas } from '~/api/community'
import { useCommand } from '~/api/queries'
import { type Complaint, listComplaints, shopChanged, shopKey } from '~/api/shop'
import { communityPath, useCommunity } from '~/app/community'
import { MayButton, useMay } from '~/app/may'
import { useStaffNames } from '~/app/staff'
import { useToast } from '~/app/toasts'
import { useProblem } from '~/app/useProblem'
import { useText, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { DeadlineText, Dialog, type ListColumn, ListPage, type ListSource, ProblemNotice, StatusTag } from '~/parts'
import { Holder } from '../events/Holder'
import page from '../page.module.css'
import { ShopHead } from './Head'
import css from './Shop.module.css'
import { complaintStateOf, itemTitle, outcomeOf } from './words'

const cuts = ['open', 'claimed', 'finished', 'cancelled'] as const

/** What buyers are not content with, and what became of it. */
export function AfterSale() {
  const { t } = useWords()
  const text = useText()
  const slug = useCommunity()?.slug ?? ''
  const [answering, setAnswering] = useState<Complaint>()
  const columns = useColumns(slug, setAnswering)
  const source = useMemo<ListSource<Complaint>>(
    () => ({
      key: [...shopKey(slug), 'complaints'],
      load: async ({ segment, limit, cursor }, signal) => {
        const state = cuts.find((cut) => cut === segment) ?? 'open'
        const answer = await listComplaints(slug, { state, limit, cursor }, signal)
        return { items: answer.items ?? [], next: answer.next }
      },
    }),
    [slug],
  )
  return (
    <>
      <ShopHead />
      <div className={page.list}>
        <ListPage<Complaint>
          id="complaints"
          unit={(count) => t('shop.afterSale.unit', { count })}
          columns={columns}
          source={source}
          rowId={(c) => c.id}
          rowName={(c) => itemTitle(c.item, text)}
          segments={cuts.map((id) => ({ id, label: complaintStateOf(id, t) }))}
          empty={{ title: t('shop.afterSale.empty'), body: t('shop.afterSale.empty.body') }}
        />
      </div>
      {answering && <Answer slug={slug} complaint={answering} onClose={() => setAnswering(undefined)} />}
    </>
  )
}

function useColumns(slug: string, answer: (row: Complaint) => void): ListColumn<Complaint>[] {
  const { t } = useWords()
  const text = useText()
  const format = useFormat()
  const staff = useStaffNames(slug)
  const done = (c: Complaint) => c.state === 'finished' || c.state === 'cancelled'
  return [
    { id: 'what', header: t('shop.product'), main: true, width: 184, cell: (c) => itemTitle(c.item, text) },
    {
      id: 'person',
      header: t('money.person'),
      width: 112,
      cell: (c) => <Holder slug={slug} person={c.item.person} name={c.item.nickname} />,
    },
    { id: 'words', header: t('shop.afterSale.words'), width: 264, cell: (c) => c.words },
    { id: 'opened', header: t('shop.afterSale.opened'), width: 144, cell: (c) => format.dateTime(c.opened_at) },
    {
      id: 'due',
      header: t('shop.afterSale.due'),
      width: 144,
      cell: (c) => (done(c) ? c.ended_at && format.dateTime(c.ended_at) : c.due && <DeadlineText at={c.due} />),
    },
    {
      id: 'assignee',
      header: t('shop.afterSale.assignee'),
      width: 112,
      cell: (c) => (c.assignee ? (staff.get(c.assignee) ?? '') : ''),
    },
    {
      id: 'outcome',
      header: t('shop.afterSale.outcome'),
      width: 120,
      cell: (c) => c.outcome && <StatusTag bare>{outcomeOf(c.outcome, t)}</StatusTag>,
    },
    {
      id: 'order',
      header: t('shop.order'),
      width: 88,
      cell: (c) =>
        c.item.order && (
          <Link className={css.lead} to={communityPath(slug, `money/orders/${c.item.order}`)}>
            {t('shop.order.open')}
          </Link>
        ),
    },
    {
      id: 'act',
      header: t('shop.act'),
      width: 88,
      cell: (c) =>
        !done(c) && (
          <MayButton action="task.work" type="link" className={page.inline} onClick={() => answer(c)}>
            {t('shop.answer')}
          </MayButton>
        ),
    },
  ]
}

type Outcome = NonNullable<Complaint['outcome']>

/** Money back, another one, or neither; the buyer reads what is said of it. */
function Answer({ slug, complaint: c, onClose }: { slug: string; complaint: Complaint; onClose: () => void }) {
  const { t } = useWords()
  const text = useText()
  const format = useFormat()
  const may = useMay()
  const client = useQueryClient()
  const toast = useToast()
  const refusal = useProblem()
  const field = useId()
  const [outcome, setOutcome] = useState<Outcome>()
  const [words, setWords] = useState('')
  const answer = useCommand((body: Schemas['ComplaintAnswer'], headers) =>
    call<Complaint>(
      api.POST('/api/v1/communities/{community}/complaints/{id}/answer', {
        params: { path: { community: slug, id: c.id } },
        headers,
        body,
      }),
    ),
  )
  const send = async () => {
    if (!outcome) return
    const done = await refusal.guard(() => answer.mutateAsync({ outcome, words: words.trim() || undefined }))
    if (!done) return
    await shopChanged(client, slug)
    toast.done(t('shop.answer.done'))
    onClose()
  }
  const refunds = may('money.post') === 'yes'
  const price = format.money(c.item.price * c.item.qty)
  const note: Record<Outcome, string> = {
    refund: t('shop.outcome.refund.note', { amount: price }),
    replace: t('shop.outcome.replace.note'),
    reject: t('shop.outcome.reject.note'),
  }
  return (
    <Dialog open title={t('shop.answer')} onClose={onClose}>
      <p className={page.soft}>
        {itemTitle(c.item, text)} · {price} · {c.item.nickname || t('people.unnamed')}
      </p>
      <blockquote className={css.words}>{c.words}</blockquote>
      {refusal.problem && <ProblemNotice problem={refusal.problem} focus />}
      <Radio.Group
        className={css.field}
        aria-label={t('shop.afterSale.outcome')}
        value={outcome}
        onChange={(e) => setOutcome(e.target.value as Outcome)}
        options={(['refund', 'replace', 'reject'] as const).map((value) => ({
          value,
          label: outcomeOf(value, t),
          disabled: value === 'refund' && !refunds,
        }))}
      />
      <p className={page.note}>{outcome ? note[outcome] : !refunds && t('shop.outcome.refund.factor')}</p>
      <div className={css.field}>
        <label htmlFor={field}>{t('shop.answer.words')}</label>
        <Input.TextArea id={field} rows={3} maxLength={500} value={words} onChange={(e) => setWords(e.target.value)} />
      </div>
      <p className={page.actions}>
        <Button type="primary" loading={answer.isPending} disabled={!outcome} onClick={send}>
          {t('shop.answer')}
        </Button>
        <Button onClick={onClose}>{t('common.cancel')}</Button>
      </p>
    </Dialog>
  )
}
