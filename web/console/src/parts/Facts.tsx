import type { ReactNode } from 'react'
import css from './Facts.module.css'

export interface FactRow {
  label: string
  value: ReactNode
  /** Why it matters or what follows from it. */
  note?: ReactNode
}

/** Names and values, a hairline between each. */
export function Facts({ facts }: { facts: FactRow[] }) {
  return (
    <dl className={css.facts}>
      {facts.map((fact) => (
        <div key={fact.label} className={css.row}>
          <dt className={css.label}>{fact.label}</dt>
          <dd>
            {fact.value}
            {fact.note && <p className={css.note}>{fact.note}</p>}
          </dd>
        </div>
      ))}
    </dl>
  )
}
