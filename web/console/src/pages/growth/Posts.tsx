import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { Link } from 'react-router'
import { api, call } from '~/api/client'
import { sourcesQuery } from '~/api/community'
import { listPosts, type Post, type PostState, postStates, postsChanged, postsKey } from '~/api/posts'
import { communityPath, useCommunity } from '~/app/community'
import { MayButton, useMay } from '~/app/may'
import { useToast } from '~/app/toasts'
import { type Key, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { useNow } from '~/lib/hooks'
import { DeadlineText, type ListColumn, ListPage, type ListSource, StatusTag } from '~/parts'
import page from '../page.module.css'
import { EditPost } from './EditPost'
import css from './Growth.module.css'
import { GrowthHead } from './Head'
import { PlanPost } from './PlanPost'
import { isLate, postTones } from './post'
import { Sure } from './Sure'

/** What goes out elsewhere and when; of what is out, how far it reached and who came by it. */
export function Posts() {
  const { t } = useWords()
  const slug = useCommunity()?.slug ?? ''
  const may = useMay()
  const sources = useQuery(sourcesQuery(slug))
  const [open, setOpen] = useState<Post | 'new'>()
  const columns = useColumns(slug, (id) => sources.data?.items?.find((s) => s.id === id)?.name ?? '', setOpen)
  const source = useMemo<ListSource<Post>>(
    () => ({
      key: [...postsKey(slug), 'list'],
      load: async ({ segment, filters, limit, cursor }, signal) => {
        const state = postStates.find((one) => one === segment) as PostState | undefined
        const answer = await listPosts(slug, { state, source: filters.source, limit, cursor }, signal)
        return { items: answer.items ?? [], next: answer.next }
      },
    }),
    [slug],
  )
  const add = () => setOpen('new')
  return (
    <>
      <GrowthHead
        actions={
          <MayButton action="intake.write" type="primary" onClick={add}>
            {t('posts.add')}
          </MayButton>
        }
      />
      <div className={page.list}>
        <ListPage<Post>
          id="posts"
          unit={(count) => t('posts.unit', { count })}
          columns={columns}
          source={source}
          rowId={(p) => p.id}
          rowName={(p) => p.title}
          segments={[
            { id: 'all', label: t('posts.state.all') },
            ...postStates.map((id) => ({ id, label: t(`posts.state.${id}`) })),
          ]}
          filters={[
            {
              id: 'source',
              label: t('posts.source'),
              kind: 'choice',
              options: (sources.data?.items ?? []).map((s) => ({ value: s.id, label: s.name })),
            },
          ]}
          empty={{
            title: t('posts.none'),
            body: t('posts.none.body'),
            step: may('intake.write') === 'no' ? undefined : { label: t('posts.add'), onClick: add },
          }}
        />
      </div>
      {open === 'new' && <PlanPost slug={slug} onClose={() => setOpen(undefined)} />}
      {open && open !== 'new' && <EditPost slug={slug} id={open.id} onClose={() => setOpen(undefined)} />}
    </>
  )
}

function useColumns(slug: string, sourceOf: (id: string) => string, edit: (post: Post) => void): ListColumn<Post>[] {
  const { t } = useWords()
  const format = useFormat()
  const now = useNow()
  return [
    {
      id: 'title',
      header: t('posts.name'),
      main: true,
      width: 216,
      cell: (p) => (
        <>
          {p.title}
          <a className={css.under} href={p.entry_url} target="_blank" rel="noreferrer">
            {t('posts.entry', { code: p.entry_code })}
          </a>
        </>
      ),
    },
    { id: 'source', header: t('posts.source'), width: 104, cell: (p) => sourceOf(p.source) },
    {
      id: 'state',
      header: t('people.state'),
      width: 104,
      cell: (p) => (
        <StatusTag bare tone={postTones[p.state] ?? 'plain'}>
          {t(`posts.state.${p.state}` as Key)}
        </StatusTag>
      ),
    },
    {
      id: 'planned',
      header: t('posts.planned'),
      width: 144,
      cell: (p) => (
        <>
          {format.dateTime(p.planned_at)}
          {isLate(p, now) && (
            <span className={css.under}>
              <DeadlineText at={p.planned_at} />
            </span>
          )}
        </>
      ),
    },
    {
      id: 'published',
      header: t('posts.published'),
      width: 144,
      cell: (p) =>
        p.published_at && (
          <>
            {format.dateTime(p.published_at)}
            {p.link && (
              <a className={css.under} href={p.link} target="_blank" rel="noreferrer">
                {t('posts.link.open')}
              </a>
            )}
          </>
        ),
    },
    {
      id: 'reach',
      header: t('posts.reach'),
      align: 'right',
      width: 112,
      cell: (p) => (
        <>
          {p.reach_at ? format.count(p.reach) : '—'}
          {p.reach_at && <span className={css.under}>{t('posts.reach.at', { date: format.date(p.reach_at) })}</span>}
        </>
      ),
    },
    { id: 'views', header: t('posts.views'), align: 'right', width: 88, cell: (p) => format.count(p.views) },
    {
      id: 'leads',
      header: t('posts.leads'),
      align: 'right',
      width: 112,
      cell: (p) => (
        <>
          {p.registered === 0 ? (
            '0'
          ) : (
            <Link className={css.lead} to={communityPath(slug, `people?f.entry=${p.entry}`)}>
              {format.count(p.registered)}
            </Link>
          )}
          <span className={css.under}>
            {t('posts.ofCame', { count: p.came, rate: format.rate(p.registered, p.came) })}
          </span>
        </>
      ),
    },
    {
      id: 'act',
      header: t('launches.act'),
      width: 144,
      cell: (p) => p.state !== 'dropped' && <Acts slug={slug} post={p} edit={edit} />,
    },
  ]
}

function Acts({ slug, post: p, edit }: { slug: string; post: Post; edit: (post: Post) => void }) {
  const { t } = useWords()
  const client = useQueryClient()
  const toast = useToast()
  return (
    <span className={css.acts}>
      <MayButton action="intake.write" type="link" className={page.inline} onClick={() => edit(p)}>
        {t(p.state === 'planned' ? 'posts.note' : 'posts.edit')}
      </MayButton>
      {p.state === 'planned' && (
        <Sure
          inline
          action="intake.write"
          label={t('posts.drop')}
          what={t('posts.drop.what', { title: p.title })}
          run={async () => {
            await call(
              api.POST('/api/v1/communities/{community}/posts/{id}/drop', {
                params: { path: { community: slug, id: p.id } },
              }),
            )
            await postsChanged(client, slug)
            toast.done(t('posts.drop.done'))
          }}
        />
      )}
    </span>
  )
}
