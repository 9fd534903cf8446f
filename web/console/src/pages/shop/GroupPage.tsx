import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { Link, useParams } from 'react-router'
import { asProblem } from '~/api/problem'
import { type GroupState, groupQuery, type Item, listMembers, shopKey } from '~/api/shop'
import { communityPath, useCommunity } from '~/app/community'
import { type Key, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import {
  DeadlineText,
  Figure,
  FigureRow,
  type ListColumn,
  ListPage,
  type ListSource,
  PageHeader,
  ProblemNotice,
  StatusTag,
} from '~/parts'
import { Holder } from '../events/Holder'
import page from '../page.module.css'
import { useItemTitle } from './Groups'
import css from './Shop.module.css'
import { groupTones, itemStateOf } from './words'

/** One group: who has paid, how many are missing, until when. */
export function GroupPage() {
  const { t } = useWords()
  const format = useFormat()
  const slug = useCommunity()?.slug ?? ''
  const { id = '' } = useParams()
  const titleOf = useItemTitle(slug)
  const columns = useColumns(slug)
  const query = useQuery(groupQuery(slug, id))
  const source = useMemo<ListSource<Item>>(
    () => ({
      key: [...shopKey(slug), 'group-members', id],
      load: async ({ limit, cursor }, signal) => {
        const answer = await listMembers(slug, id, { limit, cursor }, signal)
        return { items: answer.items ?? [], next: answer.next }
      },
    }),
    [slug, id],
  )
  const crumbs = [
    { label: t('frame.shop'), to: communityPath(slug, 'shop') },
    { label: t('shop.groups'), to: communityPath(slug, 'shop/groups') },
  ]
  const g = query.data
  if (query.error && !g)
    return (
      <>
        <PageHeader title={t('shop.group')} crumbs={crumbs} />
        <ProblemNotice problem={asProblem(query.error)} onRetry={() => void query.refetch()} />
      </>
    )
  if (!g) return <PageHeader title={t('common.loading')} crumbs={crumbs} />
  return (
    <>
      <PageHeader
        title={titleOf(`${g.product}/${g.sku}`)}
        crumbs={crumbs}
        meta={
          <StatusTag tone={groupTones[g.state as GroupState] ?? 'plain'}>{t(`shop.group.${g.state}` as Key)}</StatusTag>
        }
      />
      <p className={css.facts}>
        <span>{format.money(g.price)}</span>
        <span>
          {t('shop.group.starter')}{' '}
          {g.starter ? <Holder slug={slug} person={g.starter} name={g.starter_name} /> : t('shop.group.byStaff')}
        </span>
        <span>
          {t('shop.group.closes')}{' '}
          {g.state === 'open' ? <DeadlineText at={g.closes_at} /> : format.dateTime(g.ended_at ?? g.closes_at)}
        </span>
        {g.follows && <Link to={communityPath(slug, `shop/groups/${g.follows}`)}>{t('shop.group.follows')}</Link>}
        <a href={g.url} target="_blank" rel="noreferrer">
          {t('shop.group.url')}
        </a>
      </p>
      <FigureRow>
        <Figure kind="rate" label={t('shop.group.paid')} value={g.paid} of={g.size} />
        <Figure label={t('shop.group.kept')} value={g.kept} note={t('shop.group.kept.note')} />
        <Figure
          label={t('shop.group.missing')}
          value={Math.max(0, g.size - g.paid)}
          waits={g.state === 'open' && g.paid < g.size}
        />
      </FigureRow>
      <div className={page.list}>
        <ListPage<Item>
          id="group-members"
          unit={(count) => t('shop.group.members.unit', { count })}
          columns={columns}
          source={source}
          rowId={(row) => row.id}
          rowName={(row) => row.nickname || t('people.unnamed')}
          empty={{ title: t('shop.group.members.empty') }}
        />
      </div>
    </>
  )
}

function useColumns(slug: string): ListColumn<Item>[] {
  const { t } = useWords()
  const format = useFormat()
  return [
    {
      id: 'person',
      header: t('money.person'),
      main: true,
      width: 136,
      cell: (row) => <Holder slug={slug} person={row.person} name={row.nickname} />,
    },
    { id: 'state', header: t('people.state'), width: 112, cell: (row) => itemStateOf(row.state, t) },
    { id: 'qty', header: t('shop.qty'), align: 'right', width: 72, cell: (row) => format.count(row.qty) },
    {
      id: 'joined',
      header: t('shop.group.joined'),
      width: 144,
      cell: (row) => (row.joined_at ? format.dateTime(row.joined_at) : ''),
    },
    {
      id: 'order',
      header: t('shop.order'),
      width: 96,
      cell: (row) =>
        row.order && <Link to={communityPath(slug, `money/orders/${row.order}`)}>{t('shop.order.open')}</Link>,
    },
  ]
}
