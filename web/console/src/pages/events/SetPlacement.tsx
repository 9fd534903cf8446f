import { useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, InputNumber } from 'antd'
import { calendarChanged, type EventView } from '~/api/calendar'
import { api, call } from '~/api/client'
import { type EventPlacement, placementsChanged } from '~/api/placements'
import { useCommand } from '~/api/queries'
import { useMay } from '~/app/may'
import { useToast } from '~/app/toasts'
import { useProblem } from '~/app/useProblem'
import { useWords } from '~/i18n'
import { rule } from '~/lib/rule'
import { Dialog, ProblemNotice } from '~/parts'
import { PlacementFields, type PlacementValues, placementOf, placementValues } from '../growth/PlacementFields'
import { amountOrNone, parseYuan, plainAmount } from '../money/amounts'
import page from '../page.module.css'
import { PickPerson } from './PickPerson'

interface Values extends PlacementValues {
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
  const seats = useMay()('event.write') !== 'no' && event.state === 'planned'
  const put = useCommand((v: Values) =>
    call<EventPlacement>(
      api.PUT('/api/v1/communities/{community}/events/{id}/placement', {
        params: { path: { community: slug, id: event.id } },
        body: {
          ...placementOf(v),
          source: was ? undefined : v.source,
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
          ...placementValues(was),
          partner: was ? was.entry.owner || undefined : host || undefined,
          places: was?.seats.places || undefined,
          price: was?.seats.price ? plainAmount(was.seats.price, 'CNY') : '',
        }}
      >
        <PlacementFields
          slug={slug}
          isNew={!was}
          label={t('events.placement.name')}
          note={t('events.placement.name.note')}
        />
        <Form.Item name="partner" label={t('events.placement.partner')}>
          <PickPerson slug={slug} name={was ? was.partner_name : event.host_name} />
        </Form.Item>
        {seats && (
          <>
            <Form.Item name="places" label={t('events.placement.places')} extra={t('events.placement.places.note')}>
              <InputNumber min={0} max={1_000_000} precision={0} className={page.wide} />
            </Form.Item>
            <Form.Item
              name="price"
              label={t('events.placement.price')}
              rules={[rule(t('money.amount.wrong'), amountOrNone)]}
            >
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
