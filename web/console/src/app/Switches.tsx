import { Segmented } from 'antd'
import { languageNames, languages, setLanguage, useWords } from '~/i18n'
import { setTheme, themeChoices, useTheme } from '~/theme'
import { useToast } from './toasts'

export function LanguageSwitch() {
  const { t, language } = useWords()
  const toast = useToast()
  return (
    <Segmented
      block
      size="small"
      aria-label={t('frame.language')}
      value={language}
      options={languages.map((value) => ({ value, label: <span lang={value}>{languageNames[value]}</span> }))}
      // The new words are a file of their own: without a line they cannot come.
      onChange={(value) => setLanguage(value).catch(toast.problem)}
    />
  )
}

export function ThemeSwitch() {
  const { t } = useWords()
  const { choice } = useTheme()
  return (
    <Segmented
      block
      size="small"
      aria-label={t('frame.theme')}
      value={choice}
      options={themeChoices.map((value) => ({ value, label: t(`frame.theme.${value}`) }))}
      onChange={setTheme}
    />
  )
}
