import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, DatePicker, Form, type FormInstance, Input, InputNumber, Select } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { type KeyboardEvent, useRef, useState } from 'react'
import {
  calendarChanged,
  type EventChange,
  type EventDraft,
  type EventTemplate,
  type EventView,
  templatesQuery,
} from '~/api/calendar'
import { api, call, ifMatch } from '~/api/client'
import type { Schemas } from '~/api/community'
import { asProblem } from '~/api/problem'
import { useCommand } from '~/api/queries'
import { communityPath } from '~/app/community'
import { useToast } from '~/app/toasts'
import { useProblem } from '~/app/useProblem'
import { useText, useWords } from '~/i18n'
import { type Format, useFormat } from '~/i18n/format'
import { Dialog, EmptyState, ProblemNotice } from '~/parts'
import page from '../page.module.css'
import { changed, type Draft, draftOf, type Filled } from './draft'
import css from './Events.module.css'
import { PickPerson } from './PickPerson'
import { hoursOf } from './phase'
import { kindOf } from './words'

interface Values extends Omit<Draft, 'starts' | 'ends'> {
  template?: string
  starts: Dayjs
  ends?: Dayjs
}

const wall = 'YYYY-MM-DDTHH:mm'
const filled = (values: Values): Filled => ({
  ...values,
  starts: values.starts.format(wall),
  ends: values.ends?.format(wall),
})

interface AddProps {
  slug: string
  /** What stands there at first. */
  preset?: { template: string; starts: string }
  onClose: () => void
  onDone: (id: string) => void
}

/** A new event, from one of the playbook's templates. */
export function AddEvent({ slug, preset, onClose, onDone }: AddProps) {
  const { t } = useWords()
  const format = useFormat()
  const client = useQueryClient()
  const toast = useToast()
  const refusal = useProblem()
  const templates = useQuery(templatesQuery(slug))
  const add = useCommand((body: EventDraft, headers) =>
    call<Schemas['Event']>(
      api.POST('/api/v1/communities/{community}/events', { params: { path: { community: slug } }, headers, body }),
    ),
  )
  const send = async (values: Values, form: FormInstance) => {
    const { title, starts, ...rest } = changed(filled(values), format.zone)
    const body = { ...rest, template: values.template ?? '', title: title ?? {}, starts: starts ?? '' }
    const made = await refusal.guard(() => add.mutateAsync(body), atFields(form))
    if (!made) return
    await calendarChanged(client, slug)
    toast.done(t('events.added'))
    onDone(made.id)
  }
  const items = templates.data?.items ?? []
  return (
    <Dialog open side width={520} title={t('events.add')} onClose={onClose}>
      {templates.error && (
        <ProblemNotice problem={asProblem(templates.error)} onRetry={() => void templates.refetch()} />
      )}
      {templates.data && items.length === 0 && (
        <EmptyState
          title={t('events.templates.none')}
          body={t('events.templates.none.body')}
          step={{ label: t('members.toPlaybook'), to: communityPath(slug, 'settings/playbook') }}
        />
      )}
      {refusal.problem && <ProblemNotice problem={refusal.problem} fieldsShown />}
      {items.length > 0 && (
        <Fields
          slug={slug}
          templates={items}
          at={preset && { ...preset, starts: `${format.date(preset.starts)}T${format.time(preset.starts)}` }}
          send={send}
          busy={add.isPending}
          verb={t('events.add')}
          onClose={onClose}
        />
      )}
    </Dialog>
  )
}

interface EditProps {
  slug: string
  event: EventView
  etag?: string
  onClose: () => void
}

/** Changes an event as it was read: refused when somebody else was faster. */
export function EditEvent({ slug, event, etag, onClose }: EditProps) {
  const { t } = useWords()
  const format = useFormat()
  const client = useQueryClient()
  const toast = useToast()
  const refusal = useProblem()
  const [busy, setBusy] = useState(false)
  const was = draftOf(event, format)
  const send = async (values: Values, form: FormInstance) => {
    const body: EventChange = changed(filled(values), format.zone, was)
    setBusy(true)
    const done = await refusal.guard(
      () =>
        call<Schemas['Event']>(
          api.PATCH('/api/v1/communities/{community}/events/{id}', {
            params: { path: { community: slug, id: event.id }, header: ifMatch(etag) },
            body,
          }),
        ),
      atFields(form),
    )
    setBusy(false)
    if (!done) return
    await calendarChanged(client, slug)
    toast.done(t('events.saved'))
    onClose()
  }
  return (
    <Dialog open side width={520} title={t('events.edit')} onClose={onClose}>
      {event.figures.valid > 0 && <p className={page.soft}>{t('events.edit.keep', { count: event.figures.valid })}</p>}
      {refusal.problem && <ProblemNotice problem={refusal.problem} fieldsShown />}
      <Fields
        slug={slug}
        was={was}
        hostName={event.host_name}
        send={send}
        busy={busy}
        verb={t('events.save')}
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
        const whole = name.length === 1 && (name[0] === 'title' || name[0] === 'about')
        return whole ? { ...field, name: [name[0], 'zh-Hans'] } : field
      }) as Parameters<FormInstance['setFields']>[0],
    ),
})

