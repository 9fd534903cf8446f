import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Form, Input } from 'antd'
import { useEffect, useState } from 'react'
import { Link } from 'react-router'
import { bankChanged, type Topic, type TopicState, topicsQuery } from '~/api/bank'
import { api, call } from '~/api/client'
import { asProblem } from '~/api/problem'
import { useCommand } from '~/api/queries'
import { communityPath } from '~/app/community'
import { MayButton } from '~/app/may'
import { useToast } from '~/app/toasts'
import { useProblem } from '~/app/useProblem'
import { useText, useWords } from '~/i18n'
import { Dialog, ProblemLine, ProblemNotice } from '~/parts'
import page from '../page.module.css'
import { Section } from '../Section'
import css from './Bank.module.css'
import { Holder } from './Holder'

const states = ['open', 'taken', 'closed'] as const
const first = 8
const most = 100
const pause = 300

/** What people want to hear of, those that most want first; searched as one types, a moment after the last letter. */
export function Topics({ slug }: { slug: string }) {
  const { t } = useWords()
  const [state, setState] = useState<TopicState>('open')
  const [limit, setLimit] = useState(first)
  const [typed, setTyped] = useState('')
  const [words, setWords] = useState('')
  const [editing, setEditing] = useState<Topic | 'new'>()
  useEffect(() => {
    const timer = setTimeout(() => setWords(typed.trim()), pause)
    return () => clearTimeout(timer)
  }, [typed])
  const query = useQuery({ ...topicsQuery(slug, state, limit, words), placeholderData: keepPreviousData })
  const items = query.data?.items ?? []
  return (
    <Section
      title={t('events.topics')}
      more={
        <MayButton action="event.write" size="small" onClick={() => setEditing('new')}>
          {t('events.topics.add')}
        </MayButton>
      }
    >
      <div className={css.cuts}>
        {states.map((name) => (
          <button key={name} type="button" aria-pressed={name === state} onClick={() => setState(name)}>
            {t(`events.topics.${name}`)}
          </button>
        ))}
        <Input
          type="search"
          size="small"
          className={css.find}
          maxLength={80}
          allowClear
          placeholder={t('events.topics.search')}
          aria-label={t('events.topics.search')}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      </div>
      {query.error && <ProblemNotice problem={asProblem(query.error)} onRetry={() => void query.refetch()} />}
      {query.data && items.length === 0 && (
        <p className={page.none}>{t(words ? 'list.nothing.title' : `events.topics.none.${state}`)}</p>
      )}
      {items.length > 0 && (
        <ul className={page.rows}>
          {items.map((topic) => (
            <One key={topic.id} slug={slug} topic={topic} edit={() => setEditing(topic)} />
          ))}
        </ul>
      )}
      {query.data?.next && limit < most && (
        <p className={page.further}>
          <button type="button" className={css.more} onClick={() => setLimit(most)}>
            {t('events.topics.more')}
          </button>
        </p>
      )}
      {editing && (
        <TopicForm slug={slug} was={editing === 'new' ? undefined : editing} onClose={() => setEditing(undefined)} />
      )}
    </Section>
  )
}

function One({ slug, topic, edit }: { slug: string; topic: Topic; edit: () => void }) {
  const { t } = useWords()
  const text = useText()
  const client = useQueryClient()
  const refusal = useProblem()
  const [busy, setBusy] = useState(false)
  const close = async (closed: boolean) => {
    setBusy(true)
    const done = await refusal.guard(() =>
      call<Topic>(
        api.PATCH('/api/v1/communities/{community}/topics/{id}', {
          params: { path: { community: slug, id: topic.id } },
          body: { closed },
        }),
      ),
    )
    setBusy(false)
    if (done) await bankChanged(client, slug)
  }
  return (
    <li className={css.topic}>
      <span className={css.votes}>
        <strong>{topic.votes}</strong>
        <span>{t('events.topics.votes', { count: topic.votes })}</span>
      </span>
      <span className={css.what}>
        <span>{topic.title}</span>
        {topic.about && <span className={page.soft}>{topic.about}</span>}
        <span className={page.note}>
          {topic.person ? (
            <>
              {t('events.topics.by')} <Holder slug={slug} person={topic.person} name={topic.nickname} />
            </>
          ) : (
            t('events.topics.staff')
          )}
          {topic.event && (
            <>
              {' · '}
              <Link to={communityPath(slug, `events/${topic.event}/production`)}>{text(topic.event_title ?? {})}</Link>
            </>
          )}
        </span>
        {refusal.problem && <ProblemLine problem={refusal.problem} />}
      </span>
      <span className={css.acts}>
        <MayButton action="event.write" type="link" className={page.inline} onClick={edit}>
          {t('events.edit')}
        </MayButton>
        {topic.state !== 'taken' && (
          <MayButton
            action="event.write"
            type="link"
            className={page.inline}
            disabled={busy}
            onClick={() => close(topic.state === 'open')}
          >
            {t(topic.state === 'open' ? 'events.topics.close' : 'events.topics.reopen')}
          </MayButton>
        )}
      </span>
    </li>
  )
}

interface FormProps {
  slug: string
  was?: Topic
  /** A question that becomes the topic, with those who asked it. */
  question?: { id: string; text: string }
  onClose: () => void
}

export function TopicForm({ slug, was, question, onClose }: FormProps) {
  const { t } = useWords()
  const client = useQueryClient()
  const toast = useToast()
  const refusal = useProblem()
  const [form] = Form.useForm<{ title: string; about?: string }>()
  const put = useCommand((body: { title: string; about?: string }, headers) => {
    if (question)
      return call<Topic>(
        api.POST('/api/v1/communities/{community}/questions/{id}/topic', {
          params: { path: { community: slug, id: question.id } },
          body: { title: body.title },
        }),
      )
    if (was)
      return call<Topic>(
        api.PATCH('/api/v1/communities/{community}/topics/{id}', {
          params: { path: { community: slug, id: was.id } },
          body,
        }),
      )
    return call<Topic>(
      api.POST('/api/v1/communities/{community}/topics', { params: { path: { community: slug } }, headers, body }),
    )
  })
  const send = async (v: { title: string; about?: string }) => {
    if (!(await refusal.guard(() => put.mutateAsync({ title: v.title, about: v.about ?? '' }), form))) return
    await bankChanged(client, slug)
    toast.done(t('events.bank.saved'))
    onClose()
  }
  return (
    <Dialog open title={t(was ? 'events.topics.edit' : 'events.topics.add')} onClose={onClose}>
      {question && <p className={page.soft}>{t('events.asked.brings', { text: question.text })}</p>}
      {refusal.problem && <ProblemNotice problem={refusal.problem} fieldsShown focus />}
      <Form
        form={form}
        layout="vertical"
        requiredMark={false}
        onFinish={send}
        initialValues={{ title: was?.title ?? question?.text.slice(0, 80), about: was?.about }}
      >
        <Form.Item
          name="title"
          label={t('events.topics.title')}
          rules={[{ required: true, whitespace: true, message: t('intake.needed') }]}
        >
          <Input maxLength={80} autoComplete="off" />
        </Form.Item>
        {!question && (
          <Form.Item name="about" label={t('events.topics.about')}>
            <Input.TextArea rows={3} maxLength={500} />
          </Form.Item>
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
