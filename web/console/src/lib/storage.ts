// Small things the browser remembers: columns, saved views, the last community. Never secrets, never members' data.

export function readStored<T>(key: string, fallback: T): T {
  try {
    const text = localStorage.getItem(key)
    return text === null ? fallback : (JSON.parse(text) as T)
  } catch {
    return fallback // storage is off, or an older version wrote something else
  }
}

export function writeStored(key: string, value: unknown) {
  try {
    if (value === undefined) localStorage.removeItem(key)
    else localStorage.setItem(key, JSON.stringify(value))
  } catch {
    // storage is off or full: what was to be remembered lasts as long as the page
  }
}
