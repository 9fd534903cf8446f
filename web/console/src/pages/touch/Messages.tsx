import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { Link, useSearchParams } from 'react-router'
import type { Campaign } from '~/api/campaigns'
import { api, call } from '~/api/client'
import type { Schemas } from '~/api/community'
import { asProblem } from '~/api/problem'
import { communityPath } from '~/app/community'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { EmptyState, ProblemNotice } from '~/parts'
import { Section } from '../Section'
import { TouchState } from './State'
import css from './Touch.module.css'
import { reasonName } from './words'

/** The messages behind the numbers; the address says which. */
export function Messages({ c, slug }: { c: Campaign; slug: string }) {
  const { t, language } = useWords()
  const format = useFormat()
  const [params, setParams] = useSearchParams()
  const state = params.get('state') ?? ''
  const reason = params.get('reason') ?? ''
  const rows = useInfiniteQuery({
    queryKey: ['campaign', slug, c.id, 'touches', state, reason, language, c.results],
    initialPageParam: '',
    placeholderData: keepPreviousData,
    queryFn: ({ pageParam, signal }) =>
      call<Schemas['PageOfTouchView']>(
        api.GET('/api/v1/communities/{community}/campaigns/{id}/touches', {
          params: {
            path: { community: slug, id: c.id },
            query: {
              limit: 50,
              state: (state || undefined) as never,
              reason: reason || undefined,
              cursor: pageParam || undefined,
            },
          },
          signal,
        }),
      ),
    getNextPageParam: (last) => last.next || undefined,
  })
  const items = (rows.data?.pages ?? []).flatMap((page) => page.items ?? [])
  const states = ['', 'sent', 'queued', 'held', 'failed', 'unknown'] as const
  return (
    <Section title={t('touch.messages')}>
      <p className={css.tabs} role="group" aria-label={t('touch.state')}>
        {states.map((s) => (
          <button
            key={s}
            type="button"
            aria-pressed={s === state && !reason}
            onClick={() => setParams(s ? { state: s } : {}, { replace: true, preventScrollReset: true })}
          >
            {s === '' ? t('touch.one.all') : t(`touch.one.${s}`)}
          </button>
        ))}
        {reason && (
          <button type="button" aria-pressed="true" onClick={() => setParams({}, { replace: true })}>
            {reasonName(reason, t)} ×
          </button>
        )}
      </p>
      {rows.error && <ProblemNotice problem={asProblem(rows.error)} onRetry={() => rows.refetch()} />}
      {rows.data && items.length === 0 && <EmptyState search title={t('touch.messages.none')} />}
      {items.length > 0 && (
        <ul className={css.rows}>
          {items.map((x) => (
            <li key={x.id}>
              <Link to={communityPath(slug, `people/${x.person}`)}>{x.name || t('people.unnamed')}</Link>
              <span className={css.mid}>
                <TouchState state={x.state} /> {x.why && <span className={css.soft}>· {x.why}</span>}
              </span>
              <span className={css.soft}>
                {x.state === 'queued' && x.not_before
                  ? t('touch.notBefore', { at: format.dateTime(x.not_before) })
                  : format.dateTime(x.done_at ?? x.created_at)}
              </span>
            </li>
          ))}
        </ul>
      )}
      {rows.hasNextPage && (
        <Button className={css.more} onClick={() => rows.fetchNextPage()} loading={rows.isFetchingNextPage}>
          {t('touch.messages.more')}
        </Button>
      )}
    </Section>
  )
}
