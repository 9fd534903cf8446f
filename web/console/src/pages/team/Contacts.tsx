import { useQueryClient } from '@tanstack/react-query'
import { useMemo, useRef, useState } from 'react'
import { useSearchParams } from 'react-router'
import { listContacts, type Side, type Turn, teamKey, workContact } from '~/api/team'
import { communityPath, useCommunity } from '~/app/community'
import { useMay } from '~/app/may'
import { useToast } from '~/app/toasts'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import {
  type BulkAction,
  DeadlineText,
  type ListColumn,
  ListPage,
  type ListSource,
  type Selection,
  StatusTag,
} from '~/parts'
import page from '../page.module.css'
import { HandOver } from './HandOver'
import { TeamHead } from './Head'
import { named } from './named'
import css from './Team.module.css'
import type { Team } from './useTeam'
import { sideName, whyGiven } from './words'

/** Who is looked after by whom, and who waits in the pool. */
export function Contacts() {
  return <TeamHead>{(team) => <List team={team} />}</TeamHead>
}

/** Whose contacts are shown: those asked for; else one's own, else those of who has the most. */
function useWhose(team: Team): string {
  const asked = useSearchParams()[0].get('staff')
  if (asked) return asked
  if (team.members.some((m) => m.staff === team.me)) return team.me
  return team.members.reduce((most, m) => (m.load > most.load ? m : most), { staff: team.me, load: 0 }).staff
}

function List({ team }: { team: Team }) {
  const { t } = useWords()
  const slug = useCommunity()?.slug ?? ''
  const [params, setParams] = useSearchParams()
  const pool = params.get('seg') === 'pool'
  const staff = useWhose(team)
  const seen = useRef(new Map<string, Turn>())
  const source = useMemo<ListSource<Turn>>(
    () => ({
      key: [...teamKey(slug), 'contacts', staff],
      load: async ({ segment, filters, limit, cursor }, signal) => {
        const side = filters.side as Side | undefined
        const whose = segment === 'pool' ? { pool: true } : { staff }
        const answer = await listContacts(slug, { ...whose, side, limit, cursor }, signal)
        const items = await named(slug, answer.items ?? [], signal)
        for (const turn of items) seen.current.set(turn.id, turn)
        return { items, next: answer.next }
      },
    }),
    [slug, staff],
  )
  const { actions, dialog } = useActions(slug, team, staff, pool, seen.current)
  return (
    <>
      {!pool && (
        <p className={css.choice}>
          <label>
            {t('team.whose')}
            <select value={staff} onChange={(e) => setParams({ staff: e.target.value }, { replace: true })}>
              {!team.members.some((m) => m.staff === staff) && <option value={staff}>{team.nameOf(staff)}</option>}
              {team.departments
                .filter((d) => d.side !== 'traffic' && (d.members ?? []).length > 0)
                .map((d) => (
                  <optgroup key={d.name} label={team.titleOf(d.name)}>
                    {(d.members ?? []).map((m) => (
                      <option key={m.staff} value={m.staff}>
                        {t('team.hand.option', { name: m.staff_name, count: m.load })}
                      </option>
                    ))}
                  </optgroup>
                ))}
            </select>
          </label>
        </p>
      )}
      <div className={page.list}>
        <ListPage<Turn>
          id="contacts"
          unit={(count) => t('team.person.unit', { count })}
          columns={useColumns(team, pool)}
          source={source}
          rowId={(turn) => turn.id}
          rowName={(turn) => turn.person_name || t('people.unnamed')}
          rowTo={(turn) => communityPath(slug, `people/${turn.person}`)}
          segments={[
            { id: 'hand', label: t('team.inHand') },
            { id: 'pool', label: t('team.pool') },
          ]}
          filters={[
            {
              id: 'side',
              label: t('team.side'),
              kind: 'choice',
              options: (['sales', 'service'] as const).map((side) => ({ value: side, label: t(`team.side.${side}`) })),
            },
          ]}
          bulk={actions}
          empty={
            pool
              ? { title: t('team.pool.empty'), body: t('team.pool.empty.body') }
              : { title: t('team.inHand.empty'), body: t('team.inHand.empty.body') }
          }
        />
      </div>
      {dialog}
    </>
  )
}

