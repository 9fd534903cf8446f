import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { useParams } from 'react-router'
import { asProblem } from '~/api/problem'
import { at, dealt, getImport, type Import, importQuery, importVerbs, underWay } from '~/api/transfer'
import { download } from '~/api/upload'
import { communityPath, useCommunity } from '~/app/community'
import { useJobs } from '~/app/jobs'
import { useProblem } from '~/app/useProblem'
import { type Translate, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { type Job, PageHeader, ProblemNotice, ProgressPanel } from '~/parts'
import { Section } from '../Section'
import { ImportState } from './ImportState'
import { Mapping } from './Mapping'
import { BadRows, Outcome } from './Outcome'
import css from './Transfer.module.css'

/** One import: say what the columns mean, try it, run it, get back what was not taken. All of it survives leaving the page. */
export function ImportPage() {
  const { t } = useWords()
  const format = useFormat()
  const slug = useCommunity()?.slug ?? ''
  const { id = '' } = useParams()
  const query = useQuery(importQuery(slug, id))
  const im = query.data
  const crumbs = [
    { label: t('frame.people'), to: communityPath(slug, 'people') },
    { label: t('transfer.import'), to: communityPath(slug, 'people/import') },
  ]
  if (query.error && !im)
    return (
      <>
        <PageHeader title={t('transfer.import')} crumbs={crumbs} />
        <ProblemNotice problem={asProblem(query.error)} onRetry={() => query.refetch()} />
      </>
    )
  if (!im) return <PageHeader title={t('common.loading')} crumbs={crumbs} />
  return (
    <>
      <PageHeader
        title={im.name || t('transfer.unnamed')}
        crumbs={crumbs}
        meta={<ImportState im={im} />}
        question={t('transfer.facts', {
          rows: format.count(im.total),
          columns: (im.layout.headers ?? []).length,
          size: sizeOf(im.size),
          format: [im.layout.format.toUpperCase(), im.layout.encoding?.toUpperCase(), im.layout.sheet]
            .filter(Boolean)
            .join(' · '),
        })}
      />
      <Steps im={im} />
      <Body key={im.id} im={im} slug={slug} />
    </>
  )
}

const sizeOf = (bytes: number) =>
  bytes < 1 << 20 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / (1 << 20)).toFixed(1)} MB`

/** Which of the three parts the import is in. */
function Steps({ im }: { im: Import }) {
  const { t } = useWords()
  const at = !im.dry ? 2 : im.state === 'checking' || im.state === 'checked' || im.state === 'stopped' ? 1 : 0
  const steps = [t('transfer.step.map'), t('transfer.step.check'), t('transfer.step.run')]
  return (
    <ol className={css.steps} aria-label={t('transfer.steps')}>
      {steps.map((step, i) => (
        <li
          key={step}
          aria-current={i === at ? 'step' : undefined}
          data-done={i < at || im.state === 'done' || undefined}
        >
          <span className={css.number}>{i + 1}</span>
          {step}
        </li>
      ))}
    </ol>
  )
}

export function jobOf(im: Import, t: Translate, to?: string): Job {
  const states: Record<string, Job['state']> = {
    checking: 'running',
    running: 'running',
    done: 'done',
    checked: 'done',
    stopped: 'stopped',
    failed: 'failed',
  }
  return {
    id: `import-${im.id}`,
    title: im.dry
      ? t('transfer.job.check', { name: im.name || t('transfer.unnamed') })
      : t('transfer.job.run', { name: im.name || t('transfer.unnamed') }),
    state: states[im.state] ?? 'waiting',
    done: dealt(im.counts),
    total: im.total,
    unit: (count) => t('transfer.unit', { count }),
    note: im.rate > 0 ? t('transfer.rate', { rate: im.rate }) : undefined,
    to,
    resultLabel: t('transfer.see'),
  }
}

function Body({ im, slug }: { im: Import; slug: string }) {
  const { t } = useWords()
  const client = useQueryClient()
  const jobs = useJobs()
  const refusal = useProblem()
  const [remap, setRemap] = useState(false)
  const put = (next: Import) => client.setQueryData(importQuery(slug, im.id).queryKey, next)
  const follow = () => {
    const to = communityPath(slug, `people/import/${im.id}`)
    jobs.follow({
      id: `import-${im.id}`,
      poll: async (signal) => jobOf(await getImport(slug, im.id, signal), t, to),
    })
  }
  const run = (verb: keyof typeof importVerbs) =>
    refusal.guard(async () => {
      put(await importVerbs[verb](slug, im.id))
      if (verb !== 'stop') setRemap(false)
    })
  useInvalidation(im, slug)
  // Found under way, as after a reload: the corner shows it as well, wherever one goes next.
  const going = im.state === 'running'
  const known = useRef(follow)
  useEffect(() => {
    known.current = follow
  })
  useEffect(() => {
    if (going) known.current()
  }, [going])
  const mapping = im.dry && (remap || im.state === 'uploaded' || im.state === 'mapped')
  const fresh = im.counts.created + im.counts.updated + im.counts.unchanged
  return (
    <>
      {refusal.problem && (
        <div className={css.problem}>
          <ProblemNotice problem={refusal.problem} focus onClose={refusal.clear} />
        </div>
      )}
      {!im.kept && im.state !== 'done' && <p className={css.gone}>{t('transfer.gone')}</p>}
      {im.state === 'failed' && (
        <div className={css.problem}>
          <ProblemNotice
            problem={{ title: t('transfer.broke'), next: t('transfer.broke.next'), code: im.reason, status: 0 }}
          />
        </div>
      )}
      {mapping && (
        <Mapping
          im={im}
          slug={slug}
          onCheck={(next) => {
            put(next)
            void run('check')
          }}
        />
      )}
      {(underWay(im) || im.state === 'stopped') && !mapping && (
        <ProgressPanel
          job={{ ...jobOf(im, t), to: undefined }}
          onStop={() => run('stop')}
          onRetry={im.kept ? () => run(im.dry ? 'check' : 'run') : undefined}
        />
      )}
      {!mapping && (im.state === 'checked' || im.state === 'done' || im.state === 'stopped' || !im.dry) && (
        <>
          <Outcome im={im} slug={slug} />
          {im.state === 'checked' && (
            <div className={css.actions}>
              <Button type="primary" disabled={fresh === 0 || !im.kept} onClick={() => run('run')}>
                {t('transfer.run', { count: fresh })}
              </Button>
              <Button onClick={() => setRemap(true)}>{t('transfer.remap')}</Button>
            </div>
          )}
          {im.state === 'stopped' && im.dry && (
            <div className={css.actions}>
              <Button onClick={() => setRemap(true)}>{t('transfer.remap')}</Button>
            </div>
          )}
          {im.counts.bad + im.counts.repeated > 0 && !underWay(im) && (
            <Section
              title={t('transfer.bad', { count: im.counts.bad + im.counts.repeated })}
              more={im.kept && <BadFile im={im} slug={slug} onProblem={refusal.show} />}
            >
              <BadRows im={im} slug={slug} />
            </Section>
          )}
        </>
      )}
    </>
  )
}

/** The rows that were not taken, to be mended and sent again. */
function BadFile({ im, slug, onProblem }: { im: Import; slug: string; onProblem: (error: unknown) => void }) {
  const { t } = useWords()
  const [busy, setBusy] = useState(false)
  const get = async () => {
    setBusy(true)
    try {
      await download(at(slug, `/imports/${im.id}/bad-rows`), 'bad.csv')
    } catch (error) {
      onProblem(error)
    }
    setBusy(false)
  }
  return (
    <Button size="small" loading={busy} onClick={get}>
      {t('transfer.bad.file')}
    </Button>
  )
}

/** When a run ends, what other pages show of people is old. */
function useInvalidation(im: Import, slug: string) {
  const client = useQueryClient()
  const [was, setWas] = useState(im.state)
  useEffect(() => {
    if (was === im.state) return
    setWas(im.state)
    if (im.state === 'done') {
      void client.invalidateQueries({ queryKey: ['people', slug] })
      void client.invalidateQueries({ queryKey: ['today', slug] })
    }
    void client.invalidateQueries({ queryKey: ['imports', slug] })
  }, [client, was, im.state, slug])
}
