// ICU-lite: `{name}` and `{count, plural, =0 {none} one {# seat} other {# seats}}`, nothing else. Numbers are grouped
// (1,204). A missing value is a mistake of the caller: it throws in tests and shows the placeholder's name elsewhere.

export type Value = string | number
export type Values = Record<string, Value>

interface Plural {
  name: string
  cases: Record<string, Part[]>
}
export type Part = string | { name: string } | { plural: Plural } | { count: true }

const cache = new Map<string, Part[]>()

/** Parses a message once; the parts are kept. */
export function parse(message: string): Part[] {
  const known = cache.get(message)
  if (known) return known
  const [parts, end] = parseParts(message, 0, false)
  if (end !== message.length) throw new Error(`unbalanced brace at ${end} in “${message}”`)
  cache.set(message, parts)
  return parts
}

function parseParts(source: string, start: number, inPlural: boolean): [Part[], number] {
  const parts: Part[] = []
  let text = ''
  let i = start
  const flush = () => {
    if (text) parts.push(text)
    text = ''
  }
  while (i < source.length && source[i] !== '}') {
    const char = source[i] ?? ''
    if (char === '{') {
      flush()
      const [part, next] = parsePlaceholder(source, i + 1)
      parts.push(part)
      i = next
    } else if (char === '#' && inPlural) {
      flush()
      parts.push({ count: true })
      i += 1
    } else {
      text += char
      i += 1
    }
  }
  flush()
  return [parts, i]
}

const simple = /^\s*([A-Za-z][\w]*)\s*\}/
const plural = /^\s*([A-Za-z][\w]*)\s*,\s*plural\s*,\s*/
const branch = /^\s*(=\d+|zero|one|two|few|many|other)\s*\{/

function parsePlaceholder(source: string, start: number): [Part, number] {
  const rest = source.slice(start)
  const plain = simple.exec(rest)
  if (plain) return [{ name: plain[1] ?? '' }, start + plain[0].length]
  const head = plural.exec(rest)
  if (!head) throw new Error(`unreadable placeholder at ${start} in “${source}”`)
  const cases: Record<string, Part[]> = {}
  let i = start + head[0].length
  for (let match = branch.exec(source.slice(i)); match; match = branch.exec(source.slice(i))) {
    const [parts, end] = parseParts(source, i + match[0].length, true)
    cases[match[1] ?? ''] = parts
    i = end + 1
  }
  while (source[i] === ' ') i += 1
  if (source[i] !== '}' || !cases.other) throw new Error(`plural without “other” or end in “${source}”`)
  return [{ plural: { name: head[1] ?? '', cases } }, i + 1]
}

/** The placeholder names of a message, sorted; plural branches included. */
export function placeholders(message: string): string[] {
  const names = new Set<string>()
  const walk = (parts: Part[]) => {
    for (const part of parts) {
      if (typeof part === 'string' || 'count' in part) continue
      if ('name' in part) names.add(part.name)
      else {
        names.add(part.plural.name)
        for (const inner of Object.values(part.plural.cases)) walk(inner)
      }
    }
  }
  walk(parse(message))
  return [...names].sort()
}

const rules = new Map<string, Intl.PluralRules>()
const numbers = new Map<string, Intl.NumberFormat>()

function kept<T>(map: Map<string, T>, key: string, make: () => T): T {
  const known = map.get(key)
  if (known) return known
  const made = make()
  map.set(key, made)
  return made
}

function chosen(part: Plural, count: number, language: string): Part[] {
  const rule = kept(rules, language, () => new Intl.PluralRules(language)).select(count)
  return part.cases[`=${count}`] ?? part.cases[rule] ?? part.cases.other ?? []
}

/** Fills a message with values of any type T; the caller joins the pieces (text or React nodes). */
export function fill<T>(message: string, values: Record<string, T | Value>, language: string): (string | T)[] {
  const shown = (value: T | Value | undefined, name: string): string | T => {
    if (value === undefined) {
      if (import.meta.env.MODE === 'test') throw new Error(`“${message}” lacks a value for {${name}}`)
      return name
    }
    if (typeof value === 'number') return kept(numbers, language, () => new Intl.NumberFormat(language)).format(value)
    return value as string | T
  }
  const walk = (parts: Part[], count?: T | Value): (string | T)[] =>
    parts.flatMap((part): (string | T)[] => {
      if (typeof part === 'string') return [part]
      if ('count' in part) return [shown(count, '#')]
      if ('name' in part) return [shown(values[part.name], part.name)]
      const value = values[part.plural.name]
      return walk(chosen(part.plural, Number(value), language), value)
    })
  return closeUp(walk(parse(message)))
}

const endsHan = /\p{Script=Han}$/u
const startsHan = /^\p{Script=Han}/u

/**
 * Chinese sets a space beside figures and Latin words but none between characters. The catalogue writes 还剩 {span}; when the
 * value turns out to be 不到 1 分钟 instead of 3 小时 the space goes.
 */
function closeUp<T>(pieces: (string | T)[]): (string | T)[] {
  const at = (i: number) => (typeof pieces[i] === 'string' ? pieces[i] : '')
  return pieces.map((piece, i) => {
    if (typeof piece !== 'string') return piece
    let text = piece
    if (text.endsWith(' ') && endsHan.test(text.slice(0, -1)) && startsHan.test(at(i + 1))) text = text.slice(0, -1)
    if (text.startsWith(' ') && startsHan.test(text.slice(1)) && endsHan.test(at(i - 1))) text = text.slice(1)
    return text
  })
}
