import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { api, call } from '~/api/client'
import type { Schemas } from '~/api/community'
import { type Endorser, endorsersQuery, launchChanged } from '~/api/launches'
import { asProblem } from '~/api/problem'
import { useCommand } from '~/api/queries'
import { communityPath } from '~/app/community'
import { MayButton } from '~/app/may'
import { useToast } from '~/app/toasts'
import { useProblem } from '~/app/useProblem'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { Dialog, ProblemLine, ProblemNotice, StatusTag } from '~/parts'
import { PickPerson } from '../events/PickPerson'
import page from '../page.module.css'
import { Section } from '../Section'
import css from './Growth.module.css'
import { Sure } from './Sure'

/** Who stands behind a launch, in their own words, and whether they agreed to be shown with them. */
export function Endorsers({ slug, launch }: { slug: string; launch: string }) {
  const { t } = useWords()
  const query = useQuery(endorsersQuery(slug, launch))
  const [editing, setEditing] = useState<Endorser | 'new'>()
  const items = query.data?.items ?? []
  return (
    <Section
      title={t('launches.endorsers')}
      more={
        <MayButton action="growth.write" size="small" onClick={() => setEditing('new')}>
          {t('launches.endorser.add')}
        </MayButton>
      }
    >
      {query.error && <ProblemNotice problem={asProblem(query.error)} onRetry={() => void query.refetch()} />}
      {query.data && items.length === 0 && <p className={page.none}>{t('launches.endorsers.none')}</p>}
      {items.length > 0 && (
        <ul className={page.rows}>
          {items.map((one) => (
            <One key={one.id} slug={slug} endorser={one} edit={() => setEditing(one)} />
          ))}
        </ul>
      )}
      {query.data?.next && <p className={page.note}>{t('launches.first', { count: items.length })}</p>}
      {editing && (
        <EndorserForm
          slug={slug}
          launch={launch}
          was={editing === 'new' ? undefined : editing}
          onClose={() => setEditing(undefined)}
        />
      )}
    </Section>
  )
}

function One({ slug, endorser: e, edit }: { slug: string; endorser: Endorser; edit: () => void }) {
  const { t } = useWords()
  const format = useFormat()
  const client = useQueryClient()
  const toast = useToast()
  const refusal = useProblem()
  const path = { community: slug, id: e.id }
  const consent = useCommand((given: boolean, headers) =>
    call<Endorser>(
      api.POST('/api/v1/communities/{community}/endorsers/{id}/consent', {
        params: { path },
        headers,
        body: { given },
      }),
    ),
  )
  const note = async () => {
    if (!(await refusal.guard(() => consent.mutateAsync(!e.consent_at)))) return
    await launchChanged(client, slug)
    toast.done(t(e.consent_at ? 'launches.consent.gone' : 'launches.consent.noted'))
  }
  return (
    <li className={css.thing}>
      <span className={css.thingHead}>
        <span>
          <strong>{e.person ? <Link to={communityPath(slug, `people/${e.person}`)}>{e.name}</Link> : e.name}</strong>{' '}
          {e.title && <span className={page.soft}>{e.title}</span>}
        </span>
        <StatusTag bare tone={e.consent_at ? 'good' : 'wait'}>
          {e.consent_at ? t('launches.consent.at', { at: format.dateTime(e.consent_at) }) : t('launches.consent.none')}
        </StatusTag>
      </span>
      {e.quote ? (
        <blockquote className={css.quote}>{e.quote}</blockquote>
      ) : (
        <p className={page.note}>{t('launches.quote.none')}</p>
      )}
      <span className={css.acts}>
        {e.quote && (
          <MayButton
            action="growth.write"
            type="link"
            className={page.inline}
            loading={consent.isPending}
            onClick={note}
          >
            {t(e.consent_at ? 'launches.consent.withdraw' : 'launches.consent.give')}
          </MayButton>
        )}
        <MayButton action="growth.write" type="link" className={page.inline} onClick={edit}>
          {t('launches.change')}
        </MayButton>
        <Sure
          inline
          action="growth.write"
          label={t('launches.remove')}
          what={t('launches.remove.what', { name: e.name })}
          run={async () => {
            await call(api.DELETE('/api/v1/communities/{community}/endorsers/{id}', { params: { path } }))
            await launchChanged(client, slug)
          }}
        />
      </span>
      {refusal.problem && <ProblemLine problem={refusal.problem} />}
    </li>
  )
}

interface FormProps {
  slug: string
  launch: string
  was?: Endorser
  onClose: () => void
}

/** Their words as they said them. Other words take another agreement. */
function EndorserForm({ slug, launch, was, onClose }: FormProps) {
  const { t } = useWords()
  const client = useQueryClient()
  const toast = useToast()
  const refusal = useProblem()
  const [form] = Form.useForm<Schemas['EndorserAddRequest']>()
  const put = useCommand((body: Schemas['EndorserAddRequest'], headers) =>
    was
      ? call<Endorser>(
          api.PATCH('/api/v1/communities/{community}/endorsers/{id}', {
            params: { path: { community: slug, id: was.id } },
            body: { name: body.name, title: body.title, quote: body.quote },
          }),
        )
      : call<Endorser>(
          api.POST('/api/v1/communities/{community}/launches/{id}/endorsers', {
            params: { path: { community: slug, id: launch } },
            headers,
            body,
          }),
        ),
  )
  const send = async (v: Schemas['EndorserAddRequest']) => {
    const body = { ...v, title: v.title?.trim() ?? '', quote: v.quote?.trim() ?? '' }
    if (!(await refusal.guard(() => put.mutateAsync(body), form))) return
    await launchChanged(client, slug)
    toast.done(t('launches.saved'))
    onClose()
  }
  return (
    <Dialog open title={t(was ? 'launches.endorser.edit' : 'launches.endorser.add')} onClose={onClose}>
      {refusal.problem && <ProblemNotice problem={refusal.problem} fieldsShown focus />}
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={send}
        initialValues={{ name: was?.name, title: was?.title, quote: was?.quote }}
      >
        <Form.Item
          name="name"
          label={t('launches.endorser.name')}
          rules={[{ required: true, whitespace: true, message: t('intake.needed') }]}
        >
          <Input maxLength={80} autoComplete="off" />
        </Form.Item>
        <Form.Item name="title" label={t('launches.endorser.title')}>
          <Input maxLength={80} autoComplete="off" />
        </Form.Item>
        <Form.Item
          name="quote"
          label={t('launches.quote')}
          extra={t(was?.consent_at ? 'launches.quote.withdraws' : 'launches.quote.note')}
        >
          <Input.TextArea rows={4} maxLength={500} />
        </Form.Item>
        {!was && (
          <Form.Item name="person" label={t('launches.endorser.person')}>
            <PickPerson slug={slug} />
          </Form.Item>
        )}
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
