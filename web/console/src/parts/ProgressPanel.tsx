import { Button } from 'antd'
import { Link } from 'react-router'
import type { Problem } from '~/api/problem'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { type Unit, unitOf } from '~/i18n/unit'
import { useNow } from '~/lib/hooks'
import { ProblemNotice } from './ProblemNotice'
import css from './ProgressPanel.module.css'

export type JobState = 'waiting' | 'running' | 'done' | 'failed' | 'stopped'

export interface Job {
  id: string
  title: string
  state: JobState
  done: number
  /** Unknown at first for files of unknown length: the bar then only says that it goes on. */
  total?: number
  /** What is counted: 行, 人 */
  unit?: Unit
  startedAt?: string | number
  /** What else there is to say: 跳过 31 行重复 */
  note?: string
  /** Where the result is. */
  to?: string
  resultLabel?: string
  problem?: Problem
}

interface Props {
  job: Job
  onStop?: () => void
  onRetry?: () => void
  onDismiss?: () => void
  /** Small, for the corner of the frame. */
  compact?: boolean
}

/** Long work: how far, how long still, and that one may leave. */
export function ProgressPanel({ job, onStop, onRetry, onDismiss, compact = false }: Props) {
  const { t } = useWords()
  const going = job.state === 'running' || job.state === 'waiting'
  return (
    <div className={css.panel} data-compact={compact || undefined} role="group" aria-label={job.title}>
      <div className={css.head}>
        <p className={css.title}>{job.title}</p>
        <span className={css.state} data-state={job.state}>
          {t(`parts.job.${job.state}`)}
        </span>
      </div>
      <Bar job={job} />
      <Counts job={job} />
      {job.note && <p className={css.note}>{job.note}</p>}
      {job.problem && (
        <div className={css.problem}>
          <ProblemNotice problem={job.problem} />
        </div>
      )}
      <div className={css.foot}>
        {going && !compact && <p className={css.leave}>{t('parts.job.leave')}</p>}
        <span className={css.buttons}>
          {going && onStop && (
            <Button size="small" onClick={onStop}>
              {t('parts.job.stop')}
            </Button>
          )}
          {(job.state === 'failed' || job.state === 'stopped') && onRetry && (
            <Button size="small" onClick={onRetry}>
              {t('parts.job.resume')}
            </Button>
          )}
          {job.state === 'done' && job.to && <Link to={job.to}>{job.resultLabel ?? t('parts.job.result')}</Link>}
          {!going && onDismiss && (
            <Button size="small" onClick={onDismiss}>
              {t('common.close')}
            </Button>
          )}
        </span>
      </div>
    </div>
  )
}

function Bar({ job }: { job: Job }) {
  const share = job.total ? Math.min(1, job.done / job.total) : job.state === 'done' ? 1 : undefined
  return (
    <div
      className={css.track}
      role="progressbar"
      aria-label={job.title}
      aria-valuemin={0}
      aria-valuemax={job.total}
      aria-valuenow={share === undefined ? undefined : job.done}
    >
      <div
        className={css.fill}
        data-state={job.state}
        data-unknown={share === undefined || undefined}
        style={{ width: `${100 * (share ?? 1)}%` }}
      />
    </div>
  )
}

/** 31,200 / 100,000 行 · 31.2% · 大约还要 4 分钟 */
function Counts({ job }: { job: Job }) {
  const { t } = useWords()
  const format = useFormat()
  const now = useNow(5000)
  const unit = job.unit ? ` ${unitOf(job.unit, job.total ?? job.done)}` : ''
  const pieces = [`${format.count(job.done)}${job.total ? ` / ${format.count(job.total)}` : ''}${unit}`]
  if (job.total) pieces.push(format.rate(job.done, job.total))
  const left = timeLeft(job, now)
  if (left !== undefined) pieces.push(t('parts.job.left', { span: format.span(left) }))
  return <p className={css.counts}>{pieces.join(' · ')}</p>
}

/** From the mean speed so far; nothing is said before there is something to judge by. */
export function timeLeft(job: Job, now: number): number | undefined {
  if (job.state !== 'running' || !job.total || !job.startedAt || job.done <= 0) return undefined
  const spent = now - new Date(job.startedAt).getTime()
  if (spent < 3000 || job.done >= job.total) return undefined
  return (spent / job.done) * (job.total - job.done)
}
