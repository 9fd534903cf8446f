import { type ReactNode, useEffect, useRef } from 'react'
import { useLocation } from 'react-router'
import css from './PageTabs.module.css'

/** The ways between the pages of one part, under their common head: a row of NavLinks. */
export function PageTabs({ label, children }: { label: string; children: ReactNode }) {
  const box = useRef<HTMLElement>(null)
  const { pathname } = useLocation()
  // Where they are wider than a phone, the one that is shown is in sight.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page is another tab
  useEffect(() => {
    const nav = box.current
    const tab = nav?.querySelector<HTMLElement>('[aria-current]')
    if (nav && tab) nav.scrollLeft = tab.offsetLeft - nav.offsetLeft - (nav.clientWidth - tab.offsetWidth) / 2
  }, [pathname])
  return (
    <nav ref={box} className={css.tabs} aria-label={label}>
      {children}
    </nav>
  )
}
