import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { api, call } from '~/api/client'
import type { Schemas } from '~/api/community'
import { communityPath } from '~/app/community'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import css from '../page.module.css'
import { Row, Rows } from '../Section'

/** Who waits at the doors, in the order of their numbers. */
export function Queue({ slug, opening }: { slug: string; opening: string }) {
  const { t } = useWords()
  const format = useFormat()
  const queue = useQuery({
    queryKey: ['queue', slug, opening],
    refetchInterval: 15_000,
    queryFn: ({ signal }) =>
      call<Schemas['QueuePage']>(
        api.GET('/api/v1/communities/{community}/openings/{id}/queue', {
          params: { path: { community: slug, id: opening } },
          signal,
        }),
      ),
  })
  return (
    <Rows none={t('intake.queue.none')}>
      {(queue.data?.items ?? []).map((place) => (
        <Row key={place.number}>
          <span>
            <span className={css.num}>{place.number}</span>{' '}
            <Link to={communityPath(slug, `people/${place.person}`)}>{place.name || t('people.unnamed')}</Link>
          </span>
          <span className={css.soft}>{t('intake.queue.turn', { at: format.dateTime(place.turn) })}</span>
        </Row>
      ))}
    </Rows>
  )
}
