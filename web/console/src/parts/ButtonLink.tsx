import type { ReactNode } from 'react'
import { Link } from 'react-router'
import css from './ButtonLink.module.css'

/**
 * The main action of a page when it is a way to another page: a real link, so that the middle button and the keyboard work.
 * A quiet one stands beside the main one.
 */
export function ButtonLink({ to, quiet = false, children }: { to: string; quiet?: boolean; children: ReactNode }) {
  return (
    <Link className={css.link} data-quiet={quiet || undefined} to={to}>
      {children}
    </Link>
  )
}
