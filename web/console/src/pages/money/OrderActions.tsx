import { useQueryClient } from '@tanstack/react-query'
import { Button, DatePicker, Form, Input } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { type ReactNode, useState } from 'react'
import { api, call } from '~/api/client'
import { moneyMoved, type Order } from '~/api/money'
import { useCommand } from '~/api/queries'
import { useToast } from '~/app/toasts'
import { type ProblemState, useProblem } from '~/app/useProblem'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { rule } from '~/lib/rule'
import { Dialog, ProblemNotice } from '~/parts'
import page from '../page.module.css'
import { parseYuan, someAmount } from './amounts'
import css from './Money.module.css'

interface Props {
  order: Order
  slug: string
  onClose: () => void
}

const path = (slug: string, order: Order) => ({ path: { community: slug, id: order.id } })

/** What the three have in common: run the command, read all that money touches anew, say it, close. */
function useAct({ order, slug, onClose }: Props, refusal: ProblemState, said: string) {
  const client = useQueryClient()
  const toast = useToast()
  return async (
    run: () => Promise<Order>,
    ...form: Parameters<ProblemState['show']> extends [unknown, ...infer F] ? F : never
  ) => {
    const done = await refusal.guard(run, ...form)
    await moneyMoved(client, slug, order.person)
    if (!done) return
    toast.done(said)
    onClose()
  }
}

function Sheet({
  title,
  refusal,
  onClose,
  children,
}: {
  title: string
  refusal: ProblemState
  onClose: () => void
  children: ReactNode
}) {
  return (
    <Dialog open title={title} onClose={onClose}>
      {refusal.problem && (
        <div className={css.problem}>
          <ProblemNotice problem={refusal.problem} fieldsShown focus />
        </div>
      )}
      {children}
    </Dialog>
  )
}

/** Ends an order that nobody has paid; its place is free again. */
export function Cancel(props: Props) {
  const { t } = useWords()
  const refusal = useProblem()
  const act = useAct(props, refusal, t('money.cancel.done'))
  const cancel = useCommand((_: string, headers) =>
    call<Order>(
      api.POST('/api/v1/communities/{community}/orders/{id}/cancel', {
        params: path(props.slug, props.order),
        headers,
      }),
    ),
  )
  return (
    <Sheet title={t('money.cancel')} refusal={refusal} onClose={props.onClose}>
      <p>{t('money.cancel.what')}</p>
      <p className={page.actions}>
        <Button
          danger
          type="primary"
          loading={cancel.isPending}
          onClick={() => act(() => cancel.mutateAsync('cancel'))}
        >
          {t('money.cancel')}
        </Button>
        <Button onClick={props.onClose}>{t('money.keep')}</Button>
      </p>
    </Sheet>
  )
}

interface Came {
  amount: string
  paid_at?: Dayjs
  ref?: string
}

/** Notes that money came in outside of any channel. The amount is typed, not offered, so that somebody looks at what came. */
export function Confirm(props: Props) {
  const { t } = useWords()
  const format = useFormat()
  const refusal = useProblem()
  const [form] = Form.useForm<Came>()
  const act = useAct(props, refusal, t('money.confirm.done'))
  const confirm = useCommand((values: { amount: number; paid_at?: string; ref?: string }, headers) =>
    call<Order>(
      api.POST('/api/v1/communities/{community}/orders/{id}/confirm', {
        params: path(props.slug, props.order),
        headers,
        body: values,
      }),
    ),
  )
  const send = (values: Came) =>
    act(
      () =>
        confirm.mutateAsync({
          amount: parseYuan(values.amount) ?? 0,
          paid_at: values.paid_at?.toISOString(),
          ref: values.ref?.trim() || undefined,
        }),
      form,
    )
  return (
    <Sheet title={t('money.confirm')} refusal={refusal} onClose={props.onClose}>
      <p>{t('money.confirm.what', { amount: format.money(props.order.amount) })}</p>
      <Form form={form} layout="vertical" onFinish={send}>
        <Form.Item name="amount" required label={t('money.confirm.amount')} rules={[isAmount(t('money.amount.wrong'))]}>
          <Input inputMode="decimal" prefix="¥" autoComplete="off" />
        </Form.Item>
        <Form.Item name="paid_at" label={t('money.confirm.at')} extra={t('money.confirm.at.note')}>
          <DatePicker
            showTime={{ format: 'HH:mm' }}
            format="YYYY-MM-DD HH:mm"
            className={page.wide}
            disabledDate={(day) => day.isAfter(dayjs())}
          />
        </Form.Item>
        <Form.Item name="ref" label={t('money.confirm.ref')} extra={t('money.confirm.ref.note')}>
          <Input maxLength={100} />
        </Form.Item>
        <p className={page.actions}>
          <Button type="primary" htmlType="submit" loading={confirm.isPending}>
            {t('money.confirm')}
          </Button>
          <Button onClick={props.onClose}>{t('common.cancel')}</Button>
        </p>
      </Form>
    </Sheet>
  )
}

