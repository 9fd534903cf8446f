import { useMemo } from 'react'
import { Link, useSearchParams } from 'react-router'
import { type Credit, listCredits, teamKey } from '~/api/team'
import { communityPath, useCommunity } from '~/app/community'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { type ListColumn, ListPage, type ListSource } from '~/parts'
import page from '../page.module.css'
import { TeamHead } from './Head'
import { named } from './named'
import css from './Team.module.css'
import type { Team } from './useTeam'
import { creditReason, saleKind } from './words'

/** Whose sales orders are, the latest paid first; each leads to why. */
export function Credits() {
  return <TeamHead>{(team) => <List team={team} />}</TeamHead>
}

function List({ team }: { team: Team }) {
  const { t } = useWords()
  const slug = useCommunity()?.slug ?? ''
  const [params, setParams] = useSearchParams()
  const staff = params.get('staff') ?? undefined
  const source = useMemo<ListSource<Credit>>(
    () => ({
      key: [...teamKey(slug), 'credits', staff ?? ''],
      load: async ({ limit, cursor }, signal) => {
        const answer = await listCredits(slug, { staff, limit, cursor }, signal)
        return { items: await named(slug, answer.items ?? [], signal), next: answer.next }
      },
    }),
    [slug, staff],
  )
  return (
    <>
      <p className={css.choice}>
        <label>
          {t('team.credited')}
          <select
            value={staff ?? ''}
            onChange={(e) => setParams(e.target.value ? { staff: e.target.value } : {}, { replace: true })}
          >
            <option value="">{t('team.everybody')}</option>
            {staff && !team.members.some((m) => m.staff === staff) && (
              <option value={staff}>{team.nameOf(staff)}</option>
            )}
            {team.members.map((m) => (
              <option key={`${m.department} ${m.staff}`} value={m.staff}>
                {m.staff_name}
              </option>
            ))}
          </select>
        </label>
      </p>
      <div className={page.list}>
        <ListPage<Credit>
          id="credits"
          unit={(count) => t('team.order.unit', { count })}
          columns={useColumns(slug, team)}
          source={source}
          rowId={(c) => c.order}
          rowName={(c) => c.person_name || t('people.unnamed')}
          rowTo={(c) => communityPath(slug, `team/credits/${c.order}`)}
          empty={{ title: t('team.credits.none'), body: t('team.credits.none.body') }}
        />
      </div>
    </>
  )
}

function useColumns(slug: string, team: Team): ListColumn<Credit>[] {
  const { t } = useWords()
  const format = useFormat()
  const money = (fen?: number) => (fen ? format.money(fen) : '')
  return [
    {
      id: 'person',
      header: t('team.buyer'),
      main: true,
      width: 128,
      cell: (c) => c.person_name || t('people.unnamed'),
    },
    {
      id: 'staff',
      header: t('team.credited'),
      width: 168,
      cell: (c) => c.staff_name || t('team.credit.department', { name: team.titleOf(c.department) }),
    },
    { id: 'kind', header: t('team.sale'), width: 96, cell: (c) => saleKind(c.kind, t) },
    { id: 'reason', header: t('team.reason'), width: 208, cell: (c) => creditReason(c.reason, t) },
    { id: 'amount', header: t('money.paid'), align: 'right', width: 128, cell: (c) => format.money(c.amount) },
    { id: 'refunded', header: t('money.refunded'), align: 'right', width: 112, cell: (c) => money(c.refunded) },
    { id: 'month', header: t('team.month'), width: 88, cell: (c) => c.month },
    { id: 'at', header: t('money.paidAt'), width: 144, cell: (c) => format.dateTime(c.at) },
    {
      id: 'order',
      header: t('team.order'),
      hidden: true,
      width: 112,
      cell: (c) => <Link to={communityPath(slug, `money/orders/${c.order}`)}>{t('team.order.open')}</Link>,
    },
  ]
}
