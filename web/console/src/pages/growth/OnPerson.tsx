import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { type Bond, growthKey, type LinkCount, linksQuery, listBonds } from '~/api/growth'
import { asProblem } from '~/api/problem'
import { communityPath } from '~/app/community'
import { useMay } from '~/app/may'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { DataTable, ProblemNotice, StatusTag } from '~/parts'
import page from '../page.module.css'
import { Row, Rows, Section } from '../Section'
import { LinkChain } from './LinkChain'
import { bindsName, bondState, bondTones, isForEver, productName, reasonName } from './words'

/** Who brought somebody, whom they brought, and what came of their links. For those who may look into the books. */
export function Brought({ slug, id }: { slug: string; id: string }) {
  const { t } = useWords()
  const may = useMay()
  if (may('money.read') !== 'yes') return null
  return (
    <>
      <Section title={t('growth.broughtBy')}>
        <Bonds slug={slug} id={id} as="guest" />
      </Section>
      <Section
        title={t('growth.brought')}
        more={<Link to={communityPath(slug, `growth/rewards?promoter=${id}`)}>{t('growth.rewards.open')}</Link>}
      >
        <Bonds slug={slug} id={id} as="promoter" />
      </Section>
      <Links slug={slug} id={id} />
    </>
  )
}

function Bonds({ slug, id, as }: { slug: string; id: string; as: 'promoter' | 'guest' }) {
  const { t } = useWords()
  const bonds = useInfiniteQuery({
    queryKey: [...growthKey(slug), 'bonds', id, as],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => listBonds(slug, id, { as, cursor: pageParam || undefined }, signal),
    getNextPageParam: (last) => last.next || undefined,
  })
  if (bonds.error) return <ProblemNotice problem={asProblem(bonds.error)} onRetry={() => bonds.refetch()} />
  if (!bonds.data) return null
  const items = bonds.data.pages.flatMap((one) => one.items ?? [])
  return (
    <>
      <Rows none={t(as === 'guest' ? 'growth.broughtBy.none' : 'growth.brought.none')}>
        {items.map((bond) => (
          <BondRow key={bond.id} bond={bond} slug={slug} as={as} />
        ))}
      </Rows>
      {bonds.hasNextPage && (
        <Button
          type="link"
          className={page.further}
          loading={bonds.isFetchingNextPage}
          onClick={() => bonds.fetchNextPage()}
        >
          {t('growth.further')}
        </Button>
      )}
    </>
  )
}

function BondRow({ bond, slug, as }: { bond: Bond; slug: string; as: 'promoter' | 'guest' }) {
  const { t } = useWords()
  const format = useFormat()
  const [other, name] = as === 'guest' ? [bond.promoter, bond.promoter_name] : [bond.guest, bond.guest_name]
  const live = bond.state === 'active' || bond.state === 'won'
  const until = isForEver(bond.valid_until)
    ? t('growth.days.ever')
    : t('growth.until', { at: format.date(bond.valid_until) })
  return (
    <Row>
      <span>
        <Link to={communityPath(slug, `people/${other}`)}>{name || t('people.unnamed')}</Link>
        <br />
        <span className={page.note}>
          {[
            bindsName(bond.binds, t),
            bond.reason && reasonName(bond.reason, t),
            bond.rewards > 0 && t('growth.bond.rewards', { count: bond.rewards }),
            live && until,
          ]
            .filter(Boolean)
            .join(' · ')}
        </span>
      </span>
      <span className={page.aside}>
        <StatusTag bare tone={bondTones[bond.state]}>
          {bondState(bond.state, t)}
        </StatusTag>{' '}
        {format.dateTime(bond.bound_at)}
      </span>
    </Row>
  )
}

function Links({ slug, id }: { slug: string; id: string }) {
  const { t } = useWords()
  const links = useQuery(linksQuery(slug, id))
  const counts = useCounts<LinkCount>()
  const [open, setOpen] = useState<LinkCount>()
  if (links.error) return <ProblemNotice problem={asProblem(links.error)} onRetry={() => links.refetch()} />
  const items = links.data?.items ?? []
  if (items.length === 0) return null
  return (
    <Section title={t('growth.links')}>
      <DataTable<LinkCount>
        label={t('growth.links')}
        rows={items}
        rowId={(link) => link.id}
        columns={[
          {
            id: 'product',
            header: t('growth.link'),
            main: true,
            cell: (link) => productName(link.product ?? '', t),
          },
          ...counts,
          {
            id: 'chain',
            header: t('growth.forwards'),
            cell: (link) =>
              link.children > 0 ? (
                <Button type="link" size="small" className={page.inline} onClick={() => setOpen(link)}>
                  {t('growth.forwards.n', { count: link.children })}
                </Button>
              ) : (
                '0'
              ),
          },
        ]}
      />
      <p className={page.note}>{t('growth.links.note')}</p>
      {open && <LinkChain slug={slug} link={open} onClose={() => setOpen(undefined)} />}
    </Section>
  )
}

/** Views → visits → leads → orders, each beside what it is a part of. */
export function useCounts<L extends Pick<LinkCount, 'views' | 'visits' | 'leads' | 'orders' | 'revenue'>>() {
  const { t } = useWords()
  const format = useFormat()
  const count = (id: 'views' | 'visits' | 'leads' | 'orders') => ({
    id,
    header: t(`growth.${id}`),
    align: 'right' as const,
    cell: (link: L) => format.count(link[id]),
  })
  return [
    count('views'),
    count('visits'),
    count('leads'),
    count('orders'),
    {
      id: 'revenue',
      header: t('growth.revenue'),
      align: 'right' as const,
      cell: (link: L) => format.money(link.revenue),
    },
  ]
}
