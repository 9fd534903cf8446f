import { useQuery } from '@tanstack/react-query'
import type { Fact } from '~/api/community'
import { type Company, companyKey, listHappenings } from '~/api/companies'
import { namesQuery } from '~/api/money'
import { asProblem } from '~/api/problem'
import { useStaffNames } from '~/app/staff'
import { type Key, useText, useWords } from '~/i18n'
import { ProblemNotice, Timeline } from '~/parts'
import { Section } from '../Section'
import { happened } from './company'
import { useRows } from './useRows'

/** What happened to the company, newest first, with who it was about and who of the staff did it. */
export function CompanyTimeline({ slug, company }: { slug: string; company: Company }) {
  const { t } = useWords()
  const text = useText()
  const staff = useStaffNames(slug)
  const facts = useRows<Fact>([...companyKey(slug, company.id), 'timeline'], (query, signal) =>
    listHappenings(slug, company.id, query, signal),
  )
  // The seats behind places tell the same again.
  const told = facts.rows.filter((f) => !f.kind.startsWith('seat.'))
  const people = [...new Set(told.flatMap((f) => (f.person ? [f.person] : [])))].sort()
  const named = useQuery(namesQuery(slug, people))
  const names = new Map([...(named.data ?? [])].map(([id, one]) => [id, one.name]))
  const plans = new Map((company.terms ?? []).map((term) => [term.plan, text(term.title) || term.plan]))
  return (
    <Section title={t('people.timeline')}>
      {facts.error && <ProblemNotice problem={asProblem(facts.error)} onRetry={() => facts.refetch()} />}
      <Timeline
        label={t('people.timeline')}
        items={told.map((f) => ({
          id: f.id,
          at: f.at,
          title: t(`facts.${f.kind}` as Key),
          about: happened(f, names, plans, t),
          by: f.actor ? staff.get(f.actor) : undefined,
          kind: f.kind,
        }))}
        hasMore={facts.hasNextPage}
        loadingMore={facts.isFetchingNextPage}
        onMore={() => facts.fetchNextPage()}
      />
    </Section>
  )
}
