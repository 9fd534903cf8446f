import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Radio, Select } from 'antd'
import { type AskRow, bankChanged, bankKey, listGuests, topicsQuery } from '~/api/bank'
import { calendarKey, listEvents } from '~/api/calendar'
import { api, call } from '~/api/client'
import type { Schemas } from '~/api/community'
import { useCommand } from '~/api/queries'
import { useToast } from '~/app/toasts'
import { useProblem } from '~/app/useProblem'
import { useText, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { Dialog, ProblemNotice } from '~/parts'
import page from '../page.module.css'

interface Props {
  slug: string
  /** Who is asked; chosen here if not given. */
  guest?: { id: string; name: string }
  /** What for; chosen here if not given. */
  event?: string
  onClose: () => void
}

type Values = Schemas['EventAskDraft'] & { guest?: string }

const most = 100

/** Notes that a guest was asked: for which event, about what, and what they said if they have. */
export function AskGuest({ slug, guest, event, onClose }: Props) {
  const { t } = useWords()
  const text = useText()
  const format = useFormat()
  const client = useQueryClient()
  const toast = useToast()
  const refusal = useProblem()
  const [form] = Form.useForm<Values>()
  const events = useQuery({
    queryKey: [...calendarKey(slug), 'to-come'],
    enabled: !event,
    queryFn: ({ signal }) =>
      listEvents(slug, { from: new Date().toISOString(), state: 'planned', limit: most }, signal),
  })
  const guests = useQuery({
    queryKey: [...bankKey(slug), 'to-ask'],
    enabled: !guest,
    queryFn: ({ signal }) => listGuests(slug, { state: 'active', limit: 200 }, signal),
  })
  const topics = useQuery(topicsQuery(slug, 'open', most))
  const put = useCommand(({ guest: id, ...body }: Values, headers) =>
    call<AskRow>(
      api.POST('/api/v1/communities/{community}/guests/{id}/asks', {
        params: { path: { community: slug, id: guest?.id ?? id ?? '' } },
        headers,
        body: { event, ...body },
      }),
    ),
  )
  const send = async (v: Values) => {
    if (!(await refusal.guard(() => put.mutateAsync(v), form))) return
    await bankChanged(client, slug)
    toast.done(t('events.bank.saved'))
    onClose()
  }
  return (
    <Dialog open title={guest ? t('events.ask.title', { name: guest.name }) : t('events.ask.one')} onClose={onClose}>
      {refusal.problem && <ProblemNotice problem={refusal.problem} fieldsShown focus />}
      <Form<Values>
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={send}
        initialValues={{ state: 'asked' }}
      >
        {!guest && (
          <Form.Item
            name="guest"
            label={t('events.guests.guest')}
            rules={[{ required: true, message: t('intake.needed') }]}
          >
            <Select
              showSearch={{ optionFilterProp: 'label' }}
              notFoundContent={t('events.guests.none')}
              options={(guests.data?.items ?? []).map((g) => ({
                value: g.id,
                label: [g.name, g.role].filter(Boolean).join(' · '),
              }))}
            />
          </Form.Item>
        )}
        {!event && (
          <Form.Item name="event" label={t('events.ask.event')}>
            <Select
              allowClear
              showSearch={{ optionFilterProp: 'label' }}
              placeholder={t('events.ask.event.none')}
              options={(events.data?.items ?? []).map((e) => ({
                value: e.id,
                label: `${format.dateTime(e.starts)} ${text(e.title)}`,
              }))}
            />
          </Form.Item>
        )}
        <Form.Item name="topic" label={t('events.ask.topic')}>
          <Select
            allowClear
            showSearch={{ optionFilterProp: 'label' }}
            placeholder={t('events.ask.topic.none')}
            options={(topics.data?.items ?? []).map((x) => ({ value: x.id, label: x.title }))}
          />
        </Form.Item>
        <Form.Item name="state" label={t('events.ask.said')}>
          <Radio.Group
            options={(['asked', 'agreed', 'declined'] as const).map((value) => ({
              value,
              label: t(`events.ask.${value}`),
            }))}
          />
        </Form.Item>
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
