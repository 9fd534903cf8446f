import { queryOptions, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useState } from 'react'
import { Link, useParams } from 'react-router'
import { api, call } from '~/api/client'
import { entriesQuery, type Person, pathsQuery, personQuery, type Schemas } from '~/api/community'
import { asProblem } from '~/api/problem'
import { runsQuery } from '~/api/stages'
import { communityPath, useCommunity } from '~/app/community'
import { MayButton, useMay } from '~/app/may'
import { useProblem } from '~/app/useProblem'
import { type Key, useText, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { Dialog, Facts, MaskedValue, PageHeader, ProblemNotice, StatusTag, Timeline } from '~/parts'
import { WorksAt } from '../companies/OnPerson'
import { Brought } from '../growth/OnPerson'
import { Memberships } from '../members/OnPerson'
import css from '../page.module.css'
import { Row, Rows, Section } from '../Section'
import { NextRung } from '../shop/OnPerson'
import { LookedAfter } from '../team/OnPerson'
import { outcomeName, stepNumber } from '../ways'
import { factDetail, type Names } from './detail'
import { Looks } from './Looks'
import { nameOf, StateTag, stageOf } from './People'
import { Stages } from './Stages'

/** One person: who they are, how they can be reached, what happened, what comes next. */
export function Profile() {
  const { t } = useWords()
  const slug = useCommunity()?.slug ?? ''
  const { id = '' } = useParams()
  const person = useQuery(personQuery(slug, id))
  if (person.error) return <ProblemNotice problem={asProblem(person.error)} onRetry={() => person.refetch()} />
  const p = person.data
  if (!p)
    return (
      <PageHeader
        title={t('common.loading')}
        crumbs={[{ label: t('frame.people'), to: communityPath(slug, 'people') }]}
      />
    )
  return (
    <>
      <PageHeader
        title={nameOf(p, t('people.unnamed'))}
        crumbs={[{ label: t('frame.people'), to: communityPath(slug, 'people') }]}
        meta={<StateTag person={p} />}
        actions={<BlockButton person={p} slug={slug} />}
      />
      <div className={css.split}>
        <div>
          <Section title={t('people.profile')}>
            <Card person={p} slug={slug} />
          </Section>
          <LookedAfter slug={slug} id={p.id} name={nameOf(p, t('people.unnamed'))} />
          <Memberships slug={slug} id={p.id} />
          <Stages slug={slug} id={p.id} />
          <WorksAt slug={slug} id={p.id} />
          <NextRung slug={slug} id={p.id} />
          <Brought slug={slug} id={p.id} />
          <Circles slug={slug} id={p.id} />
          <Runs slug={slug} id={p.id} />
          <Looks slug={slug} id={p.id} />
        </div>
        <Section title={t('people.timeline')}>
          <History slug={slug} id={p.id} />
        </Section>
      </div>
    </>
  )
}

function Card({ person: p, slug }: { person: Person; slug: string }) {
  const { t } = useWords()
  const format = useFormat()
  const may = useMay()
  const client = useQueryClient()
  const reveal = (field: string) => async (reason: string) => {
    const path = { community: slug, id: p.id }
    const got = await call<Schemas['Revealed']>(
      api.POST('/api/v1/communities/{community}/people/{id}/reveal', {
        params: { path },
        body: { field, reason } as never,
      }),
    )
    await client.invalidateQueries({ queryKey: ['person', slug, p.id, 'looks'] })
    return (got.values ?? []).join(t('common.listComma'))
  }
  const masked = (field: string, value: string, label: string) =>
    value ? (
      <MaskedValue masked={value} what={label} reveal={may('people.reveal') === 'no' ? undefined : reveal(field)} />
    ) : (
      '—'
    )
  return (
    <Facts
      facts={[
        { label: t('people.realname'), value: masked('name', p.name, t('people.realname')) },
        { label: t('people.phone'), value: masked('phone', p.phone, t('people.phone')) },
        { label: t('people.stage'), value: stageOf(p, t) || '—', note: t('people.stage.note') },
        ...(p.due_date ? [{ label: t('people.due'), value: p.due_date }] : []),
        ...(p.birth_date ? [{ label: t('people.birth'), value: p.birth_date }] : []),
        { label: t('people.city'), value: p.city || '—' },
        {
          label: t('people.tags'),
          value: (
            <span className={css.tags}>
              {(p.tags ?? []).map((tag) => (
                <StatusTag key={tag}>{tag}</StatusTag>
              ))}
              {(p.tags ?? []).length === 0 && '—'}
            </span>
          ),
        },
        {
          label: t('people.reach'),
          value:
            (p.reach ?? []).map((way) => t(`people.reach.${way}` as Key)).join(t('common.listComma')) ||
            t('people.reach.none'),
        },
        { label: t('people.created'), value: format.dateTime(p.created_at) },
      ]}
    />
  )
}

const circlesOf = (slug: string, id: string) =>
  queryOptions({
    queryKey: ['person', slug, id, 'circles'],
    queryFn: ({ signal }) =>
      call<Schemas['ListOfCircleMembership']>(
        api.GET('/api/v1/communities/{community}/people/{id}/circles', {
          params: { path: { community: slug, id } },
          signal,
        }),
      ),
  })

function Circles({ slug, id }: { slug: string; id: string }) {
  const { t } = useWords()
  const text = useText()
  const format = useFormat()
  const circles = useQuery(circlesOf(slug, id))
  return (
    <Section title={t('frame.circles')}>
      <Rows none={t('people.circles.none')}>
        {(circles.data?.items ?? []).map((stay) => (
          <Row key={stay.id}>
            <Link to={communityPath(slug, `circles/${stay.circle}`)}>{text(stay.info.name)}</Link>
            <span className={css.aside}>{format.dateTime(stay.joined_at)}</span>
          </Row>
        ))}
      </Rows>
    </Section>
  )
}

function Runs({ slug, id }: { slug: string; id: string }) {
  const { t } = useWords()
  const names = useNames(slug, id)
  const format = useFormat()
  const runs = useQuery(runsQuery(slug, id))
  return (
    <Section title={t('people.runs')}>
      <Rows none={t('people.runs.none')}>
        {(runs.data?.items ?? []).map((run) => (
          <Row key={run.id}>
            <Link to={communityPath(slug, `intake/paths/${run.path}`)}>{names.paths.get(run.path) ?? run.path}</Link>
            <span className={css.aside}>
              <StatusTag tone={run.state === 'running' ? 'wait' : 'done'}>
                {run.state === 'running'
                  ? t('people.runs.at', { step: stepNumber(run.step) })
                  : outcomeName(run.outcome ?? '', t)}
              </StatusTag>{' '}
              {format.dateTime(run.started_at)}
            </span>
          </Row>
        ))}
      </Rows>
    </Section>
  )
}

/** What the ids and names in somebody's history are called. */
function useNames(slug: string, id: string): Names {
  const text = useText()
  const circles = useQuery(circlesOf(slug, id))
  const entries = useQuery(entriesQuery(slug))
  const paths = useQuery(pathsQuery(slug))
  return {
    circles: new Map((circles.data?.items ?? []).map((stay) => [stay.circle, text(stay.info.name)])),
    entries: new Map((entries.data?.items ?? []).map((entry) => [entry.id, entry.title])),
    paths: new Map((paths.data?.items ?? []).map((p) => [p.name, text(p.title) || p.name])),
  }
}

function History({ slug, id }: { slug: string; id: string }) {
  const { t } = useWords()
  const names = useNames(slug, id)
  const facts = useInfiniteQuery({
    queryKey: ['person', slug, id, 'timeline'],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      call<Schemas['PageOfFact']>(
        api.GET('/api/v1/communities/{community}/people/{id}/timeline', {
          params: { path: { community: slug, id }, query: (pageParam ? { cursor: pageParam } : {}) as never },
          signal,
        }),
      ),
    getNextPageParam: (last) => last.next || undefined,
  })
  const items = (facts.data?.pages ?? []).flatMap((page) => page.items ?? [])
  return (
    <Timeline
      label={t('people.timeline')}
      items={items.map((f) => ({
        id: f.id,
        at: f.at,
        title: t(`facts.${f.kind}` as Key),
        about: factDetail(f, names, t),
        kind: f.kind,
        to: f.circle ? communityPath(slug, `circles/${f.circle}`) : undefined,
      }))}
      hasMore={facts.hasNextPage}
      loadingMore={facts.isFetchingNextPage}
      onMore={() => facts.fetchNextPage()}
    />
  )
}

/** Blocking keeps a person out of every circle; it asks for the reason, and can be taken back. */
function BlockButton({ person, slug }: { person: Person; slug: string }) {
  const { t } = useWords()
  const client = useQueryClient()
  const refusal = useProblem()
  const [open, setOpen] = useState(false)
  const [reason, setReason] = useState('')
  const blocked = person.state === 'blocked'
  const path = { community: slug, id: person.id }
  const run = async () => {
    const done = await refusal.guard(async () => {
      if (blocked) await call(api.POST('/api/v1/communities/{community}/people/{id}/unblock', { params: { path } }))
      else
        await call(
          api.POST('/api/v1/communities/{community}/people/{id}/block', {
            params: { path },
            body: { reason } as never,
          }),
        )
      return true
    })
    if (done) setOpen(false)
    await client.invalidateQueries({ queryKey: ['person', slug, person.id] })
  }
  if (person.state !== 'active' && !blocked) return null
  return (
    <>
      <MayButton action="people.write" danger={!blocked} onClick={() => (blocked ? run() : setOpen(true))}>
        {t(blocked ? 'people.unblock' : 'people.block')}
      </MayButton>
      <Dialog open={open} title={t('people.block')} onClose={() => setOpen(false)}>
        <p>{t('people.block.note')}</p>
        <Input
          value={reason}
          onChange={(e) => setReason(e.target.value)}
          placeholder={t('people.block.reason')}
          aria-label={t('people.block.reason')}
        />
        {refusal.problem && <ProblemNotice problem={refusal.problem} />}
        <p className={css.actions}>
          <Button danger type="primary" disabled={!reason.trim()} onClick={run}>
            {t('people.block')}
          </Button>
          <Button onClick={() => setOpen(false)}>{t('common.cancel')}</Button>
        </p>
      </Dialog>
    </>
  )
}
