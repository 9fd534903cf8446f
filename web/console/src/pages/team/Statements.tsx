import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { useSearchParams } from 'react-router'
import { asProblem } from '~/api/problem'
import { listStatements, type Month, monthsQuery, type Statement, teamKey } from '~/api/team'
import { communityPath, useCommunity } from '~/app/community'
import { MayButton, useMay } from '~/app/may'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { type ListColumn, ListPage, type ListSource, ProblemNotice, StatusTag } from '~/parts'
import page from '../page.module.css'
import { CloseMonth } from './CloseMonth'
import { TeamHead } from './Head'
import css from './Team.module.css'
import type { Team } from './useTeam'
import { monthState, monthTones, statementState, statementTones } from './words'

/** Who earns what: the months that are closed, and a statement of each of the staff. */
export function Statements() {
  const { t } = useWords()
  const slug = useCommunity()?.slug ?? ''
  const reads = useMay()('money.read') === 'yes'
  const [closing, setClosing] = useState(false)
  const months = useQuery({ ...monthsQuery(slug), enabled: reads })
  const items = months.data?.items ?? []
  const action = (
    <MayButton action="money.post" type="primary" disabled={!months.data} onClick={() => setClosing(true)}>
      {t('team.close')}
    </MayButton>
  )
  return (
    <TeamHead actions={reads && action}>
      {(team) => (
        <>
          {months.error && <ProblemNotice problem={asProblem(months.error)} onRetry={() => months.refetch()} />}
          <List team={team} months={items} reads={reads} />
          {closing && <CloseMonth slug={slug} months={items} onClose={() => setClosing(false)} />}
        </>
      )}
    </TeamHead>
  )
}

function List({ team, months, reads }: { team: Team; months: Month[]; reads: boolean }) {
  const { t } = useWords()
  const slug = useCommunity()?.slug ?? ''
  const [params, setParams] = useSearchParams()
  const month = params.get('month') ?? undefined
  const chosen = months.find((m) => m.month === month)
  const moves = months.some((m) => m.state === 'closing')
  const source = useMemo<ListSource<Statement>>(
    () => ({
      // While a month is being closed the list is read anew when that has ended.
      key: [...teamKey(slug), 'statements', month ?? '', moves],
      load: async ({ limit, cursor }, signal) => {
        const answer = await listStatements(slug, { month, limit, cursor }, signal)
        return { items: answer.items ?? [], next: answer.next }
      },
    }),
    [slug, month, moves],
  )
  return (
    <>
      {months.length > 0 && (
        <div className={css.choice}>
          <label>
            {t('team.month')}
            <select
              value={month ?? ''}
              onChange={(e) => setParams(e.target.value ? { month: e.target.value } : {}, { replace: true })}
            >
              <option value="">{t('team.month.all')}</option>
              {months.map((m) => (
                <option key={m.month} value={m.month}>
                  {m.month}
                </option>
              ))}
            </select>
          </label>
          {[...(chosen ? [chosen] : months.slice(0, 1))].map((m) => (
            <Stand key={m.month} month={m} team={team} />
          ))}
        </div>
      )}
      {!reads && <p className={page.note}>{t('team.statements.own')}</p>}
      <div className={page.list}>
        <ListPage<Statement>
          id="statements"
          unit={(count) => t('team.statement.unit', { count })}
          columns={useColumns(team)}
          source={source}
          rowId={(s) => s.id}
          rowName={(s) => `${s.month} ${s.staff_name}`}
          rowTo={(s) => communityPath(slug, `team/statements/${s.id}`)}
          empty={{ title: t('team.statements.none'), body: t('team.statements.none.body') }}
        />
      </div>
    </>
  )
}

/** How far a month is: closed by whom and when. */
function Stand({ month: m, team }: { month: Month; team: Team }) {
  const { t } = useWords()
  const format = useFormat()
  return (
    <span className={page.soft}>
      {m.month}{' '}
      <StatusTag bare tone={monthTones[m.state]}>
        {monthState(m.state, t)}
      </StatusTag>{' '}
      {m.closed_at && [team.nameOf(m.closed_by), format.dateTime(m.closed_at)].filter(Boolean).join(' · ')}
    </span>
  )
}

export function StatementTag({ state }: { state: string }) {
  const { t } = useWords()
  return (
    <StatusTag bare tone={statementTones[state]}>
      {statementState(state, t)}
    </StatusTag>
  )
}

function useColumns(team: Team): ListColumn<Statement>[] {
  const { t } = useWords()
  const format = useFormat()
  const less = (fen: number) => (fen < 0 ? format.money(fen) : '')
  return [
    { id: 'staff', header: t('team.staff'), main: true, width: 120, cell: (s) => s.staff_name || team.nameOf(s.staff) },
    { id: 'month', header: t('team.month'), width: 88, cell: (s) => s.month },
    { id: 'department', header: t('team.department'), width: 112, cell: (s) => team.titleOf(s.department) },
    { id: 'state', header: t('people.state'), width: 112, cell: (s) => <StatementTag state={s.state} /> },
    { id: 'volume', header: t('team.volume'), align: 'right', width: 128, cell: (s) => format.money(s.volume) },
    {
      id: 'commission',
      header: t('team.commission'),
      align: 'right',
      width: 120,
      cell: (s) => format.money(s.commission),
    },
    { id: 'taken', header: t('team.taken'), align: 'right', width: 112, cell: (s) => less(s.taken) },
    { id: 'carried', header: t('team.carried'), align: 'right', width: 112, cell: (s) => less(s.carried) },
    { id: 'total', header: t('team.total'), align: 'right', width: 120, cell: (s) => format.money(s.total) },
  ]
}
