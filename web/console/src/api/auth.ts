// Who works here: setup, session, second factor, invitations. Types are the server's own (`npm run api:types`).
import { api, call } from './client'
import type { components } from './schema'

type Schemas = components['schemas']
export type Operator = Schemas['Operator']
export type Membership = Schemas['Membership']
export type Session = Schemas['Session']
export type SetupState = Schemas['SetupState']
export type SetupInput = Schemas['SetupInput']
export type SetupDone = Schemas['SetupDone']
export type Playbook = Schemas['ShippedPlaybook']
export type TotpBegun = Schemas['TOTPBegun']
export type TotpConfirmed = Schemas['TOTPConfirmed']
export type Invitation = Schemas['InvitationView']

/** A community as the console speaks of it: its name in the operator's language. */
export type Community = Omit<Membership, 'name'> & { name: string }

export const getSetup = (signal?: AbortSignal) => call<SetupState>(api.GET('/api/v1/setup', { signal }))

export const runSetup = (body: SetupInput) => call<SetupDone>(api.POST('/api/v1/setup', { body }))

export const getSession = (signal?: AbortSignal) => call<Session>(api.GET('/api/v1/session', { signal }))

export const signIn = (body: { email: string; password: string; code?: string }) =>
  call<Session>(api.POST('/api/v1/session', { body }))

export const signOut = () => call<void>(api.DELETE('/api/v1/session'))

export const beginTotp = () => call<TotpBegun>(api.POST('/api/v1/session/totp'))

export const confirmTotp = (code: string) => call<TotpConfirmed>(api.PUT('/api/v1/session/totp', { body: { code } }))

export const getInvitation = (token: string, signal?: AbortSignal) =>
  call<Invitation>(api.GET('/api/v1/invitations/{token}', { params: { path: { token } }, signal }))

export const acceptInvitation = (token: string, body: { name?: string; password: string }) =>
  call<Operator>(api.POST('/api/v1/invitations/{token}', { params: { path: { token } }, body }))

export const acceptReset = (token: string, password: string) =>
  call<void>(api.POST('/api/v1/resets/{token}', { params: { path: { token } }, body: { password } }))
