import { useQuery } from '@tanstack/react-query'
import { api, call } from '~/api/client'
import type { Schemas } from '~/api/community'
import { asProblem } from '~/api/problem'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { DataTable, ProblemNotice, StatusTag } from '~/parts'
import { Section } from '../Section'
import css from './LandingPages.module.css'

type Figures = Schemas['IntakePageFigures']

/** Versions of landing pages side by side: who saw them, began, bought, and gave it back. A page's versions share its visitors. */
export function LandingPages({ slug }: { slug: string }) {
  const { t } = useWords()
  const format = useFormat()
  const pages = useQuery({
    queryKey: ['pages', slug],
    queryFn: ({ signal }) =>
      call<Schemas['PageCounts']>(
        api.GET('/api/v1/communities/{community}/pages', { params: { path: { community: slug } }, signal }),
      ),
  })
  const items = pages.data?.items ?? []
  if (pages.error) return <ProblemNotice problem={asProblem(pages.error)} onRetry={() => pages.refetch()} />
  if (items.length === 0) return null
  const share = (id: string, header: string, n: (p: Figures) => number, of: (p: Figures) => number) => ({
    id,
    header,
    align: 'right' as const,
    // Of who came before views were counted there is no rate.
    cell: (p: Figures) =>
      of(p) < n(p) ? (
        format.count(n(p))
      ) : (
        <>
          {format.rate(n(p), of(p))}
          <span className={css.of}>
            {format.count(n(p))} / {format.count(of(p))}
          </span>
        </>
      ),
  })
  return (
    <Section title={t('intake.pages')}>
      <DataTable<Figures>
        label={t('intake.pages')}
        rows={items}
        rowId={(p) => `${p.page} ${p.version} ${p.revision}`}
        columns={[
          {
            id: 'version',
            header: t('intake.pages.version'),
            main: true,
            cell: (p) => (
              <>
                {p.page} · {p.version}
                <span className={css.of}>
                  {t('intake.pages.since', { revision: p.revision, at: format.dateTime(p.since) })}
                </span>
              </>
            ),
          },
          {
            id: 'state',
            header: t('people.state'),
            cell: (p) => (
              <StatusTag bare tone={p.active ? 'good' : 'done'}>
                {t(p.active ? 'intake.pages.shown' : 'intake.pages.past')}
              </StatusTag>
            ),
          },
          { id: 'seen', header: t('intake.pages.seen'), align: 'right', cell: (p) => format.count(p.seen) },
          share(
            'begun',
            t('intake.pages.begun'),
            (p) => p.begun,
            (p) => p.seen,
          ),
          share(
            'bought',
            t('intake.pages.bought'),
            (p) => p.bought,
            (p) => p.seen,
          ),
          share(
            'refunded',
            t('intake.pages.refunded'),
            (p) => p.refunded,
            (p) => p.bought,
          ),
          { id: 'paid', header: t('intake.pages.paid'), align: 'right', cell: (p) => format.money(p.paid) },
        ]}
      />
      <p className={css.note}>{t('intake.pages.note')}</p>
    </Section>
  )
}
