import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { screen, within } from '@testing-library/react'
import { afterEach, expect, test, vi } from 'vitest'
import { words } from '~/i18n'
import { server, show } from '~/test/render'
import { scopeWords, Tokens } from './Tokens'

const here = '/api/v1/communities/mothers'
afterEach(() => vi.restoreAllMocks())

test('what a token may do is said in words beside the raw name; a scope that has no words yet keeps its name', async () => {
  const token = { id: 't1', name: 'CRM', scopes: ['write:people', 'write:weather'], created_at: '2026-11-01T00:00:00Z' }
  server({
    [`GET ${here}`]: () => ({ actions: ['token.manage'] }),
    [`GET ${here}/tokens`]: () => ({ items: [token] }),
  })
  show(<Tokens />)
  const row = (await screen.findByText('CRM')).closest('li') as HTMLElement
  expect(row.textContent).toContain('修改用户资料和标签，拉黑 write:people')
  expect(within(row).getByText('write:weather')).toBeTruthy()
  expect(row.textContent).not.toContain('settings.scope')
})

test('every scope of the program has words', () => {
  const table = readFileSync(join(import.meta.dirname, '../../../../../internal/platform/access/table.go'), 'utf8')
  const scopes = [...table.matchAll(/Scope = "([a-z:]+)"/g)].map((match) => match[1] ?? '')
  expect(scopes.length).toBeGreaterThan(10)
  for (const scope of scopes) expect(scopeWords(scope, words), scope).not.toBe('')
})
