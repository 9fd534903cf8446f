import { useEffect } from 'react'
import { useNavigate } from 'react-router'
import { isTyping } from '~/lib/hooks'
import type { PageEntry } from './pages'

const patience = 1200

/** g, then a page's letter: g p goes to People. */
export function useGoKeys(pages: PageEntry[], base: string) {
  const navigate = useNavigate()
  useEffect(() => {
    let armed = 0
    const look = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
      if (document.querySelector('[role=dialog]')) return
      if (event.key === 'g') {
        armed = Date.now()
        return
      }
      const page = Date.now() - armed < patience ? pages.find((entry) => entry.go === event.key) : undefined
      armed = 0
      if (!page) return
      event.preventDefault()
      navigate(`${base}/${page.path}`)
    }
    document.addEventListener('keydown', look)
    return () => document.removeEventListener('keydown', look)
  }, [pages, base, navigate])
}
