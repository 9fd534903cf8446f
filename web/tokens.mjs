// Writes what is derived from tokens.json, so that console, phone and public pages cannot drift apart:
//   console/src/theme/tokens.gen.ts   colours and sizes for scripts, and Ant Design's ThemeConfig
//   console/src/theme/tokens.css      custom properties; the console's switch overrides the system's choice
//   phone/tokens.css                  custom properties for server-rendered pages; follows the system only
// `node web/tokens.mjs` writes, `node web/tokens.mjs --check` compares and fails on a difference.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { antdTheme } from './tokens.antd.mjs'

const here = dirname(fileURLToPath(import.meta.url))
const themes = ['light', 'dark']
const note = 'Generated from web/tokens.json by web/tokens.mjs. Do not edit.'

export const readTokens = () => JSON.parse(readFileSync(join(here, 'tokens.json'), 'utf8'))

const kebab = (name) => name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)
/** Generic families are keywords; a quoted one would be looked for as a font of that name. */
const generic = /^(-apple-system|BlinkMacSystemFont|system-ui|sans-serif|monospace)$/
const face = (name) => (generic.test(name) ? name : `"${name}"`)
const stack = (names) => names.map(face).join(', ')

/** The custom properties that change with the theme. */
function coloured(tokens, theme) {
  const out = Object.entries(tokens.color[theme]).map(([name, value]) => [kebab(name), value])
  tokens.chart[theme].forEach((value, i) => out.push([`chart-${i + 1}`, value]))
  out.push(['chart-rest', tokens.chart.rest[theme]])
  tokens.chart.ramp[theme].forEach((value, i) => out.push([`ramp-${i + 1}`, value]))
  out.push(['shadow', tokens.shadow[theme].raised])
  return out
}

/** The custom properties that are the same in every theme; `place` chooses the type scale. */
function fixed(tokens, place) {
  const out = []
  for (const [name, [size, line]] of Object.entries(tokens.type[place])) {
    out.push([`text-${name}`, `${size}px`], [`line-${name}`, `${line}px`])
  }
  for (const [name, value] of Object.entries(tokens.weight)) out.push([`weight-${name}`, value])
  for (const [name, value] of Object.entries(tokens.space)) out.push([`space-${name}`, `${value}px`])
  for (const [name, value] of Object.entries(tokens.radius)) out.push([`radius-${name}`, `${value}px`])
  for (const [name, value] of Object.entries(tokens.motion)) out.push([`motion-${name}`, `${value}ms`])
  out.push(['face', stack(tokens.family['zh-Hans'])], ['mono', stack(tokens.family.mono)])
  return out
}

const rule = (selector, pairs, indent = '') =>
  `${indent}${selector} {\n${pairs.map(([k, v]) => `${indent}  ${k.startsWith('color-') ? k : `--q-${k}`}: ${v};\n`).join('')}${indent}}\n`

/** One style sheet. Nothing newer than custom properties and prefers-color-scheme: old WeChat web views read it too. */
function sheet(tokens, place) {
  const scheme = (theme) => [['color-scheme', theme], ...coloured(tokens, theme)]
  // The phone follows the system; the console has a switch that says data-theme on <html>.
  const follows = place === 'console' ? ':root:not([data-theme="light"])' : ':root'
  return [
    `/* ${note} */\n`,
    rule(':root', [...scheme('light'), ...fixed(tokens, place)]),
    `:root:lang(zh-Hant) {\n  --q-face: ${stack(tokens.family['zh-Hant'])};\n}\n`,
    `:root:lang(en) {\n  --q-face: ${stack(tokens.family.en)};\n}\n`,
    `@media (prefers-color-scheme: dark) {\n${rule(follows, scheme('dark'), '  ')}}\n`,
    place === 'console' ? rule(':root[data-theme="dark"]', scheme('dark')) : '',
  ].join('')
}

function script(tokens) {
  const { color, chart, family, type, space, radius, motion } = tokens
  const constant = (name, value) => `export const ${name} = ${JSON.stringify(value, null, 2)} as const\n`
  const configs = Object.fromEntries(themes.map((theme) => [theme, antdTheme(tokens, theme)]))
  return [
    `// ${note}`,
    "import type { ThemeConfig } from 'antd'\n",
    constant('color', color),
    constant('chart', chart),
    constant('size', { type: type.console, space, radius, motion }),
    `export const family: Record<string, string> = ${JSON.stringify(Object.fromEntries(Object.entries(family).map(([k, v]) => [k, stack(v)])), null, 2)}\n`,
    `export const antdTheme: Record<'light' | 'dark', ThemeConfig> = ${JSON.stringify(configs, null, 2)}`,
    '',
  ].join('\n')
}

/** Every generated file's path and content. */
export function generate(tokens = readTokens()) {
  return {
    [join(here, 'console/src/theme/tokens.gen.ts')]: script(tokens),
    [join(here, 'console/src/theme/tokens.css')]: sheet(tokens, 'console'),
    [join(here, 'phone/tokens.css')]: sheet(tokens, 'phone'),
  }
}

function main(check) {
  const stale = []
  for (const [file, content] of Object.entries(generate())) {
    if (existsSync(file) && readFileSync(file, 'utf8') === content) continue
    stale.push(relative(process.cwd(), file))
    if (check) continue
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, content)
  }
  if (!check) return console.log(stale.length ? `wrote ${stale.join(', ')}` : 'tokens: nothing to do')
  if (stale.length === 0) return console.log('tokens: generated files agree with web/tokens.json')
  console.error(`tokens: ${stale.join(', ')} differ from web/tokens.json; run \`npm run tokens\``)
  process.exitCode = 1
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) main(process.argv.includes('--check'))