/** An amount above zero, and where there is a bound, not above it. */
const isAmount = (wrong: string, most = Number.POSITIVE_INFINITY) =>
  rule(wrong, (text) => someAmount(text) && (parseYuan(text) ?? 0) <= most)

/** Gives money back: all that is left, which takes back what was bought, or a part, which leaves it with the buyer. */
export function GiveBack(props: Props) {
  const { t } = useWords()
  const format = useFormat()
  const refusal = useProblem()
  const [form] = Form.useForm<{ amount?: string; why: string }>()
  const points = props.order.points ?? 0
  const [whole, setWhole] = useState(points > 0)
  const act = useAct(props, refusal, t('money.refund.sent'))
  const left = props.order.paid - props.order.refunded
  const refund = useCommand((values: { amount?: number; why: string }, headers) =>
    call<Order>(
      api.POST('/api/v1/communities/{community}/orders/{id}/refunds', {
        params: path(props.slug, props.order),
        headers,
        body: values,
      }),
    ),
  )
  const send = ({ amount = '', why }: { amount?: string; why: string }) =>
    act(() => refund.mutateAsync({ amount: whole ? undefined : parseYuan(amount), why: why.trim() }), form)
  const way = (all: boolean, label: string, note: string) => (
    <label className={css.way}>
      <input type="radio" name="way" checked={whole === all} onChange={() => setWhole(all)} />
      <span>
        {label}
        <br />
        <span className={page.note}>{note}</span>
      </span>
    </label>
  )
  return (
    <Sheet title={t('money.refund')} refusal={refusal} onClose={props.onClose}>
      <Form form={form} layout="vertical" onFinish={send}>
        {points > 0 ? (
          <p>{t('money.refund.points', { count: points })}</p>
        ) : (
          <fieldset className={css.ways}>
            <legend>{t('money.refund.left', { amount: format.money(left) })}</legend>
            {way(false, t('money.refund.part'), t('money.refund.part.note'))}
            {way(true, t('money.refund.all'), t('money.refund.all.note'))}
          </fieldset>
        )}
        {!whole && (
          <Form.Item
            name="amount"
            required
            label={t('money.refund.amount')}
            rules={[isAmount(t('money.refund.wrong', { most: format.money(left) }), left)]}
          >
            <Input inputMode="decimal" prefix="¥" autoComplete="off" />
          </Form.Item>
        )}
        <Form.Item
          name="why"
          label={t('money.refund.why')}
          rules={[{ required: true, whitespace: true, message: t('money.refund.why.needed') }]}
        >
          <Input maxLength={200} />
        </Form.Item>
        <p className={page.actions}>
          <Button danger type="primary" htmlType="submit" loading={refund.isPending}>
            {t('money.refund')}
          </Button>
          <Button onClick={props.onClose}>{t('common.cancel')}</Button>
        </p>
      </Form>
    </Sheet>
  )
}
