import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { type Unit, unitOf } from '~/i18n/unit'
import css from './SeatMap.module.css'
import { StatusTag } from './StatusTag'

export interface SeatPool {
  id: string
  name: string
  capacity: number
  taken: number
  /** Kept for somebody who has not arrived yet; comes back when the hold ends. */
  held: number
  state?: 'open' | 'full' | 'frozen'
  /** Receives the next arrivals. */
  next?: boolean
  note?: ReactNode
  to?: string
}

interface Props {
  pools: SeatPool[]
  /** What the seats are of; left out under a heading that says so. */
  label?: string
  /** What a seat is here: 人, 张 */
  unit: Unit
}

const columns = 20
const pitch = 7
const side = 5

/** Pools of seats as cells: taken full, held hatched, free outlined. Every picture has its numbers beside it. */
export function SeatMap({ pools, label, unit }: Props) {
  const { t } = useWords()
  const sum = (pick: (pool: SeatPool) => number) => pools.reduce((n, pool) => n + pick(pool), 0)
  const [capacity, taken, held] = [sum((p) => p.capacity), sum((p) => p.taken), sum((p) => p.held)]
  const legend = [
    { key: 'taken', text: t('parts.seats.taken', { count: taken }) },
    { key: 'held', text: t('parts.seats.held', { count: held }) },
    { key: 'free', text: t('parts.seats.free', { count: Math.max(0, capacity - taken - held) }) },
  ] as const
  return (
    <figure>
      <figcaption className={css.caption}>
        {label && <span className={css.label}>{label}</span>}
        <span className={css.of}>{t('parts.seats.of', { count: capacity, unit: unitOf(unit, capacity) })}</span>
        <span className={css.legend}>
          {legend.map(({ key, text }) => (
            <span key={key}>
              <span className={css.swatch} data-kind={key} aria-hidden="true" />
              {text}
            </span>
          ))}
        </span>
      </figcaption>
      <ul className={css.pools}>
        {pools.map((pool) => (
          <Pool key={pool.id} pool={pool} unit={unit} />
        ))}
      </ul>
    </figure>
  )
}

function Pool({ pool, unit }: { pool: SeatPool; unit: Unit }) {
  const { t } = useWords()
  const format = useFormat()
  const free = Math.max(0, pool.capacity - pool.taken - pool.held)
  const tag = () => {
    if (pool.state === 'frozen') return <StatusTag bare>{t('parts.seats.frozen')}</StatusTag>
    if (pool.state === 'full' || free === 0) {
      // Full with holds may open again: that is a wait, not an end.
      return pool.held > 0 ? (
        <StatusTag bare tone="wait">
          {t('parts.seats.mayOpen')}
        </StatusTag>
      ) : (
        <StatusTag bare tone="done">
          {t('parts.seats.full')}
        </StatusTag>
      )
    }
    if (pool.next)
      return (
        <StatusTag bare tone="good">
          {t('parts.seats.next')}
        </StatusTag>
      )
    return null
  }
  return (
    <li className={css.pool} data-next={pool.next || undefined}>
      <div className={css.head}>
        <span className={css.name}>{pool.to ? <Link to={pool.to}>{pool.name}</Link> : pool.name}</span>
        {tag()}
      </div>
      <Cells pool={pool} />
      <div className={css.numbers}>
        <span>
          {format.count(pool.taken)} / {format.count(pool.capacity)} {unitOf(unit, pool.capacity)}
        </span>
        {pool.held > 0 && <span className={css.heldText}>{t('parts.seats.heldIn', { count: pool.held })}</span>}
        <span>{t('parts.seats.freeIn', { count: free })}</span>
      </div>
      {pool.note && <div className={css.note}>{pool.note}</div>}
    </li>
  )
}

/** Three paths a pool, however many seats: hundreds of pools on one page stay light. */
function Cells({ pool }: { pool: SeatPool }) {
  const { t } = useWords()
  const per = Math.max(1, Math.ceil(pool.capacity / 200))
  const { cells, taken, held } = cellCounts(pool, per)
  const rows = Math.max(1, Math.ceil(cells / columns))
  const width = columns * pitch - (pitch - side)
  const height = rows * pitch - (pitch - side)
  return (
    <>
      <svg
        className={css.cells}
        viewBox={`0 0 ${width} ${height}`}
        width={width}
        height={height}
        aria-hidden="true"
        focusable="false"
      >
        <path className={css.taken} d={squares(0, taken)} />
        <path className={css.held} d={squares(taken, taken + held)} />
        <path className={css.free} d={squares(taken + held, cells)} />
      </svg>
      {per > 1 && <div className={css.per}>{t('parts.seats.per', { count: per })}</div>}
    </>
  )
}

/**
 * Cells of `per` seats. Somebody present is never rounded away, and a pool with room never looks full: what is rounded is
 * taken from the larger part.
 */
export function cellCounts(pool: Pick<SeatPool, 'capacity' | 'taken' | 'held'>, per: number) {
  const cells = Math.ceil(pool.capacity / per)
  const free = pool.capacity - pool.taken - pool.held
  const atLeastOne = (n: number) => (n > 0 ? Math.max(1, Math.round(n / per)) : 0)
  const held = Math.min(cells, atLeastOne(pool.held))
  const freeCells = Math.min(cells - held, atLeastOne(free))
  return { cells, held, taken: Math.max(0, cells - held - freeCells) }
}

function squares(from: number, to: number): string {
  let d = ''
  for (let i = from; i < to; i += 1) {
    d += `M${(i % columns) * pitch} ${Math.floor(i / columns) * pitch}h${side}v${side}h-${side}z`
  }
  return d
}
