import { Button, Form, Input, InputNumber, Select } from 'antd'
import dayjs, { type Dayjs } from 'dayjs'
import { useRef, useState } from 'react'
import { type Beside, type Simulation, simulate, type Tally, type Terms } from '~/api/growth'
import { useProblem } from '~/app/useProblem'
import { type Translate, useText, useWords } from '~/i18n'
import { type Format, useFormat } from '~/i18n/format'
import { rule } from '~/lib/rule'
import { DataTable, Dialog, ProblemNotice } from '~/parts'
import { parseYuan, plainAmount } from '../money/amounts'
import { parseShare, percentOf } from '../money/payouts'
import page from '../page.module.css'
import css from './Growth.module.css'
import { instantOf, Moment, wallOf } from './Moment'
import { bindsName } from './words'

interface Values {
  rules: { levels: string[]; valid_days?: number; protect_days?: number; touch?: 'first' | 'last' }
  from: Dayjs
  to: Dayjs
}

/** Days back with which it begins. */
const usual = 90

interface Props {
  slug: string
  terms: Terms
  onClose: () => void
}

/** What other rules of a programme would have come to, beside what it came to. Nothing is kept, and nothing is changed. */
export function Simulate({ slug, terms, onClose }: Props) {
  const { t } = useWords()
  const text = useText()
  const format = useFormat()
  const refusal = useProblem()
  const [form] = Form.useForm<Values>()
  const [busy, setBusy] = useState(false)
  const [answer, setAnswer] = useState<Simulation>()
  // How often something was changed: an answer to what stood there before is not shown.
  const turn = useRef(0)
  const levels = terms.levels ?? []
  // Who held an event is paid for one order: there is nothing to choose of days or touches.
  const lasts = terms.binds !== 'offer'
  const send = async (v: Values) => {
    const { version: _, ...rules } = terms
    const asked = turn.current
    setBusy(true)
    const got = await refusal.guard(
      () =>
        simulate(slug, terms.name, {
          rules: {
            ...rules,
            ...v.rules,
            levels: levels.map((level, i) => {
              const typed = v.rules.levels[i] ?? ''
              return level.fixed ? { fixed: parseYuan(typed) ?? 0 } : { rate_bp: parseShare(typed) ?? 0 }
            }),
          },
          from: instantOf(v.from, format),
          to: instantOf(v.to, format),
        }),
      form,
    )
    setBusy(false)
    if (asked === turn.current) setAnswer(got)
  }
  const needed = { required: true, message: t('intake.needed') }
  const share = (fixed: boolean) =>
    fixed
      ? rule(t('money.amount.wrong'), (typed) => parseYuan(typed) !== undefined)
      : rule(t('growth.simulate.rate.wrong'), (typed) => parseShare(typed) !== undefined)
  const days = (what: 'valid' | 'protect') => (
    <Form.Item
      name={['rules', `${what}_days`]}
      label={t(`growth.rule.${what}`)}
      extra={t(`growth.simulate.${what}.note`)}
      rules={[needed]}
    >
      <InputNumber min={-1} max={3660} precision={0} className={page.wide} />
    </Form.Item>
  )
  const now = wallOf(Date.now(), format)
  return (
    <Dialog
      open
      side
      width={720}
      title={t('growth.simulate.title', { what: text(terms.title) || terms.name })}
      onClose={onClose}
    >
      <p className={page.soft}>{t('growth.simulate.what')}</p>
      {refusal.problem && <ProblemNotice problem={refusal.problem} fieldsShown />}
      <Form<Values>
        form={form}
        layout="vertical"
        requiredMark={false}
        disabled={busy}
        onFinish={send}
        onValuesChange={() => {
          turn.current++
          setAnswer(undefined)
        }}
        initialValues={{
          rules: {
            levels: levels.map((l) =>
              l.fixed ? plainAmount(l.fixed, 'CNY') : percentOf(l.rate_bp ?? 0).replace('%', ''),
            ),
            ...(lasts && {
              valid_days: terms.valid_days ?? 0,
              protect_days: terms.protect_days ?? 0,
              touch: terms.touch === 'first' ? 'first' : 'last',
            }),
          },
          from: dayjs(now).subtract(usual, 'day'),
          to: now,
        }}
      >
        <div className={css.pair}>
          {levels.map((level, i) => (
            <Form.Item
              // biome-ignore lint/suspicious/noArrayIndexKey: a level is its number
              key={i}
              name={['rules', 'levels', i]}
              label={t(i === 0 ? 'growth.simulate.level.first' : 'growth.simulate.level.second')}
              rules={[share(!!level.fixed)]}
            >
              <Input
                inputMode="decimal"
                prefix={level.fixed ? '¥' : undefined}
                suffix={level.fixed ? undefined : '%'}
                autoComplete="off"
              />
            </Form.Item>
          ))}
          {lasts && (
            <Form.Item name={['rules', 'touch']} label={t('growth.rule.touch')}>
              <Select
                options={(['first', 'last'] as const).map((value) => ({ value, label: t(`growth.touch.${value}`) }))}
              />
            </Form.Item>
          )}
        </div>
        <div className={css.pair}>
          {lasts && days('valid')}
          {lasts && days('protect')}
          <Form.Item name="from" label={t('growth.simulate.from')} rules={[needed]}>
            <Moment />
          </Form.Item>
          <Form.Item name="to" label={t('growth.simulate.to')} rules={[needed]}>
            <Moment />
          </Form.Item>
        </div>
        <p className={page.actions}>
          <Button type="primary" htmlType="submit" loading={busy}>
            {t('growth.simulate.go')}
          </Button>
          <Button onClick={onClose} disabled={false}>
            {t('common.close')}
          </Button>
        </p>
      </Form>
      {answer && <Answer answer={answer} />}
    </Dialog>
  )
}

