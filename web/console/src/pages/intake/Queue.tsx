import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { api, call } from '~/api/client'
import type { Schemas } from '~/api/community'
import { communityPath } from '~/app/community'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import css from '../page.module.css'

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
  const places = queue.data?.items ?? []
  if (places.length === 0) return <p className={css.none}>{t('intake.queue.none')}</p>
  return (
    <>
      <ol className={css.queue} aria-label={t('intake.queue')}>
        {places.map((place) => (
          <li key={place.number}>
            <span className={css.order}>{place.number}</span>
            <Link to={communityPath(slug, `people/${place.person}`)}>{place.name || t('people.unnamed')}</Link>
            <span className={css.aside}>{t('intake.queue.turn', { at: format.time(place.turn) })}</span>
          </li>
        ))}
      </ol>
      {queue.data?.next && <p className={css.none}>{t('intake.queue.more', { count: places.length })}</p>}
    </>
  )
}