/** What may be done with those who are chosen: hand them over, give them back, note that they were spoken with. */
function useActions(slug: string, team: Team, staff: string, pool: boolean, seen: Map<string, Turn>) {
  const { t } = useWords()
  const may = useMay()
  const client = useQueryClient()
  const toast = useToast()
  const [asked, setAsked] = useState<{ turns: Turn[]; done: (done: boolean) => void }>()
  const chosen = (selection: Selection) =>
    (selection.kind === 'rows' ? selection.ids : []).flatMap((id) => seen.get(id) ?? [])
  const manages = may('team.manage') === 'yes'
  const mine = staff === team.me && may('task.work') === 'yes'
  const each = (work: 'touch' | 'return') => async (selection: Selection) => {
    const turns = chosen(selection)
    try {
      for (const turn of turns) await workContact(slug, turn.person, work)
    } finally {
      await client.invalidateQueries({ queryKey: teamKey(slug) })
    }
    toast.done(t(`team.${work}.done`, { count: turns.length }))
    return true
  }
  const hand: BulkAction = {
    id: 'hand',
    label: t('team.hand'),
    asks: true,
    run: (selection) => new Promise((done) => setAsked({ turns: chosen(selection), done })),
  }
  const actions: BulkAction[] = [
    ...(mine && !pool ? [{ id: 'touch', label: t('team.touch'), run: each('touch') }] : []),
    ...(manages ? [hand] : []),
    ...((mine || manages) && !pool ? [{ id: 'return', label: t('team.return'), run: each('return') }] : []),
  ]
  const dialog = asked && (
    <HandOver
      slug={slug}
      team={team}
      people={asked.turns.map((turn) => ({ id: turn.person, name: turn.person_name, side: turn.side as Side }))}
      onClose={(done) => {
        asked.done(done)
        setAsked(undefined)
      }}
    />
  )
  return { actions, dialog }
}

function useColumns(team: Team, pool: boolean): ListColumn<Turn>[] {
  const { t } = useWords()
  const format = useFormat()
  return [
    {
      id: 'person',
      header: t('people.name'),
      main: true,
      width: 144,
      cell: (turn) => turn.person_name || t('people.unnamed'),
    },
    { id: 'side', header: t('team.side'), width: 96, cell: (turn) => sideName(turn.side, t) },
    {
      id: 'department',
      header: t('team.department'),
      hidden: true,
      width: 128,
      cell: (turn) => team.titleOf(turn.department),
    },
    ...(pool
      ? [{ id: 'at', header: t('team.waitsSince'), width: 144, cell: (turn: Turn) => format.dateTime(turn.at) }]
      : [
          {
            id: 'given',
            header: t('team.given'),
            width: 144,
            cell: (turn: Turn) => (turn.given_at ? format.dateTime(turn.given_at) : ''),
          },
          { id: 'why', header: t('team.given.why'), width: 144, cell: (turn: Turn) => whyGiven(turn.reason ?? '', t) },
          { id: 'touched', header: t('team.touched'), width: 208, cell: (turn: Turn) => <Touched turn={turn} /> },
        ]),
    { id: 'source', header: t('team.source'), width: 128, cell: (turn) => turn.source ?? '' },
    {
      id: 'before',
      header: t('team.before'),
      hidden: !pool,
      width: 112,
      cell: (turn) => team.nameOf(turn.before),
    },
  ]
}

/** Whether somebody was spoken with, and when they go back to the pool if not. */
export function Touched({ turn }: { turn: Turn }) {
  const { t } = useWords()
  const format = useFormat()
  if (turn.touched_at)
    return (
      <StatusTag bare tone="good">
        {t('team.touched.at', { at: format.dateTime(turn.touched_at) })}
      </StatusTag>
    )
  if (turn.returns_at)
    return (
      <StatusTag bare tone="wait">
        {t('team.touched.not')} <DeadlineText at={turn.returns_at} />
      </StatusTag>
    )
  return <>{t(turn.side === 'service' ? 'team.touched.service' : 'team.touched.not')}</>
}
