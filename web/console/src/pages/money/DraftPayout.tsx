import { useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input } from 'antd'
import { useNavigate } from 'react-router'
import { api, call } from '~/api/client'
import { moneyKey } from '~/api/money'
import type { Batch } from '~/api/payouts'
import { useCommand } from '~/api/queries'
import { communityPath } from '~/app/community'
import { useProblem } from '~/app/useProblem'
import { useWords } from '~/i18n'
import { rule } from '~/lib/rule'
import { Dialog, ProblemNotice } from '~/parts'
import page from '../page.module.css'
import { parseYuan, someAmount } from './amounts'
import { parsePercent } from './payouts'

interface Values {
  threshold: string
  withhold_bp: string
}

/** Begins a batch of everybody who has enough, and leads to it. */
export function DraftPayout({ slug, onClose }: { slug: string; onClose: () => void }) {
  const { t } = useWords()
  const client = useQueryClient()
  const go = useNavigate()
  const refusal = useProblem()
  const [form] = Form.useForm<Values>()
  const draft = useCommand((body: { threshold: number; withhold_bp: number }, headers) =>
    call<Batch>(
      api.POST('/api/v1/communities/{community}/payouts', { params: { path: { community: slug } }, headers, body }),
    ),
  )
  const send = async ({ threshold, withhold_bp }: Values) => {
    const made = await refusal.guard(
      () =>
        draft.mutateAsync({ threshold: parseYuan(threshold) ?? 0, withhold_bp: parsePercent(withhold_bp || '0') ?? 0 }),
      form,
    )
    if (!made) return
    await client.invalidateQueries({ queryKey: moneyKey(slug) })
    go(communityPath(slug, `money/payouts/${made.id}`))
  }
  return (
    <Dialog open title={t('payouts.draft')} onClose={onClose}>
      <p>{t('payouts.draft.what')}</p>
      {refusal.problem && <ProblemNotice problem={refusal.problem} fieldsShown focus />}
      <Form form={form} layout="vertical" onFinish={send} initialValues={{ threshold: '', withhold_bp: '0' }}>
        <Form.Item
          name="threshold"
          required
          label={t('payouts.threshold')}
          extra={t('payouts.threshold.note')}
          rules={[rule(t('money.amount.wrong'), someAmount)]}
        >
          <Input inputMode="decimal" prefix="¥" autoComplete="off" />
        </Form.Item>
        <Form.Item
          name="withhold_bp"
          label={t('payouts.withhold')}
          extra={t('payouts.withhold.note')}
          rules={[rule(t('payouts.withhold.wrong'), (text) => parsePercent(text || '0') !== undefined)]}
        >
          <Input inputMode="decimal" suffix="%" autoComplete="off" />
        </Form.Item>
        <p className={page.actions}>
          <Button type="primary" htmlType="submit" loading={draft.isPending}>
            {t('payouts.draft.go')}
          </Button>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
        </p>
      </Form>
    </Dialog>
  )
}
