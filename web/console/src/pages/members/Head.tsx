import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Link, NavLink } from 'react-router'
import { type Counts, type Offer, plansQuery } from '~/api/members'
import { asProblem } from '~/api/problem'
import { communityPath, useCommunity } from '~/app/community'
import { useText, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { EmptyState, PageHeader, ProblemNotice, StatusTag } from '~/parts'
import css from './Members.module.css'
import { Waves } from './Waves'

/** The head that the pages of members share: how each plan stands, and the way between the list, renewals, companies and plans. */
export function MembersHead({
  actions,
  children,
}: {
  actions?: ReactNode
  children: (plans: PlanStand[]) => ReactNode
}) {
  const { t } = useWords()
  const slug = useCommunity()?.slug ?? ''
  const plans = useQuery(plansQuery(slug))
  const stands = plans.data && standing(plans.data.items ?? [], plans.data.counts ?? [])
  return (
    <>
      <PageHeader title={t('frame.members')} question={t('frame.members.question')} actions={actions} />
      {plans.error && <ProblemNotice problem={asProblem(plans.error)} onRetry={() => plans.refetch()} />}
      {stands?.length === 0 && (
        <EmptyState
          title={t('members.none')}
          body={t('members.none.body')}
          step={{ label: t('members.toPlaybook'), to: communityPath(slug, 'settings/playbook') }}
        />
      )}
      {stands && stands.length > 0 && (
        <>
          <div className={css.plans}>
            {stands.map((stand) => (
              <PlanCard key={stand.name} stand={stand} slug={slug} />
            ))}
          </div>
          <nav className={css.tabs} aria-label={t('frame.members')}>
            <NavLink end to={communityPath(slug, 'members')}>
              {t('members.tab.list')}
            </NavLink>
            <NavLink to={communityPath(slug, 'members/layers')}>{t('members.tab.layers')}</NavLink>
            <NavLink to={communityPath(slug, 'members/renewals')}>{t('members.tab.renewals')}</NavLink>
            <NavLink to={communityPath(slug, 'members/companies')}>{t('companies.title')}</NavLink>
            <NavLink to={communityPath(slug, 'members/plans')}>{t('members.tab.plans')}</NavLink>
          </nav>
          {children(stands)}
        </>
      )}
    </>
  )
}

/** A plan with its members; one that is sold no more has members only. */
export interface PlanStand {
  name: string
  offer?: Offer
  counts: Counts
}

export function standing(offers: Offer[], counts: Counts[]): PlanStand[] {
  const none = (plan: string): Counts => ({ plan, pending: 0, active: 0, ending: 0, grace: 0 })
  const of = new Map(counts.map((c) => [c.plan, c]))
  const names = new Set([...offers.map((o) => o.name), ...counts.map((c) => c.plan)])
  return [...names].map((name) => ({
    name,
    offer: offers.find((o) => o.name === name),
    counts: of.get(name) ?? none(name),
  }))
}

function PlanCard({ stand: { name, offer, counts }, slug }: { stand: PlanStand; slug: string }) {
  const { t } = useWords()
  const text = useText()
  const format = useFormat()
  const title = offer ? text(offer.title) || name : name
  const figures = (['active', 'ending', 'grace'] as const).map((state) => ({
    state,
    count: counts[state],
    to: communityPath(slug, `members?${new URLSearchParams({ seg: state, 'f.plan': name })}`),
  }))
  return (
    <section className={css.plan} aria-label={title}>
      <div className={css.planHead}>
        <h2 className={css.planTitle}>{title}</h2>
        {offer ? (
          <span className={css.price}>{format.money(offer.price)}</span>
        ) : (
          <StatusTag>{t('members.gone')}</StatusTag>
        )}
      </div>
      <dl className={css.counts}>
        {figures.map(({ state, count, to }) => (
          <div key={state}>
            <dt>{t(`members.count.${state}`)}</dt>
            <dd data-waits={(state !== 'active' && count > 0) || undefined}>
              <Link to={to} aria-label={`${title} ${t(`members.count.${state}`)} ${count}`}>
                {format.count(count)}
              </Link>
            </dd>
          </div>
        ))}
      </dl>
      {counts.pending > 0 && (
        <p className={css.note}>
          <Link to={communityPath(slug, `members?${new URLSearchParams({ seg: 'pending', 'f.plan': name })}`)}>
            {t('members.count.pending', { count: counts.pending })}
          </Link>
        </p>
      )}
      {offer && <Waves offer={offer} />}
    </section>
  )
}
