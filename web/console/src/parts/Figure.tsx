import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { type Unit, unitOf } from '~/i18n/unit'
import css from './Figure.module.css'

interface Common {
  label: string
  /** The rows behind the number. */
  to?: string
  /** A short remark: since when, from where. */
  note?: ReactNode
  /** Something waits here: the number is drawn in amber. */
  waits?: boolean
  loading?: boolean
}
type Value =
  | { kind?: 'count'; value: number; target?: number; unit?: Unit; of?: undefined }
  | { kind: 'money'; value: number; target?: number; unit?: undefined; of?: undefined }
  /** `value` of `of`; the target is in per cent. A rate is never shown without what it is a share of. */
  | { kind: 'rate'; value: number; of: number; target?: number; unit?: Unit }

export type FigureProps = Common & Value

/** One number: what it counts, how it stands to its target, and a way to the rows behind it. */
export function Figure(props: FigureProps) {
  const { label, to, note, waits, loading } = props
  const format = useFormat()
  const text = valueText(props, format)
  const number = (
    <span className={css.value} data-waits={waits || undefined}>
      {loading ? <span className={css.blank} aria-hidden="true" /> : text}
      {!loading && props.kind !== 'rate' && props.unit && (
        <span className={css.unit}>{unitOf(props.unit, props.value)}</span>
      )}
    </span>
  )
  return (
    <div className={css.figure} aria-busy={loading || undefined} data-long={text.length > widest || undefined}>
      <div className={css.label}>{label}</div>
      {to && !loading ? (
        <Link className={css.link} to={to} aria-label={`${label} ${text}`}>
          {number}
        </Link>
      ) : (
        number
      )}
      <div className={css.under}>
        {!loading && props.kind === 'rate' && (
          <span>
            {format.count(props.value)} / {format.count(props.of)}
            {props.unit ? ` ${unitOf(props.unit, props.of)}` : ''}
          </span>
        )}
        {!loading && <Target {...props} />}
        {note && <span>{note}</span>}
      </div>
    </div>
  )
}

/** Characters that half a phone has room for; a longer figure stands on a line of its own there. */
const widest = 10

function valueText(props: FigureProps, format: ReturnType<typeof useFormat>): string {
  if (props.kind === 'money') return format.money(props.value)
  if (props.kind === 'rate') return format.rate(props.value, props.of)
  return format.count(props.value)
}

/** The way to the target as a bar and in words; beyond it the bar is full and the words say by how much. */
function Target(props: FigureProps) {
  const { t } = useWords()
  const format = useFormat()
  if (!props.target) return null
  const now = props.kind === 'rate' ? (props.of > 0 ? (100 * props.value) / props.of : 0) : props.value
  const shown = (n: number) => {
    if (props.kind === 'money') return format.money(Math.round(n))
    return props.kind === 'rate' ? `${Number(n.toFixed(1))}%` : format.count(n)
  }
  const gap = props.target - now
  const rest = () => {
    if (gap <= 0) return t('parts.figure.reached')
    return t('parts.figure.missing', {
      gap: props.kind === 'rate' ? t('parts.figure.points', { points: gap.toFixed(1) }) : shown(gap),
    })
  }
  return (
    <>
      <span className={css.track} aria-hidden="true">
        <span className={css.fill} style={{ width: `${Math.min(100, (100 * now) / props.target)}%` }} />
      </span>
      <span>{t('parts.figure.target', { target: shown(props.target), rest: rest() })}</span>
    </>
  )
}

/** Figures side by side, divided by hairlines. */
export function FigureRow({ children }: { children: ReactNode }) {
  return <div className={css.row}>{children}</div>
}
