import { ChevronUp, Keyboard, LogOut, ShieldCheck, UserRound } from 'lucide-react'
import { useRef, useState } from 'react'
import { Link } from 'react-router'
import type { Operator } from '~/api/auth'
import { useWords } from '~/i18n'
import { useOutside } from '~/lib/hooks'
import { LanguageSwitch, ThemeSwitch } from './Switches'
import css from './UserMenu.module.css'

interface Props {
  operator: Operator
  onSignOut: () => void
  onHelp: () => void
}

/** Who I am here, how the console looks and speaks to me, and the way out. */
export function UserMenu({ operator, onSignOut, onHelp }: Props) {
  const { t } = useWords()
  const [open, setOpen] = useState(false)
  const box = useRef<HTMLDivElement>(null)
  const close = () => setOpen(false)
  useOutside(box, open, close)
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape anywhere inside closes
    <div className={css.box} ref={box} onKeyDown={(event) => event.key === 'Escape' && close()}>
      {open && (
        <div className={css.panel}>
          <p className={css.email}>{operator.email}</p>
          <div className={css.choice}>
            <span>{t('frame.language')}</span>
            <LanguageSwitch />
          </div>
          <div className={css.choice}>
            <span>{t('frame.theme')}</span>
            <ThemeSwitch />
          </div>
          <ul className={css.list}>
            <li>
              <Link to="/account" onClick={close}>
                <UserRound size={16} aria-hidden="true" />
                {t('frame.user.account')}
              </Link>
            </li>
            {!operator.totp && (
              <li>
                <Link to="/account/totp" onClick={close}>
                  <ShieldCheck size={16} aria-hidden="true" />
                  {t('frame.user.totp')}
                </Link>
              </li>
            )}
            <li>
              <button
                type="button"
                onClick={() => {
                  close()
                  onHelp()
                }}
              >
                <Keyboard size={16} aria-hidden="true" />
                {t('frame.user.keys')}
              </button>
            </li>
            <li>
              <button type="button" onClick={onSignOut}>
                <LogOut size={16} aria-hidden="true" />
                {t('frame.user.signOut')}
              </button>
            </li>
          </ul>
        </div>
      )}
      <button type="button" className={css.face} aria-expanded={open} onClick={() => setOpen(!open)}>
        <span className={css.initial} aria-hidden="true">
          {[...operator.name][0] ?? '·'}
        </span>
        <span className={css.name}>{operator.name}</span>
        <ChevronUp size={14} aria-hidden="true" />
      </button>
    </div>
  )
}
