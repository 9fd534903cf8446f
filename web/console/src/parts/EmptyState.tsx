import { Button } from 'antd'
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { ButtonLink } from './ButtonLink'
import css from './EmptyState.module.css'

export interface FirstStep {
  label: string
  to?: string
  onClick?: () => void
}

interface Props {
  title: string
  body?: ReactNode
  /** The one thing to do first. */
  step?: FirstStep
  /** Other ways, as links. */
  also?: FirstStep[]
  /** Nothing matches (a filter), rather than nothing there yet. */
  search?: boolean
}

/** Nothing here yet: says what will be here and offers the first step. The seats are the product's own picture: free places. */
export function EmptyState({ title, body, step, also = [], search = false }: Props) {
  return (
    <div className={css.empty}>
      <Seats search={search} />
      <h2 className={css.title}>{title}</h2>
      {body && <p className={css.body}>{body}</p>}
      {(step || also.length > 0) && (
        <div className={css.steps}>
          {step && <Step {...step} primary />}
          {also.map((other) => (
            <Step key={other.label} {...other} />
          ))}
        </div>
      )}
    </div>
  )
}

function Step({ label, to, onClick, primary = false }: FirstStep & { primary?: boolean }) {
  if (to) return primary ? <ButtonLink to={to}>{label}</ButtonLink> : <Link to={to}>{label}</Link>
  return (
    <Button type={primary ? 'primary' : 'link'} onClick={onClick}>
      {label}
    </Button>
  )
}

function Seats({ search }: { search: boolean }) {
  const cells = Array.from({ length: 15 }, (_, i) => ({ x: (i % 5) * 12, y: Math.floor(i / 5) * 12, first: i === 0 }))
  return (
    <svg className={css.seats} viewBox="0 0 60 36" width="60" height="36" aria-hidden="true" focusable="false">
      {cells.map(({ x, y, first }) => (
        <rect
          key={`${x}-${y}`}
          x={x + 0.5}
          y={y + 0.5}
          width="8"
          height="8"
          rx="2"
          data-first={(first && !search) || undefined}
        />
      ))}
    </svg>
  )
}
