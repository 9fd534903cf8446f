import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Checkbox, Form, Input, Select } from 'antd'
import { useState } from 'react'
import { api, call } from '~/api/client'
import type { Schemas } from '~/api/community'
import { launchChanged, type Resource, resourcesQuery } from '~/api/launches'
import { asProblem } from '~/api/problem'
import { useCommand } from '~/api/queries'
import { MayButton } from '~/app/may'
import { useToast } from '~/app/toasts'
import { useProblem } from '~/app/useProblem'
import { type Key, useWords } from '~/i18n'
import { Dialog, ProblemLine, ProblemNotice, StatusTag } from '~/parts'
import page from '../page.module.css'
import { Section } from '../Section'
import css from './Growth.module.css'
import { resourceKinds } from './launch'
import { Sure } from './Sure'

type Words = Schemas['ResourceWords']

/** What a launch needs or has: what isn't ready is missing. */
export function Resources({ slug, launch }: { slug: string; launch: string }) {
  const { t } = useWords()
  const query = useQuery(resourcesQuery(slug, launch))
  const [editing, setEditing] = useState<Resource | 'new'>()
  const items = query.data?.items ?? []
  return (
    <Section
      title={t('launches.resources')}
      more={
        <MayButton action="growth.write" size="small" onClick={() => setEditing('new')}>
          {t('launches.resource.add')}
        </MayButton>
      }
    >
      {query.error && <ProblemNotice problem={asProblem(query.error)} onRetry={() => void query.refetch()} />}
      {query.data && items.length === 0 && <p className={page.none}>{t('launches.resources.none')}</p>}
      {items.length > 0 && (
        <ul className={page.rows}>
          {items.map((one) => (
            <One key={one.id} slug={slug} resource={one} edit={() => setEditing(one)} />
          ))}
        </ul>
      )}
      {query.data?.next && <p className={page.note}>{t('launches.first', { count: items.length })}</p>}
      {editing && (
        <ResourceForm
          slug={slug}
          launch={launch}
          was={editing === 'new' ? undefined : editing}
          onClose={() => setEditing(undefined)}
        />
      )}
    </Section>
  )
}

const patch = (slug: string, id: string, body: Words) =>
  call<Resource>(
    api.PATCH('/api/v1/communities/{community}/resources/{id}', { params: { path: { community: slug, id } }, body }),
  )

function One({ slug, resource: r, edit }: { slug: string; resource: Resource; edit: () => void }) {
  const { t } = useWords()
  const client = useQueryClient()
  const refusal = useProblem()
  const [busy, setBusy] = useState(false)
  const turn = async () => {
    setBusy(true)
    const words = { kind: r.kind as Words['kind'], title: r.title, link: r.link, ready: !r.ready }
    await refusal.guard(() => patch(slug, r.id, words))
    await launchChanged(client, slug)
    setBusy(false)
  }
  return (
    <li className={css.thing}>
      <span className={css.thingHead}>
        <span>
          {r.link ? (
            <a className={css.lead} href={r.link} target="_blank" rel="noreferrer">
              {r.title}
            </a>
          ) : (
            r.title
          )}{' '}
          <span className={page.soft}>{kindName(r.kind, t)}</span>
        </span>
        <StatusTag bare tone={r.ready ? 'good' : 'wait'}>
          {t(r.ready ? 'launches.ready' : 'launches.unready')}
        </StatusTag>
      </span>
      <span className={css.acts}>
        <MayButton action="growth.write" type="link" className={page.inline} disabled={busy} onClick={turn}>
          {t(r.ready ? 'launches.ready.undo' : 'launches.ready.mark')}
        </MayButton>
        <MayButton action="growth.write" type="link" className={page.inline} onClick={edit}>
          {t('launches.change')}
        </MayButton>
        <Sure
          inline
          action="growth.write"
          label={t('launches.remove')}
          what={t('launches.remove.what', { name: r.title })}
          run={async () => {
            await call(
              api.DELETE('/api/v1/communities/{community}/resources/{id}', {
                params: { path: { community: slug, id: r.id } },
              }),
            )
            await launchChanged(client, slug)
          }}
        />
      </span>
      {refusal.problem && <ProblemLine problem={refusal.problem} />}
    </li>
  )
}

const kindName = (kind: string, t: ReturnType<typeof useWords>['t']) =>
  resourceKinds.some((known) => known === kind) ? t(`launches.kind.${kind}` as Key) : kind

interface FormProps {
  slug: string
  launch: string
  was?: Resource
  onClose: () => void
}

function ResourceForm({ slug, launch, was, onClose }: FormProps) {
  const { t } = useWords()
  const client = useQueryClient()
  const toast = useToast()
  const refusal = useProblem()
  const [form] = Form.useForm<Words>()
  const put = useCommand((body: Words, headers) =>
    was
      ? patch(slug, was.id, body)
      : call<Resource>(
          api.POST('/api/v1/communities/{community}/launches/{id}/resources', {
            params: { path: { community: slug, id: launch } },
            headers,
            body,
          }),
        ),
  )
  const send = async (v: Words) => {
    if (!(await refusal.guard(() => put.mutateAsync({ ...v, link: v.link?.trim() ?? '' }), form))) return
    await launchChanged(client, slug)
    toast.done(t('launches.saved'))
    onClose()
  }
  const first = was
    ? { kind: was.kind as Words['kind'], title: was.title, link: was.link, ready: was.ready }
    : undefined
  return (
    <Dialog open title={t(was ? 'launches.resource.edit' : 'launches.resource.add')} onClose={onClose}>
      {refusal.problem && <ProblemNotice problem={refusal.problem} fieldsShown focus />}
      <Form<Words>
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={send}
        initialValues={first ?? { kind: 'text', ready: false }}
      >
        <Form.Item
          name="title"
          label={t('launches.resource.title')}
          rules={[{ required: true, whitespace: true, message: t('intake.needed') }]}
        >
          <Input maxLength={80} autoComplete="off" />
        </Form.Item>
        <Form.Item name="kind" label={t('launches.resource.kind')}>
          <Select options={resourceKinds.map((value) => ({ value, label: kindName(value, t) }))} />
        </Form.Item>
        <Form.Item name="link" label={t('launches.resource.link')}>
          <Input inputMode="url" maxLength={500} autoComplete="off" placeholder="https://" />
        </Form.Item>
        <Form.Item name="ready" valuePropName="checked">
          <Checkbox>{t('launches.ready')}</Checkbox>
        </Form.Item>
        <p className={page.actions}>
          <Button type="primary" htmlType="submit" loading={put.isPending}>
            {t('launches.save')}
          </Button>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
        </p>
      </Form>
    </Dialog>
  )
}
