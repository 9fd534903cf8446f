import { screen, within } from '@testing-library/react'
import { afterEach, expect, test, vi } from 'vitest'
import { server, show } from '~/test/render'
import { LandingPages } from './LandingPages'

const version = (name: string, more: object) => ({
  page: 'annual',
  version: name,
  revision: 2,
  active: true,
  since: '2026-11-01T00:00:00Z',
  seen: 300,
  begun: 60,
  bought: 15,
  refunded: 3,
  paid: 1198800,
  ...more,
})

afterEach(() => vi.restoreAllMocks())

test('versions stand side by side, each rate with what it is a share of', async () => {
  server({
    'GET /api/v1/communities/mothers/pages': () => ({
      items: [version('people', {}), version('sessions', { active: false, seen: 0 })],
    }),
  })
  show(<LandingPages slug="mothers" />)
  const first = (await screen.findByText(/annual · people/)).closest('tr') as HTMLElement
  for (const words of ['300', '20.0%', '60 / 300', '5.00%', '15 / 300', '3 / 15', '¥11,988.00', '在用'])
    expect(within(first).getAllByText(words).length, words).toBeGreaterThan(0)
  // Of those who came before views were counted there is no rate to tell.
  const second = screen.getByText(/annual · sessions/).closest('tr') as HTMLElement
  expect(within(second).getByText('60')).toBeTruthy()
  expect(second.textContent).not.toContain('/ 0')
  expect(within(second).getByText('已换下')).toBeTruthy()
})

test('without pages in versions there is nothing to compare', async () => {
  const { asked } = server({ 'GET /api/v1/communities/mothers/pages': () => ({ items: [] }) })
  show(<LandingPages slug="mothers" />)
  await vi.waitFor(() => expect(asked).toHaveLength(1))
  expect(screen.queryByText('落地页比较')).toBeNull()
})
