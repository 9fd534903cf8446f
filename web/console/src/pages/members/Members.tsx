import { useMemo } from 'react'
import { api, call } from '~/api/client'
import type { Schemas } from '~/api/community'
import { type Counts, type MemberTerm, membersKey } from '~/api/members'
import { namesOf } from '~/api/money'
import { communityPath, useCommunity } from '~/app/community'
import { useText, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { useNow } from '~/lib/hooks'
import {
  DeadlineText,
  type ListColumn,
  ListPage,
  type ListRequest,
  type ListSource,
  type Segment,
  StatusTag,
} from '~/parts'
import page from '../page.module.css'
import { MembersHead, type PlanStand } from './Head'
import css from './Members.module.css'
import { renewalOf, termState, termTone } from './terms'

/** Who pays, who leaves: members by when their terms end, those first that end first. */
export function Members() {
  return <MembersHead>{(plans) => <List plans={plans} />}</MembersHead>
}

const cuts = ['all', 'active', 'ending', 'grace', 'pending', 'lapsed'] as const
type State = Exclude<(typeof cuts)[number], 'all'>

function List({ plans }: { plans: PlanStand[] }) {
  const { t } = useWords()
  const text = useText()
  const slug = useCommunity()?.slug ?? ''
  const columns = useColumns(plans)
  const source = useMemo<ListSource<MemberTerm>>(
    () => ({ key: [...membersKey(slug), 'list'], load: (request, signal) => load(slug, request, signal) }),
    [slug],
  )
  const sum = (pick: (counts: Counts) => number) => plans.reduce((n, { counts }) => n + pick(counts), 0)
  const counted: Partial<Record<(typeof cuts)[number], number>> = {
    all: sum((c) => c.pending + c.active + c.grace),
    active: sum((c) => c.active),
    ending: sum((c) => c.ending),
    grace: sum((c) => c.grace),
    pending: sum((c) => c.pending),
  }
  const segments: Segment[] = cuts.map((id) => ({
    id,
    label: t(`members.seg.${id}`),
    count: counted[id],
    waits: id === 'ending' || id === 'grace',
  }))
  return (
    <div className={css.list}>
      <ListPage<MemberTerm>
        id="members"
        unit={(count) => t('members.unit', { count })}
        columns={columns}
        source={source}
        rowId={(term) => term.id}
        rowName={(term) => term.nickname || t('people.unnamed')}
        rowTo={(term) => communityPath(slug, `people/${term.person}`)}
        segments={segments}
        filters={[
          {
            id: 'plan',
            label: t('members.plan'),
            kind: 'choice',
            options: plans.map(({ name, offer }) => ({ value: name, label: offer ? text(offer.title) || name : name })),
          },
        ]}
        empty={{ title: t('members.empty'), body: t('members.empty.body') }}
      />
    </div>
  )
}

async function load(community: string, request: ListRequest, signal: AbortSignal) {
  const { segment, filters, limit, cursor } = request
  const state = cuts.find((cut) => cut === segment && cut !== 'all') as State | undefined
  const page = await call<Schemas['PageOfMemberTerm']>(
    api.GET('/api/v1/communities/{community}/members', {
      params: { path: { community }, query: { limit, cursor, state, plan: filters.plan } },
      signal,
    }),
  )
  // Who has no nickname goes by their masked real name, as in the list of people.
  const nameless = (page.items ?? []).filter((term) => !term.nickname && !term.erased).map((term) => term.person)
  const names = await namesOf(community, nameless, signal)
  const items = (page.items ?? []).map((term) => ({
    ...term,
    nickname: term.nickname || (names.get(term.person)?.name ?? ''),
  }))
  return { items, next: page.next }
}

function useColumns(plans: PlanStand[]): ListColumn<MemberTerm>[] {
  const { t } = useWords()
  const text = useText()
  const format = useFormat()
  const now = useNow()
  const who = (term: MemberTerm) => {
    if (term.nickname) return term.nickname
    return <span className={page.soft}>{t(term.erased ? 'people.state.erased' : 'people.unnamed')}</span>
  }
  const planOf = (term: MemberTerm) => text(term.title) || term.plan
  return [
    { id: 'name', header: t('people.name'), main: true, width: 136, cell: who },
    ...(plans.length > 1 ? [{ id: 'plan', header: t('members.plan'), width: 136, cell: planOf }] : []),
    { id: 'number', header: t('members.number'), width: 112, cell: (term) => term.number ?? '' },
    {
      id: 'state',
      header: t('people.state'),
      width: 96,
      cell: (term) => <StatusTag tone={termTone(term.state)}>{termState(term.state, t)}</StatusTag>,
    },
    {
      id: 'since',
      header: t('members.run'),
      width: 112,
      cell: (term) => (term.run_start ? format.date(term.run_start) : ''),
    },
    {
      id: 'ends',
      header: t('members.ends'),
      width: 176,
      cell: (term) =>
        term.ends && (
          <>
            {format.date(lastMoment(term.ends))}{' '}
            {Date.parse(term.ends) > now && (
              <span className={css.note}>
                <DeadlineText at={term.ends} />
              </span>
            )}
          </>
        ),
    },
    {
      id: 'renewal',
      header: t('members.renewal'),
      width: 168,
      cell: (term) => {
        const state = renewalOf(term, now)
        const waits = state === 'due' || state === 'grace'
        return (
          <span className={waits ? css.waits : page.soft}>
            {t(`members.renewal.${state}`, { date: term.grace_until ? format.date(lastMoment(term.grace_until)) : '' })}
            {state === 'grace' && term.grace_until && (
              <span className={css.note}>
                {' '}
                <DeadlineText at={term.grace_until} />
              </span>
            )}
          </span>
        )
      },
    },
    {
      id: 'price',
      header: t('members.paid'),
      align: 'right',
      hidden: true,
      width: 96,
      cell: (term) => format.money(term.price - (term.credit ?? 0)),
    },
    {
      id: 'bought',
      header: t('members.bought'),
      hidden: true,
      width: 144,
      cell: (term) => (term.bought_at ? format.dateTime(term.bought_at) : ''),
    },
  ]
}

/** Terms end with a day: the moment before midnight is in the last one. */
export const lastMoment = (end: string) => Date.parse(end) - 1
