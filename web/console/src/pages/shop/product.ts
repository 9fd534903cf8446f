// A product as the form holds it, with amounts as people type them, and as it is sent.
import type { Product, ProductView } from '~/api/shop'
import type { Text } from '~/i18n'
import { parseYuan, plainAmount } from '../money/amounts'

export interface SkuValues {
  name?: string
  title?: Text
  price?: string
  strike?: string
  cost?: string
  points?: number | null
  stock?: number | null
}

export interface Values {
  name?: string
  title?: Text
  about?: Text
  kind: string
  supplier?: string
  per_person?: number | null
  return?: number | null
  skus: SkuValues[]
}

const yuan = (fen?: number) => (fen ? plainAmount(fen, 'CNY') : '')

export const blank: Values = { kind: 'goods', skus: [{ name: 'one' }] }

export const valuesOf = (p: ProductView): Values => ({
  name: p.name,
  title: p.title as Text,
  about: (p.about ?? {}) as Text,
  kind: p.kind,
  supplier: p.supplier ?? '',
  per_person: p.per_person || undefined,
  return: p.return || undefined,
  skus: (p.skus ?? []).map((s) => ({
    name: s.name,
    title: (s.title ?? {}) as Text,
    price: yuan(s.price),
    strike: yuan(s.strike),
    cost: yuan(s.cost),
    points: s.points || undefined,
  })),
})

const written = (words: Text | undefined): Record<string, string> =>
  Object.fromEntries(Object.entries(words ?? {}).filter(([, value]) => value?.trim()))

/** What is sent: all of the product. Fields that are empty are not there. */
export function productOf(v: Values): Product {
  const sku = (s: SkuValues) => ({
    name: (s.name ?? '').trim(),
    ...(Object.keys(written(s.title)).length > 0 && { title: written(s.title) }),
    ...(parseYuan(s.price ?? '') && { price: parseYuan(s.price ?? '') }),
    ...(parseYuan(s.strike ?? '') && { strike: parseYuan(s.strike ?? '') }),
    ...(parseYuan(s.cost ?? '') && { cost: parseYuan(s.cost ?? '') }),
    ...(s.points && { points: s.points }),
    ...(s.stock != null && { stock: s.stock }),
  })
  return {
    name: (v.name ?? '').trim(),
    title: written(v.title),
    ...(Object.keys(written(v.about)).length > 0 && { about: written(v.about) }),
    kind: v.kind,
    ...(v.supplier?.trim() && { supplier: v.supplier.trim() }),
    ...(v.per_person && { per_person: v.per_person }),
    ...(v.return && { return: v.return }),
    skus: v.skus.map(sku),
  }
}

/** An amount that may be left empty. */
