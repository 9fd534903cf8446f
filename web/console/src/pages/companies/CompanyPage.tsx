import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useParams } from 'react-router'
import { type Company, companyQuery } from '~/api/companies'
import { asProblem } from '~/api/problem'
import { communityPath, useCommunity } from '~/app/community'
import { MayButton, useMay } from '~/app/may'
import { useStaffNames } from '~/app/staff'
import { useText, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { Facts, Figure, FigureRow, PageHeader, ProblemNotice, StatusTag } from '~/parts'
import { lastMoment } from '../members/Members'
import { TermRows } from '../members/TermRows'
import { termState, termTone } from '../members/terms'
import page from '../page.module.css'
import { Section } from '../Section'
import css from './Companies.module.css'
import { EditCompany } from './EditCompany'
import { CompanyInvoice } from './Invoice'
import { CompanyOrders } from './Orders'
import { People } from './People'
import { Places } from './Places'
import { CompanyTimeline } from './Timeline'

/** One company: who is in it, who has its places, what it has bought, what stands on its invoices, and what happened. */
export function CompanyPage() {
  const { t } = useWords()
  const slug = useCommunity()?.slug ?? ''
  const { id = '' } = useParams()
  const query = useQuery(companyQuery(slug, id))
  const crumbs = [
    { label: t('frame.members'), to: communityPath(slug, 'members') },
    { label: t('companies.title'), to: communityPath(slug, 'members/companies') },
  ]
  if (query.error && !query.data)
    return (
      <>
        <PageHeader title={t('companies.one')} crumbs={crumbs} />
        <ProblemNotice problem={asProblem(query.error)} onRetry={() => void query.refetch()} />
      </>
    )
  if (!query.data) return <PageHeader title={t('common.loading')} crumbs={crumbs} />
  return <Shown slug={slug} company={query.data.data} etag={query.data.etag} crumbs={crumbs} />
}

interface ShownProps {
  slug: string
  company: Company
  etag?: string
  crumbs: { label: string; to: string }[]
}

function Shown({ slug, company: c, etag, crumbs }: ShownProps) {
  const { t } = useWords()
  const may = useMay()
  const [editing, setEditing] = useState(false)
  const reads = may('order.read') !== 'no'
  return (
    <>
      <PageHeader
        title={c.name}
        crumbs={crumbs}
        actions={
          <MayButton action="people.write" onClick={() => setEditing(true)}>
            {t('companies.edit')}
          </MayButton>
        }
      />
      <Figures company={c} />
      <div className={page.split}>
        <div>
          <People slug={slug} company={c} />
          <Places slug={slug} company={c} />
          {reads && <CompanyOrders slug={slug} company={c} />}
        </div>
        <div>
          <Section title={t('companies.about')}>
            <Has slug={slug} company={c} />
          </Section>
          <Terms company={c} />
          {reads && <CompanyInvoice slug={slug} company={c} etag={etag} />}
          <CompanyTimeline slug={slug} company={c} />
        </div>
      </div>
      {editing && <EditCompany slug={slug} company={c} etag={etag} onClose={() => setEditing(false)} />}
    </>
  )
}

function Has({ slug, company: c }: { slug: string; company: Company }) {
  const { t } = useWords()
  const format = useFormat()
  const staff = useStaffNames(slug)
  return (
    <Facts
      facts={[
        { label: t('companies.owner'), value: c.owner ? (staff.get(c.owner) ?? c.owner) : t('companies.owner.none') },
        { label: t('companies.created'), value: format.dateTime(c.created_at) },
      ]}
    />
  )
}

/** Places taken of those that its memberships give, and until when the last of them runs. */
function Figures({ company: c }: { company: Company }) {
  const { t } = useWords()
  const text = useText()
  const format = useFormat()
  const { places, taken, invited, room } = c.places
  const last = (c.terms ?? [])
    .filter((term) => ['active', 'grace', 'pending'].includes(term.state) && term.ends)
    .sort((a, b) => Date.parse(a.ends ?? '') - Date.parse(b.ends ?? ''))
    .at(-1)
  if (!last?.ends) return <p className={page.soft}>{t('companies.places.none.note')}</p>
  return (
    <>
      <p className={css.stands}>
        <span className={css.plan}>
          {t('companies.until', { plan: text(last.title) || last.plan, date: format.date(lastMoment(last.ends)) })}
          <StatusTag bare tone={termTone(last.state)}>
            {termState(last.state, t)}
          </StatusTag>
        </span>
      </p>
      <FigureRow>
        <Figure
          label={t('companies.places.taken')}
          value={taken}
          note={t('companies.places.given', { count: places })}
        />
        <Figure label={t('companies.places.invited')} value={invited} />
        <Figure label={t('companies.places.room')} value={room} />
      </FigureRow>
    </>
  )
}

/** What it bought, the latest first. */
function Terms({ company }: { company: Company }) {
  const { t } = useWords()
  return (
    <Section title={t('members.title')}>
      <TermRows terms={company.terms ?? []} none={t('companies.terms.none')} />
    </Section>
  )
}
