import { useMemo, useState } from 'react'
import { useNavigate } from 'react-router'
import { type CompanyRow, companiesKey, listCompanies } from '~/api/companies'
import { namesOf } from '~/api/money'
import { communityPath, useCommunity } from '~/app/community'
import { MayButton, useMay } from '~/app/may'
import { useStaffNames } from '~/app/staff'
import { useText, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { type ListColumn, ListPage, type ListSource, StatusTag } from '~/parts'
import { MembersHead } from '../members/Head'
import { lastMoment } from '../members/Members'
import { termState, termTone } from '../members/terms'
import page from '../page.module.css'
import css from './Companies.module.css'
import { FoundCompany } from './FoundCompany'

/** Companies with who orders for them, what they have and until when, how many places are taken, and who looks after them. */
export function Companies() {
  const { t } = useWords()
  const slug = useCommunity()?.slug ?? ''
  const navigate = useNavigate()
  const may = useMay()
  const [adding, setAdding] = useState(false)
  const columns = useColumns(slug)
  const source = useMemo<ListSource<CompanyRow>>(
    () => ({
      key: [...companiesKey(slug), 'list'],
      load: async ({ limit, cursor, q }, signal) => {
        const answer = await listCompanies(slug, { limit, cursor, q }, signal)
        // Who has no nickname goes by their masked real name, as in the list of members.
        const contacts = (answer.items ?? []).flatMap((c) => c.contacts ?? [])
        const names = await namesOf(
          slug,
          contacts.filter((x) => !x.nickname).map((x) => x.person),
          signal,
        )
        const items = (answer.items ?? []).map((c) => ({
          ...c,
          contacts: (c.contacts ?? []).map((x) => ({
            ...x,
            nickname: x.nickname || (names.get(x.person)?.name ?? ''),
          })),
        }))
        return { items, next: answer.next }
      },
    }),
    [slug],
  )
  const add = () => setAdding(true)
  return (
    <MembersHead
      actions={
        <MayButton action="people.write" type="primary" onClick={add}>
          {t('companies.found')}
        </MayButton>
      }
    >
      {() => (
        <div className={page.list}>
          <ListPage<CompanyRow>
            id="companies"
            unit={(count) => t('companies.unit', { count })}
            columns={columns}
            source={source}
            rowId={(c) => c.id}
            rowName={(c) => c.name}
            rowTo={(c) => communityPath(slug, `members/companies/${c.id}`)}
            searchLabel={t('companies.search')}
            empty={{
              title: t('companies.none'),
              body: t('companies.none.body'),
              step: may('people.write') === 'no' ? undefined : { label: t('companies.found'), onClick: add },
            }}
          />
          {adding && (
            <FoundCompany
              slug={slug}
              onClose={() => setAdding(false)}
              onDone={(id) => navigate(communityPath(slug, `members/companies/${id}`))}
            />
          )}
        </div>
      )}
    </MembersHead>
  )
}

function useColumns(slug: string): ListColumn<CompanyRow>[] {
  const { t } = useWords()
  const text = useText()
  const format = useFormat()
  const staff = useStaffNames(slug)
  return [
    { id: 'name', header: t('companies.name'), main: true, width: 216, cell: (c) => c.name },
    {
      id: 'contact',
      header: t('companies.role.contact'),
      width: 136,
      cell: (c) => {
        const [first, ...more] = c.contacts ?? []
        if (!first) return <StatusTag tone="wait">{t('companies.contact.none')}</StatusTag>
        const name = first.nickname || t('people.unnamed')
        return more.length > 0 ? t('companies.contact.more', { name, count: more.length + 1 }) : name
      },
    },
    {
      id: 'plan',
      header: t('members.plan'),
      width: 184,
      cell: ({ standing: s }) =>
        s.plan ? (
          <span className={css.plan}>
            {text(s.title ?? {}) || s.plan}
            <StatusTag bare tone={termTone(s.state ?? '')}>
              {termState(s.state ?? '', t)}
            </StatusTag>
          </span>
        ) : (
          <span className={page.soft}>{t('companies.plan.none')}</span>
        ),
    },
    {
      id: 'ends',
      header: t('members.ends'),
      width: 112,
      cell: ({ standing: s }) => (s.ends ? format.date(lastMoment(s.ends)) : ''),
    },
    {
      id: 'places',
      header: t('companies.places.taken'),
      align: 'right',
      width: 128,
      cell: ({ standing: s }) => (s.places > 0 ? t('companies.places.of', { taken: s.taken, places: s.places }) : ''),
    },
    {
      id: 'owner',
      header: t('companies.owner'),
      width: 112,
      cell: (c) =>
        c.owner ? (staff.get(c.owner) ?? '') : <span className={page.soft}>{t('companies.owner.none')}</span>,
    },
    {
      id: 'created',
      header: t('companies.created'),
      hidden: true,
      width: 144,
      cell: (c) => format.dateTime(c.created_at),
    },
  ]
}
