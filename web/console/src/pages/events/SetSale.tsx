import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, InputNumber, Select } from 'antd'
import { useState } from 'react'
import { calendarChanged, type EventView } from '~/api/calendar'
import { api, call, ifMatch } from '~/api/client'
import type { Schemas } from '~/api/community'
import { plansQuery } from '~/api/members'
import { productsQuery } from '~/api/shop'
import { useToast } from '~/app/toasts'
import { useProblem } from '~/app/useProblem'
import { type Text, useText, useWords } from '~/i18n'
import { Dialog, ProblemNotice } from '~/parts'
import page from '../page.module.css'
import { daysOf } from './sells'

interface Values {
  item?: string
  coupon?: string
  days?: number | null
}

interface Props {
  slug: string
  event: EventView
  etag?: string
  onClose: () => void
}

/** What an event sells to who is there: a membership or a product, a coupon for it, and how long after the end. */
export function SetSale({ slug, event, etag, onClose }: Props) {
  const { t } = useWords()
  const text = useText()
  const client = useQueryClient()
  const toast = useToast()
  const refusal = useProblem()
  const [busy, setBusy] = useState(false)
  const [form] = Form.useForm<Values>()
  const plans = useQuery(plansQuery(slug))
  const products = useQuery(productsQuery(slug))
  const options = [
    {
      label: t('frame.members'),
      options: (plans.data?.items ?? []).map((p) => ({
        value: `plan/${p.name}`,
        label: text(p.title as Text) || p.name,
      })),
    },
    {
      label: t('frame.shop'),
      options: (products.data ?? [])
        .filter((p) => !p.retired)
        .map((p) => ({ value: `goods/${p.name}`, label: text(p.title as Text) || p.name })),
    },
  ]
  const was = event.sells?.item
  if (was && !options.some((group) => group.options.some((x) => x.value === was)))
    options.push({ label: t('events.sale.now'), options: [{ value: was, label: was }] })
  const send = async ({ item, coupon, days }: Values) => {
    const sells = item
      ? { item, coupon: coupon?.trim().toUpperCase() || undefined, for: days ? `${days}d` : undefined }
      : {}
    setBusy(true)
    const done = await refusal.guard(
      () =>
        call<Schemas['Event']>(
          api.PATCH('/api/v1/communities/{community}/events/{id}', {
            params: { path: { community: slug, id: event.id }, header: ifMatch(etag) },
            body: { sells },
          }),
        ),
      form,
    )
    setBusy(false)
    if (!done) return
    await calendarChanged(client, slug)
    toast.done(t('events.saved'))
    onClose()
  }
  return (
    <Dialog open title={t('events.sale.set')} onClose={onClose}>
      {refusal.problem && <ProblemNotice problem={refusal.problem} focus />}
      <Form<Values>
        form={form}
        layout="vertical"
        onFinish={send}
        initialValues={{ item: was || undefined, coupon: event.sells?.coupon, days: daysOf(event.sells?.for) }}
      >
        <Form.Item name="item" label={t('events.sale.item')} extra={t('events.sale.item.note')}>
          <Select allowClear options={options} />
        </Form.Item>
        <Form.Item name="coupon" label={t('shop.coupon')} extra={t('events.sale.coupon.note')}>
          <Input maxLength={40} autoComplete="off" autoCapitalize="characters" />
        </Form.Item>
        <Form.Item name="days" label={t('events.sale.days')}>
          <InputNumber min={1} max={31} precision={0} placeholder="2" className={page.wide} />
        </Form.Item>
        <p className={page.actions}>
          <Button type="primary" htmlType="submit" loading={busy}>
            {t('events.save')}
          </Button>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
        </p>
      </Form>
    </Dialog>
  )
}
