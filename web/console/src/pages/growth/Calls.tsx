import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, Select } from 'antd'
import type { Dayjs } from 'dayjs'
import { useState } from 'react'
import { Link } from 'react-router'
import { api, call } from '~/api/client'
import type { Schemas } from '~/api/community'
import { plansQuery } from '~/api/members'
import { asProblem } from '~/api/problem'
import { type Call, callsQuery, proofsChanged, rulesQuery } from '~/api/proofs'
import { useCommand } from '~/api/queries'
import { useToast } from '~/app/toasts'
import { useProblem } from '~/app/useProblem'
import { type Text, useText, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { useNow } from '~/lib/hooks'
import { DataTable, DeadlineText, Dialog, ProblemNotice } from '~/parts'
import page from '../page.module.css'
import { Section } from '../Section'
import css from './Growth.module.css'
import { instantOf, Moment } from './Moment'
import { callTitle, earnsOf, rewardOf } from './proof'
import { Sure } from './Sure'
import { productName } from './words'

/** The calls that take proofs, with what came of each; those that are over on demand. */
export function Calls({ slug }: { slug: string }) {
  const { t } = useWords()
  const [all, setAll] = useState(false)
  const query = useQuery(callsQuery(slug, !all))
  const columns = useColumns(slug)
  const rows = query.data?.items ?? []
  return (
    <Section
      title={t('proofs.calls')}
      more={
        <Button type="link" className={page.inline} onClick={() => setAll(!all)}>
          {t(all ? 'proofs.calls.open' : 'proofs.calls.all')}
        </Button>
      }
    >
      {query.error && <ProblemNotice problem={asProblem(query.error)} onRetry={() => void query.refetch()} />}
      {query.data && rows.length === 0 && <p className={page.none}>{t('proofs.calls.none')}</p>}
      {rows.length > 0 && (
        <DataTable<Call> label={t('proofs.calls')} rows={rows} rowId={(one) => one.id} columns={columns} />
      )}
      {query.data?.next && <p className={page.note}>{t('proofs.calls.first', { count: rows.length })}</p>}
    </Section>
  )
}

function useColumns(slug: string) {
  const { t } = useWords()
  const text = useText()
  const format = useFormat()
  const now = useNow()
  const client = useQueryClient()
  const toast = useToast()
  const open = (one: Call) => Date.parse(one.ends) > now
  const n = (one: Call, state: 'waits' | 'held' | 'approved' | 'refused') =>
    one[state] === 0 ? (
      '0'
    ) : (
      <Link className={css.lead} to={`?seg=${state}&f.call=${one.id}`}>
        {format.count(one[state])}
      </Link>
    )
  const end = async (one: Call) => {
    await call(
      api.POST('/api/v1/communities/{community}/calls/{id}/end', { params: { path: { community: slug, id: one.id } } }),
    )
    await proofsChanged(client, slug)
    toast.done(t('proofs.call.end.done'))
  }
  return [
    { id: 'title', header: t('proofs.call'), main: true, wrap: true, cell: (one: Call) => callTitle(one, text) },
    { id: 'earns', header: t('proofs.reward'), align: 'right' as const, cell: (one: Call) => earnsOf(one.rule, t) },
    { id: 'waits', header: t('proofs.state.waits'), align: 'right' as const, cell: (one: Call) => n(one, 'waits') },
    { id: 'held', header: t('proofs.state.held'), align: 'right' as const, cell: (one: Call) => n(one, 'held') },
    {
      id: 'approved',
      header: t('proofs.state.approved'),
      align: 'right' as const,
      cell: (one: Call) => (
        <>
          {n(one, 'approved')}
          {one.rule.most ? ` / ${format.count(one.rule.most)}` : ''}
        </>
      ),
    },
    {
      id: 'refused',
      header: t('proofs.state.refused'),
      align: 'right' as const,
      cell: (one: Call) => n(one, 'refused'),
    },
    {
      id: 'spent',
      header: t('proofs.spent'),
      align: 'right' as const,
      cell: (one: Call) => rewardOf(one.spent, one.rule.points ? 'points' : 'money', t),
    },
    {
      id: 'ends',
      header: t('proofs.ends'),
      cell: (one: Call) => (open(one) ? <DeadlineText at={one.ends} /> : format.dateTime(one.ends)),
    },
    {
      id: 'act',
      header: t('launches.act'),
      cell: (one: Call) =>
        open(one) && (
          <Sure
            inline
            action="growth.write"
            label={t('proofs.call.end')}
            what={t('proofs.call.end.what')}
            run={() => end(one)}
          />
        ),
    },
  ]
}

interface Values {
  rule: string
  product?: string
  note?: string
  ends?: Dayjs | null
}

/** Calls everybody to do something and show it, by a rule of the playbook. */
export function AddCall({ slug, onClose }: { slug: string; onClose: () => void }) {
  const { t } = useWords()
  const text = useText()
  const format = useFormat()
  const client = useQueryClient()
  const toast = useToast()
  const refusal = useProblem()
  const [form] = Form.useForm<Values>()
  const chosen = Form.useWatch('rule', form)
  const rules = useQuery(rulesQuery(slug))
  const plans = useQuery(plansQuery(slug))
  const add = useCommand((body: Schemas['CallAddRequest'], headers) =>
    call<Schemas['GrowthCall']>(
      api.POST('/api/v1/communities/{community}/calls', { params: { path: { community: slug } }, headers, body }),
    ),
  )
  const send = async (v: Values) => {
    const body = {
      rule: v.rule,
      product: v.product,
      note: v.note?.trim() || undefined,
      ends: v.ends ? instantOf(v.ends, format) : undefined,
    }
    if (!(await refusal.guard(() => add.mutateAsync(body), form))) return
    await proofsChanged(client, slug)
    toast.done(t('proofs.call.added'))
    onClose()
  }
  const rule = rules.data?.find((one) => one.name === chosen)
  return (
    <Dialog open title={t('proofs.call.add')} onClose={onClose}>
      {rules.error && <ProblemNotice problem={asProblem(rules.error)} onRetry={() => void rules.refetch()} />}
      {rules.data?.length === 0 && <p className={page.soft}>{t('proofs.rules.none')}</p>}
      {refusal.problem && <ProblemNotice problem={refusal.problem} fieldsShown focus />}
      <Form<Values> form={form} layout="vertical" requiredMark={false} onFinish={send}>
        <Form.Item
          name="rule"
          label={t('proofs.rule')}
          rules={[{ required: true, message: t('intake.needed') }]}
          extra={rule && [text((rule.about ?? {}) as Text), t('proofs.earns', { reward: earnsOf(rule, t) })].join(' ')}
        >
          <Select
            loading={rules.isPending}
            options={(rules.data ?? []).map((one) => ({ value: one.name, label: text(one.title as Text) || one.name }))}
          />
        </Form.Item>
        <Form.Item name="note" label={t('proofs.note')} extra={t('proofs.note.note')}>
          <Input maxLength={200} />
        </Form.Item>
        <Form.Item name="product" label={t('launches.product')}>
          <Select
            allowClear
            placeholder={productName('', t)}
            options={(plans.data?.items ?? []).map((p) => ({
              value: `plan:${p.name}`,
              label: text((p.title ?? {}) as Text) || p.name,
            }))}
          />
        </Form.Item>
        <Form.Item
          name="ends"
          label={t('proofs.ends')}
          extra={rule && t('proofs.ends.note', { count: rule.days || 7 })}
        >
          <Moment clear />
        </Form.Item>
        <p className={page.actions}>
          <Button type="primary" htmlType="submit" loading={add.isPending}>
            {t('proofs.call.add')}
          </Button>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
        </p>
      </Form>
    </Dialog>
  )
}
