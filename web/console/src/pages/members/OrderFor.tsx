import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Select } from 'antd'
import { useId, useState } from 'react'
import { useNavigate } from 'react-router'
import { api, call } from '~/api/client'
import { plansQuery } from '~/api/members'
import { moneyMoved, type Order } from '~/api/money'
import { useCommand } from '~/api/queries'
import { communityPath } from '~/app/community'
import { useProblem } from '~/app/useProblem'
import { useText, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { Dialog, ProblemNotice } from '~/parts'
import page from '../page.module.css'

interface Props {
  slug: string
  person: string
  /** For which the person orders, as its contact: plans with places for colleagues only. */
  company?: string
  onClose: () => void
}

/** Orders a membership for somebody, who pays later; what it costs them the order says. */
export function OrderFor({ slug, person, company, onClose }: Props) {
  const { t } = useWords()
  const text = useText()
  const format = useFormat()
  const id = useId()
  const client = useQueryClient()
  const navigate = useNavigate()
  const refusal = useProblem()
  const plans = useQuery(plansQuery(slug))
  const [plan, setPlan] = useState<string>()
  const add = useCommand((item: string, headers) =>
    call<Order>(
      api.POST('/api/v1/communities/{community}/orders', {
        params: { path: { community: slug } },
        headers,
        body: { person, organisation: company, items: [{ kind: 'plan', item }] },
      }),
    ),
  )
  const send = async () => {
    if (!plan) return
    const made = await refusal.guard(() => add.mutateAsync(plan))
    if (!made) return
    await moneyMoved(client, slug, person)
    navigate(communityPath(slug, `money/orders/${made.id}`))
  }
  return (
    <Dialog open title={t(company ? 'companies.order' : 'members.orderFor')} onClose={onClose}>
      {refusal.problem && <ProblemNotice problem={refusal.problem} />}
      <p>
        <label htmlFor={id}>{t('members.plan')}</label>
        <Select
          id={id}
          className={page.wide}
          value={plan}
          onChange={setPlan}
          options={(plans.data?.items ?? [])
            .filter((o) => !company || (o.colleagues ?? 0) > 0)
            .map((o) => ({ value: o.name, label: `${text(o.title) || o.name} · ${format.money(o.price)}` }))}
        />
      </p>
      <p className={page.soft}>{t(company ? 'companies.order.note' : 'members.orderFor.note')}</p>
      <p className={page.actions}>
        <Button type="primary" disabled={!plan} loading={add.isPending} onClick={send}>
          {t('members.orderFor.send')}
        </Button>
        <Button onClick={onClose}>{t('common.cancel')}</Button>
      </p>
    </Dialog>
  )
}
