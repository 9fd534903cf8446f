import type { ReactNode } from 'react'

interface Props {
  /** What is in it, for who goes through it by the keyboard. */
  label: string
  className?: string
  children: ReactNode
}

/** What may be wider than the page and scrolls sideways by itself, also by the keyboard. */
export function Scroll({ label, className, children }: Props) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable without a mouse
    <div className={className} tabIndex={0} role="region" aria-label={label}>
      {children}
    </div>
  )
}
