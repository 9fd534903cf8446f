import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { Link, useSearchParams } from 'react-router'
import { growthKey, listRewards, type Reward, type RewardState } from '~/api/growth'
import { namesQuery } from '~/api/money'
import { communityPath, useCommunity } from '~/app/community'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { type ListColumn, ListPage, type ListSource, StatusTag } from '~/parts'
import money from '../money/Money.module.css'
import { useWho } from '../money/Who'
import page from '../page.module.css'
import { GrowthHead } from './Head'
import { amountOf, rewardState, rewardStates, rewardTones } from './words'

/** What was earned, the newest first; each leads to why. */
export function Rewards() {
  const { t } = useWords()
  const slug = useCommunity()?.slug ?? ''
  const promoter = useSearchParams()[0].get('promoter') ?? undefined
  const who = useWho()
  const names = useQuery(namesQuery(slug, promoter ? [promoter] : []))
  const columns = useColumns(slug)
  const source = useMemo<ListSource<Reward>>(
    () => ({
      key: [...growthKey(slug), 'rewards', promoter ?? ''],
      load: async ({ segment, limit, cursor }, signal) => {
        const state = rewardStates.find((s) => s === segment) as RewardState | undefined
        const answer = await listRewards(slug, { state, promoter, limit, cursor }, signal)
        return { items: answer.items ?? [], next: answer.next }
      },
    }),
    [slug, promoter],
  )
  return (
    <>
      <GrowthHead />
      {promoter && (
        <p className={money.signs}>
          {t('growth.rewards.of', { name: who(names.data?.get(promoter)) })}{' '}
          <Link to={communityPath(slug, 'growth/rewards')}>{t('growth.rewards.everybody')}</Link>
        </p>
      )}
      <div className={page.list}>
        <ListPage<Reward>
          id="rewards"
          unit={(count) => t('growth.rewards.unit', { count })}
          columns={columns}
          source={source}
          rowId={(r) => r.id}
          rowName={(r) => `${r.promoter_name} ${amountOf(r, t)}`}
          rowTo={(r) => communityPath(slug, `growth/rewards/${r.id}`)}
          segments={[
            { id: 'all', label: t('growth.rewards.all') },
            ...rewardStates.map((state) => ({ id: state, label: t(`growth.state.${state}`) })),
          ]}
          empty={{ title: t('growth.rewards.none'), body: t('growth.rewards.none.body') }}
        />
      </div>
    </>
  )
}

export function RewardTag({ state }: { state: string }) {
  const { t } = useWords()
  return (
    <StatusTag bare tone={rewardTones[state]}>
      {rewardState(state, t)}
    </StatusTag>
  )
}

function useColumns(slug: string): ListColumn<Reward>[] {
  const { t } = useWords()
  const format = useFormat()
  return [
    { id: 'why', header: t('growth.reward'), main: true, width: 144, cell: (r) => amountOf(r, t) },
    {
      id: 'promoter',
      header: t('growth.promoter'),
      width: 144,
      cell: (r) => (
        <Link to={communityPath(slug, `people/${r.promoter}`)}>{r.promoter_name || t('people.unnamed')}</Link>
      ),
    },
    { id: 'state', header: t('people.state'), width: 104, cell: (r) => <RewardTag state={r.state} /> },
    {
      id: 'until',
      header: t('growth.frozenUntil'),
      width: 144,
      cell: (r) => (r.state === 'frozen' || r.state === 'held' ? format.dateTime(r.release_at) : ''),
    },
    {
      id: 'order',
      header: t('growth.order'),
      width: 96,
      cell: (r) => <Link to={communityPath(slug, `money/orders/${r.order}`)}>{t('growth.order.open')}</Link>,
    },
    { id: 'base', header: t('growth.base'), align: 'right', width: 112, cell: (r) => format.money(r.base) },
    { id: 'programme', header: t('growth.programme'), width: 160, cell: (r) => `${r.programme} · v${r.version}` },
    {
      id: 'level',
      header: t('growth.level'),
      align: 'right',
      width: 64,
      hidden: true,
      cell: (r) => format.count(r.level),
    },
    {
      id: 'taken',
      header: t('growth.takenBack'),
      align: 'right',
      width: 112,
      hidden: true,
      cell: (r) => (r.taken ? amountOf({ ...r, amount: r.taken }, t) : ''),
    },
    { id: 'at', header: t('growth.at'), width: 144, cell: (r) => format.dateTime(r.at) },
  ]
}
