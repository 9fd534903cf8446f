import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, Select } from 'antd'
import type { Dayjs } from 'dayjs'
import { api, call } from '~/api/client'
import { pathsQuery, type Schemas, sourcesQuery } from '~/api/community'
import { placementsQuery } from '~/api/placements'
import { type Post, postsChanged } from '~/api/posts'
import { useCommand } from '~/api/queries'
import { useToast } from '~/app/toasts'
import { useProblem } from '~/app/useProblem'
import { useText, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { Dialog, ProblemNotice } from '~/parts'
import page from '../page.module.css'
import { instantOf, Moment, wallOf } from './Moment'

interface Values {
  title: string
  source: string
  planned_at: Dayjs
  path: string
  placement?: string
}

const hour = 3_600_000

/** Something that goes out elsewhere: where, when, and the path that its own entry leads into. */
export function PlanPost({ slug, onClose }: { slug: string; onClose: () => void }) {
  const { t } = useWords()
  const text = useText()
  const format = useFormat()
  const client = useQueryClient()
  const toast = useToast()
  const refusal = useProblem()
  const [form] = Form.useForm<Values>()
  const source = Form.useWatch('source', form)
  const sources = useQuery(sourcesQuery(slug))
  const paths = useQuery(pathsQuery(slug))
  const placements = useQuery(placementsQuery(slug))
  const add = useCommand((body: Schemas['IntakePostDraft'], headers) =>
    call<Post>(
      api.POST('/api/v1/communities/{community}/posts', { params: { path: { community: slug } }, headers, body }),
    ),
  )
  const send = async (v: Values) => {
    const body = { ...v, planned_at: instantOf(v.planned_at, format), placement: v.placement || undefined }
    if (!(await refusal.guard(() => add.mutateAsync(body), form))) return
    await postsChanged(client, slug)
    toast.done(t('posts.added'))
    onClose()
  }
  const needed = { required: true, message: t('intake.needed') }
  const paid = (placements.data ?? []).filter((p) => p.source === source)
  return (
    <Dialog open title={t('posts.add')} onClose={onClose}>
      {refusal.problem && <ProblemNotice problem={refusal.problem} fieldsShown focus />}
      <Form<Values>
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={send}
        onValuesChange={(changed) => 'source' in changed && form.setFieldValue('placement', undefined)}
        initialValues={{ planned_at: wallOf(Math.ceil(Date.now() / hour) * hour, format) }}
      >
        <Form.Item name="title" label={t('posts.name')} rules={[{ ...needed, whitespace: true }]}>
          <Input maxLength={120} autoComplete="off" />
        </Form.Item>
        <Form.Item name="source" label={t('posts.source')} rules={[needed]}>
          <Select options={(sources.data?.items ?? []).map((s) => ({ value: s.id, label: s.name }))} />
        </Form.Item>
        <Form.Item name="planned_at" label={t('posts.planned')} rules={[needed]}>
          <Moment />
        </Form.Item>
        <Form.Item name="path" label={t('intake.path')} extra={t('posts.path.note')} rules={[needed]}>
          <Select
            options={(paths.data?.items ?? [])
              .filter((p) => p.subject === 'person')
              .map((p) => ({ value: p.name, label: text(p.title) || p.name }))}
          />
        </Form.Item>
        {paid.length > 0 && (
          <Form.Item name="placement" label={t('posts.placement')} extra={t('posts.placement.note')}>
            <Select allowClear options={paid.map((p) => ({ value: p.id, label: p.name }))} />
          </Form.Item>
        )}
        <p className={page.actions}>
          <Button type="primary" htmlType="submit" loading={add.isPending}>
            {t('posts.add')}
          </Button>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
        </p>
      </Form>
    </Dialog>
  )
}
