import { type RenderResult, render } from '@testing-library/react'
import { ConfigProvider } from 'antd'
import type { ReactNode } from 'react'
import { createMemoryRouter, RouterProvider } from 'react-router'
import { vi } from 'vitest'
import type { Community } from '~/api/auth'
import { newQueryClient } from '~/api/queries'
import { App } from '~/app/App'
import { CommunityContext } from '~/app/community'
import { routes } from '~/app/router'

export const community: Community = {
  id: 'c1',
  slug: 'mothers',
  name: '十月妈妈圈',
  zone: 'Asia/Shanghai',
  lang: 'zh-Hans',
  roles: ['owner'],
}
export const operator = { id: 'op1', name: '周敏', email: 'zhoumin@example.cn', totp: false, installer: true }

/** Ant Design writes its styles as one goes; working them out in jsdom takes most of the time and shows nothing. */
const Unstyled = ({ children }: { children: ReactNode }) => (
  <ConfigProvider theme={{ zeroRuntime: true }}>{children}</ConfigProvider>
)

/** One piece inside everything it may ask for; `at` is the address it stands on. */
export function show(piece: ReactNode, at = '/'): RenderResult & { router: ReturnType<typeof createMemoryRouter> } {
  const element = <CommunityContext value={community}>{piece}</CommunityContext>
  const router = createMemoryRouter([{ path: '*', element }], { initialEntries: [at] })
  const client = newQueryClient()
  client.setDefaultOptions({ queries: { retry: false } })
  const view = render(
    <App client={client}>
      <Unstyled>
        <RouterProvider router={router} />
      </Unstyled>
    </App>,
  )
  return Object.assign(view, { router })
}

/** The whole console at an address, against `server`. */
export function open(at: string) {
  const router = createMemoryRouter(routes(), { initialEntries: [at] })
  const client = newQueryClient()
  client.setDefaultOptions({ queries: { retry: false } })
  const view = render(
    <App client={client}>
      <Unstyled>
        <RouterProvider router={router} />
      </Unstyled>
    </App>,
  )
  return Object.assign(view, { router, client })
}

type Handler = (request: Request) => unknown | Promise<unknown>

export const json = (body: unknown, status = 200, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json', ...headers } })

export const refuse = (status: number, code: string, title: string, more: object = {}) =>
  new Response(JSON.stringify({ status, code, title, ...more }), {
    status,
    headers: { 'Content-Type': 'application/problem+json' },
  })

/** Stands in for the server: 'GET /api/v1/session' → answer. Whatever is not named answers 404. */
export function server(handlers: Record<string, Handler>) {
  const asked: Request[] = []
  const fetch = vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const request = input instanceof Request ? input : new Request(new URL(String(input), location.origin), init)
    asked.push(request.clone())
    const handler = handlers[`${request.method} ${new URL(request.url).pathname}`]
    const answer = handler ? await handler(request) : refuse(404, 'page.unknown', '没有这个地址')
    return answer instanceof Response ? answer : json(answer)
  })
  return { asked, fetch, handlers }
}
