import { useQuery } from '@tanstack/react-query'
import { AutoComplete, Form, Input, Select } from 'antd'
import { sourcesQuery } from '~/api/community'
import { type Placement, poolsQuery } from '~/api/placements'
import { useWords } from '~/i18n'
import { rule } from '~/lib/rule'
import { amountOrNone, parseYuan, plainAmount } from '../money/amounts'

/** What every form of a placement asks: where it runs, what it is called, in which pool, and what it costs. */
export interface PlacementValues {
  source?: string
  name: string
  pool?: string
  cost: string
}

export const placementValues = (was?: Placement) => ({
  name: was?.name,
  pool: was?.pool,
  cost: was ? plainAmount(was.cost, 'CNY') : '',
})

export const placementOf = (v: PlacementValues) => ({
  name: v.name.trim(),
  pool: v.pool?.trim() ?? '',
  cost: parseYuan(v.cost || '0') ?? 0,
})

interface Props {
  slug: string
  /** Where a placement runs stays as it was said first. */
  isNew: boolean
  label: string
  note?: string
}

/** The fields of those values, within a form. */
export function PlacementFields({ slug, isNew, label, note }: Props) {
  const { t } = useWords()
  const sources = useQuery(sourcesQuery(slug))
  const pools = useQuery(poolsQuery(slug))
  const needed = { required: true, message: t('intake.needed') }
  return (
    <>
      {isNew && (
        <Form.Item name="source" label={t('placements.source')} rules={[needed]}>
          <Select options={(sources.data?.items ?? []).map((s) => ({ value: s.id, label: s.name }))} />
        </Form.Item>
      )}
      <Form.Item name="name" label={label} extra={note} rules={[{ ...needed, whitespace: true }]}>
        <Input maxLength={80} autoComplete="off" />
      </Form.Item>
      <Form.Item name="pool" label={t('placements.pool')} extra={t('placements.pool.note')}>
        <AutoComplete
          maxLength={80}
          options={(pools.data ?? []).filter((p) => p.pool).map((p) => ({ value: p.pool }))}
        />
      </Form.Item>
      <Form.Item name="cost" label={t('placements.cost')} rules={[rule(t('money.amount.wrong'), amountOrNone)]}>
        <Input inputMode="decimal" prefix="¥" autoComplete="off" />
      </Form.Item>
    </>
  )
}
