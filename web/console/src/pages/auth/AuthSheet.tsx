import type { ReactNode } from 'react'
import { LanguageSwitch, ThemeSwitch } from '~/app/Switches'
import { useWords } from '~/i18n'
import { Mark } from '~/parts/Mark'
import css from './AuthSheet.module.css'
import { SeatField } from './SeatField'

interface Props {
  /** Below the mark: steps of the setup. */
  aside?: ReactNode
  /** Without the field of seats: more room for the form. */
  plain?: boolean
  children: ReactNode
}

/** The sheet outside the frame: signing in and first-run setup. */
export function AuthSheet({ aside, plain = false, children }: Props) {
  const { t } = useWords()
  return (
    <div className={css.sheet} data-plain={plain || undefined}>
      <div className={css.side}>
        <header className={css.brand}>
          <Mark size={36} />
          <span className={css.name}>{t('common.product')}</span>
        </header>
        {aside}
        <main className={css.main}>{children}</main>
        <footer className={css.switches}>
          <LanguageSwitch />
          <ThemeSwitch />
        </footer>
      </div>
      {!plain && (
        <aside className={css.field} aria-label={t('common.product')}>
          <SeatField />
          <p className={css.line}>{t('auth.line')}</p>
        </aside>
      )}
    </div>
  )
}
