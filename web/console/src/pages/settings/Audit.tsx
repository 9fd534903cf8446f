import { useInfiniteQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { api, call } from '~/api/client'
import type { Schemas } from '~/api/community'
import { asProblem } from '~/api/problem'
import { communityPath, useCommunity } from '~/app/community'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { PageHeader, ProblemNotice } from '~/parts'
import css from '../page.module.css'
import { Row, Rows, Section } from '../Section'

/** Who changed or looked at what, newest first. Entries hold ids and names of fields, never what stood in them. */
export function Audit() {
  const { t } = useWords()
  const format = useFormat()
  const slug = useCommunity()?.slug ?? ''
  const log = useInfiniteQuery({
    queryKey: ['audit', slug],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      call<Schemas['PageOfAuditEntry']>(
        api.GET('/api/v1/communities/{community}/audit', {
          params: { path: { community: slug }, query: (pageParam ? { cursor: pageParam } : {}) as never },
          signal,
        }),
      ),
    getNextPageParam: (last) => last.next || undefined,
  })
  const entries = (log.data?.pages ?? []).flatMap((page) => page.items ?? [])
  return (
    <>
      <PageHeader
        title={t('settings.audit')}
        question={t('settings.audit.question')}
        crumbs={[{ label: t('frame.settings'), to: communityPath(slug, 'settings') }]}
      />
      {log.error && <ProblemNotice problem={asProblem(log.error)} onRetry={() => log.refetch()} />}
      <Section title={t('settings.audit')}>
        <Rows none={t('settings.audit.none')}>
          {entries.map((entry) => (
            <Row key={entry.id}>
              <span>
                <code>{entry.action}</code> {entry.target_kind} <span className={css.soft}>{entry.target_id}</span>
              </span>
              <span className={css.soft}>
                {entry.actor_kind} {entry.actor_id} · {format.dateTime(entry.at)}
              </span>
            </Row>
          ))}
        </Rows>
        {log.hasNextPage && (
          <Button onClick={() => log.fetchNextPage()} loading={log.isFetchingNextPage}>
            {t('settings.audit.more')}
          </Button>
        )}
      </Section>
    </>
  )
}
