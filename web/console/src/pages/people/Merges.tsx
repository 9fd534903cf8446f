import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { api, call } from '~/api/client'
import { type Person, personQuery, type Schemas, sourcesQuery } from '~/api/community'
import { asProblem } from '~/api/problem'
import { communityPath, useCommunity } from '~/app/community'
import { MayButton } from '~/app/may'
import { useToast } from '~/app/toasts'
import { useProblem } from '~/app/useProblem'
import { type Key, type Translate, useWords } from '~/i18n'
import { type Format, useFormat } from '~/i18n/format'
import { EmptyState, PageHeader, ProblemLine, ProblemNotice, StatusTag } from '~/parts'
import { Section } from '../Section'
import beside from './Pair.module.css'
import { nameOf, stageOf } from './People'
import css from './Reach.module.css'

type Proposal = Schemas['PeopleProposal']
type Merge = Schemas['PeopleMerge']

/** Who may be the same human? Each guess with both beside each other; and the merges of late, to be taken back. */
export function Merges() {
  const { t } = useWords()
  const slug = useCommunity()?.slug ?? ''
  const proposals = useInfiniteQuery({
    queryKey: ['proposals', slug],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      call<Schemas['PageOfPeopleProposal']>(
        api.GET('/api/v1/communities/{community}/people/proposals', {
          params: { path: { community: slug }, query: { limit: 10, ...(pageParam ? { cursor: pageParam } : {}) } },
          signal,
        }),
      ),
    getNextPageParam: (last) => last.next || undefined,
  })
  const items = (proposals.data?.pages ?? []).flatMap((page) => page.items ?? [])
  return (
    <>
      <PageHeader
        title={t('reach.merges')}
        question={t('reach.merges.question')}
        crumbs={[{ label: t('frame.people'), to: communityPath(slug, 'people') }]}
      />
      {proposals.error && <ProblemNotice problem={asProblem(proposals.error)} onRetry={() => proposals.refetch()} />}
      {proposals.data && items.length === 0 && (
        <EmptyState title={t('reach.merges.none')} body={t('reach.merges.none.body')} />
      )}
      <div className={css.cards}>
        {items.map((p) => (
          <Pair key={`${p.one} ${p.other}`} proposal={p} slug={slug} />
        ))}
      </div>
      {proposals.hasNextPage && (
        <Button className={css.more} onClick={() => proposals.fetchNextPage()} loading={proposals.isFetchingNextPage}>
          {t('reach.merges.more')}
        </Button>
      )}
      <Past slug={slug} />
    </>
  )
}

const kinds = ['phone', 'email', 'unionid', 'oa_openid', 'wecom_external', 'app', 'external']

function kindName(kind: string, t: Translate) {
  return kinds.includes(kind) ? t(`reach.kind.${kind}` as Key) : t('reach.kind.other')
}

function Pair({ proposal, slug }: { proposal: Proposal; slug: string }) {
  const { t } = useWords()
  const format = useFormat()
  const client = useQueryClient()
  const toast = useToast()
  const refusal = useProblem()
  const [busy, setBusy] = useState(false)
  const one = useQuery(personQuery(slug, proposal.one))
  const other = useQuery(personQuery(slug, proposal.other))
  const path = { community: slug, id: proposal.one }
  const settled = () =>
    Promise.all(
      ['proposals', 'merges', 'people', 'coverage'].map((key) => client.invalidateQueries({ queryKey: [key, slug] })),
    )
  const undo = async (merge: Merge) => {
    try {
      await call(
        api.POST('/api/v1/communities/{community}/merges/{id}/undo', {
          params: { path: { community: slug, id: merge.id } },
        }),
      )
      await settled()
    } catch (error) {
      toast.problem(error)
    }
  }
  const settle = async (same: boolean) => {
    setBusy(true)
    await refusal.guard(async () => {
      if (same) {
        const merge = await call<Merge>(
          api.POST('/api/v1/communities/{community}/people/{id}/merge', {
            params: { path },
            body: { other: proposal.other },
          }),
        )
        toast.undo(t('reach.merged'), () => void undo(merge))
      } else {
        await call(
          api.POST('/api/v1/communities/{community}/people/proposals/dismiss', {
            params: { path: { community: slug } },
            body: { one: proposal.one, other: proposal.other },
          }),
        )
        toast.done(t('reach.dismissed'))
      }
      await settled()
    })
    setBusy(false)
  }
  return (
    <article className={css.card}>
      <div className={css.cardHead}>
        <span className={css.soft}>
          {t('reach.by', { kind: kindName(proposal.by, t) })} ·{' '}
          <span className={css.at}>{format.dateTime(proposal.at)}</span>
        </span>
        <span className={css.actions}>
          <MayButton action="people.erase" size="small" type="primary" disabled={busy} onClick={() => settle(true)}>
            {t('reach.merge')}
          </MayButton>
          <MayButton action="people.erase" size="small" disabled={busy} onClick={() => settle(false)}>
            {t('reach.dismiss')}
          </MayButton>
        </span>
      </div>
      {refusal.problem && <ProblemLine problem={refusal.problem} />}
      {one.error && <ProblemLine problem={asProblem(one.error)} />}
      {other.error && <ProblemLine problem={asProblem(other.error)} />}
      {one.data && other.data && <SideBySide one={one.data} other={other.data} slug={slug} />}
    </article>
  )
}

