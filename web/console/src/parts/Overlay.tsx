import { type ReactNode, useEffect, useRef } from 'react'
import { createPortal } from 'react-dom'
import css from './Overlay.module.css'

interface Props {
  onClose: () => void
  label: string
  /** middle: a card; top: under the upper edge, for what grows while one types; side: a sheet from the right, full height. */
  place?: 'middle' | 'top' | 'side'
  width: number
  children: ReactNode
}

/** The overlays now open, the topmost last. Whatever lies below the topmost is inert. */
const open: HTMLElement[] = []

/** The page and every overlay but the topmost take no focus and no press; the page does not scroll. */
function settle() {
  const top = open.at(-1)
  document.getElementById('root')?.toggleAttribute('inert', top !== undefined)
  for (const element of open) element.toggleAttribute('inert', element !== top)
  document.documentElement.classList.toggle('noscroll', top !== undefined)
}

/**
 * What lies over the page: ground, focus inside, Escape, focus given back. Not Ant Design's Modal, which locks scrolling with
 * a style element that has no nonce; nor a native dialog, under which its pickers and menus would open out of reach.
 */
export function Overlay({ onClose, label, place = 'middle', width, children }: Props) {
  const ground = useRef<HTMLDivElement>(null)
  const close = useRef(onClose)
  useEffect(() => {
    close.current = onClose
  })
  useEffect(() => {
    const element = ground.current
    if (!element) return
    const before = document.activeElement
    open.push(element)
    settle()
    if (!element.contains(document.activeElement)) firstField(element)?.focus()
    const look = (event: KeyboardEvent) => {
      // A menu or picker that is open inside takes Escape for itself.
      if (event.key === 'Escape' && !event.defaultPrevented && open.at(-1) === element) close.current()
    }
    document.addEventListener('keydown', look)
    return () => {
      document.removeEventListener('keydown', look)
      open.splice(open.indexOf(element), 1)
      settle()
      if (before instanceof HTMLElement) before.focus({ preventScroll: true })
    }
  }, [])
  return createPortal(
    // biome-ignore lint/a11y/noStaticElementInteractions: a press beside the card; by keyboard Escape does the same
    <div
      ref={ground}
      className={css.ground}
      data-place={place}
      onMouseDown={(event) => {
        if (event.target === ground.current) onClose()
      }}
    >
      <div className={css.card} role="dialog" aria-modal="true" aria-label={label} tabIndex={-1} style={{ width }}>
        {children}
      </div>
    </div>,
    document.body,
  )
}

/** Where the keyboard starts: the first field, else the card itself, so that a reader hears its name. */
function firstField(element: HTMLElement): HTMLElement | null {
  return (
    element.querySelector<HTMLElement>('input:not([type=hidden]), textarea, select') ??
    element.querySelector('[role=dialog]')
  )
}
