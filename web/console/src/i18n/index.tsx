// Words and formats in the operator's language. `useWords()` gives t(key, values); `<Words>` fills placeholders with nodes.
import dayjs from 'dayjs'
import { Fragment, type ReactNode, useCallback, useMemo, useSyncExternalStore } from 'react'
import { type Bundle, bundles, type Key, type Language, languages } from './catalogue'
import { fill, type Values } from './message'

export type { Key, Language } from './catalogue'
export { languageNames, languages } from './catalogue'

const stored = 'qunce.language'

interface State {
  language: Language
  bundle: Bundle
}
let state: State | undefined
const listeners = new Set<() => void>()

const known = (value: string | null | undefined): Language | undefined => languages.find((l) => l === value)

/**
 * The language to begin with: the operator's own choice, else Simplified Chinese. A browser in Traditional Chinese is taken
 * at its word; one in English is not, because many teams run English systems and work in Chinese.
 */
export function firstLanguage(): Language {
  const chosen = known(remembered())
  if (chosen) return chosen
  const browser = navigator.language ?? ''
  return /^zh-(Hant|TW|HK|MO)/i.test(browser) ? 'zh-Hant' : 'zh-Hans'
}

function remembered(): string | null {
  try {
    return localStorage.getItem(stored)
  } catch {
    return null // storage is switched off: the choice lasts as long as the page
  }
}

/** Loads a language and shows it. The old words stay until the new ones are there. */
export async function setLanguage(language: Language, remember = true): Promise<void> {
  const { default: bundle } = await bundles[language]()
  state = { language, bundle }
  dayjs.locale(bundle.dates)
  document.documentElement.lang = language
  if (remember) {
    try {
      localStorage.setItem(stored, language)
    } catch {
      // see remembered()
    }
  }
  for (const tell of listeners) tell()
}

function subscribe(listener: () => void) {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function current(): State {
  if (!state) throw new Error('setLanguage() has to finish before the first render')
  return state
}

/** The language now shown; outside React. */
export const currentLanguage = (): Language => state?.language ?? 'zh-Hans'

function message(bundle: Bundle, key: Key): string {
  const dot = key.indexOf('.')
  return bundle.messages[key.slice(0, dot)]?.[key.slice(dot + 1)] ?? key
}

/** Words outside React (file names, titles). Inside, use useWords, which follows a change of language. */
export function words(key: Key, values: Values = {}): string {
  const { bundle, language } = current()
  return fill(message(bundle, key), values, language).join('')
}

export type Translate = (key: Key, values?: Values) => string

export function useWords(): { t: Translate; language: Language; antd: Bundle['antd'] } {
  const { bundle, language } = useSyncExternalStore(subscribe, current)
  return useMemo(
    () => ({
      language,
      antd: bundle.antd,
      t: (key, values = {}) => fill(message(bundle, key), values, language).join(''),
    }),
    [bundle, language],
  )
}

/** A sentence with nodes in it: `<Words of="parts.confirm.type" with={{ name: <b>…</b> }} />`. */
export function Words({ of, with: values }: { of: Key; with: Record<string, ReactNode> }) {
  const { bundle, language } = useSyncExternalStore(subscribe, current)
  const parts = fill<ReactNode>(message(bundle, of), values, language)
  // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of one sentence never change places
  return parts.map((part, i) => <Fragment key={i}>{part}</Fragment>)
}

/** A text as the server keeps it, by language. */
export type Text = Record<string, string>

/** In the operator's language, else in the nearest one there is: Chinese before English. */
export function pickText(text: Text, language: Language): string {
  const order = language === 'zh-Hant' ? ['zh-Hant', 'zh-Hans', 'en'] : [language, 'zh-Hans', 'zh-Hant', 'en']
  for (const other of order) if (text[other]) return text[other]
  return Object.values(text)[0] ?? ''
}

export function useText(): (text: Text) => string {
  const { language } = useWords()
  return useCallback((text) => pickText(text, language), [language])
}
