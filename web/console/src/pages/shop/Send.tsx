import { useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input } from 'antd'
import { useId, useState } from 'react'
import { api, call } from '~/api/client'
import type { Schemas } from '~/api/community'
import { useCommand } from '~/api/queries'
import { type Item, shopChanged } from '~/api/shop'
import { useToast } from '~/app/toasts'
import { useProblem } from '~/app/useProblem'
import { useText, useWords } from '~/i18n'
import { Dialog, ProblemNotice } from '~/parts'
import page from '../page.module.css'
import css from './Shop.module.css'
import { itemTitle } from './words'

interface Props {
  slug: string
  item: Item
  onClose: () => void
}

/** Says by whom something was sent; its buyer can follow it from then on. */
export function Send({ slug, item, onClose }: Props) {
  const { t } = useWords()
  const text = useText()
  const client = useQueryClient()
  const toast = useToast()
  const refusal = useProblem()
  const [form] = Form.useForm<{ carrier: string; tracking: string }>()
  const send = useCommand((body: Schemas['ShipmentSendRequest'], headers) =>
    call<Schemas['GoodsItem']>(
      api.POST('/api/v1/communities/{community}/shipments/{id}/send', {
        params: { path: { community: slug, id: item.id } },
        headers,
        body,
      }),
    ),
  )
  const run = async (v: { carrier: string; tracking: string }) => {
    const body = { carrier: v.carrier.trim(), tracking: v.tracking?.trim() || undefined }
    const done = await refusal.guard(() => send.mutateAsync(body), form)
    if (!done) return
    await shopChanged(client, slug)
    toast.done(t('shop.send.done'))
    onClose()
  }
  return (
    <Dialog open title={t('shop.send')} onClose={onClose}>
      <p className={page.soft}>
        {t('shop.send.what', { title: itemTitle(item, text), name: item.nickname || t('people.unnamed') })}
      </p>
      {refusal.problem && <ProblemNotice problem={refusal.problem} fieldsShown focus />}
      <Form form={form} layout="vertical" requiredMark={false} onFinish={run}>
        <Form.Item
          name="carrier"
          label={t('shop.carrier')}
          rules={[{ required: true, whitespace: true, message: t('intake.needed') }]}
        >
          <Input maxLength={100} autoComplete="off" />
        </Form.Item>
        <Form.Item name="tracking" label={t('shop.tracking')}>
          <Input maxLength={100} autoComplete="off" />
        </Form.Item>
        <p className={page.actions}>
          <Button type="primary" htmlType="submit" loading={send.isPending}>
            {t('shop.send')}
          </Button>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
        </p>
      </Form>
    </Dialog>
  )
}

/** An address in full: it is said why, and that somebody looked is written down. */
export function LookAtAddress({ slug, item, onClose }: Props) {
  const { t } = useWords()
  const refusal = useProblem()
  const field = useId()
  const [reason, setReason] = useState(() => t('shop.address.reason.usual'))
  const [shown, setShown] = useState<Schemas['GoodsAddress']>()
  const [busy, setBusy] = useState(false)
  const look = async () => {
    setBusy(true)
    const found = await refusal.guard(() =>
      call<Schemas['GoodsAddress']>(
        api.POST('/api/v1/communities/{community}/shipments/{id}/address', {
          params: { path: { community: slug, id: item.id } },
          body: { reason: reason.trim() },
        }),
      ),
    )
    setBusy(false)
    if (found) setShown(found)
  }
  return (
    <Dialog open title={t('shop.address.look')} onClose={onClose}>
      {refusal.problem && <ProblemNotice problem={refusal.problem} focus />}
      {shown ? (
        <>
          <p className={css.address}>
            <strong>{shown.name}</strong> {shown.phone}
            <br />
            {shown.region}
            <br />
            {shown.street}
          </p>
          <p className={page.actions}>
            <Button onClick={onClose}>{t('common.close')}</Button>
          </p>
        </>
      ) : (
        <>
          <p className={page.soft}>{t('shop.address.what')}</p>
          <div className={css.field}>
            <label htmlFor={field}>{t('shop.address.reason')}</label>
            <Input id={field} value={reason} maxLength={200} onChange={(e) => setReason(e.target.value)} />
          </div>
          <p className={page.actions}>
            <Button type="primary" loading={busy} disabled={!reason.trim()} onClick={look}>
              {t('shop.address.look')}
            </Button>
            <Button onClick={onClose}>{t('common.cancel')}</Button>
          </p>
        </>
      )}
    </Dialog>
  )
}
