import { createBrowserRouter, type RouteObject } from 'react-router'
import { CommunityHome, NotFound, RouteProblem, SignedIn } from './guards'
import { pages } from './pages'

/** Each page is its own chunk; a page that breaks leaves the frame standing. */
function communityRoutes(): RouteObject[] {
  return pages.map((page) => ({ path: page.path, errorElement: <RouteProblem />, children: page.routes }))
}

/** Pieces in all their states, for building and looking. The condition is known when building: a release leaves it out. */
const gallery: RouteObject[] =
  import.meta.env.DEV || import.meta.env.MODE === 'gallery'
    ? [{ path: 'gallery/*', lazy: async () => ({ Component: (await import('~/gallery/Gallery')).Gallery }) }]
    : []

export function routes(): RouteObject[] {
  return [
    {
      errorElement: <RouteProblem alone />,
      // Nothing is shown while the first page's chunk comes: a spinner for a tenth of a second only flickers.
      hydrateFallbackElement: <div />,
      children: [
        { path: 'sign-in', lazy: async () => ({ Component: (await import('~/pages/auth/SignIn')).SignIn }) },
        { path: 'setup', lazy: async () => ({ Component: (await import('~/pages/setup/Setup')).Setup }) },
        {
          path: 'invitations/:token',
          lazy: async () => ({ Component: (await import('~/pages/auth/Invitation')).Invitation }),
        },
        { path: 'resets/:token', lazy: async () => ({ Component: (await import('~/pages/auth/Reset')).Reset }) },
        ...gallery,
        {
          element: <SignedIn />,
          children: [
            { index: true, element: <CommunityHome /> },
            {
              path: 'account',
              errorElement: <RouteProblem />,
              children: [
                { index: true, lazy: async () => ({ Component: (await import('~/pages/account/Account')).Account }) },
                { path: 'totp', lazy: async () => ({ Component: (await import('~/pages/account/Totp')).Totp }) },
              ],
            },
            {
              path: 'c/:community',
              children: [
                { index: true, element: <CommunityHome /> },
                ...communityRoutes(),
                { path: '*', element: <NotFound /> },
              ],
            },
            { path: '*', element: <NotFound /> },
          ],
        },
      ],
    },
  ]
}

export const createRouter = () =>
  createBrowserRouter(routes(), { basename: import.meta.env.BASE_URL.replace(/\/$/, '') })
