import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, Select } from 'antd'
import { api, call } from '~/api/client'
import { openingsQuery, pathsQuery, sourcesQuery } from '~/api/community'
import { useCommand } from '~/api/queries'
import { useProblem } from '~/app/useProblem'
import { useText, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { Dialog, ProblemNotice } from '~/parts'
import css from '../page.module.css'

interface Values {
  title: string
  path: string
  source?: string
  opening?: string
  code?: string
  keyword?: string
}

/** A new way in: its name, where people come from, the path it leads into. */
export function NewEntry({ slug, open, onClose }: { slug: string; open: boolean; onClose: () => void }) {
  const { t } = useWords()
  const text = useText()
  const format = useFormat()
  const client = useQueryClient()
  const refusal = useProblem()
  const [form] = Form.useForm<Values>()
  const paths = useQuery({ ...pathsQuery(slug), enabled: open })
  const sources = useQuery({ ...sourcesQuery(slug), enabled: open })
  const openings = useQuery({ ...openingsQuery(slug), enabled: open })
  const add = useCommand((values: Values, headers) =>
    call(
      api.POST('/api/v1/communities/{community}/entries', {
        params: { path: { community: slug } },
        headers,
        body: values as never,
      }),
    ),
  )
  const save = async (values: Values) => {
    const done = await refusal.guard(async () => {
      await add.mutateAsync(values)
      return true
    }, form)
    if (!done) return
    await client.invalidateQueries({ queryKey: ['entries', slug] })
    form.resetFields()
    onClose()
  }
  const needed = [{ required: true, message: t('intake.needed') }]
  return (
    <Dialog open={open} title={t('intake.add')} onClose={onClose}>
      {refusal.problem && <ProblemNotice problem={refusal.problem} fieldsShown />}
      <Form form={form} layout="vertical" onFinish={save}>
        <Form.Item name="title" label={t('intake.title')} rules={needed}>
          <Input maxLength={80} />
        </Form.Item>
        <Form.Item name="path" label={t('intake.path')} rules={needed}>
          <Select
            options={(paths.data?.items ?? [])
              .filter((p) => p.subject === 'person')
              .map((p) => ({ value: p.name, label: text(p.title) || p.name }))}
          />
        </Form.Item>
        <Form.Item name="source" label={t('people.source')}>
          <Select allowClear options={(sources.data?.items ?? []).map((s) => ({ value: s.id, label: s.name }))} />
        </Form.Item>
        <Form.Item name="opening" label={t('intake.doors')}>
          <Select
            allowClear
            options={(openings.data?.items ?? []).map((o) => ({
              value: o.id,
              label: `${o.name} · ${format.dateTime(o.opens_at)}`,
            }))}
          />
        </Form.Item>
        <Form.Item name="keyword" label={t('intake.keyword.label')} extra={t('intake.keyword.note')}>
          <Input maxLength={40} />
        </Form.Item>
        <Form.Item name="code" label={t('intake.code')} extra={t('intake.code.note')}>
          <Input maxLength={32} />
        </Form.Item>
        <p className={css.actions}>
          <Button type="primary" htmlType="submit" loading={add.isPending}>
            {t('intake.add')}
          </Button>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
        </p>
      </Form>
    </Dialog>
  )
}
