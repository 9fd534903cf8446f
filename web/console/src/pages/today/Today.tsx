import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { type Schemas, tasksQuery, todayQuery } from '~/api/community'
import { asProblem } from '~/api/problem'
import { communityPath, useCommunity } from '~/app/community'
import { type Key, useText, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { DeadlineText, Figure, FigureRow, PageHeader, ProblemNotice, StatusTag } from '~/parts'
import css from '../page.module.css'
import { Row, Rows, Section } from '../Section'
import { TaskRow } from '../tasks/TaskRow'

/** What needs a person now: the day's figures, the doors, the queue of tasks, circles that need help, first steps. */
export function Today() {
  const { t } = useWords()
  const community = useCommunity()
  const slug = community?.slug ?? ''
  const today = useQuery(todayQuery(slug))
  const tasks = useQuery(tasksQuery(slug, { state: 'open' }))
  const data = today.data
  return (
    <>
      <PageHeader title={t('frame.today')} question={t('frame.today.question')} />
      {today.error && <ProblemNotice problem={asProblem(today.error)} onRetry={() => today.refetch()} />}
      <Figures figures={data?.figures ?? []} slug={slug} loading={today.isPending} />
      <div className={css.split}>
        <Tasks counts={data?.tasks} tasks={tasks.data?.items ?? []} slug={slug} />
        <div>
          <Section title={t('today.doors')}>
            <Rows none={t('today.doors.none')}>
              {(data?.doors ?? []).map((door) => (
                <DoorRow key={door.id} door={door} slug={slug} />
              ))}
            </Rows>
          </Section>
          <Section title={t('today.circles')}>
            <Rows none={t('today.circles.none')}>
              {(data?.circles ?? []).map((circle) => (
                <CircleRow key={circle.id} circle={circle} slug={slug} />
              ))}
            </Rows>
          </Section>
          <Checklist steps={data?.checklist ?? []} slug={slug} />
        </div>
      </div>
    </>
  )
}

/** As many as fit beside the rest of the page; the others are one press away. */
const atOnce = 8
const review = 'review-registration'

function Tasks({
  counts,
  tasks,
  slug,
}: {
  counts?: Schemas['TaskCounts']
  tasks: Schemas['TaskItem'][]
  slug: string
}) {
  const { t } = useWords()
  const [all, setAll] = useState(false)
  const words = counts?.overdue ? 'today.tasks.count' : 'today.tasks.open'
  // A registration in review keeps somebody waiting at the door: first, whatever its deadline.
  const sorted = [...tasks].sort((a, b) => Number(b.kind === review) - Number(a.kind === review))
  const shown = all ? sorted : sorted.slice(0, atOnce)
  return (
    <Section
      title={t('today.tasks')}
      more={counts && counts.open > 0 && t(words, { open: counts.open, overdue: counts.overdue })}
    >
      <Rows none={t('today.tasks.none')}>
        {shown.map((task) => (
          <TaskRow key={task.id} task={task} slug={slug} />
        ))}
      </Rows>
      {tasks.length > shown.length && (
        <Button type="link" className={css.further} onClick={() => setAll(true)}>
          {t('today.tasks.more', { count: tasks.length - shown.length })}
        </Button>
      )}
    </Section>
  )
}

/** Where the rows behind a figure are. */
const behind: Record<string, string> = {
  arrived: 'intake',
  registered: 'people',
  seated: 'circles',
  in_line: 'intake',
  members: 'circles',
  reachable: 'people',
}

function Figures({ figures, slug, loading }: { figures: Schemas['TodaysFigure'][]; slug: string; loading: boolean }) {
  const { t } = useWords()
  const keys = loading
    ? Object.keys(behind).map((key) => ({ key, value: 0 }) as Schemas['TodaysFigure'])
    : figures.filter((figure) => figure.key in behind)
  return (
    <FigureRow>
      {keys.map((figure) => {
        const shared = {
          label: t(`today.figure.${figure.key}` as Key),
          to: communityPath(slug, behind[figure.key] ?? ''),
          loading,
          note: figure.previous === undefined ? undefined : t('today.yesterday', { count: figure.previous }),
        }
        if (figure.key === 'members' && figure.of)
          return <Figure key={figure.key} {...shared} value={figure.value} note={t('today.of', { of: figure.of })} />
        return figure.of ? (
          <Figure key={figure.key} {...shared} kind="rate" value={figure.value} of={figure.of} />
        ) : (
          <Figure key={figure.key} {...shared} value={figure.value} />
        )
      })}
    </FigureRow>
  )
}

function DoorRow({ door, slug }: { door: Schemas['Door']; slug: string }) {
  const { t } = useWords()
  const format = useFormat()
  const open = new Date(door.opens_at).getTime() <= Date.now()
  return (
    <Row>
      <span>
        <Link to={communityPath(slug, `intake?opening=${door.id}`)}>{format.dateTime(door.opens_at)}</Link>
        <br />
        <span className={css.soft}>
          {t('today.door.reserved', { count: door.reserved })} · {t('today.door.rate', { count: door.rate })}
        </span>
      </span>
      {open ? (
        <StatusTag tone="good">{t('today.door.admitted', { count: door.admitted })}</StatusTag>
      ) : (
        <StatusTag tone="wait">
          <DeadlineText at={door.opens_at} />
        </StatusTag>
      )}
    </Row>
  )
}

function CircleRow({ circle, slug }: { circle: Schemas['CircleInNeed']; slug: string }) {
  const { t } = useWords()
  const text = useText()
  return (
    <Row>
      <Link to={communityPath(slug, `circles/${circle.id}`)}>{text(circle.name)}</Link>
      <span className={css.tags}>
        {(circle.needs ?? []).map((need) => (
          <StatusTag key={need} tone="wait">
            {t(`circles.need.${need}` as Key)}
          </StatusTag>
        ))}
      </span>
    </Row>
  )
}

function Checklist({ steps, slug }: { steps: Schemas['FirstStep'][]; slug: string }) {
  const { t } = useWords()
  if (steps.length === 0 || steps.every((step) => step.done)) return null
  return (
    <Section
      title={t('today.first')}
      more={t('today.first.done', { done: steps.filter((s) => s.done).length, of: steps.length })}
    >
      <Rows none="">
        {steps.map((step) => (
          <Row key={step.key}>
            {step.done ? (
              <span className={css.soft}>{t(`today.first.${step.key}` as Key)}</span>
            ) : (
              <Link to={step.href === 'account' ? '/account/totp' : communityPath(slug, step.href)}>
                {t(`today.first.${step.key}` as Key)}
              </Link>
            )}
            <StatusTag bare tone={step.done ? 'done' : 'plain'}>
              {t(step.done ? 'today.done' : 'today.open')}
            </StatusTag>
          </Row>
        ))}
      </Rows>
    </Section>
  )
}
