import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { languages } from './catalogue'
import { parse, placeholders } from './message'

const src = join(import.meta.dirname, '..')
const locales = join(src, 'locales')
const namespaces = readdirSync(join(locales, 'zh-Hans')).map((file) => file.replace(/\.json$/, ''))

const load = (language: string, namespace: string): Record<string, string> =>
  JSON.parse(readFileSync(join(locales, language, `${namespace}.json`), 'utf8'))

const keys = namespaces.flatMap((namespace) =>
  Object.keys(load('zh-Hans', namespace)).map((key) => `${namespace}.${key}`),
)

test('every language has the same files', () => {
  for (const language of languages) {
    expect(readdirSync(join(locales, language)).sort()).toEqual(namespaces.map((n) => `${n}.json`).sort())
  }
})

test.each(namespaces)('%s: the same keys and placeholders in every language', (namespace) => {
  const first = load('zh-Hans', namespace)
  for (const language of languages) {
    const other = load(language, namespace)
    expect(Object.keys(other).sort(), language).toEqual(Object.keys(first).sort())
    for (const [key, message] of Object.entries(other)) {
      expect(message.trim(), `${language} ${namespace}.${key}`).not.toBe('')
      expect(() => parse(message), `${language} ${namespace}.${key}`).not.toThrow()
      expect(placeholders(message), `${language} ${namespace}.${key}`).toEqual(placeholders(first[key] ?? ''))
    }
  }
})

/** The namespaces that catalogue.ts gives types for; one that is missing there would be untyped. */
test('catalogue.ts names every namespace', () => {
  const text = readFileSync(join(src, 'i18n/catalogue.ts'), 'utf8')
  for (const namespace of namespaces) expect(text).toContain(`/${namespace}.json'`)
})

function sources(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    if (statSync(path).isDirectory()) return name === 'locales' ? [] : sources(path)
    return /\.tsx?$/.test(name) && !/\.test\./.test(name) ? [readFileSync(path, 'utf8')] : []
  })
}
const code = sources(src).join('\n')

/** 'parts.job.done' as it stands, or `parts.job.${state}` with a gap, as a pattern. */
const used = [...code.matchAll(/['"`]([a-z]+\.(?:[\w.]|\$\{[^}]+\})+)['"`]/g)]
  .map((match) => match[1] ?? '')
  .filter((text) => namespaces.includes(text.slice(0, text.indexOf('.'))))

test('every key used in the code exists', () => {
  for (const text of used) {
    const parts = text.split(/\$\{[^}]+\}/)
    const pattern = new RegExp(`^${parts.map((part) => part.replaceAll('.', '\\.')).join('[\\w.]+')}$`)
    expect(
      keys.some((key) => pattern.test(key)),
      text,
    ).toBe(true)
  }
})

test('every key is used in the code', () => {
  const patterns = used.map(
    (text) =>
      new RegExp(
        `^${text
          .split(/\$\{[^}]+\}/)
          .map((part) => part.replaceAll('.', '\\.'))
          .join('[\\w]+')}$`,
      ),
  )
  const idle = keys.filter((key) => !patterns.some((pattern) => pattern.test(key)))
  expect(idle).toEqual([])
})

test('Chinese pages use Chinese marks, and nobody is shouted at', () => {
  for (const language of languages) {
    for (const namespace of namespaces) {
      for (const [key, message] of Object.entries(load(language, namespace))) {
        expect(message, `${language} ${namespace}.${key}`).not.toMatch(/[!！]/)
        if (language !== 'en') expect(message, `${language} ${namespace}.${key}`).not.toMatch(/\p{Script=Han}[,?;:]/u)
      }
    }
  }
})
