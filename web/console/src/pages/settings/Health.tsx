import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { api, call } from '~/api/client'
import type { Schemas } from '~/api/community'
import { asProblem } from '~/api/problem'
import { communityPath, useCommunity } from '~/app/community'
import { MayButton } from '~/app/may'
import { useToast } from '~/app/toasts'
import { useProblem } from '~/app/useProblem'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { Dialog, PageHeader, ProblemLine, ProblemNotice, StatusTag } from '~/parts'
import { Section } from '../Section'
import css from './Health.module.css'

type Parked = Schemas['FactParked']
type DeadJob = Schemas['Job']

/** What sticks behind the scenes, with a way to get it going: facts that a subscriber couldn't take, jobs that were given up. */
export function Health() {
  const { t } = useWords()
  const slug = useCommunity()?.slug ?? ''
  const path = { community: slug }
  const parked = useQuery({
    queryKey: ['parked', slug],
    refetchInterval: 15_000,
    queryFn: ({ signal }) =>
      call<Schemas['ListOfFactParked']>(
        api.GET('/api/v1/communities/{community}/facts/parked', { params: { path }, signal }),
      ),
  })
  const dead = useQuery({
    queryKey: ['dead', slug],
    refetchInterval: 15_000,
    queryFn: ({ signal }) =>
      call<Schemas['ListOfJob']>(api.GET('/api/v1/communities/{community}/jobs/dead', { params: { path }, signal })),
  })
  const facts = parked.data?.items ?? []
  const jobs = dead.data?.items ?? []
  return (
    <>
      <PageHeader
        title={t('settings.health')}
        question={t('settings.health.question')}
        crumbs={[{ label: t('frame.settings'), to: communityPath(slug, 'settings') }]}
      />
      <Section title={t('health.parked')} more={<Count query={parked.isSuccess} n={facts.length} />}>
        {parked.error && <ProblemNotice problem={asProblem(parked.error)} onRetry={() => parked.refetch()} />}
        <p className={css.note}>{t('health.parked.note')}</p>
        <ul className={css.rows} aria-busy={parked.isPending}>
          {parked.data && facts.length === 0 && <li>{t('health.parked.none')}</li>}
          {facts.map((f) => (
            <ParkedRow key={`${f.subscriber} ${f.shard} ${f.pos}`} fact={f} slug={slug} />
          ))}
        </ul>
      </Section>
      <Section title={t('health.dead')} more={<Count query={dead.isSuccess} n={jobs.length} />}>
        {dead.error && <ProblemNotice problem={asProblem(dead.error)} onRetry={() => dead.refetch()} />}
        <p className={css.note}>{t('health.dead.note')}</p>
        <ul className={css.rows} aria-busy={dead.isPending}>
          {dead.data && jobs.length === 0 && <li>{t('health.dead.none')}</li>}
          {jobs.map((j) => (
            <DeadRow key={j.id} job={j} slug={slug} />
          ))}
        </ul>
      </Section>
    </>
  )
}

/** Nothing stuck is a state too. */
function Count({ query, n }: { query: boolean; n: number }) {
  if (!query) return null
  return <StatusTag tone={n === 0 ? 'good' : 'bad'}>{n}</StatusTag>
}

function ParkedRow({ fact, slug }: { fact: Parked; slug: string }) {
  const { t } = useWords()
  const format = useFormat()
  const client = useQueryClient()
  const toast = useToast()
  const refusal = useProblem()
  const [skipping, setSkipping] = useState(false)
  const body = { subscriber: fact.subscriber, shard: fact.shard, pos: fact.pos }
  const params = { path: { community: slug } }
  const go = async (skip: boolean) => {
    const done = await refusal.guard(async () => {
      if (skip) await call(api.POST('/api/v1/communities/{community}/facts/parked/skip', { params, body }))
      else await call(api.POST('/api/v1/communities/{community}/facts/parked/replay', { params, body }))
      return true
    })
    setSkipping(false)
    if (done) toast.done(skip ? t('health.skipped') : t('health.replayed'))
    await client.invalidateQueries({ queryKey: ['parked', slug] })
  }
  return (
    <li>
      <div className={css.what}>
        <strong>{fact.subscriber}</strong>{' '}
        <span className={css.soft}>
          {t('health.place', { shard: fact.shard, pos: fact.pos })} · {format.dateTime(fact.parked_at)}
          {fact.behind > 0 && ` · ${t('health.behind', { count: fact.behind })}`}
        </span>
        <code className={css.error}>{fact.error}</code>
        {refusal.problem && <ProblemLine problem={refusal.problem} />}
      </div>
      <span className={css.actions}>
        <MayButton action="job.manage" size="small" type="primary" onClick={() => go(false)}>
          {t('health.replay')}
        </MayButton>
        <MayButton action="job.manage" size="small" danger onClick={() => setSkipping(true)}>
          {t('health.skip')}
        </MayButton>
      </span>
      <Dialog open={skipping} title={t('health.skip.title')} onClose={() => setSkipping(false)}>
        <p>{t('health.skip.what', { subscriber: fact.subscriber })}</p>
        <p className={css.buttons}>
          <Button danger type="primary" onClick={() => go(true)}>
            {t('health.skip')}
          </Button>
          <Button onClick={() => setSkipping(false)}>{t('common.cancel')}</Button>
        </p>
      </Dialog>
    </li>
  )
}

function DeadRow({ job, slug }: { job: DeadJob; slug: string }) {
  const { t } = useWords()
  const format = useFormat()
  const client = useQueryClient()
  const toast = useToast()
  const refusal = useProblem()
  const revive = async () => {
    const done = await refusal.guard(async () => {
      await call(
        api.POST('/api/v1/communities/{community}/jobs/{id}/revive', {
          params: { path: { community: slug, id: job.id } },
        }),
      )
      return true
    })
    if (done) toast.done(t('health.revived'))
    await client.invalidateQueries({ queryKey: ['dead', slug] })
  }
  return (
    <li>
      <div className={css.what}>
        <strong>{job.kind}</strong>{' '}
        <span className={css.soft}>
          {t('health.attempts', { count: job.attempts })} · {format.dateTime(job.run_at)}
          {job.key && ` · ${job.key}`}
        </span>
        {job.error && <code className={css.error}>{job.error}</code>}
        {refusal.problem && <ProblemLine problem={refusal.problem} />}
      </div>
      <MayButton action="job.manage" size="small" onClick={revive}>
        {t('health.revive')}
      </MayButton>
    </li>
  )
}