interface FieldsProps {
  slug: string
  templates?: EventTemplate[]
  /** Of a new one: its template, and when it begins on the community's clock. */
  at?: { template: string; starts: string }
  was?: Draft
  hostName?: string
  send: (values: Values, form: FormInstance) => Promise<void>
  busy: boolean
  verb: string
  onClose: () => void
}

/** Enter takes the moment that was typed; it does not send the form. */
const stays = (event: KeyboardEvent) => {
  if (event.key === 'Enter') event.preventDefault()
}

const others = [
  { lang: 'zh-Hant', name: '繁體中文' },
  { lang: 'en', name: 'English' },
] as const

function Fields({ slug, templates, at, was, hostName, send, busy, verb, onClose }: FieldsProps) {
  const { t } = useWords()
  const text = useText()
  const format = useFormat()
  const [form] = Form.useForm<Values>()
  const chosen = Form.useWatch('template', form)
  const template = templates?.find((x) => x.name === (chosen ?? templates[0]?.name))
  // The end moves along with the start, as it does on the server, and is seen to.
  const last = useRef(was ? dayjs(was.starts) : undefined)
  const move = ({ starts }: Partial<Values>) => {
    if (!starts) return
    const ends = form.getFieldValue('ends') as Dayjs | undefined
    if (ends && last.current) form.setFieldValue('ends', starts.add(ends.diff(last.current)))
    last.current = starts
  }
  const inChinese = {
    validator: (_: unknown, value?: string) =>
      value?.trim() || (form.getFieldValue(['title', 'zh-Hant']) as string | undefined)?.trim()
        ? Promise.resolve()
        : Promise.reject(new Error(t('events.title.needed'))),
  }
  return (
    <Form<Values>
      form={form}
      layout="vertical"
      onFinish={(values) => void send(values, form)}
      onValuesChange={move}
      initialValues={
        was
          ? { ...was, starts: dayjs(was.starts), ends: was.ends ? dayjs(was.ends) : undefined }
          : { template: at?.template ?? templates?.[0]?.name, starts: at && dayjs(at.starts) }
      }
    >
      {templates && (
        <Form.Item name="template" label={t('events.template')} extra={template && about(template, t, format)}>
          <Select options={templates.map((x) => ({ value: x.name, label: text(x.title) || x.name }))} />
        </Form.Item>
      )}
      <Form.Item name={['title', 'zh-Hans']} required label={t('events.title')} rules={[inChinese]}>
        <Input maxLength={100} />
      </Form.Item>
      <div className={css.pair}>
        <Form.Item name="starts" label={t('events.starts')} rules={[{ required: true, message: t('intake.needed') }]}>
          <DatePicker
            showTime={{ format: 'HH:mm' }}
            format="YYYY-MM-DD HH:mm"
            className={page.wide}
            onKeyDown={stays}
          />
        </Form.Item>
        <Form.Item name="ends" label={t('events.ends')}>
          <DatePicker
            showTime={{ format: 'HH:mm' }}
            format="YYYY-MM-DD HH:mm"
            className={page.wide}
            placeholder={template ? t('events.ends.template') : undefined}
            allowClear={!was}
            onKeyDown={stays}
          />
        </Form.Item>
      </div>
      <p className={css.zone}>{t('events.zone', { zone: format.zone })}</p>
      <div className={css.pair}>
        <Form.Item name="city" label={t('events.city')}>
          <Input maxLength={200} />
        </Form.Item>
        <Form.Item name="capacity" label={t('events.capacity')}>
          <InputNumber
            min={1}
            precision={0}
            className={page.wide}
            placeholder={template ? format.count(template.capacity) : undefined}
          />
        </Form.Item>
      </div>
      <Form.Item name="place" label={t('events.place')}>
        <Input maxLength={200} />
      </Form.Item>
      <Form.Item name="link" label={t('events.link')} extra={t('events.link.note')}>
        <Input inputMode="url" maxLength={500} placeholder="https://" />
      </Form.Item>
      <Form.Item name="host" label={t('events.host')}>
        <PickPerson slug={slug} name={hostName} />
      </Form.Item>
      <Form.Item name={['about', 'zh-Hans']} label={t('events.about')}>
        <Input.TextArea rows={4} maxLength={5000} />
      </Form.Item>
      <details className={css.more}>
        <summary>{t('events.languages')}</summary>
        {others.map(({ lang, name }) => (
          <div key={lang}>
            <Form.Item name={['title', lang]} label={`${t('events.title')} · ${name}`}>
              <Input maxLength={100} lang={lang} />
            </Form.Item>
            <Form.Item name={['about', lang]} label={`${t('events.about')} · ${name}`}>
              <Input.TextArea rows={3} maxLength={5000} lang={lang} />
            </Form.Item>
          </div>
        ))}
      </details>
      <p className={page.actions}>
        <Button type="primary" htmlType="submit" loading={busy}>
          {verb}
        </Button>
        <Button onClick={onClose}>{t('common.cancel')}</Button>
      </p>
    </Form>
  )
}

/** 线下闭门沙龙 · 3 小时 · 50 个名额 */
function about(template: EventTemplate, t: ReturnType<typeof useWords>['t'], format: Format): string {
  const hours = hoursOf(template.lasts)
  return [
    kindOf(template.kind, t),
    hours === undefined ? template.lasts : format.span(hours * 3_600_000),
    t('events.places', { count: template.capacity }),
  ].join(' · ')
}
