import type { Messages } from './catalogue'

/** Turns `../locales/en/auth.json` → messages into `auth` → messages. */
export function byNamespace(files: Record<string, Record<string, string>>): Messages {
  const out: Messages = {}
  for (const [path, messages] of Object.entries(files)) {
    const name = path.slice(path.lastIndexOf('/') + 1).replace(/\.json$/, '')
    out[name] = messages
  }
  return out
}