/** What both are: rows that agree are tinted, those that contradict each other stand out. */
function SideBySide({ one, other, slug }: { one: Person; other: Person; slug: string }) {
  const { t } = useWords()
  const format = useFormat()
  const sources = useQuery(sourcesQuery(slug))
  const source = (id?: string) => (sources.data?.items ?? []).find((s) => s.id === id)?.name ?? ''
  const first = one.created_at <= other.created_at ? one : other
  const both = first === one ? [one, other] : [other, one]
  const rows = compared(t, format, source)
  return (
    <table className={beside.pair}>
      <colgroup>
        <col />
        <col />
        <col />
      </colgroup>
      <thead>
        <tr>
          <td />
          {both.map((p) => (
            <th key={p.id} scope="col">
              <Link to={communityPath(slug, `people/${p.id}`)}>{nameOf(p, t('people.unnamed'))}</Link>
              {p === first && <StatusTag bare>{t('reach.stays')}</StatusTag>}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ label, of, telling }) => {
          const [a = '', b = ''] = both.map(of)
          if (!a && !b) return null
          const same = telling === 'both' && a !== '' && a === b
          const differs = telling && a !== '' && b !== '' && a !== b
          return (
            <tr key={label} data-same={same || undefined} data-differs={differs || undefined}>
              <th scope="row">{label}</th>
              <td>{a || '—'}</td>
              <td>{b || '—'}</td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

interface Compared {
  label: string
  of: (p: Person) => string
  /**
   * Whether agreeing, or only differing, says something about who they are: masked values that look alike may still be
   * two.
   */
  telling?: 'both' | 'differing'
}

function compared(t: Translate, format: Format, source: (id?: string) => string): Compared[] {
  return [
    { label: t('people.realname'), of: (p) => p.name, telling: 'differing' },
    { label: t('people.phone'), of: (p) => p.phone, telling: 'differing' },
    { label: t('reach.email'), of: (p) => p.email, telling: 'differing' },
    { label: t('people.stage'), of: (p) => (p.stage ? stageOf(p, t) : '') },
    { label: t('people.due'), of: (p) => p.due_date, telling: 'both' },
    { label: t('people.birth'), of: (p) => p.birth_date, telling: 'both' },
    { label: t('people.city'), of: (p) => p.city, telling: 'both' },
    { label: t('people.tags'), of: (p) => (p.tags ?? []).join(t('common.listComma')) },
    {
      label: t('people.reach'),
      of: (p) => (p.reach ?? []).map((way) => t(`people.reach.${way}` as Key)).join(t('common.listComma')),
    },
    { label: t('people.source'), of: (p) => source(p.first_source) },
    { label: t('people.created'), of: (p) => format.dateTime(p.created_at) },
    { label: t('people.seen'), of: (p) => format.dateTime(p.last_seen_at) },
  ]
}

function Past({ slug }: { slug: string }) {
  const { t } = useWords()
  const merges = useInfiniteQuery({
    queryKey: ['merges', slug],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      call<Schemas['PageOfPeopleMerge']>(
        api.GET('/api/v1/communities/{community}/merges', {
          params: { path: { community: slug }, query: { limit: 20, ...(pageParam ? { cursor: pageParam } : {}) } },
          signal,
        }),
      ),
    getNextPageParam: (last) => last.next || undefined,
  })
  const items = (merges.data?.pages ?? []).flatMap((page) => page.items ?? [])
  if (merges.data && items.length === 0) return null
  return (
    <Section title={t('reach.past')}>
      {merges.error && <ProblemNotice problem={asProblem(merges.error)} onRetry={() => merges.refetch()} />}
      <ul className={css.rows}>
        {items.map((m) => (
          <PastRow key={m.id} merge={m} slug={slug} />
        ))}
      </ul>
      {merges.hasNextPage && (
        <Button className={css.more} onClick={() => merges.fetchNextPage()} loading={merges.isFetchingNextPage}>
          {t('reach.merges.more')}
        </Button>
      )}
    </Section>
  )
}

function PastRow({ merge, slug }: { merge: Merge; slug: string }) {
  const { t } = useWords()
  const format = useFormat()
  const client = useQueryClient()
  const refusal = useProblem()
  const into = useQuery(personQuery(slug, merge.into))
  const undo = () =>
    refusal.guard(async () => {
      await call(
        api.POST('/api/v1/communities/{community}/merges/{id}/undo', {
          params: { path: { community: slug, id: merge.id } },
        }),
      )
      await Promise.all(
        ['proposals', 'merges', 'people', 'coverage'].map((key) => client.invalidateQueries({ queryKey: [key, slug] })),
      )
    })
  return (
    <li>
      <span>
        <Link to={communityPath(slug, `people/${merge.into}`)}>
          {into.data ? nameOf(into.data, t('people.unnamed')) : t('common.loading')}
        </Link>
        <span className={css.line}>
          {merge.by ? t('reach.past.by', { kind: kindName(merge.by, t) }) : t('reach.past.staff')} ·{' '}
          {format.dateTime(merge.at)}
        </span>
        {refusal.problem && <ProblemLine problem={refusal.problem} />}
      </span>
      {merge.undone_at ? (
        <StatusTag tone="done">{t('reach.undone')}</StatusTag>
      ) : (
        <MayButton action="people.erase" size="small" onClick={undo}>
          {t('reach.undo')}
        </MayButton>
      )}
    </li>
  )
}