interface Row {
  id: string
  name: string
  beside: Beside
}

function Answer({ answer }: { answer: Simulation }) {
  const { t } = useWords()
  const format = useFormat()
  const rows: Row[] = [
    { id: 'all', name: t('growth.simulate.all'), beside: answer.all },
    ...(answer.promoters ?? []).map((p) => ({
      id: p.promoter,
      name: p.promoter_name || t('people.unnamed'),
      beside: p,
    })),
  ]
  if (answer.others > 0)
    rows.push({ id: 'rest', name: t('growth.simulate.others', { count: answer.others }), beside: answer.rest })
  return (
    <div aria-live="polite">
      <DataTable<Row>
        label={t('growth.simulate')}
        rows={rows}
        rowId={(row) => row.id}
        columns={[
          { id: 'promoter', header: t('growth.promoter'), main: true, cell: (row) => row.name },
          {
            id: 'was',
            header: t('growth.simulate.was'),
            wrap: true,
            cell: (row) => tallyWords(row.beside.was, t, format),
          },
          {
            id: 'would',
            header: t('growth.simulate.would'),
            wrap: true,
            cell: (row) => tallyWords(row.beside.would, t, format),
          },
        ]}
      />
      <p className={page.note}>{t('growth.simulate.since', { when: format.dateTime(answer.since) })}</p>
      {Date.parse(answer.since) > Date.parse(answer.from) && (
        <p className={page.soft}>{t('growth.simulate.changed')}</p>
      )}
      <p className={page.note}>
        {t('growth.simulate.people', { was: answer.all.was.people, would: answer.all.would.people })}
      </p>
      <p className={page.note}>
        {t('growth.simulate.looked', {
          purchases: answer.purchases,
          touches: answer.touches,
          binds: bindsName(answer.rules.binds, t),
        })}
      </p>
      <p className={page.note}>{t('growth.simulate.limits')}</p>
    </div>
  )
}

/** ¥120.00, 30 points · 3 rewards, 5 bonds; no rewards are told as no money. */
function tallyWords(tally: Tally, t: Translate, format: Format): string {
  const got = [
    (tally.money > 0 || (!tally.points && !tally.services)) && format.money(tally.money),
    tally.points > 0 && t('growth.simulate.points', { count: tally.points }),
    tally.services > 0 && t('growth.simulate.services', { count: tally.services }),
  ].filter(Boolean)
  return `${got.join(t('common.listComma'))} · ${t('growth.simulate.of', { rewards: tally.rewards, bonds: tally.bonds })}`
}
