import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, DatePicker, Form, Input, InputNumber, Select } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import type { KeyboardEvent } from 'react'
import { api, call, ifMatch } from '~/api/client'
import type { Schemas } from '~/api/community'
import { useCommand } from '~/api/queries'
import { type Coupon, productsQuery, shopChanged } from '~/api/shop'
import { useToast } from '~/app/toasts'
import { useProblem } from '~/app/useProblem'
import { type Text, useText, useWords } from '~/i18n'
import { instantAt, useFormat } from '~/i18n/format'
import { rule } from '~/lib/rule'
import { Dialog, ProblemNotice } from '~/parts'
import { amountOrNone, someAmount } from '../money/amounts'
import { parsePercent } from '../money/payouts'
import page from '../page.module.css'
import { blank, couponOf, type Values as Typed, valuesOf } from './coupon'
import css from './Shop.module.css'

interface Values extends Omit<Typed, 'opens' | 'closes'> {
  opens?: Dayjs | null
  closes?: Dayjs | null
}

const wall = 'YYYY-MM-DDTHH:mm'

/** Enter takes the moment that was typed; it does not send the form. */
const stays = (event: KeyboardEvent) => {
  if (event.key === 'Enter') event.preventDefault()
}

interface Props {
  slug: string
  /** The one that is changed; a new one if there is none. */
  was?: Coupon
  onClose: () => void
}

export function CouponForm({ slug, was, onClose }: Props) {
  const { t } = useWords()
  const text = useText()
  const format = useFormat()
  const client = useQueryClient()
  const toast = useToast()
  const refusal = useProblem()
  const [form] = Form.useForm<Values>()
  const how = Form.useWatch('how', form)
  const products = useQuery(productsQuery(slug))
  const put = useCommand((body: Schemas['ShopCoupon'], headers) =>
    was
      ? call<Coupon>(
          api.PUT('/api/v1/communities/{community}/coupons/{name}', {
            params: { path: { community: slug, name: was.code }, header: ifMatch(`"v${was.version}"`) },
            body,
          }),
        )
      : call<Coupon>(
          api.POST('/api/v1/communities/{community}/coupons', { params: { path: { community: slug } }, headers, body }),
        ),
  )
  const first = was ? valuesOf(was, (at) => `${format.date(at)}T${format.time(at)}`) : blank
  const send = async (v: Values) => {
    const typed = { ...v, code: was?.code ?? v.code, opens: v.opens?.format(wall), closes: v.closes?.format(wall) }
    const done = await refusal.guard(
      () => put.mutateAsync(couponOf(typed, (local) => instantAt(local, format.zone), was)),
      form,
    )
    if (!done) return
    await shopChanged(client, slug)
    toast.done(t('shop.saved'))
    onClose()
  }
  const needed = { required: true, whitespace: true, message: t('intake.needed') }
  const things = [
    { value: 'goods', label: t('shop.coupon.for.goods') },
    { value: 'plan', label: t('shop.coupon.for.plan') },
    { value: 'ticket', label: t('shop.coupon.for.ticket') },
    ...(products.data ?? []).map((p) => ({ value: `goods/${p.name}`, label: text(p.title as Text) || p.name })),
  ]
  const moment = (
    <DatePicker showTime={{ format: 'HH:mm' }} format="YYYY-MM-DD HH:mm" className={page.wide} onKeyDown={stays} />
  )
  return (
    <Dialog open side width={560} title={t(was ? 'shop.coupon.edit' : 'shop.coupon.add')} onClose={onClose}>
      {refusal.problem && <ProblemNotice problem={refusal.problem} fieldsShown />}
      <Form<Values>
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={send}
        initialValues={{
          ...first,
          opens: first.opens ? dayjs(first.opens) : undefined,
          closes: first.closes ? dayjs(first.closes) : undefined,
        }}
      >
        {!was && (
          <Form.Item name="code" label={t('shop.coupon')} extra={t('shop.coupon.note')} rules={[needed]}>
            <Input maxLength={40} autoCapitalize="characters" autoComplete="off" />
          </Form.Item>
        )}
        <Form.Item name="title" label={t('shop.title')} rules={[needed]}>
          <Input maxLength={100} />
        </Form.Item>
        <div className={css.pair}>
          <Form.Item name="how" label={t('shop.coupon.how')}>
            <Select
              options={[
                { value: 'off', label: t('shop.coupon.how.off') },
                { value: 'off_bp', label: t('shop.coupon.how.bp') },
              ]}
            />
          </Form.Item>
          {how === 'off_bp' ? (
            <Form.Item
              key="percent"
              name="percent"
              label={t('shop.coupon.off')}
              rules={[rule(t('payouts.withhold.wrong'), (x) => (parsePercent(x) ?? 0) > 0)]}
            >
              <Input inputMode="decimal" suffix="%" autoComplete="off" />
            </Form.Item>
          ) : (
            <Form.Item
              key="off"
              name="off"
              label={t('shop.coupon.off')}
              rules={[rule(t('money.amount.wrong'), someAmount)]}
            >
              <Input inputMode="decimal" prefix="¥" autoComplete="off" />
            </Form.Item>
          )}
          <Form.Item name="min" label={t('shop.coupon.min')} rules={[rule(t('money.amount.wrong'), amountOrNone)]}>
            <Input inputMode="decimal" prefix="¥" autoComplete="off" />
          </Form.Item>
          <Form.Item name="for" label={t('shop.coupon.for')}>
            <Select mode="multiple" options={things} placeholder={t('shop.coupon.for.all')} />
          </Form.Item>
          <Form.Item name="quota" label={t('shop.coupon.quota')}>
            <InputNumber min={1} precision={0} className={page.wide} placeholder={t('shop.noEnd')} />
          </Form.Item>
          <Form.Item name="per_person" label={t('shop.coupon.perPerson')}>
            <InputNumber min={1} precision={0} className={page.wide} placeholder={t('shop.noEnd')} />
          </Form.Item>
          <Form.Item name="opens" label={t('shop.coupon.opens')}>
            {moment}
          </Form.Item>
          <Form.Item name="closes" label={t('shop.coupon.closes')}>
            {moment}
          </Form.Item>
        </div>
        <p className={page.actions}>
          <Button type="primary" htmlType="submit" loading={put.isPending}>
            {t(was ? 'shop.save' : 'shop.coupon.add')}
          </Button>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
        </p>
      </Form>
    </Dialog>
  )
}
