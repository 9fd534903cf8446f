import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'react-router'
import { askedQuery, type TopicQuestion } from '~/api/bank'
import { asProblem } from '~/api/problem'
import { communityPath } from '~/app/community'
import { MayButton } from '~/app/may'
import { useText, useWords } from '~/i18n'
import { ProblemNotice, StatusTag } from '~/parts'
import page from '../page.module.css'
import { Row, Section } from '../Section'
import css from './Bank.module.css'
import { TopicForm } from './Topics'

/** What people asked in rooms and nobody answered: each may become a topic, with all who wanted to know. */
export function Asked({ slug }: { slug: string }) {
  const { t } = useWords()
  const text = useText()
  const query = useQuery(askedQuery(slug))
  const [taking, setTaking] = useState<TopicQuestion>()
  const items = query.data?.items ?? []
  if (query.data && items.length === 0) return null
  return (
    <Section title={t('events.asked')}>
      {query.error && <ProblemNotice problem={asProblem(query.error)} onRetry={() => void query.refetch()} />}
      <div className={page.box}>
        <ul className={page.rows}>
          {items.map((q) => (
            <Row key={q.id}>
              <span className={css.what}>
                <span>{q.text}</span>
                <span className={page.note}>
                  {t('events.asked.votes', { count: q.votes })} {' · '}
                  <Link to={communityPath(slug, `events/${q.event}/room`)}>{text(q.event_title)}</Link>
                </span>
              </span>
              {q.topic ? (
                <StatusTag bare tone="good">
                  {t('events.asked.taken')}
                </StatusTag>
              ) : (
                <MayButton action="event.write" size="small" onClick={() => setTaking(q)}>
                  {t('events.asked.take')}
                </MayButton>
              )}
            </Row>
          ))}
        </ul>
      </div>
      {taking && <TopicForm slug={slug} question={taking} onClose={() => setTaking(undefined)} />}
    </Section>
  )
}
