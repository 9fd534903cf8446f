import { useQuery, useQueryClient } from '@tanstack/react-query'
import { AutoComplete, Button, Form, Input, InputNumber, Select } from 'antd'
import { calendarChanged, type EventView } from '~/api/calendar'
import { api, call } from '~/api/client'
import { sourcesQuery } from '~/api/community'
import { type EventPlacement, placementsChanged, poolsQuery } from '~/api/placements'
import { useCommand } from '~/api/queries'
import { useMay } from '~/app/may'
import { useToast } from '~/app/toasts'
import { useProblem } from '~/app/useProblem'
import { useWords } from '~/i18n'
import { Dialog, ProblemNotice } from '~/parts'
import { parseYuan, plainAmount } from '../money/amounts'
import page from '../page.module.css'
import { PickPerson } from './PickPerson'

interface Values {
  source?: string
  name: string
  pool?: string
  cost: string
  partner?: string
  places?: number | null
  price?: string
}

interface Props {
  slug: string
  event: EventView
  /** What it is now; nothing for an event that is no placement yet. */
  was?: EventPlacement
  onClose: () => void
}

/** Whose audience an event is held for, what it costs, and how many places are for them alone. */
export function SetPlacement({ slug, event, was, onClose }: Props) {
  const { t } = useWords()
  const client = useQueryClient()
  const toast = useToast()
  const refusal = useProblem()
  const [form] = Form.useForm<Values>()
  const sources = useQuery(sourcesQuery(slug))
  const pools = useQuery(poolsQuery(slug))
  const seats = useMay()('event.write') !== 'no' && event.state === 'planned'
  const put = useCommand((v: Values) =>
    call<EventPlacement>(
      api.PUT('/api/v1/communities/{community}/events/{id}/placement', {
        params: { path: { community: slug, id: event.id } },
        body: {
          source: was ? undefined : v.source,
          name: v.name.trim(),
          pool: v.pool?.trim() || undefined,
          cost: parseYuan(v.cost || '0') ?? 0,
          partner: v.partner || undefined,
          ...(seats ? { places: v.places ?? 0, price: parseYuan(v.price || '0') ?? 0 } : {}),
        },
      }),
    ),
  )
  const send = async (v: Values) => {
    const done = await refusal.guard(() => put.mutateAsync(v), form)
    if (!done) return
    await Promise.all([placementsChanged(client, slug), calendarChanged(client, slug)])
    toast.done(t('placements.saved'))
    onClose()
  }
  const needed = { required: true, message: t('intake.needed') }
  const amount = {
    validator: (_: unknown, text?: string) =>
      parseYuan(text || '0') !== undefined ? Promise.resolve() : Promise.reject(new Error(t('money.amount.wrong'))),
  }
  const host = was ? undefined : event.host
  return (
    <Dialog open side width={520} title={t(was ? 'events.placement.edit' : 'events.placement.set')} onClose={onClose}>
      {refusal.problem && <ProblemNotice problem={refusal.problem} focus />}
      <Form<Values>
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={send}
        initialValues={{
          name: was?.name,
          pool: was?.pool,
          cost: was ? plainAmount(was.cost, 'CNY') : '',
          partner: was ? was.entry.owner || undefined : host || undefined,
          places: was?.seats.places || undefined,
          price: was?.seats.price ? plainAmount(was.seats.price, 'CNY') : '',
        }}
      >
        {!was && (
          <Form.Item name="source" label={t('placements.source')} rules={[needed]}>
            <Select options={(sources.data?.items ?? []).map((s) => ({ value: s.id, label: s.name }))} />
          </Form.Item>
        )}
        <Form.Item
          name="name"
          label={t('events.placement.name')}
          extra={t('events.placement.name.note')}
          rules={[{ ...needed, whitespace: true }]}
        >
          <Input maxLength={80} autoComplete="off" />
        </Form.Item>
        <Form.Item name="partner" label={t('events.placement.partner')}>
          <PickPerson slug={slug} name={was ? was.partner_name : event.host_name} />
        </Form.Item>
        <Form.Item name="pool" label={t('placements.pool')} extra={t('placements.pool.note')}>
          <AutoComplete
            maxLength={80}
            options={(pools.data ?? []).filter((p) => p.pool).map((p) => ({ value: p.pool }))}
          />
        </Form.Item>
        <Form.Item name="cost" label={t('placements.cost')} rules={[amount]}>
          <Input inputMode="decimal" prefix="¥" autoComplete="off" />
        </Form.Item>
        {seats && (
          <>
            <Form.Item name="places" label={t('events.placement.places')} extra={t('events.placement.places.note')}>
              <InputNumber min={0} max={1_000_000} precision={0} className={page.wide} />
            </Form.Item>
            <Form.Item name="price" label={t('events.placement.price')} rules={[amount]}>
              <Input inputMode="decimal" prefix="¥" placeholder="0" autoComplete="off" />
            </Form.Item>
          </>
        )}
        <p className={page.actions}>
          <Button type="primary" htmlType="submit" loading={put.isPending}>
            {t('events.save')}
          </Button>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
        </p>
      </Form>
    </Dialog>
  )
}
