import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { useLocation } from 'react-router'
import { api, call } from '~/api/client'
import type { EntryView, Schemas } from '~/api/community'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { QrCard } from '~/parts'
import css from '../page.module.css'

interface Props {
  entry: EntryView
  slug: string
  source?: string
  /** Where it leads, in words. */
  path: string
}

/** An entry's code and link, where it leads, and how many came by it: views, arrivals and joins apart. */
export function EntryCard({ entry, slug, source, path: way }: Props) {
  const { t } = useWords()
  const format = useFormat()
  const path = { community: slug, id: entry.id }
  const svg = useQuery({
    queryKey: ['entry', slug, entry.id, 'qr'],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) =>
      call<string>(
        api.GET('/api/v1/communities/{community}/entries/{id}/qr.svg', {
          params: { path },
          parseAs: 'text',
          signal,
        }) as never,
      ),
  })
  const counts = useQuery({
    queryKey: ['entry', slug, entry.id, 'counts'],
    queryFn: ({ signal }) =>
      call<Schemas['EntryCounts']>(
        api.GET('/api/v1/communities/{community}/entries/{id}/counts', { params: { path }, signal }),
      ),
  })
  const spot = useRef<HTMLDivElement>(null)
  const { hash } = useLocation()
  const wanted = hash === `#${entry.id}` && svg.data !== undefined
  useEffect(() => {
    if (wanted) spot.current?.scrollIntoView({ block: 'center' })
  }, [wanted])
  if (!svg.data) return null
  const total = (counts.data?.total ?? {}) as Record<string, number>
  return (
    <div ref={spot}>
      <QrCard
        size={144}
        title={entry.title}
        url={entry.url}
        svg={svg.data}
        retired={entry.state === 'retired'}
        caption={
          <>
            {[source, way, entry.keyword && t('intake.keyword', { word: entry.keyword })].filter(Boolean).join(' · ')}
            <br />
            <span className={css.num}>
              {t('intake.counts', {
                viewed: format.count(total['intake.viewed'] ?? 0),
                arrived: format.count(total['intake.arrived'] ?? 0),
                joined: format.count(total['circle.joined'] ?? 0),
              })}
            </span>
          </>
        }
      />
    </div>
  )
}
