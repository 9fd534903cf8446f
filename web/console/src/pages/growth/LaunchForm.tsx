import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, InputNumber, Select } from 'antd'
import type { Dayjs } from 'dayjs'
import { api, call, ifMatch } from '~/api/client'
import type { Schemas } from '~/api/community'
import { type Launch, launchChanged } from '~/api/launches'
import { plansQuery } from '~/api/members'
import { useCommand } from '~/api/queries'
import { useToast } from '~/app/toasts'
import { useProblem } from '~/app/useProblem'
import { type Text, useText, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { Dialog, ProblemNotice } from '~/parts'
import page from '../page.module.css'
import css from './Growth.module.css'
import { instantOf, Moment, wallOf } from './Moment'
import { productName } from './words'

interface Values {
  title: string
  product?: string
  begins: Dayjs
  ends: Dayjs
  target: { pledges?: number | null; reach?: number | null; endorsers?: number | null }
}

interface Props {
  slug: string
  /** The one that is changed and its version; a new one if there is none. */
  was?: { data: Launch; etag?: string }
  onClose: () => void
  onDone?: (id: string) => void
}

const hour = 3_600_000

/** What is launched, from when to when, and what it aims at. Links are made for its product, so that one stays. */
export function LaunchForm({ slug, was, onClose, onDone }: Props) {
  const { t } = useWords()
  const format = useFormat()
  const client = useQueryClient()
  const toast = useToast()
  const refusal = useProblem()
  const [form] = Form.useForm<Values>()
  const products = useProducts(slug, !was)
  const put = useCommand((body: Schemas['LaunchDraft'], headers) =>
    was
      ? call<Launch>(
          api.PATCH('/api/v1/communities/{community}/launches/{id}', {
            params: { path: { community: slug, id: was.data.id }, header: ifMatch(was.etag) },
            body: { title: body.title, begins: body.begins, ends: body.ends, target: body.target },
          }),
        )
      : call<Launch>(
          api.POST('/api/v1/communities/{community}/launches', {
            params: { path: { community: slug } },
            headers,
            body,
          }),
        ),
  )
  const send = async (v: Values) => {
    const done = await refusal.guard(
      () =>
        put.mutateAsync({
          title: v.title,
          product: v.product,
          begins: instantOf(v.begins, format),
          ends: instantOf(v.ends, format),
          target: {
            pledges: v.target.pledges ?? 0,
            reach: v.target.reach ?? 0,
            endorsers: v.target.endorsers ?? 0,
          },
        }),
      form,
    )
    if (!done) return
    await launchChanged(client, slug)
    toast.done(t('launches.saved'))
    onClose()
    onDone?.(done.id)
  }
  const l = was?.data
  const soon = (hours: number) => wallOf(Math.ceil(Date.now() / hour) * hour + hours * hour, format)
  const number = <InputNumber min={0} precision={0} className={page.wide} placeholder={t('launches.target.none')} />
  const needed = { required: true, message: t('intake.needed') }
  return (
    <Dialog open side width={520} title={t(l ? 'launches.edit' : 'launches.add')} onClose={onClose}>
      {refusal.problem && <ProblemNotice problem={refusal.problem} fieldsShown />}
      <Form<Values>
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={send}
        initialValues={{
          title: l?.title,
          begins: l ? wallOf(l.begins, format) : soon(24),
          ends: l ? wallOf(l.ends, format) : soon(72),
          target: {
            pledges: l?.target.pledges || undefined,
            reach: l?.target.reach || undefined,
            endorsers: l?.target.endorsers || undefined,
          },
        }}
      >
        <Form.Item name="title" label={t('launches.name')} rules={[{ ...needed, whitespace: true }]}>
          <Input maxLength={80} />
        </Form.Item>
        {!l && (
          <Form.Item name="product" label={t('launches.product')} extra={t('launches.product.note')}>
            <Select allowClear placeholder={productName('', t)} options={products} />
          </Form.Item>
        )}
        <div className={css.pair}>
          <Form.Item name="begins" label={t('launches.begins')} rules={[needed]}>
            <Moment />
          </Form.Item>
          <Form.Item name="ends" label={t('launches.ends')} rules={[needed]}>
            <Moment />
          </Form.Item>
        </div>
        <div className={css.three}>
          <Form.Item name={['target', 'pledges']} label={t('launches.pledges')}>
            {number}
          </Form.Item>
          <Form.Item name={['target', 'reach']} label={t('launches.reach')}>
            {number}
          </Form.Item>
          <Form.Item name={['target', 'endorsers']} label={t('launches.endorsers')}>
            {number}
          </Form.Item>
        </div>
        <p className={page.note}>{t('launches.target.note')}</p>
        <p className={page.actions}>
          <Button type="primary" htmlType="submit" loading={put.isPending}>
            {t(l ? 'launches.save' : 'launches.add')}
          </Button>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
        </p>
      </Form>
    </Dialog>
  )
}

/** The plans that links can be made for. */
function useProducts(slug: string, enabled: boolean) {
  const text = useText()
  const plans = useQuery({ ...plansQuery(slug), enabled })
  return (plans.data?.items ?? []).map((p) => ({
    value: `plan:${p.name}`,
    label: text((p.title ?? {}) as Text) || p.name,
  }))
}
