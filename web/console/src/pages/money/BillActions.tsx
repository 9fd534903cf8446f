import { useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input } from 'antd'
import type { ReactNode } from 'react'
import type { Bill, Difference } from '~/api/bills'
import { api, call } from '~/api/client'
import { moneyKey } from '~/api/money'
import { useCommand } from '~/api/queries'
import { useToast } from '~/app/toasts'
import { useProblem } from '~/app/useProblem'
import { type Key, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { Dialog, ProblemNotice } from '~/parts'
import page from '../page.module.css'
import { channelName } from './channels'
import { kindName, Ours, Theirs } from './Differences'
import css from './Money.module.css'

const most = 500

/** Says why a bill and our books differ. Nothing in the books changes by it. */
export function ResolveDifference({
  difference: x,
  slug,
  onClose,
}: {
  difference: Difference
  slug: string
  onClose: () => void
}) {
  const { t } = useWords()
  const resolve = useCommand((reason: string, headers) =>
    call<Difference>(
      api.POST('/api/v1/communities/{community}/differences/{id}/resolve', {
        params: { path: { community: slug, id: x.id } },
        headers,
        body: { reason },
      }),
    ),
  )
  return (
    <WithReason
      slug={slug}
      title={kindName(x, t)}
      label={t('bills.resolve.why')}
      note={t('bills.resolve.note')}
      go={t('bills.resolve.go')}
      done={t('bills.resolve.done')}
      busy={resolve.isPending}
      run={resolve.mutateAsync}
      onClose={onClose}
    >
      <p>{t(`bills.kind.${x.kind}.what` as Key)}</p>
      <dl className={css.sides}>
        <div>
          <dt>{t('bills.theirs')}</dt>
          <dd>
            <Theirs difference={x} />
          </dd>
        </div>
        <div>
          <dt>{t('bills.ours')}</dt>
          <dd>
            <Ours difference={x} />
          </dd>
        </div>
      </dl>
    </WithReason>
  )
}

/** Takes a wrong bill out of the comparison, so that a corrected file can be sent. */
export function WithdrawBill({ bill, slug, onClose }: { bill: Bill; slug: string; onClose: () => void }) {
  const { t } = useWords()
  const format = useFormat()
  const withdraw = useCommand((reason: string, headers) =>
    call<Bill>(
      api.POST('/api/v1/communities/{community}/bills/{id}/withdraw', {
        params: { path: { community: slug, id: bill.id } },
        headers,
        body: { reason },
      }),
    ),
  )
  return (
    <WithReason
      slug={slug}
      title={t('bills.withdraw')}
      label={t('bills.withdraw.why')}
      go={t('bills.withdraw')}
      done={t('bills.withdraw.done')}
      danger
      busy={withdraw.isPending}
      run={withdraw.mutateAsync}
      onClose={onClose}
    >
      <p>
        {t('bills.withdraw.what', {
          day: bill.day,
          channel: channelName(bill.channel, t),
          fee: format.money(bill.entry ? bill.fee : 0),
          count: bill.open,
        })}
      </p>
    </WithReason>
  )
}

interface WithReasonProps {
  slug: string
  title: string
  label: string
  note?: string
  go: string
  done: string
  danger?: boolean
  busy: boolean
  run: (reason: string) => Promise<unknown>
  onClose: () => void
  children: ReactNode
}

/** A step that wants a reason: it is sent, everything of money is read anew, the step is told of. */
function WithReason({ slug, title, label, note, go, done, danger, busy, run, onClose, children }: WithReasonProps) {
  const { t } = useWords()
  const client = useQueryClient()
  const toast = useToast()
  const refusal = useProblem()
  const [form] = Form.useForm<{ reason: string }>()
  const send = async ({ reason }: { reason: string }) => {
    const ok = await refusal.guard(() => run(reason.trim()), form)
    await client.invalidateQueries({ queryKey: moneyKey(slug) })
    if (!ok) return
    toast.done(done)
    onClose()
  }
  return (
    <Dialog open title={title} onClose={onClose}>
      {children}
      {refusal.problem && (
        <div className={css.problem}>
          <ProblemNotice problem={refusal.problem} fieldsShown focus />
        </div>
      )}
      <Form form={form} layout="vertical" onFinish={send}>
        <Form.Item
          name="reason"
          required
          label={label}
          extra={note}
          rules={[{ required: true, whitespace: true, message: t('bills.reason.needed') }]}
        >
          <Input.TextArea rows={3} maxLength={most} />
        </Form.Item>
        <p className={page.actions}>
          <Button type="primary" danger={danger} htmlType="submit" loading={busy}>
            {go}
          </Button>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
        </p>
      </Form>
    </Dialog>
  )
}
