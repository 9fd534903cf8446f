import { useQueryClient } from '@tanstack/react-query'
import { Button, Form, type FormInstance, Input, InputNumber, Select } from 'antd'
import { Plus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { api, call, ifMatch } from '~/api/client'
import type { Schemas } from '~/api/community'
import { useCommand } from '~/api/queries'
import { type Product, type ProductView, productKinds, shopChanged } from '~/api/shop'
import { useToast } from '~/app/toasts'
import { useProblem } from '~/app/useProblem'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { rule } from '~/lib/rule'
import { Dialog, ProblemNotice } from '~/parts'
import { amountOrNone } from '../money/amounts'
import page from '../page.module.css'
import { blank, productOf, type Values, valuesOf } from './product'
import css from './Shop.module.css'
import { kindOf } from './words'

interface AddProps {
  slug: string
  onClose: () => void
  onDone: (name: string) => void
}

export function AddProduct({ slug, onClose, onDone }: AddProps) {
  const { t } = useWords()
  const client = useQueryClient()
  const toast = useToast()
  const refusal = useProblem()
  const add = useCommand((body: Product, headers) =>
    call<Schemas['GoodsListed']>(
      api.POST('/api/v1/communities/{community}/products', { params: { path: { community: slug } }, headers, body }),
    ),
  )
  const send = async (values: Values, form: FormInstance) => {
    const made = await refusal.guard(() => add.mutateAsync(productOf(values)), atFields(form))
    if (!made) return
    await shopChanged(client, slug)
    toast.done(t('shop.product.added'))
    onDone(made.name)
  }
  return (
    <Dialog open side width={600} title={t('shop.product.add')} onClose={onClose}>
      {refusal.problem && <ProblemNotice problem={refusal.problem} fieldsShown />}
      <Fields was={blank} isNew send={send} busy={add.isPending} verb={t('shop.product.add')} onClose={onClose} />
    </Dialog>
  )
}

interface EditProps {
  slug: string
  product: ProductView
  etag?: string
  onClose: () => void
}

/** Changes a product as it was read: refused when somebody else was faster. */
export function EditProduct({ slug, product, etag, onClose }: EditProps) {
  const { t } = useWords()
  const client = useQueryClient()
  const toast = useToast()
  const refusal = useProblem()
  const [busy, setBusy] = useState(false)
  const send = async (values: Values, form: FormInstance) => {
    setBusy(true)
    const done = await refusal.guard(
      () =>
        call<Schemas['GoodsListed']>(
          api.PUT('/api/v1/communities/{community}/products/{name}', {
            params: { path: { community: slug, name: product.name }, header: ifMatch(etag) },
            body: productOf({ ...values, name: product.name }),
          }),
        ),
      atFields(form),
    )
    setBusy(false)
    if (!done) return
    await shopChanged(client, slug)
    toast.done(t('shop.product.saved'))
    onClose()
  }
  return (
    <Dialog open side width={600} title={t('shop.edit')} onClose={onClose}>
      {refusal.problem && <ProblemNotice problem={refusal.problem} fieldsShown />}
      <Fields
        was={valuesOf(product)}
        product={product}
        send={send}
        busy={busy}
        verb={t('shop.save')}
        onClose={onClose}
      />
    </Dialog>
  )
}

/** A refusal of a text as a whole stands under its first language. */
const atFields = (form: FormInstance): FormInstance => ({
  ...form,
  setFields: (fields) =>
    form.setFields(
      fields.map((field) => {
        const name = [field.name].flat()
        const last = name.at(-1)
        return last === 'title' || last === 'about' ? { ...field, name: [...name, 'zh-Hans'] } : field
      }) as Parameters<FormInstance['setFields']>[0],
    ),
})

interface FieldsProps {
  was: Values
  isNew?: boolean
  product?: ProductView
  send: (values: Values, form: FormInstance) => Promise<void>
  busy: boolean
  verb: string
  onClose: () => void
}

function Fields({ was, isNew, product, send, busy, verb, onClose }: FieldsProps) {
  const { t } = useWords()
  const format = useFormat()
  const [form] = Form.useForm<Values>()
  const skus = Form.useWatch('skus', form)
  const yuan = rule(t('money.amount.wrong'), amountOrNone)
  const needed = { required: true, whitespace: true, message: t('intake.needed') }
  const most = (name?: string) => product?.strikes.find((s) => s.sku === name)?.most
  const stocked = (name?: string) => product?.stock.some((s) => s.sku === name)
  return (
    <Form<Values>
      form={form}
      layout="vertical"
      requiredMark={false}
      initialValues={was}
      onFinish={(values) => void send(values, form)}
    >
      <Form.Item name={['title', 'zh-Hans']} label={t('shop.title')} rules={[needed]}>
        <Input maxLength={100} />
      </Form.Item>
      <div className={css.pair}>
        {isNew && (
          <Form.Item name="name" label={t('shop.name')} extra={t('shop.name.note')} rules={[needed]}>
            <Input maxLength={40} autoCapitalize="off" />
          </Form.Item>
        )}
        <Form.Item name="kind" label={t('shop.kind')}>
          <Select disabled={!isNew} options={productKinds.map((value) => ({ value, label: kindOf(value, t) }))} />
        </Form.Item>
        <Form.Item name="supplier" label={t('shop.supplier')} extra={t('shop.supplier.note')}>
          <Input maxLength={40} autoCapitalize="off" />
        </Form.Item>
        <Form.Item name="per_person" label={t('shop.perPerson')}>
          <InputNumber min={1} precision={0} className={page.wide} placeholder={t('shop.noEnd')} />
        </Form.Item>
        <Form.Item name="return" label={t('shop.return')}>
          <InputNumber min={0} max={365} precision={0} className={page.wide} placeholder={t('shop.return.none')} />
        </Form.Item>
      </div>
      <Form.Item name={['about', 'zh-Hans']} label={t('shop.about')}>
        <Input.TextArea rows={3} maxLength={5000} />
      </Form.Item>
      <Form.List name="skus">
        {(fields, { add, remove }) => (
          <>
            {fields.map((field) => {
              const name = skus?.[field.name]?.name
              const limit = most(name)
              return (
                <fieldset key={field.key} className={css.sku}>
                  <legend>{t('shop.sku.n', { n: field.name + 1 })}</legend>
                  <div className={css.pair}>
                    <Form.Item name={[field.name, 'name']} label={t('shop.sku.name')} rules={[needed]}>
                      <Input maxLength={40} autoCapitalize="off" />
                    </Form.Item>
                    <Form.Item name={[field.name, 'title', 'zh-Hans']} label={t('shop.sku.title')}>
                      <Input maxLength={100} />
                    </Form.Item>
                    <Form.Item name={[field.name, 'price']} label={t('shop.price')} rules={[yuan]}>
                      <Input inputMode="decimal" prefix="¥" autoComplete="off" />
                    </Form.Item>
                    <Form.Item name={[field.name, 'points']} label={t('shop.points')}>
                      <InputNumber min={0} precision={0} className={page.wide} />
                    </Form.Item>
                    <Form.Item
                      name={[field.name, 'strike']}
                      label={t('shop.strike')}
                      extra={
                        limit === undefined
                          ? t('shop.strike.none')
                          : t('shop.strike.most', { amount: format.money(limit) })
                      }
                      rules={[yuan]}
                    >
                      <Input inputMode="decimal" prefix="¥" autoComplete="off" />
                    </Form.Item>
                    <Form.Item
                      name={[field.name, 'cost']}
                      label={t('shop.cost')}
                      extra={t('shop.cost.note')}
                      rules={[yuan]}
                    >
                      <Input inputMode="decimal" prefix="¥" autoComplete="off" />
                    </Form.Item>
                    {!stocked(name) && (
                      <Form.Item name={[field.name, 'stock']} label={t('shop.stock')} extra={t('shop.stock.note')}>
                        <InputNumber min={0} precision={0} className={page.wide} />
                      </Form.Item>
                    )}
                  </div>
                  {fields.length > 1 && (
                    <Button size="small" icon={<Trash2 size={14} />} onClick={() => remove(field.name)}>
                      {t('shop.sku.remove')}
                    </Button>
                  )}
                </fieldset>
              )
            })}
            <p className={css.more}>
              <Button icon={<Plus size={14} />} onClick={() => add({})}>
                {t('shop.sku.add')}
              </Button>
            </p>
          </>
        )}
      </Form.List>
      <p className={page.actions}>
        <Button type="primary" htmlType="submit" loading={busy}>
          {verb}
        </Button>
        <Button onClick={onClose}>{t('common.cancel')}</Button>
      </p>
    </Form>
  )
}
