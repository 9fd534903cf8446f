// Light, dark or as the system says. The choice is written on <html data-theme>, where tokens.css looks; Ant Design is told
// the same through its ThemeConfig.
import { useSyncExternalStore } from 'react'

export { antdTheme, chart, color } from './tokens.gen'

export const themeChoices = ['light', 'dark', 'system'] as const
export type ThemeChoice = (typeof themeChoices)[number]
export type Theme = 'light' | 'dark'

const stored = 'qunce.theme'
const system = window.matchMedia?.('(prefers-color-scheme: dark)')
const listeners = new Set<() => void>()
let choice: ThemeChoice = remembered()

function remembered(): ThemeChoice {
  try {
    return themeChoices.find((c) => c === localStorage.getItem(stored)) ?? 'system'
  } catch {
    return 'system' // storage is switched off
  }
}

function effective(): Theme {
  if (choice !== 'system') return choice
  return system?.matches ? 'dark' : 'light'
}

function apply() {
  if (choice === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = choice
  for (const tell of listeners) tell()
}

export function setTheme(next: ThemeChoice) {
  choice = next
  try {
    localStorage.setItem(stored, next)
  } catch {
    // the choice lasts as long as the page
  }
  apply()
}

/** Call once before the first render, so that the page never shows the other theme for a moment. */
export function startTheme() {
  system?.addEventListener('change', apply)
  apply()
}

function subscribe(listener: () => void) {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function useTheme(): { choice: ThemeChoice; theme: Theme } {
  const theme = useSyncExternalStore(subscribe, effective)
  const chosen = useSyncExternalStore(subscribe, () => choice)
  return { choice: chosen, theme }
}
