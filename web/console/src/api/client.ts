// The one way to the server: openapi-fetch over same-origin cookies. `call()` gives the data or throws a ProblemError.
import createClient, { type Middleware } from 'openapi-fetch'
import { currentLanguage } from '~/i18n'
import { ProblemError, problemFrom } from './problem'
import type { paths } from './schema'

/** Titles, details and next steps come back in the language of the page. */
const inOurLanguage: Middleware = {
  onRequest({ request }) {
    request.headers.set('Accept-Language', currentLanguage())
    return request
  },
}

const expired = new Set<() => void>()

/** Tells when the session has ended under a page that needs one. Returns the way to stop listening. */
export function onSessionExpired(listener: () => void): () => void {
  expired.add(listener)
  return () => expired.delete(listener)
}

/** Used by what does not go through the client (event streams, uploads). */
export function reportStatus(status: number) {
  if (status === 401) for (const tell of expired) tell()
}

/** Where one comes from outside: a 401 there is about what was typed, not about an ended session. */
const outside = /^\/api\/v1\/(session|setup|invitations|resets)\b/

const watchSession: Middleware = {
  onResponse({ response, schemaPath }) {
    if (!outside.test(schemaPath)) reportStatus(response.status)
    return undefined
  },
}

export const api = createClient<paths>({
  baseUrl: location.origin,
  credentials: 'same-origin',
  headers: { Accept: 'application/json, application/problem+json' },
  // Looked up at each call, so that tests may replace it.
  fetch: (request) => globalThis.fetch(request),
})
api.use(inOurLanguage, watchSession)

interface Answer<T> {
  data?: T
  error?: unknown
  response: Response
}

/** Awaits an answer of the client: its data, or a thrown ProblemError. */
export async function call<T>(answer: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await answer
  if (response.ok) return data as T
  throw new ProblemError(problemFrom(error, response.status))
}

/** The same with the entity's version, for pages that edit what two people may edit. */
export async function callVersioned<T>(answer: Promise<Answer<T>>): Promise<{ data: T; etag?: string }> {
  const settled = await answer
  const data = await call(Promise.resolve(settled))
  return { data, etag: settled.response.headers.get('ETag') ?? undefined }
}

/** A fresh key. Not crypto.randomUUID: that one is missing on plain http, as on a first day in the office network. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('')
}

/** Header of a POST that creates or moves something: the same key is done once. */
export const idempotent = (key: string) => ({ 'Idempotency-Key': key })

/** Header of a change to what was read under this ETag: refused with 412 when somebody was faster. */
export const ifMatch = (etag: string | undefined) => (etag ? { 'If-Match': etag } : {})
