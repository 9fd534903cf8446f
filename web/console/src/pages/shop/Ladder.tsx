import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { type LadderProduct, ladderQuery } from '~/api/ladder'
import { asProblem } from '~/api/problem'
import { communityPath, useCommunity } from '~/app/community'
import { useMay } from '~/app/may'
import { type Text, useText, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { useNarrow } from '~/lib/hooks'
import { DataTable, ProblemNotice, type TableColumn } from '~/parts'
import { Section } from '../Section'
import { ShopHead } from './Head'
import { pageOf, type Step, stepsOf } from './ladder'
import css from './Shop.module.css'
import { ladderKindOf, rungOf } from './words'

/** Where has the ladder a gap? What is on sale now, by rung, with what it costs. */
export function Ladder() {
  return (
    <>
      <ShopHead />
      <Rungs />
    </>
  )
}

function Rungs() {
  const { t } = useWords()
  const slug = useCommunity()?.slug ?? ''
  const format = useFormat()
  const may = useMay()
  const columns = useColumns(slug)
  const ladder = useQuery(ladderQuery(slug))
  if (ladder.error) return <ProblemNotice problem={asProblem(ladder.error)} onRetry={() => ladder.refetch()} />
  if (!ladder.data) return null
  const { mid = 0, high = 0, rungs } = ladder.data
  return (
    <Section title={t('shop.ladder.title')}>
      <p className={css.limits}>
        {t('shop.ladder.note', { mid: format.money(mid), high: format.money(high) })}{' '}
        {may('settings.read') === 'yes' && (
          <Link className={css.lead} to={communityPath(slug, 'settings/playbook')}>
            {t('shop.ladder.playbook')}
          </Link>
        )}
      </p>
      <DataTable<Step>
        label={t('shop.ladder.title')}
        columns={columns}
        rows={stepsOf(rungs ?? [])}
        rowId={({ rung, product: p }) => [rung, p?.kind, p?.item, p?.part].join(' ')}
      />
    </Section>
  )
}

function useColumns(slug: string): TableColumn<Step>[] {
  const { t } = useWords()
  const format = useFormat()
  const narrow = useNarrow() // a card has no row above it that says its rung
  const bought = ({ product: p }: Step) => p && p.kind !== 'share'
  return [
    {
      id: 'rung',
      header: t('shop.ladder.rung'),
      width: 112,
      cell: ({ rung, first }) => (first || narrow) && rungOf(rung, t),
    },
    {
      id: 'product',
      header: t('shop.product'),
      main: true,
      cell: ({ rung, product }) =>
        product ? (
          <ProductLink slug={slug} product={product} />
        ) : (
          <span className={css.gap}>{t(rung === 'shared' ? 'shop.ladder.gap.shared' : 'shop.ladder.gap')}</span>
        ),
    },
    { id: 'kind', header: t('shop.kind'), width: 104, cell: ({ product }) => product && ladderKindOf(product.kind, t) },
    {
      id: 'full',
      header: t('shop.ladder.full'),
      align: 'right',
      width: 128,
      cell: (step) => bought(step) && format.money(step.product?.full ?? 0),
    },
    {
      id: 'now',
      header: t('shop.ladder.now'),
      align: 'right',
      width: 128,
      cell: (step) => bought(step) && format.money(step.product?.price ?? 0),
    },
  ]
}

/** What stands on the ladder, by its name, which leads to its page. */
export function ProductLink({ slug, product }: { slug: string; product: LadderProduct }) {
  const text = useText()
  const to = pageOf(slug, product)
  const name = text(product.title as Text) || product.item
  return to ? (
    <Link className={css.lead} to={to}>
      {name}
    </Link>
  ) : (
    name
  )
}
