import { useWords } from '~/i18n'
import css from './StepList.module.css'
import { steps } from './steps'

/** Where one is in the setup. Steps lie in order; going back is done with the button on the step. */
export function StepList({ at }: { at: number }) {
  const { t } = useWords()
  const names = [...steps.map((step) => t(`setup.${step}`)), t('setup.finish')]
  return (
    <nav className={css.nav} aria-label={t('setup.steps')}>
      <ol>
        {names.map((name, i) => (
          <li
            key={name}
            className={css.step}
            data-done={i < at || undefined}
            aria-current={i === at ? 'step' : undefined}
          >
            <span className={css.dot} aria-hidden="true" />
            {name}
          </li>
        ))}
      </ol>
    </nav>
  )
}
