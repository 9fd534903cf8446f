import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input, InputNumber } from 'antd'
import type { Dayjs } from 'dayjs'
import { api, call, ifMatch } from '~/api/client'
import type { Schemas } from '~/api/community'
import { type Post, postQuery, postsChanged } from '~/api/posts'
import { asProblem } from '~/api/problem'
import { useCommand } from '~/api/queries'
import { useToast } from '~/app/toasts'
import { useProblem } from '~/app/useProblem'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { Dialog, ProblemNotice } from '~/parts'
import page from '../page.module.css'
import { instantOf, Moment, wallOf } from './Moment'

interface Values {
  title: string
  planned_at: Dayjs
  published_at?: Dayjs | null
  link?: string
  reach?: number | null
}

interface Props {
  slug: string
  id: string
  onClose: () => void
}

/** When a post went out, where it can be read, and how far it reached: read afresh, so that nobody's change is lost. */
export function EditPost({ slug, id, onClose }: Props) {
  const { t } = useWords()
  const query = useQuery({ ...postQuery(slug, id), staleTime: 0 })
  return (
    <Dialog open title={t('posts.edit')} onClose={onClose}>
      {query.error && <ProblemNotice problem={asProblem(query.error)} onRetry={() => void query.refetch()} />}
      {query.data && !query.isFetching ? (
        <Fields slug={slug} post={query.data.data} etag={query.data.etag} onClose={onClose} />
      ) : (
        !query.error && <p>{t('common.loading')}</p>
      )}
    </Dialog>
  )
}

function Fields({ slug, post: p, etag, onClose }: { slug: string; post: Post; etag?: string; onClose: () => void }) {
  const { t } = useWords()
  const format = useFormat()
  const client = useQueryClient()
  const toast = useToast()
  const refusal = useProblem()
  const [form] = Form.useForm<Values>()
  const put = useCommand((body: Schemas['PostChange'], headers) =>
    call<Post>(
      api.PATCH('/api/v1/communities/{community}/posts/{id}', {
        params: { path: { community: slug, id: p.id }, header: ifMatch(etag) },
        headers,
        body,
      }),
    ),
  )
  const send = async (v: Values) => {
    const body: Schemas['PostChange'] = {
      title: v.title,
      published_at: v.published_at ? instantOf(v.published_at, format) : undefined,
      link: v.link?.trim() ?? '',
      reach: v.reach ?? undefined,
    }
    if (p.state === 'planned') body.planned_at = instantOf(v.planned_at, format)
    if (!(await refusal.guard(() => put.mutateAsync(body), form))) return
    toast.done(t('posts.saved'))
    onClose()
    await postsChanged(client, slug)
  }
  return (
    <>
      {refusal.problem && <ProblemNotice problem={refusal.problem} fieldsShown focus />}
      <Form<Values>
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={send}
        initialValues={{
          title: p.title,
          planned_at: wallOf(p.planned_at, format),
          published_at: p.published_at ? wallOf(p.published_at, format) : undefined,
          link: p.link,
          reach: p.reach_at ? p.reach : undefined,
        }}
      >
        <Form.Item
          name="title"
          label={t('posts.name')}
          rules={[{ required: true, whitespace: true, message: t('intake.needed') }]}
        >
          <Input maxLength={120} autoComplete="off" />
        </Form.Item>
        {p.state === 'planned' && (
          <Form.Item
            name="planned_at"
            label={t('posts.planned')}
            rules={[{ required: true, message: t('intake.needed') }]}
          >
            <Moment />
          </Form.Item>
        )}
        <Form.Item name="published_at" label={t('posts.published')} extra={t('posts.published.note')}>
          <Moment clear={!p.published_at} />
        </Form.Item>
        <Form.Item name="link" label={t('posts.link')}>
          <Input inputMode="url" maxLength={500} autoComplete="off" placeholder="https://" />
        </Form.Item>
        <Form.Item name="reach" label={t('posts.reach')} extra={t('posts.reach.note')}>
          <InputNumber min={0} precision={0} className={page.wide} />
        </Form.Item>
        <p className={page.actions}>
          <Button type="primary" htmlType="submit" loading={put.isPending}>
            {t('posts.save')}
          </Button>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
        </p>
      </Form>
    </>
  )
}
