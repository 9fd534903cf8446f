import type { ReactNode } from 'react'
import css from './PageTabs.module.css'

/** The ways between the pages of one part, under their common head: a row of NavLinks. */
export function PageTabs({ label, children }: { label: string; children: ReactNode }) {
  return (
    <nav className={css.tabs} aria-label={label}>
      {children}
    </nav>
  )
}
