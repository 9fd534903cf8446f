// Setup, session and communities, typed by hand until `npm run api:types` has a generated schema: then `paths` comes from
// './schema' here and in client.ts, and the interfaces below become aliases of its components.
import { api, call, idempotent } from './client'
import type { Problem } from './problem'

export interface Operator {
  id: string
  name: string
  email: string
  /** Whether signing in asks for a six-digit code. */
  totp: boolean
}

export interface Community {
  id: string
  slug: string
  name: string
  /** IANA name: Asia/Shanghai */
  zone: string
  playbook?: string
  /** The operator's role in it. */
  role?: string
}

export interface Session {
  operator: Operator
}

export interface Playbook {
  key: string
  title: string
  summary: string
}

export interface SetupState {
  needed: boolean
  playbooks: Playbook[]
}

export interface SetupRequest {
  token: string
  owner: { name: string; email: string; password: string }
  community: { name: string; slug: string; zone: string }
  playbook: string
}

export interface SetupResult {
  operator: Operator
  community: Community
  entry: { title: string; url: string; qr_svg: string }
}

export interface TotpEnrolment {
  secret: string
  uri: string
  qr_svg: string
}

interface Json<T> {
  headers: Record<string, unknown>
  content: { 'application/json': T }
}
interface Refusal {
  headers: Record<string, unknown>
  content: { 'application/problem+json': Problem }
}
interface Nothing {
  headers: Record<string, unknown>
  content?: never
}
type Body<T> = [T] extends [never] ? { requestBody?: never } : { requestBody: { content: { 'application/json': T } } }
type Op<Ok, In = never, Status extends number = 200> = Body<In> & {
  parameters: { query?: never; header?: { 'Idempotency-Key'?: string }; path?: never; cookie?: never }
  responses: { [S in Status]: Ok } & { default: Refusal }
}

export interface paths {
  '/api/v1/setup': { get: Op<Json<SetupState>>; post: Op<Json<SetupResult>, SetupRequest> }
  '/api/v1/session': {
    get: Op<Json<Session>>
    post: Op<Json<Session>, { email: string; password: string; code?: string }>
    delete: Op<Nothing, never, 204>
  }
  '/api/v1/session/totp': { post: Op<Json<TotpEnrolment>>; put: Op<Json<Session>, { code: string }> }
  '/api/v1/communities': { get: Op<Json<{ items: Community[] }>> }
}

export const getSetup = (signal?: AbortSignal) => call<SetupState>(api.GET('/api/v1/setup', { signal }))

export const finishSetup = (body: SetupRequest, key: string) =>
  call<SetupResult>(api.POST('/api/v1/setup', { body, headers: idempotent(key) }))

export const getSession = (signal?: AbortSignal) => call<Session>(api.GET('/api/v1/session', { signal }))

export const signIn = (body: { email: string; password: string; code?: string }) =>
  call<Session>(api.POST('/api/v1/session', { body }))

export const signOut = () => call<void>(api.DELETE('/api/v1/session'))

export const beginTotp = (key: string) =>
  call<TotpEnrolment>(api.POST('/api/v1/session/totp', { headers: idempotent(key) }))

export const confirmTotp = (code: string) => call<Session>(api.PUT('/api/v1/session/totp', { body: { code } }))

export const getCommunities = async (signal?: AbortSignal) =>
  (await call<{ items: Community[] }>(api.GET('/api/v1/communities', { signal }))).items
