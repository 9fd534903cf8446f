import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, DatePicker, Form, Input, Select } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { useEffect } from 'react'
import { useNavigate } from 'react-router'
import { calendarChanged, calendarKey, type EventView, templatesQuery } from '~/api/calendar'
import { api, call } from '~/api/client'
import type { Schemas } from '~/api/community'
import { asProblem } from '~/api/problem'
import { useCommand } from '~/api/queries'
import { communityPath } from '~/app/community'
import { useToast } from '~/app/toasts'
import { useProblem } from '~/app/useProblem'
import { useText, useWords } from '~/i18n'
import { instantAt, useFormat } from '~/i18n/format'
import { Dialog, ProblemNotice } from '~/parts'
import page from '../page.module.css'

interface Values {
  title: string
  template: string
  to: Dayjs
}

const wall = 'YYYY-MM-DDTHH:mm'

/** A hot topic takes the time of an event; that one is held later, with its tickets. The next free time stands there at first. */
export function GiveWay({ slug, event, onClose }: { slug: string; event: EventView; onClose: () => void }) {
  const { t } = useWords()
  const text = useText()
  const format = useFormat()
  const client = useQueryClient()
  const navigate = useNavigate()
  const toast = useToast()
  const refusal = useProblem()
  const [form] = Form.useForm<Values>()
  const templates = useQuery(templatesQuery(slug))
  const slot = useQuery({
    queryKey: [...calendarKey(slug), 'slot', event.id],
    retry: false,
    queryFn: ({ signal }) =>
      call<Schemas['EventSlot']>(
        api.GET('/api/v1/communities/{community}/events/{id}/slot', {
          params: { path: { community: slug, id: event.id } },
          signal,
        }),
      ),
  })
  const free = slot.data?.starts
  useEffect(() => {
    if (free && !form.isFieldTouched('to')) form.setFieldValue('to', dayjs(`${format.date(free)}T${format.time(free)}`))
  }, [free, form, format])
  const run = useCommand((body: { hot: Schemas['EventDraft']; to: string }, headers) =>
    call<Schemas['EventDisplaced']>(
      api.POST('/api/v1/communities/{community}/events/{id}/give-way', {
        params: { path: { community: slug, id: event.id } },
        headers,
        body,
      }),
    ),
  )
  const send = async (values: Values) => {
    const hot = { template: values.template, title: { 'zh-Hans': values.title }, starts: event.starts }
    const done = await refusal.guard(
      () => run.mutateAsync({ hot, to: instantAt(values.to.format(wall), format.zone) }),
      form,
    )
    if (!done) return
    await calendarChanged(client, slug)
    toast.done(t('events.way.done'))
    onClose()
    navigate(communityPath(slug, `events/${done.hot.id}`))
  }
  const name = text(event.title)
  return (
    <Dialog open side width={520} title={t('events.way')} onClose={onClose}>
      <p className={page.soft}>{t('events.way.what', { when: format.dateTime(event.starts), event: name })}</p>
      {event.figures.valid > 0 && <p>{t('events.way.tickets', { count: event.figures.valid })}</p>}
      {templates.error && (
        <ProblemNotice problem={asProblem(templates.error)} onRetry={() => void templates.refetch()} />
      )}
      {refusal.problem && <ProblemNotice problem={refusal.problem} fieldsShown />}
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ template: event.template, title: '' }}
        onFinish={send}
      >
        <Form.Item
          name="title"
          label={t('events.way.hot')}
          rules={[{ required: true, whitespace: true, message: t('events.title.needed') }]}
        >
          <Input maxLength={100} />
        </Form.Item>
        <Form.Item name="template" label={t('events.template')}>
          <Select options={(templates.data?.items ?? []).map((x) => ({ value: x.name, label: text(x.title) }))} />
        </Form.Item>
        <Form.Item
          name="to"
          label={t('events.way.to', { event: name })}
          extra={slot.error ? t('events.way.none') : free ? t('events.way.free') : undefined}
          rules={[{ required: true, message: t('intake.needed') }]}
        >
          <DatePicker showTime={{ format: 'HH:mm' }} format="YYYY-MM-DD HH:mm" className={page.wide} />
        </Form.Item>
        <p className={page.actions}>
          <Button type="primary" htmlType="submit" loading={run.isPending}>
            {t('events.way.run')}
          </Button>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
        </p>
      </Form>
    </Dialog>
  )
}
