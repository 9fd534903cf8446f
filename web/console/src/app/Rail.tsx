import { Search, X } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { NavLink } from 'react-router'
import { useWords } from '~/i18n'
import { isMac } from '~/lib/hooks'
import { CommunitySwitcher } from './CommunitySwitcher'
import { communityPath } from './community'
import type { FrameProps } from './Frame'
import css from './Rail.module.css'
import { UserMenu } from './UserMenu'

interface Props extends FrameProps {
  /** On narrow screens the rail is a drawer. */
  open: boolean
  onClose: () => void
  onSearch: () => void
  onHelp: () => void
}

export function Rail({ operator, communities, community, pages, onSignOut, open, onClose, onSearch, onHelp }: Props) {
  const { t } = useWords()
  const rail = useRef<HTMLElement>(null)
  useEffect(() => {
    if (!open) return
    rail.current?.querySelector<HTMLElement>('a, button')?.focus()
    const look = (event: KeyboardEvent) => {
      if (event.key === 'Escape') onClose()
    }
    document.addEventListener('keydown', look)
    return () => document.removeEventListener('keydown', look)
  }, [open, onClose])
  return (
    <>
      {open && (
        <button type="button" className={css.scrim} aria-label={t('common.close')} onClick={onClose} tabIndex={-1} />
      )}
      <aside className={css.rail} data-open={open || undefined} ref={rail}>
        <div className={css.head}>
          <CommunitySwitcher community={community} communities={communities} />
          <button type="button" className={css.close} aria-label={t('common.close')} onClick={onClose}>
            <X size={18} />
          </button>
        </div>
        <button
          type="button"
          className={css.search}
          onClick={onSearch}
          aria-keyshortcuts={isMac() ? 'Meta+K' : 'Control+K'}
        >
          <Search size={14} aria-hidden="true" />
          <span>{t('frame.search')}</span>
          <kbd>{isMac() ? '⌘ K' : 'Ctrl K'}</kbd>
        </button>
        <nav className={css.nav} aria-label={t('frame.nav')}>
          <ul>
            {pages.map((page) => (
              <li key={page.path} data-apart={page.path === 'settings' || undefined}>
                <NavLink className={css.link} to={communityPath(community.slug, page.path)} title={t(page.question)}>
                  <page.icon size={18} strokeWidth={1.75} aria-hidden="true" />
                  {t(page.title)}
                </NavLink>
              </li>
            ))}
          </ul>
        </nav>
        <UserMenu operator={operator} onSignOut={onSignOut} onHelp={onHelp} />
      </aside>
    </>
  )
}
