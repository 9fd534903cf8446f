import { Fragment } from 'react'
import { Link } from 'react-router'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { type Unit, unitOf } from '~/i18n/unit'
import css from './FunnelSteps.module.css'

export interface FunnelStep {
  key: string
  label: string
  /** How many got this far. */
  count: number
  /** How many still are at the step before: neither lost nor here. */
  waiting?: number
  /** The people who got this far. */
  to?: string
  /** The people who stopped after the step before. */
  lostTo?: string
  /** Why they stopped, the biggest reason first. */
  reasons?: { label: string; count: number }[]
  /** Median time since the step before, in milliseconds. */
  took?: number
}

interface Props {
  steps: FunnelStep[]
  /** Who the percentages are of: 人, 次扫码 */
  unit: Unit
  /** Left out under a heading that says the same. */
  label?: string
}

/** A path as bars from zero: how many at each step, how many were lost on the way there, both with their denominators. */
export function FunnelSteps({ steps, unit, label }: Props) {
  const { t } = useWords()
  const format = useFormat()
  const entered = steps[0]?.count ?? 0
  return (
    <figure>
      <figcaption className={css.caption}>
        {label && <span className={css.label}>{label}</span>}
        <span className={css.of}>{t('parts.funnel.denominator', { count: entered, unit: unitOf(unit, entered) })}</span>
      </figcaption>
      <ol className={css.steps}>
        {steps.map((step, i) => {
          const before = steps[i - 1]?.count ?? step.count
          return (
            <Fragment key={step.key}>
              {i > 0 && <Loss step={step} before={before} unit={unit} />}
              <li className={css.step}>
                <span className={css.name}>
                  <span className={css.index}>{i + 1}</span>
                  {step.label}
                </span>
                <Bar count={step.count} waiting={step.waiting ?? 0} before={before} entered={entered} />
                <span className={css.count}>
                  {step.to ? <Link to={step.to}>{format.count(step.count)}</Link> : format.count(step.count)}
                </span>
                <span className={css.share} title={t('parts.funnel.share', { part: step.count, whole: entered })}>
                  {format.rate(step.count, entered)}
                </span>
              </li>
            </Fragment>
          )
        })}
      </ol>
    </figure>
  )
}

/** The stay in full colour, who waits in amber behind it, what was lost since the step before hatched behind both. */
function Bar({ count, waiting, before, entered }: { count: number; waiting: number; before: number; entered: number }) {
  const width = (n: number) => `${entered > 0 ? Math.min(100, (100 * n) / entered) : 0}%`
  return (
    <span className={css.track} aria-hidden="true">
      <span className={css.lost} style={{ width: width(before) }} />
      {waiting > 0 && <span className={css.waits} style={{ width: width(count + waiting) }} />}
      <span className={css.stayed} style={{ width: width(count) }} />
    </span>
  )
}

function Loss({ step, before, unit }: { step: FunnelStep; before: number; unit: Unit }) {
  const { t } = useWords()
  const format = useFormat()
  const waiting = step.waiting ?? 0
  const lost = Math.max(0, before - step.count - waiting)
  const gone = before - waiting // who still waits may yet come
  const words = t('parts.funnel.lost', { lost, unit: unitOf(unit, lost), rate: format.rate(lost, gone), before: gone })
  return (
    <li className={css.loss}>
      {lost > 0 ? (
        <span className={css.minus}>{step.lostTo ? <Link to={step.lostTo}>{words}</Link> : words}</span>
      ) : (
        <span>{t('parts.funnel.none')}</span>
      )}
      {waiting > 0 && (
        <span className={css.waiting}>
          {t('parts.funnel.waiting', { count: waiting, unit: unitOf(unit, waiting) })}
        </span>
      )}
      {step.reasons?.map((reason) => (
        <span key={reason.label}>
          {reason.label} {format.count(reason.count)}
        </span>
      ))}
      {step.took !== undefined && <span>{t('parts.funnel.took', { span: format.span(step.took) })}</span>}
    </li>
  )
}
