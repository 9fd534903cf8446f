import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { contrast, distance, sights } from '~/test/colour'
// @ts-expect-error the generator is plain JavaScript, run by Node as it is
import { generate, readTokens } from '../../../tokens.mjs'

const tokens = readTokens() as {
  color: Record<Theme, Record<string, string>>
  chart: Record<Theme, string[]> & { rest: Record<Theme, string> }
  contrast: { text: Record<string, string[]>; shape: Record<string, string[]> }
}
type Theme = 'light' | 'dark'
const themes: Theme[] = ['light', 'dark']
const of = (theme: Theme, name: string) => {
  const value = tokens.color[theme][name]
  if (!value) throw new Error(`no colour ${name} in ${theme}`)
  return value
}

test('generated files agree with tokens.json', () => {
  for (const [file, content] of Object.entries(generate() as Record<string, string>)) {
    expect(readFileSync(file, 'utf8'), file).toBe(content)
  }
})

test('both themes have the same colours', () => {
  expect(Object.keys(tokens.color.dark)).toEqual(Object.keys(tokens.color.light))
})

const pairs = themes.flatMap((theme) =>
  (['text', 'shape'] as const).flatMap((kind) =>
    Object.entries(tokens.contrast[kind]).flatMap(([front, backs]) =>
      backs.map((back) => ({ theme, front, back, least: kind === 'text' ? 4.5 : 3 })),
    ),
  ),
)

test.each(pairs)('$theme: $front on $back is at least $least : 1', ({ theme, front, back, least }) => {
  expect(contrast(of(theme, front), of(theme, back))).toBeGreaterThanOrEqual(least)
})

test('every colour that text is written in has its pairs declared', () => {
  const grounds = /^(paper|surface|raised|sunken|hover|line|edge|focus|scrim)$|Wash$|Line$|Active$/
  const written = Object.keys(tokens.color.light).filter((name) => !grounds.test(name))
  expect(Object.keys(tokens.contrast.text).sort()).toEqual(written.sort())
})

test.each(themes)('%s: chart colours stand out from the surface', (theme) => {
  for (const colour of [...tokens.chart[theme], tokens.chart.rest[theme]]) {
    expect(contrast(colour, of(theme, 'surface')), colour).toBeGreaterThanOrEqual(3)
  }
})

test.each(themes)('%s: chart colours differ for every kind of colour sight', (theme) => {
  const set = tokens.chart[theme]
  for (const sight of sights) {
    for (const [i, a] of set.entries()) {
      // 100 × the distance in OKLab; neighbours in common “safe” sets come to 8–10.
      for (const b of set.slice(0, i)) expect(distance(a, b, sight), `${a} ${b} ${sight}`).toBeGreaterThan(9)
    }
  }
})

test('the phone’s sheet uses nothing that an old WeChat web view cannot read', () => {
  const phone =
    Object.entries(generate() as Record<string, string>).find(([file]) => file.endsWith('phone/tokens.css'))?.[1] ?? ''
  expect(phone).not.toMatch(/:is\(|:where\(|@layer|oklch|color-mix|light-dark|data-theme|@container/)
  expect(phone).toMatch(/@media \(prefers-color-scheme: dark\)/)
})
