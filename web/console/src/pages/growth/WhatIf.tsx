import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Button, Form, Input, InputNumber } from 'antd'
import { useState } from 'react'
import { type Outlook, outlookQuery, type Prospect } from '~/api/placements'
import { asProblem } from '~/api/problem'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { useSettled } from '~/lib/hooks'
import { Dialog, Facts, ProblemNotice } from '~/parts'
import { plainAmount } from '../money/amounts'
import { percentOf } from '../money/payouts'
import page from '../page.module.css'
import css from './Growth.module.css'
import { signedPercent } from './placement'
import { prospectOf, type Typed } from './prospect'

/** Something to change, so that the answer stands there from the first. */
const usual: Typed = { contacts: 400, rate: '2.75', price: '5800', cost: '10000' }

interface Props {
  slug: string
  /** Figures to begin with. */
  from?: Prospect
  onClose: () => void
}

/** What a placement would come to: contacts × rate × price − cost. Nothing is kept. */
export function WhatIf({ slug, from, onClose }: Props) {
  const { t } = useWords()
  const [values, setValues] = useState<Typed>(
    from
      ? {
          contacts: from.contacts,
          rate: percentOf(from.rate_bp).replace('%', ''),
          price: plainAmount(from.price, 'CNY'),
          cost: plainAmount(from.cost, 'CNY'),
        }
      : usual,
  )
  const typed = prospectOf(values)
  const asked = useSettled(JSON.stringify(typed ?? null), 300)
  const prospect = JSON.parse(asked) as Prospect | null
  const query = useQuery({
    ...outlookQuery(slug, prospect ?? { contacts: 0, rate_bp: 0, price: 0, cost: 0 }),
    enabled: prospect !== null,
    placeholderData: keepPreviousData,
  })
  return (
    <Dialog open side width={480} title={t('placements.whatIf')} onClose={onClose}>
      <p className={page.soft}>{t('placements.whatIf.what')}</p>
      <Form<Typed>
        layout="vertical"
        initialValues={values}
        onValuesChange={(_, all) => setValues({ ...usual, ...all })}
      >
        <div className={css.pair}>
          <Form.Item name="contacts" label={t('placements.contacts')}>
            <InputNumber min={0} precision={0} className={page.wide} />
          </Form.Item>
          <Form.Item name="rate" label={t('placements.rate')}>
            <Input inputMode="decimal" suffix="%" autoComplete="off" />
          </Form.Item>
          <Form.Item name="price" label={t('placements.price')}>
            <Input inputMode="decimal" prefix="¥" autoComplete="off" />
          </Form.Item>
          <Form.Item name="cost" label={t('placements.cost')}>
            <Input inputMode="decimal" prefix="¥" autoComplete="off" />
          </Form.Item>
        </div>
      </Form>
      {!typed && <p role="alert">{t('placements.whatIf.wrong')}</p>}
      {query.error && <ProblemNotice problem={asProblem(query.error)} />}
      {typed && !query.error && query.data && <Answer outlook={query.data} prospect={prospect ?? typed} />}
      <p className={page.actions}>
        <Button onClick={onClose}>{t('common.close')}</Button>
      </p>
    </Dialog>
  )
}

function Answer({ outlook: o, prospect }: { outlook: Outlook; prospect: Prospect }) {
  const { t } = useWords()
  const format = useFormat()
  return (
    <div className={css.outlook} aria-live="polite">
      <Facts
        facts={[
          { label: t('placements.whatIf.sales'), value: format.count(o.sales) },
          { label: t('placements.revenue'), value: format.money(o.revenue) },
          { label: t('placements.profit'), value: format.money(o.profit) },
          {
            label: t('placements.roi'),
            value: o.roi_bp === undefined ? '—' : signedPercent(o.roi_bp),
            note: `${format.money(o.profit)} / ${format.money(prospect.cost)}`,
          },
          {
            label: t('placements.whatIf.needed'),
            value: o.sales_needed === undefined ? '—' : t('placements.whatIf.needed.n', { count: o.sales_needed }),
            note:
              o.rate_needed_bp === undefined
                ? t('placements.whatIf.never')
                : t('placements.whatIf.rateNeeded', {
                    rate: percentOf(o.rate_needed_bp),
                    contacts: format.count(prospect.contacts),
                  }),
          },
        ]}
      />
    </div>
  )
}
