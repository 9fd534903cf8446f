import type { Schemas } from '~/api/community'
import type { LadderProduct, Rung } from '~/api/ladder'
import { communityPath } from '~/app/community'

/** A product on its rung, or a rung on which there is none. */
export interface Step {
  rung: Rung
  /** The first of its rung. */
  first: boolean
  product?: LadderProduct
}

/** The ladder as rows, the lowest rung first; a rung without products is a row of its own. */
export function stepsOf(tiers: Schemas['LadderTier'][]): Step[] {
  return tiers.flatMap(({ rung, items }): Step[] =>
    items.length === 0 ? [{ rung, first: true }] : items.map((product, i) => ({ rung, first: i === 0, product })),
  )
}

/** The page of what stands on the ladder; what a newer server puts there has none. */
export function pageOf(slug: string, p: Pick<LadderProduct, 'kind' | 'item'>): string | undefined {
  switch (p.kind) {
    case 'plan':
      return communityPath(slug, 'members/plans')
    case 'ticket':
      return communityPath(slug, `events/${p.item}`)
    case 'goods':
      return communityPath(slug, `shop/products/${p.item}`)
    case 'share':
      return communityPath(slug, 'growth')
    default:
      return undefined
  }
}
