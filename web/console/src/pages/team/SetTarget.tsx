import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, Radio, Select } from 'antd'
import { useState } from 'react'
import { api, call } from '~/api/client'
import { useCommand } from '~/api/queries'
import { type Score, type Target, targetsQuery, teamKey } from '~/api/team'
import { useToast } from '~/app/toasts'
import { useProblem } from '~/app/useProblem'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { rule } from '~/lib/rule'
import { Dialog, ProblemNotice } from '~/parts'
import { amountOrNone, parseYuan, plainAmount } from '../money/amounts'
import page from '../page.module.css'
import type { Team } from './useTeam'

type Kind = 'sales' | 'referral'
interface Values {
  whose: string
  kind: Kind
  amount: string
}

interface Props {
  slug: string
  team: Team
  month: string
  /** Whose target it is at first; else who is asked for. */
  score?: Score
  onClose: () => void
}

/** What a department, or one of its staff, is to bring in a month. */
export function SetTarget({ slug, team, month, score, onClose }: Props) {
  const { t } = useWords()
  const targets = useQuery(targetsQuery(slug, month))
  return (
    <Dialog open title={t('team.target.of', { month })} onClose={onClose}>
      {targets.data ? (
        <Ask slug={slug} team={team} month={month} score={score} known={targets.data.items ?? []} onClose={onClose} />
      ) : (
        <p>{t('common.loading')}</p>
      )}
    </Dialog>
  )
}

function Ask({ slug, team, month, score, known, onClose }: Props & { known: Target[] }) {
  const { t } = useWords()
  const format = useFormat()
  const client = useQueryClient()
  const toast = useToast()
  const refusal = useProblem()
  const [form] = Form.useForm<Values>()
  const options = team.departments
    .filter((d) => d.side !== 'traffic')
    .map((d) => ({
      label: team.titleOf(d.name),
      options: [
        { value: d.name, label: t('team.target.department', { name: team.titleOf(d.name) }) },
        ...(d.members ?? []).map((m) => ({ value: `${d.name} ${m.staff}`, label: m.staff_name })),
      ],
    }))
  const first = score ? `${score.department} ${score.staff}` : (options[0]?.options[0]?.value ?? '')
  const usual = (whose: string): Kind => (team.sideOf(whose.split(' ')[0] ?? '') === 'service' ? 'referral' : 'sales')
  const now = (whose: string, kind: Kind) => {
    const [department, staff = ''] = whose.split(' ')
    return known.find((x) => x.department === department && (x.staff ?? '') === staff && x.kind === kind)
  }
  const [shown, setShown] = useState({ whose: first, kind: usual(first) })
  const amountOf = (target?: Target) => (target ? plainAmount(target.amount, 'CNY') : '')
  const look = (next: { whose: string; kind: Kind }) => {
    setShown(next)
    form.setFieldsValue({ ...next, amount: amountOf(now(next.whose, next.kind)) })
  }
  const put = useCommand(
    (body: { month: string; department: string; staff?: string; kind: Kind; amount: number }, headers) =>
      call<Target>(
        api.PUT('/api/v1/communities/{community}/targets', { params: { path: { community: slug } }, headers, body }),
      ),
  )
  const send = async ({ whose, kind, amount }: Values) => {
    const [department = '', staff] = whose.split(' ')
    const fen = parseYuan(amount || '0') ?? 0
    const done = await refusal.guard(() => put.mutateAsync({ month, department, staff, kind, amount: fen }), form)
    if (!done) return
    await client.invalidateQueries({ queryKey: teamKey(slug) })
    toast.done(fen > 0 ? t('team.target.done', { amount: format.money(fen) }) : t('team.target.gone'))
    onClose()
  }
  return (
    <>
      {refusal.problem && <ProblemNotice problem={refusal.problem} fieldsShown focus />}
      <Form<Values>
        form={form}
        layout="vertical"
        onFinish={send}
        initialValues={{ ...shown, amount: amountOf(now(shown.whose, shown.kind)) }}
      >
        <Form.Item name="whose" label={t('team.target.for')}>
          <Select options={options} onChange={(whose: string) => look({ whose, kind: usual(whose) })} />
        </Form.Item>
        <Form.Item name="kind" label={t('team.target.kind')}>
          <Radio.Group
            onChange={(e) => look({ ...shown, kind: e.target.value as Kind })}
            options={[
              { value: 'sales', label: t('team.target.kind.sales') },
              { value: 'referral', label: t('team.target.kind.referral') },
            ]}
          />
        </Form.Item>
        <Form.Item
          name="amount"
          label={t('team.target.amount')}
          extra={t('team.target.amount.note')}
          rules={[rule(t('money.amount.wrong'), amountOrNone)]}
        >
          <Input inputMode="decimal" prefix="¥" autoComplete="off" />
        </Form.Item>
        <p className={page.actions}>
          <Button type="primary" htmlType="submit" loading={put.isPending}>
            {t('team.save')}
          </Button>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
        </p>
      </Form>
    </>
  )
}
