import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type EventView, questionsQuery, type RoomQuestion, roomKey } from '~/api/calendar'
import { api, call } from '~/api/client'
import { asProblem } from '~/api/problem'
import { MayButton } from '~/app/may'
import { useProblem } from '~/app/useProblem'
import { type Key, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { ProblemLine, ProblemNotice, StatusTag } from '~/parts'
import page from '../page.module.css'
import { Row, Section } from '../Section'
import { Holder } from './Holder'
import css from './Room.module.css'

type State = 'open' | 'answered' | 'hidden'

/** What the audience asks, with most votes first; what is dealt with stands last. */
export function Questions({ slug, event, live }: { slug: string; event: EventView; live: boolean }) {
  const { t } = useWords()
  const questions = useQuery({ ...questionsQuery(slug, event.id), refetchInterval: live ? 3_000 : 10_000 })
  const all = questions.data?.items ?? []
  const open = all.filter((q) => q.state === 'open')
  const rest = all.filter((q) => q.state !== 'open')
  return (
    <Section title={open.length > 0 ? `${t('events.room.questions')} · ${open.length}` : t('events.room.questions')}>
      {questions.error && (
        <ProblemNotice problem={asProblem(questions.error)} onRetry={() => void questions.refetch()} />
      )}
      {questions.data && all.length === 0 && (
        <>
          <p>{t('events.room.questions.none')}</p>
          <p className={page.note}>{t('events.room.questions.body')}</p>
        </>
      )}
      {all.length > 0 && (
        <ul className={page.rows}>
          {[...open, ...rest].map((q) => (
            <QuestionRow key={q.id} slug={slug} event={event} question={q} />
          ))}
        </ul>
      )}
      {questions.data?.next && <p className={page.note}>{t('events.room.questions.more')}</p>}
    </Section>
  )
}

function QuestionRow({ slug, event, question: q }: { slug: string; event: EventView; question: RoomQuestion }) {
  const { t } = useWords()
  const format = useFormat()
  const client = useQueryClient()
  const refusal = useProblem()
  const [busy, setBusy] = useState(false)
  const mark = async (state: State) => {
    setBusy(true)
    await refusal.guard(() =>
      call<RoomQuestion>(
        api.POST('/api/v1/communities/{community}/questions/{id}/mark', {
          params: { path: { community: slug, id: q.id } },
          body: { state },
        }),
      ),
    )
    setBusy(false)
    await client.invalidateQueries({ queryKey: [...roomKey(slug, event.id), 'questions'] })
  }
  const ways: [State, Key][] =
    q.state === 'open'
      ? [
          ['answered', 'events.room.answer'],
          ['hidden', 'events.room.hide'],
        ]
      : [['open', 'events.room.reopen']]
  return (
    <Row>
      <span className={css.question} data-state={q.state}>
        <span>{q.text}</span>
        <span className={page.note}>
          <Holder slug={slug} person={q.person} name={q.nickname} />
          {` · ${format.time(q.at)} · `}
          <strong>{t('events.room.votes', { count: q.votes })}</strong>
        </span>
        {refusal.problem && <ProblemLine problem={refusal.problem} />}
      </span>
      <span className={css.marks}>
        {q.state !== 'open' && <StatusTag bare>{t(`events.room.q.${q.state}` as Key)}</StatusTag>}
        {ways.map(([state, word]) => (
          <MayButton key={state} action="event.write" size="small" disabled={busy} onClick={() => mark(state)}>
            {t(word)}
          </MayButton>
        ))}
      </span>
    </Row>
  )
}
