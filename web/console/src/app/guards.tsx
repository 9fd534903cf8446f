// Who may be where: without a session to the sign-in page, without a community name to the last used one; and what is shown
// when a page is missing or breaks.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useCallback, useEffect, useMemo, useRef } from 'react'
import { isRouteErrorResponse, Navigate, useLocation, useParams, useRouteError } from 'react-router'
import { type Community, type Membership, signOut } from '~/api/auth'
import { onSessionExpired } from '~/api/client'
import { asProblem, headline, type Problem } from '~/api/problem'
import { sessionQuery, useSession } from '~/api/queries'
import { useText, useWords } from '~/i18n'
import { EmptyState } from '~/parts/EmptyState'
import { PageHeader, useTabTitle } from '~/parts/PageHeader'
import { ProblemNotice } from '~/parts/ProblemNotice'
import { communityPath, preferredCommunity, useCommunity } from './community'
import { Frame } from './Frame'
import css from './guards.module.css'
import { pages } from './pages'
import { useToast } from './toasts'

/** The address to come back to after signing in. Only ours: an address from outside could be a trap. */
export function safeNext(next: string | null): string {
  return next && /^\/(?![/\\])/.test(next) ? next : '/'
}

/** Frame and session around every page but those one comes to from outside. */
export function SignedIn() {
  const session = useSession()
  const { community: slug } = useParams()
  const location = useLocation()
  const leave = useSignOut()
  const expired = useExpiry()
  const communities = useNamed(session.data?.communities)

  if (session.error) return <Alone problem={asProblem(session.error)} onRetry={() => void session.refetch()} />
  if (session.data === null) {
    const query = new URLSearchParams({ next: location.pathname + location.search })
    if (expired.current) query.set('expired', '1')
    // Who has just left on purpose wants no way back to where they were.
    return <Navigate to={leave.left ? '/sign-in' : `/sign-in?${query}`} replace />
  }
  if (!session.data) return <div className={css.waiting} aria-busy="true" />

  const community = slug ? communities.find((c) => c.slug === slug) : preferredCommunity(communities)
  if (!community) return <NoCommunity slug={slug} onSignOut={leave.run} />
  return (
    <Frame
      key={community.slug}
      operator={session.data.operator}
      communities={communities}
      community={community}
      pages={pages}
      onSignOut={leave.run}
    />
  )
}

/** The communities under their names in the operator's language. */
function useNamed(memberships: Membership[] | undefined): Community[] {
  const text = useText()
  return useMemo(() => (memberships ?? []).map((m) => ({ ...m, name: text(m.name) })), [memberships, text])
}

/** When any request says that the session has ended, the pages go and signing in comes. */
function useExpiry() {
  const client = useQueryClient()
  const expired = useRef(false)
  useEffect(
    () =>
      onSessionExpired(() => {
        if (!client.getQueryData(sessionQuery.queryKey)) return
        expired.current = true
        client.setQueryData(sessionQuery.queryKey, null)
      }),
    [client],
  )
  return expired
}

function useSignOut() {
  const client = useQueryClient()
  const toast = useToast()
  const { mutate, isSuccess } = useMutation({
    mutationFn: signOut,
    onError: toast.problem,
    onSuccess: () => {
      // Nothing of what was seen stays for the next person at this desk.
      client.setQueryData(sessionQuery.queryKey, null)
      client.removeQueries({ predicate: (query) => query.queryKey[0] !== 'session' })
    },
  })
  const run = useCallback(() => mutate(), [mutate])
  return { run, left: isSuccess }
}

/** The first page of a community, with its name in the address. */
export function CommunityHome() {
  const community = useCommunity()
  const first = pages[0]
  if (!community || !first) return <NotFound />
  return <Navigate to={communityPath(community.slug, first.path)} replace />
}

function NoCommunity({ slug, onSignOut }: { slug: string | undefined; onSignOut: () => void }) {
  const { t } = useWords()
  useTabTitle(t('frame.noCommunity.title'))
  const away = { label: t('frame.user.signOut'), onClick: onSignOut }
  return (
    <Sheet>
      {slug ? (
        <EmptyState
          title={t('frame.otherCommunity.title', { slug })}
          body={t('frame.otherCommunity.body')}
          step={{ label: t('frame.otherCommunity.step'), to: '/' }}
          also={[away]}
        />
      ) : (
        <EmptyState title={t('frame.noCommunity.title')} body={t('frame.noCommunity.body')} step={away} />
      )}
    </Sheet>
  )
}

export function NotFound() {
  const { t } = useWords()
  return (
    <>
      <PageHeader title={t('frame.notFound.title')} />
      <EmptyState
        search
        title={t('frame.notFound.what')}
        body={t('frame.notFound.body')}
        step={{ label: t('frame.notFound.step'), to: '/' }}
      />
    </>
  )
}

/** What is shown where a page broke: inside the frame, or alone when the frame itself could not be drawn. */
export function RouteProblem({ alone = false }: { alone?: boolean }) {
  const { t } = useWords()
  const error = useRouteError()
  const reload = () => location.reload()
  if (isRouteErrorResponse(error) && error.status === 404) return alone ? <Sheet>{<NotFound />}</Sheet> : <NotFound />
  // A new version was installed while this page was open: its old pieces are gone from the server.
  const stale = error instanceof Error && /dynamically imported module|module script|preload CSS/i.test(error.message)
  const problem: Problem = stale
    ? { title: t('problem.newVersion'), next: t('problem.newVersion.next'), status: 0 }
    : asProblem(error)
  if (alone) return <Alone problem={problem} onRetry={reload} />
  return <ProblemNotice problem={problem} onRetry={reload} />
}

function Alone({ problem, onRetry }: { problem: Problem; onRetry: () => void }) {
  useTabTitle(headline(problem))
  return (
    <Sheet>
      <ProblemNotice problem={problem} onRetry={onRetry} />
    </Sheet>
  )
}

const Sheet = ({ children }: { children: ReactNode }) => <main className={css.alone}>{children}</main>
