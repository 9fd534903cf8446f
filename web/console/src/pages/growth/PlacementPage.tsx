import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useMemo, useState } from 'react'
import { Link, NavLink, useParams } from 'react-router'
import { sourcesQuery } from '~/api/community'
import {
  type Figures,
  listOrigins,
  listSales,
  type Origin,
  placementQuery,
  placementsKey,
  type Sale,
} from '~/api/placements'
import { asProblem } from '~/api/problem'
import { communityPath, useCommunity } from '~/app/community'
import { MayButton, useMay } from '~/app/may'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { Figure, FigureRow, ListPage, type ListSource, PageHeader, PageTabs, ProblemNotice } from '~/parts'
import { Holder } from '../events/Holder'
import page from '../page.module.css'
import css from './Growth.module.css'
import { PlacementForm } from './PlacementForm'
import { paybackWords, roiWords } from './placement'
import { WhatIf } from './WhatIf'

/** One placement: what came of what it cost, and the people and orders behind each number. */
export function PlacementPage() {
  const { t } = useWords()
  const slug = useCommunity()?.slug ?? ''
  const { id = '', tab } = useParams()
  const query = useQuery(placementQuery(slug, id))
  const [open, setOpen] = useState<'edit' | 'what-if'>()
  const crumbs = [
    { label: t('frame.growth'), to: communityPath(slug, 'growth') },
    { label: t('placements.title'), to: communityPath(slug, 'growth/placements') },
  ]
  const f = query.data
  if (query.error && !f)
    return (
      <>
        <PageHeader title={t('placements.one')} crumbs={crumbs} />
        <ProblemNotice problem={asProblem(query.error)} onRetry={() => void query.refetch()} />
      </>
    )
  if (!f) return <PageHeader title={t('common.loading')} crumbs={crumbs} />
  const close = () => setOpen(undefined)
  const price = f.orders > 0 ? Math.floor(f.paid / f.orders) : 0
  return (
    <>
      <PageHeader
        title={f.name}
        crumbs={crumbs}
        actions={
          <>
            <MayButton action="intake.write" onClick={() => setOpen('edit')}>
              {t('placements.edit')}
            </MayButton>
            <Button onClick={() => setOpen('what-if')}>{t('placements.whatIf')}</Button>
          </>
        }
      />
      <Where figures={f} slug={slug} />
      <Came figures={f} slug={slug} />
      <Rows slug={slug} id={id} sales={tab === 'sales'} />
      {open === 'edit' && <PlacementForm slug={slug} was={f} onClose={close} />}
      {open === 'what-if' && (
        <WhatIf
          slug={slug}
          from={{ contacts: f.contacts, rate_bp: f.rate_bp ?? 0, price, cost: f.cost }}
          onClose={close}
        />
      )}
    </>
  )
}

function Where({ figures: f, slug }: { figures: Figures; slug: string }) {
  const { t } = useWords()
  const format = useFormat()
  const sources = useQuery(sourcesQuery(slug))
  const source = sources.data?.items?.find((s) => s.id === f.source)?.name
  return (
    <p className={css.facts}>
      {source && <span>{source}</span>}
      {f.pool && <span>{t('placements.inPool', { pool: f.pool })}</span>}
      {f.event && (
        <Link className={css.lead} to={communityPath(slug, `events/${f.event}/placement`)}>
          {t('placements.event')}
        </Link>
      )}
      {(f.starts || f.ends) && (
        <span>{[f.starts, f.ends].map((at) => (at ? format.dateTime(at) : '')).join(' – ')}</span>
      )}
    </p>
  )
}

function Came({ figures: f, slug }: { figures: Figures; slug: string }) {
  const { t } = useWords()
  const format = useFormat()
  const sales = useMay()('order.read') === 'yes' ? communityPath(slug, `growth/placements/${f.id}/sales`) : undefined
  const [roi] = roiWords(f)
  return (
    <FigureRow>
      <Figure kind="money" label={t('placements.cost')} value={f.cost} note={paybackWords(f, t)} />
      <Figure label={t('placements.came')} value={f.came} to={communityPath(slug, `growth/placements/${f.id}`)} />
      <Figure kind="rate" label={t('placements.contacts')} value={f.contacts} of={f.came} />
      <Figure kind="rate" label={t('placements.rate')} value={f.converted} of={f.contacts} to={sales} />
      <Figure
        kind="money"
        label={t('placements.revenue')}
        value={f.revenue}
        to={sales}
        note={[
          t('placements.orders', { count: f.orders }),
          f.refunded > 0 && t('placements.refunded', { amount: format.money(f.refunded) }),
        ]
          .filter(Boolean)
          .join(t('common.listComma'))}
      />
      <Figure
        kind="money"
        label={t('placements.profit')}
        value={f.profit}
        note={t('placements.roi.of', { roi, cost: format.money(f.cost) })}
      />
    </FigureRow>
  )
}

