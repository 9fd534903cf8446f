// Long work goes on while one looks at something else: a page hands its job over with follow(), the corner shows it, and a
// word is said at the end.
import { useQueries } from '@tanstack/react-query'
import { ChevronDown, ChevronUp } from 'lucide-react'
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from 'react'
import { useWords } from '~/i18n'
import { type Job, ProgressPanel } from '~/parts/ProgressPanel'
import css from './jobs.module.css'
import { useToast } from './toasts'

export interface JobWatch {
  id: string
  /** Asked every two seconds while the job runs. */
  poll: (signal: AbortSignal) => Promise<Job>
  onStop?: () => void
  onRetry?: () => void
}

interface Jobs {
  watches: JobWatch[]
  follow: (watch: JobWatch) => void
  forget: (id: string) => void
}

const JobsContext = createContext<Jobs | undefined>(undefined)

export function useJobs(): Jobs {
  const jobs = useContext(JobsContext)
  if (!jobs) throw new Error('outside JobsProvider')
  return jobs
}

export function JobsProvider({ children }: { children: ReactNode }) {
  const [watches, setWatches] = useState<JobWatch[]>([])
  const jobs = useMemo<Jobs>(
    () => ({
      watches,
      follow: (watch) => setWatches((old) => [...old.filter((other) => other.id !== watch.id), watch]),
      forget: (id) => setWatches((old) => old.filter((other) => other.id !== id)),
    }),
    [watches],
  )
  return <JobsContext value={jobs}>{children}</JobsContext>
}

const goesOn = (job: Job | undefined) => !job || job.state === 'running' || job.state === 'waiting'

export function JobsDock() {
  const { t } = useWords()
  const { watches, forget } = useJobs()
  const [open, setOpen] = useState(true)
  const answers = useQueries({
    queries: watches.map((watch) => ({
      queryKey: ['job', watch.id],
      queryFn: ({ signal }: { signal: AbortSignal }) => watch.poll(signal),
      refetchInterval: ({ state }: { state: { data?: Job } }) => (goesOn(state.data) ? 2000 : (false as const)),
      staleTime: 0,
    })),
  })
  const jobs = answers.flatMap((answer) => (answer.data ? [answer.data] : []))
  useFarewell(jobs)
  if (watches.length === 0) return null
  const running = jobs.filter(goesOn).length
  return (
    <section className={css.dock} aria-label={t('frame.jobs')}>
      <button type="button" className={css.head} aria-expanded={open} onClick={() => setOpen(!open)}>
        <span>{running > 0 ? t('frame.jobs.running', { count: running }) : t('frame.jobs.finished')}</span>
        {open ? <ChevronDown size={14} aria-hidden="true" /> : <ChevronUp size={14} aria-hidden="true" />}
      </button>
      {open &&
        watches.map((watch, i) => {
          const job = answers[i]?.data
          if (!job) return null
          return (
            <ProgressPanel
              key={watch.id}
              compact
              job={job}
              onStop={watch.onStop}
              onRetry={watch.onRetry}
              onDismiss={() => forget(watch.id)}
            />
          )
        })}
    </section>
  )
}

/** Says once that a job has ended. */
function useFarewell(jobs: Job[]) {
  const { t } = useWords()
  const toast = useToast()
  const going = useRef(new Set<string>())
  useEffect(() => {
    for (const job of jobs) {
      if (goesOn(job)) going.current.add(job.id)
      else if (going.current.delete(job.id) && job.state === 'done')
        toast.done(t('frame.jobs.done', { title: job.title }))
    }
  })
}
