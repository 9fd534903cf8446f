import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { companiesOfQuery } from '~/api/companies'
import { asProblem } from '~/api/problem'
import { communityPath } from '~/app/community'
import { useWords } from '~/i18n'
import { ProblemNotice } from '~/parts'
import page from '../page.module.css'
import { Row, Rows, Section } from '../Section'
import { roleName } from './company'

/** The companies that somebody is in; most people are in none, and nothing is said of it. */
export function WorksAt({ slug, id }: { slug: string; id: string }) {
  const { t } = useWords()
  const companies = useQuery(companiesOfQuery(slug, id))
  const items = companies.data?.items ?? []
  if (companies.data && items.length === 0) return null
  if (companies.isPending) return null
  return (
    <Section title={t('companies.of.person')}>
      {companies.error && <ProblemNotice problem={asProblem(companies.error)} onRetry={() => companies.refetch()} />}
      {items.length > 0 && (
        <Rows none="">
          {items.map((c) => (
            <Row key={c.id}>
              <Link to={communityPath(slug, `members/companies/${c.id}`)}>{c.name}</Link>
              <span className={page.aside}>{roleName(c.role, t)}</span>
            </Row>
          ))}
        </Rows>
      )}
    </Section>
  )
}
