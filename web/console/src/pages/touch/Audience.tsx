import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { type Look, lookQuery, type SegmentLook } from '~/api/campaigns'
import { asProblem } from '~/api/problem'
import { communityPath } from '~/app/community'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { useSettled } from '~/lib/hooks'
import { ProblemNotice } from '~/parts'
import { nameOf } from '../people/People'
import css from './Touch.module.css'
import { channelName, reasonName } from './words'

interface Props {
  slug: string
  look: Look
  holdout: number
}

/** How many that are, now, and what the gate would say of them: who gets it at once, who later, who not and why. */
export function Audience({ slug, look, holdout }: Props) {
  const { t } = useWords()
  const format = useFormat()
  const text = useSettled(JSON.stringify(look), 350)
  const asked = useQuery({ ...lookQuery(slug, JSON.parse(text) as Look), placeholderData: keepPreviousData })
  const data = asked.data
  const named = (data?.people ?? []).filter((p) => p.nickname || p.name)
  return (
    <section className={css.audience} aria-label={t('touch.audience')} aria-busy={asked.isFetching}>
      <h2 className={css.label}>{t('touch.audience')}</h2>
      {asked.error ? (
        <ProblemNotice problem={asProblem(asked.error)} onRetry={() => asked.refetch()} />
      ) : (
        <>
          <p className={css.big} data-stale={asked.isPlaceholderData || undefined} role="status">
            {data ? format.count(data.count.n) : '—'}
            {data?.count.more && '+'}
            <span>{t('people.unit', { count: data?.count.n ?? 0 })}</span>
          </p>
          {data && <Gates data={data} holdout={holdout} />}
          {named.length > 0 && (
            <p className={css.some}>
              {t('touch.audience.some')}{' '}
              {named.map((p, i) => (
                <span key={p.id}>
                  {i > 0 && t('common.listComma')}
                  <Link to={communityPath(slug, `people/${p.id}`)}>{nameOf(p, t('people.unnamed'))}</Link>
                </span>
              ))}
            </p>
          )}
        </>
      )}
    </section>
  )
}

function Gates({ data, holdout }: { data: SegmentLook; holdout: number }) {
  const { t } = useWords()
  const format = useFormat()
  const f = data.forecast
  if (f.looked === 0) return <p className={css.note}>{t('touch.audience.nobody')}</p>
  const reasons = Object.entries(f.reasons ?? {}).sort((a, b) => b[1] - a[1])
  const channels = Object.entries(f.channels ?? {}).sort((a, b) => b[1] - a[1])
  const lines = [
    { key: 'now', words: t('touch.audience.now'), n: f.now },
    { key: 'later', words: t('touch.audience.later'), n: f.later },
    { key: 'held', words: t('touch.audience.held'), n: f.held },
  ]
  return (
    <>
      <dl className={css.gates}>
        {lines.map(({ key, words, n }) => (
          <div key={key} data-gate={key}>
            <dt>{words}</dt>
            <dd>
              {format.count(n)} <span>{format.rate(n, f.looked)}</span>
            </dd>
            <span className={css.bar} aria-hidden="true">
              <i style={{ width: `${(100 * n) / f.looked}%` }} />
            </span>
          </div>
        ))}
      </dl>
      {reasons.length > 0 && (
        <>
          <h3 className={css.label}>{t('touch.audience.why')}</h3>
          <ul className={css.reasons}>
            {reasons.map(([reason, n]) => (
              <li key={reason}>
                {reasonName(reason, t)}
                <span>{format.count(n)}</span>
              </li>
            ))}
          </ul>
        </>
      )}
      <p className={css.note}>
        {channels.length > 0 &&
          t('touch.audience.by', {
            channels: channels
              .map(([name, n]) => `${channelName(name, t)} ${format.count(n)}`)
              .join(t('common.listComma')),
          })}{' '}
        {holdout > 0 && t('touch.audience.holdout', { percent: holdout })}{' '}
        {f.whole
          ? t('touch.audience.of', { of: format.count(f.looked) })
          : t('touch.audience.sample', { of: format.count(f.looked) })}
      </p>
    </>
  )
}
