// What a first visit has to load, gzipped: the entry, everything it imports at once, and the largest language. Fails above
// the limit, and when something meant for development only got into the release.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const limit = 450 * 1024
const dist = fileURLToPath(new URL('../../dist/', import.meta.url))
const manifest = JSON.parse(readFileSync(`${dist}.vite/manifest.json`, 'utf8'))
const gz = (file) => gzipSync(readFileSync(dist + file), { level: 9 }).length
const kb = (bytes) => `${(bytes / 1024).toFixed(1)} KB`

/** A chunk's files with those of everything it imports statically. */
function closure(key, seen = new Set()) {
  if (seen.has(key)) return seen
  seen.add(key)
  for (const other of manifest[key].imports ?? []) closure(other, seen)
  return seen
}
const files = (keys) => [...new Set([...keys].flatMap((key) => [manifest[key].file, ...(manifest[key].css ?? [])]))]
const weigh = (keys) => files(keys).reduce((sum, file) => sum + gz(file), 0)

const first = closure('index.html')
const shared = weigh(first)
/** What one lazy part adds to the first load. */
const more = (key) => weigh([...closure(key)].filter((other) => !first.has(other)))
const lazy = Object.keys(manifest).filter((key) => manifest[key].isDynamicEntry)
const languages = lazy.filter((key) => key.includes('/bundle.'))
const words = Math.max(...languages.map(more))
const total = shared + words

console.log(`first load ${kb(total)} gzipped (limit ${kb(limit)}): shared ${kb(shared)}, words ${kb(words)}`)
for (const key of lazy.filter((other) => !languages.includes(other)))
  console.log(`  + ${kb(more(key)).padStart(9)}  ${key}`)

const leaked = readdirSync(`${dist}assets`).filter((file) => /gallery/i.test(file))
if (leaked.length > 0) {
  console.error(`the gallery is in the release: ${leaked.join(', ')}`)
  process.exitCode = 1
}
if (total > limit) {
  console.error(`first load is ${kb(total - limit)} over the limit`)
  process.exitCode = 1
}
