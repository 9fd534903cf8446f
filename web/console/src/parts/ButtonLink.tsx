import type { ReactNode } from 'react'
import { Link } from 'react-router'
import css from './ButtonLink.module.css'

/** The main action of a page when it is a way to another page: a real link, so that the middle button and the keyboard work. */
export function ButtonLink({ to, children }: { to: string; children: ReactNode }) {
  return (
    <Link className={css.link} to={to}>
      {children}
    </Link>
  )
}
