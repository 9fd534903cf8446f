import type { ReactNode } from 'react'
import css from './page.module.css'

/** A part of a page with its heading; what leads further stands beside it. */
export function Section({ title, more, children }: { title: string; more?: ReactNode; children: ReactNode }) {
  return (
    <section className={css.section}>
      <div className={css.head}>
        <h2 className={css.title}>{title}</h2>
        {more && <span className={css.soft}>{more}</span>}
      </div>
      {children}
    </section>
  )
}

/** A list of rows, or a line that says there are none. */
export function Rows({ none, children }: { none: string; children: ReactNode[] }) {
  if (children.length === 0) return <p className={css.none}>{none}</p>
  return <ul className={css.rows}>{children}</ul>
}

export function Row({ children }: { children: ReactNode }) {
  return <li className={css.row}>{children}</li>
}