function Rows({ slug, id, sales }: { slug: string; id: string; sales: boolean }) {
  const { t } = useWords()
  const may = useMay()
  return (
    <>
      <div className={page.list}>
        <PageTabs label={t('placements.one')}>
          <NavLink end to={communityPath(slug, `growth/placements/${id}`)}>
            {t('placements.people')}
          </NavLink>
          {may('order.read') !== 'no' && (
            <NavLink to={communityPath(slug, `growth/placements/${id}/sales`)}>{t('placements.sales')}</NavLink>
          )}
        </PageTabs>
      </div>
      <div className={page.list}>{sales ? <Sales slug={slug} id={id} /> : <People slug={slug} id={id} />}</div>
    </>
  )
}

function People({ slug, id }: { slug: string; id: string }) {
  const { t } = useWords()
  const format = useFormat()
  const source = useMemo<ListSource<Origin>>(
    () => ({
      key: [...placementsKey(slug), 'people', id],
      load: async ({ limit, cursor }, signal) => {
        const answer = await listOrigins(slug, id, { limit, cursor }, signal)
        return { items: answer.items ?? [], next: answer.next }
      },
    }),
    [slug, id],
  )
  return (
    <ListPage<Origin>
      id="placement-people"
      unit={(count) => t('placements.people.unit', { count })}
      columns={[
        {
          id: 'person',
          header: t('money.person'),
          main: true,
          width: 160,
          cell: (o) => <Holder slug={slug} person={o.person} name={o.nickname} />,
        },
        { id: 'at', header: t('placements.cameAt'), width: 144, cell: (o) => format.dateTime(o.at) },
        {
          id: 'contact',
          header: t('placements.contactAt'),
          width: 144,
          cell: (o) => (o.contact_at ? format.dateTime(o.contact_at) : ''),
        },
      ]}
      source={source}
      rowId={(o) => o.person}
      rowName={(o) => o.nickname || t('people.unnamed')}
      empty={{ title: t('placements.people.none'), body: t('placements.people.none.body') }}
    />
  )
}

function Sales({ slug, id }: { slug: string; id: string }) {
  const { t } = useWords()
  const format = useFormat()
  const source = useMemo<ListSource<Sale>>(
    () => ({
      key: [...placementsKey(slug), 'sales', id],
      load: async ({ limit, cursor }, signal) => {
        const answer = await listSales(slug, id, { limit, cursor }, signal)
        return { items: answer.items ?? [], next: answer.next }
      },
    }),
    [slug, id],
  )
  return (
    <ListPage<Sale>
      id="placement-sales"
      unit={(count) => t('placements.sales.unit', { count })}
      columns={[
        {
          id: 'person',
          header: t('money.person'),
          main: true,
          width: 160,
          cell: (s) => <Holder slug={slug} person={s.person} name={s.nickname} />,
        },
        { id: 'paid', header: t('placements.paid'), align: 'right', width: 120, cell: (s) => format.money(s.paid) },
        {
          id: 'refunded',
          header: t('placements.refund'),
          align: 'right',
          width: 120,
          cell: (s) => (s.refunded > 0 ? format.money(s.refunded) : ''),
        },
        { id: 'at', header: t('placements.paidAt'), width: 144, cell: (s) => format.dateTime(s.at) },
        {
          id: 'order',
          header: t('growth.order'),
          width: 104,
          cell: (s) => (
            <Link className={css.lead} to={communityPath(slug, `money/orders/${s.order}`)}>
              {t('growth.order.open')}
            </Link>
          ),
        },
      ]}
      source={source}
      rowId={(s) => s.order}
      rowName={(s) => s.nickname || t('people.unnamed')}
      empty={{ title: t('placements.sales.none') }}
    />
  )
}
