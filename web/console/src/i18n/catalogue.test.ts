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

/** `parts.job.${state}`: a key with a gap, which any run of letters, dots and hyphens fills. */
const gap = /\$\{[^}]+\}/
const name = String.raw`[a-z]+\.(?:[\w.-]|\$\{[^}]+\})+`
const pattern = (key: string) =>
  new RegExp(
    `^${key
      .split(gap)
      .map((part) => part.replaceAll('.', '\\.'))
      .join('[\\w.-]+')}$`,
  )
const found = (around: RegExp) => [...new Set([...code.matchAll(around)].map((match) => match[1] ?? ''))]

test('every key asked for in the code exists', () => {
  const asked = found(new RegExp(String.raw`(?:\b(?:t|words)\(\s*|\bof=)['"\`](${name})['"\`]`, 'g'))
  expect(asked.length).toBeGreaterThan(100)
  for (const key of asked)
    expect(
      keys.some((other) => pattern(key).test(other)),
      key,
    ).toBe(true)
})

test('every key is named somewhere in the code', () => {
  // Anything that looks like a key counts: some are kept in tables and asked for later.
  const named = found(new RegExp(String.raw`['"\`](${name})['"\`]`, 'g'))
  const patterns = named.map(pattern)
  expect(keys.filter((key) => !patterns.some((other) => other.test(key)))).toEqual([])
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

test('English counts one thing in the singular', () => {
  const some = /\{(?:count|n|of|rows|columns|total|max|left)\} (?:more )?[a-z]{2,}s\b|\{\w+\} people\b/
  // Bounds that are never one.
  const bounds = ['people.bulk.tooMany', 'people.bulk.tooLong', 'people.bulk.whomMore']
  for (const namespace of namespaces) {
    for (const [key, message] of Object.entries(load('en', namespace))) {
      if (!bounds.includes(`${namespace}.${key}`)) expect(message, `${namespace}.${key}`).not.toMatch(some)
    }
  }
})
