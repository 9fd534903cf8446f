import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { standingQuery } from '~/api/ladder'
import { asProblem } from '~/api/problem'
import { communityPath } from '~/app/community'
import { useMay } from '~/app/may'
import { useWords } from '~/i18n'
import { Facts, ProblemNotice } from '~/parts'
import { Section } from '../Section'
import { ProductLink } from './Ladder'
import { rungOf } from './words'

/** What could be somebody's next step, and why; for who may see orders. */
export function NextRung({ slug, id }: { slug: string; id: string }) {
  const { t } = useWords()
  const may = useMay()
  const reads = may('order.read') === 'yes'
  const standing = useQuery({ ...standingQuery(slug, id), enabled: reads })
  if (!reads) return null
  const s = standing.data
  return (
    <Section
      title={t('shop.ladder.next')}
      more={may('shop.read') === 'yes' && <Link to={communityPath(slug, 'shop/ladder')}>{t('shop.ladder.all')}</Link>}
    >
      {standing.error && <ProblemNotice problem={asProblem(standing.error)} onRetry={() => standing.refetch()} />}
      {s && (
        <Facts
          facts={[
            {
              label: t('shop.ladder.stands'),
              value: s.rung ? rungOf(s.rung, t) : t('shop.ladder.stands.none'),
              note: s.shared ? t('shop.ladder.shared') : undefined,
            },
            ...(s.next
              ? [
                  {
                    label: t('shop.ladder.to'),
                    value: <ProductLink slug={slug} product={s.next.product} />,
                    note: rungOf(s.next.to, t),
                  },
                ]
              : []),
            { label: t('shop.ladder.why'), value: s.why },
          ]}
        />
      )}
    </Section>
  )
}
