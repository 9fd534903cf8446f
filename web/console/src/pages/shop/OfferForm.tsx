import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, InputNumber, Select } from 'antd'
import { api, call, ifMatch } from '~/api/client'
import { useCommand } from '~/api/queries'
import { type Offer, productsQuery, shopChanged } from '~/api/shop'
import { useToast } from '~/app/toasts'
import { useProblem } from '~/app/useProblem'
import { type Text, useText, useWords } from '~/i18n'
import { rule } from '~/lib/rule'
import { Dialog, ProblemNotice } from '~/parts'
import { hoursOf } from '../events/phase'
import { parseYuan, plainAmount, someAmount } from '../money/amounts'
import page from '../page.module.css'
import css from './Shop.module.css'

interface Values {
  name: string
  item?: string
  size: number
  price: string
  hours: number
}

interface Props {
  slug: string
  /** The one that is changed; a new one if there is none. */
  was?: Offer
  onClose: () => void
}

/** What may be bought together: how many have to pay, by when, at which price. Groups that run keep what they began with. */
export function OfferForm({ slug, was, onClose }: Props) {
  const { t } = useWords()
  const text = useText()
  const client = useQueryClient()
  const toast = useToast()
  const refusal = useProblem()
  const [form] = Form.useForm<Values>()
  const products = useQuery(productsQuery(slug))
  const put = useCommand(
    (body: { name: string; item: string; size: number; price: number; window: string }, headers) =>
      was
        ? call<Offer>(
            api.PUT('/api/v1/communities/{community}/offers/{name}', {
              params: { path: { community: slug, name: was.name }, header: ifMatch(`"v${was.version}"`) },
              body,
            }),
          )
        : call<Offer>(
            api.POST('/api/v1/communities/{community}/offers', {
              params: { path: { community: slug } },
              headers,
              body,
            }),
          ),
  )
  const send = async (v: Values) => {
    const body = {
      name: was?.name ?? v.name.trim(),
      item: v.item ?? '',
      size: v.size,
      price: parseYuan(v.price) ?? 0,
      window: `${v.hours}h`,
    }
    const done = await refusal.guard(() => put.mutateAsync(body), form)
    if (!done) return
    await shopChanged(client, slug)
    toast.done(t('shop.saved'))
    onClose()
  }
  const needed = { required: true, message: t('intake.needed') }
  const items = (products.data ?? [])
    .filter((p) => !p.retired)
    .flatMap((p) =>
      (p.skus ?? []).map((s) => ({
        value: `${p.name}/${s.name}`,
        label: [text(p.title as Text) || p.name, text((s.title ?? {}) as Text)].filter(Boolean).join(' · '),
      })),
    )
  return (
    <Dialog open side width={520} title={t(was ? 'shop.offer.edit' : 'shop.offer.add')} onClose={onClose}>
      {refusal.problem && <ProblemNotice problem={refusal.problem} fieldsShown />}
      <Form<Values>
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={send}
        initialValues={
          was
            ? {
                name: was.name,
                item: was.item,
                size: was.size,
                price: plainAmount(was.price, 'CNY'),
                hours: hoursOf(was.window) ?? 24,
              }
            : { size: 3, hours: 24, price: '' }
        }
      >
        <Form.Item name="item" label={t('shop.product')} rules={[needed]}>
          <Select options={items} disabled={Boolean(was)} showSearch={{ optionFilterProp: 'label' }} />
        </Form.Item>
        {!was && (
          <Form.Item name="name" label={t('shop.name')} extra={t('shop.name.note')} rules={[needed]}>
            <Input maxLength={40} autoCapitalize="off" />
          </Form.Item>
        )}
        <div className={css.pair}>
          <Form.Item name="size" label={t('shop.offer.size')} rules={[needed]}>
            <InputNumber min={2} max={100} precision={0} className={page.wide} />
          </Form.Item>
          <Form.Item name="hours" label={t('shop.offer.hours')} rules={[needed]}>
            <InputNumber min={1} precision={0} className={page.wide} />
          </Form.Item>
        </div>
        <Form.Item name="price" label={t('shop.offer.price')} rules={[rule(t('money.amount.wrong'), someAmount)]}>
          <Input inputMode="decimal" prefix="¥" autoComplete="off" />
        </Form.Item>
        <p className={page.note}>{t('shop.offer.note')}</p>
        <p className={page.actions}>
          <Button type="primary" htmlType="submit" loading={put.isPending}>
            {t(was ? 'shop.save' : 'shop.offer.add')}
          </Button>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
        </p>
      </Form>
    </Dialog>
  )
}
