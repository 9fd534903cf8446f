import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'react-router'
import { eventQuery } from '~/api/calendar'
import { api, call } from '~/api/client'
import type { Schemas } from '~/api/community'
import { communityPath } from '~/app/community'
import { MayButton } from '~/app/may'
import { useProblem } from '~/app/useProblem'
import { useText, useWords } from '~/i18n'
import { DeadlineText, ProblemLine } from '~/parts'
import css from '../page.module.css'
import { Row } from '../Section'
import { decisionName, taskName } from '../ways'

/** A complaint is answered where one sees what was bought and what its buyer says: one press must not give money back. */
const afterSale = 'after-sale'

/** An event that people liked less than others is looked into by what they answered. */
const lookInto = 'look-into-event'

/** A task with whom it is about, until when, and a button for each outcome. Taking an outcome claims and finishes it. */
export function TaskRow({ task, slug }: { task: Schemas['TaskItem']; slug: string }) {
  const { t } = useWords()
  const client = useQueryClient()
  const refusal = useProblem()
  const [busy, setBusy] = useState(false)
  const finish = async (outcome: string) => {
    setBusy(true)
    await refusal.guard(async () => {
      const path = { community: slug, id: task.id }
      if (task.state === 'open')
        await call(api.POST('/api/v1/communities/{community}/tasks/{id}/claim', { params: { path } }))
      await call(api.POST('/api/v1/communities/{community}/tasks/{id}/finish', { params: { path }, body: { outcome } }))
    })
    setBusy(false)
    await Promise.all(
      [
        ['tasks', slug],
        ['today', slug],
        ['people', slug],
        ['path', slug],
      ].map((queryKey) => client.invalidateQueries({ queryKey })),
    )
  }
  return (
    <Row>
      <span>
        <span className={css.what}>
          <span>{taskName(task.kind, t)}</span>
          {task.person && (
            <Link to={communityPath(slug, `people/${task.person}`)}>{task.name || t('people.unnamed')}</Link>
          )}
          <OfEvent slug={slug} context={task.context} tab={task.kind === lookInto ? 'answers' : 'production'} />
          {task.subject_kind === 'proof' && (
            <Link to={communityPath(slug, `growth/proofs/${task.subject}`)}>{t('tasks.proof')}</Link>
          )}
          {task.kind === afterSale && <Link to={communityPath(slug, 'shop/after-sale')}>{t('tasks.afterSale')}</Link>}
          {task.subject_kind === 'slot' && <Link to={communityPath(slug, 'events/bank')}>{t('tasks.slot')}</Link>}
          {task.subject_kind === 'organisation' && (
            <Link to={communityPath(slug, `members/companies/${task.subject}`)}>{task.note || t('tasks.company')}</Link>
          )}
        </span>
        {task.due && (
          <span className={css.soft}>
            <DeadlineText at={task.due} />
          </span>
        )}
        {task.kind === 'review-registration' && <Reasons slug={slug} id={task.id} />}
        {refusal.problem && <ProblemLine problem={refusal.problem} />}
      </span>
      <span className={css.actions}>
        {(task.kind === afterSale ? [] : (task.outcomes ?? [])).map((outcome, i) => (
          <MayButton
            key={outcome}
            action="task.work"
            size="small"
            color={i === 0 ? 'primary' : 'default'}
            variant="outlined"
            disabled={busy}
            onClick={() => finish(outcome)}
          >
            {decisionName(outcome, t)}
          </MayButton>
        ))}
      </span>
    </Row>
  )
}

/** The event that a task is about, if its path shows which. */
function OfEvent({ slug, context, tab }: { slug: string; context?: unknown; tab: string }) {
  const text = useText()
  const id = (context as Record<string, unknown> | undefined)?.['event.id']
  const event = useQuery({ ...eventQuery(slug, String(id ?? '')), enabled: typeof id === 'string' && id !== '' })
  if (!event.data) return null
  return <Link to={communityPath(slug, `events/${event.data.data.id}/${tab}`)}>{text(event.data.data.title)}</Link>
}

/** Why a registration waits for somebody to look at it. */
function Reasons({ slug, id }: { slug: string; id: string }) {
  const { t } = useWords()
  const view = useQuery({
    queryKey: ['task', slug, id],
    queryFn: ({ signal }) =>
      call<Schemas['TaskView']>(
        api.GET('/api/v1/communities/{community}/tasks/{id}', { params: { path: { community: slug, id } }, signal }),
      ),
  })
  const registration = view.data?.registration
  if (!registration) return null
  return (
    <ul className={css.reasons}>
      <li>{t('tasks.suspicion', { points: registration.suspicion })}</li>
      {(registration.reasons ?? []).map((reason) => (
        <li key={reason.code}>{reason.text}</li>
      ))}
    </ul>
  )
}
