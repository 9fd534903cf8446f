import { useQuery } from '@tanstack/react-query'
import { api, call } from '~/api/client'
import type { Schemas } from '~/api/community'
import { useMay } from '~/app/may'
import { useStaffNames } from '~/app/staff'
import { type Key, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import css from '../page.module.css'
import { Row, Rows, Section } from '../Section'

const fields: Record<string, Key> = {
  name: 'people.realname',
  phone: 'people.phone',
  email: 'people.email',
  address: 'people.looks.address',
  export: 'people.looks.all',
}

/** Who looked at what of a person is masked otherwise, and why; for those who may read the log. */
export function Looks({ slug, id }: { slug: string; id: string }) {
  const { t } = useWords()
  const format = useFormat()
  const may = useMay()
  const names = useStaffNames(slug)
  const looks = useQuery({
    queryKey: ['person', slug, id, 'looks'],
    enabled: may('audit.read') === 'yes',
    queryFn: ({ signal }) =>
      call<Schemas['ListOfPeopleLook']>(
        api.GET('/api/v1/communities/{community}/people/{id}/looks', {
          params: { path: { community: slug, id } },
          signal,
        }),
      ),
  })
  const items = looks.data?.items ?? []
  if (items.length === 0) return null
  return (
    <Section title={t('people.looks')}>
      <Rows none="">
        {items.map((look) => (
          <Row key={look.id}>
            <span>
              {fields[look.field] ? t(fields[look.field] as Key) : look.field} · {look.reason}
            </span>
            <span className={css.aside}>
              {names.get(look.actor) ?? look.actor} {format.dateTime(look.at)}
            </span>
          </Row>
        ))}
      </Rows>
    </Section>
  )
}
