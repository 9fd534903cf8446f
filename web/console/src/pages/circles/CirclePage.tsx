import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { Link, useParams } from 'react-router'
import { api, call, idempotent, newKey } from '~/api/client'
import type { CircleMessage, Schemas } from '~/api/community'
import { useEventStream } from '~/api/events'
import { asProblem } from '~/api/problem'
import { useSession } from '~/api/queries'
import { communityPath, useCommunity } from '~/app/community'
import { MayButton, useMay } from '~/app/may'
import { useProblem } from '~/app/useProblem'
import { type Language, pickText, useText, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { type ChatDraft, type ChatMessage, ChatPane, Facts, PageHeader, ProblemNotice } from '~/parts'
import css from '../page.module.css'
import { Row, Rows, Section } from '../Section'
import { groupName } from '../ways'
import { CircleState } from './Circles'

/** One circle: what is said, live; who is in it; its room, rules and state. */
export function CirclePage() {
  const { t } = useWords()
  const text = useText()
  const slug = useCommunity()?.slug ?? ''
  const { id = '' } = useParams()
  const path = { community: slug, id }
  const circle = useQuery({
    queryKey: ['circle', slug, id],
    queryFn: ({ signal }) =>
      call<Schemas['CircleView']>(
        api.GET('/api/v1/communities/{community}/circles/{id}', { params: { path }, signal }),
      ),
  })
  if (circle.error) return <ProblemNotice problem={asProblem(circle.error)} onRetry={() => circle.refetch()} />
  const c = circle.data
  const crumbs = [{ label: t('frame.circles'), to: communityPath(slug, 'circles') }]
  if (!c) return <PageHeader title={t('common.loading')} crumbs={crumbs} />
  return (
    <>
      <PageHeader
        title={text(c.name)}
        crumbs={crumbs}
        meta={<CircleState state={c.state} />}
        actions={<Freeze circle={c} slug={slug} />}
      />
      <div className={css.split}>
        <Section title={t('circles.chat')}>
          <Chat slug={slug} id={id} state={c.state} label={text(c.name)} />
        </Section>
        <div>
          <Section title={t('circles.about')}>
            <Facts
              facts={[
                {
                  label: t('circles.members'),
                  value: `${c.members} / ${c.capacity}`,
                  note: c.held > 0 ? t('circles.held', { count: c.held }) : undefined,
                },
                { label: t('circles.group'), value: groupName(c.group, t) },
                {
                  label: t('circles.rules'),
                  value: <span style={{ whiteSpace: 'pre-line' }}>{text(c.rules ?? {})}</span>,
                },
              ]}
            />
          </Section>
          <Roster slug={slug} id={id} />
        </div>
      </div>
    </>
  )
}

/** Freezing stops newcomers and members' writing until somebody thaws the circle: both can be taken back. */
function Freeze({ circle, slug }: { circle: Schemas['CircleView']; slug: string }) {
  const { t } = useWords()
  const client = useQueryClient()
  const refusal = useProblem()
  const frozen = circle.state === 'frozen'
  if (circle.state === 'archived') return null
  const run = async () => {
    const path = { community: slug, id: circle.id }
    await refusal.guard(() =>
      frozen
        ? call(api.POST('/api/v1/communities/{community}/circles/{id}/thaw', { params: { path } }))
        : call(api.POST('/api/v1/communities/{community}/circles/{id}/freeze', { params: { path } })),
    )
    await client.invalidateQueries({ queryKey: ['circle', slug, circle.id] })
  }
  return (
    <>
      {refusal.problem && <ProblemNotice problem={refusal.problem} />}
      <MayButton action="circle.write" onClick={run}>
        {t(frozen ? 'circles.thaw' : 'circles.freeze')}
      </MayButton>
    </>
  )
}

function Chat({ slug, id, state, label }: { slug: string; id: string; state: string; label: string }) {
  const { t, language } = useWords()
  const client = useQueryClient()
  const session = useSession()
  const may = useMay()
  const key = ['circle', slug, id, 'messages']
  const path = { community: slug, id }
  const history = useInfiniteQuery({
    queryKey: key,
    initialPageParam: 0,
    queryFn: ({ pageParam, signal }) =>
      call<Schemas['CircleHistory']>(
        api.GET('/api/v1/communities/{community}/circles/{id}/messages', {
          params: { path, query: (pageParam ? { before: pageParam } : {}) as never },
          signal,
        }),
      ),
    getNextPageParam: (last) => (last.more ? last.messages?.[0]?.seq : undefined),
  })
  const connection = useEventStream(`/api/v1/communities/${slug}/circles/${id}/stream`, () =>
    client.invalidateQueries({ queryKey: key }),
  )
  const pages = [...(history.data?.pages ?? [])].reverse()
  const messages = pages
    .flatMap((page) => page.messages ?? [])
    .map((m) => shown(m, slug, language, t('circles.system')))
  const send = async (draft: ChatDraft) => {
    const picture = draft.picture ? await upload(slug, draft.picture) : undefined
    const body = { text: draft.text, picture, reply_to: draft.replyTo?.id }
    await call(
      api.POST('/api/v1/communities/{community}/circles/{id}/messages', {
        params: { path },
        headers: idempotent(newKey()),
        body: body as never,
      }),
    )
    await client.invalidateQueries({ queryKey: key })
  }
  const withdraw = async (message: ChatMessage) => {
    await call(
      api.POST('/api/v1/communities/{community}/circles/{id}/messages/{message}/withdraw', {
        params: { path: { ...path, message: message.id } },
      }),
    )
    await client.invalidateQueries({ queryKey: key })
  }
  return (
    <ChatPane
      label={label}
      messages={messages}
      me={session.data?.operator.id ?? ''}
      connection={connection}
      onSend={send}
      canWithdraw={() => may('circle.moderate') === 'yes'}
      onWithdraw={withdraw}
      hasOlder={history.hasNextPage}
      loadingOlder={history.isFetchingNextPage}
      onOlder={() => history.fetchNextPage()}
      readOnly={
        state === 'archived'
          ? t('circles.archived')
          : may('circle.post') === 'no'
            ? t('circles.mayNotWrite')
            : undefined
      }
      height={560}
    />
  )
}

/** Takes a picture in; its hash is what a message shows. */
async function upload(slug: string, file: File): Promise<string> {
  const body = new FormData()
  body.append('picture', file)
  const blob = await call<Schemas['Blob']>(
    api.POST('/api/v1/communities/{community}/pictures', {
      params: { path: { community: slug } },
      body: body as never,
      bodySerializer: (b: unknown) => b as FormData,
    }),
  )
  return blob.hash
}

function shown(m: CircleMessage, slug: string, language: Language, system: string): ChatMessage {
  const mentions = (m.mentions ?? {}) as Record<string, string>
  const words = m.words ? pickText(m.words as Record<string, string>, language) : m.text
  return {
    id: m.id,
    at: m.at,
    author: { id: m.author || 'system', name: m.author_name || system },
    text: words.replace(/<@([0-9a-z]+)>/g, (_, who: string) => `@${mentions[who] ?? ''}`),
    picture: m.picture && {
      url: `/api/v1/communities/${slug}/pictures/${m.picture.thumb || m.picture.hash}`,
      width: m.picture.width,
      height: m.picture.height,
    },
    replyTo: m.quote && { id: m.quote.id, author: m.quote.author_name ?? '', text: m.quote.text },
    state: m.withdrawn_at ? 'withdrawn' : undefined,
    pinned: Boolean(m.pinned_at),
  }
}

function Roster({ slug, id }: { slug: string; id: string }) {
  const { t } = useWords()
  const format = useFormat()
  const members = useInfiniteQuery({
    queryKey: ['circle', slug, id, 'members'],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      call<Schemas['PageOfCircleMember']>(
        api.GET('/api/v1/communities/{community}/circles/{id}/members', {
          params: { path: { community: slug, id }, query: (pageParam ? { cursor: pageParam } : {}) as never },
          signal,
        }),
      ),
    getNextPageParam: (last) => last.next || undefined,
  })
  const list = (members.data?.pages ?? []).flatMap((page) => page.items ?? [])
  return (
    <Section title={t('circles.roster')}>
      <div className={css.box}>
        <Rows none={t('circles.roster.none')}>
          {list.map((member) => (
            <Row key={member.id}>
              <Link to={communityPath(slug, `people/${member.person}`)}>{member.name || t('people.unnamed')}</Link>
              <span className={css.aside}>{format.dateTime(member.joined_at)}</span>
            </Row>
          ))}
        </Rows>
        {members.hasNextPage && (
          <Button type="text" onClick={() => members.fetchNextPage()} loading={members.isFetchingNextPage}>
            {t('circles.roster.more')}
          </Button>
        )}
      </div>
    </Section>
  )
}
