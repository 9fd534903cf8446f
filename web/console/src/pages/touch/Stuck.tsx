import { useMemo } from 'react'
import { Link } from 'react-router'
import type { Touch } from '~/api/campaigns'
import { api, call } from '~/api/client'
import type { Schemas } from '~/api/community'
import { communityPath, useCommunity } from '~/app/community'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { type ListColumn, ListPage, type ListRequest, type ListSource, PageHeader } from '~/parts'
import { TouchState } from './State'
import css from './Touch.module.css'
import { channelName, purposeName } from './words'

/** What did not go out, and why: held back by the gate, refused by a channel, or broken off. */
export function Stuck() {
  const { t, language } = useWords()
  const slug = useCommunity()?.slug ?? ''
  const columns = useColumns(slug)
  const source = useMemo<ListSource<Touch>>(
    () => ({ key: ['stuck', slug, language], load: (request, signal) => load(slug, request, signal) }),
    [slug, language],
  )
  return (
    <>
      <PageHeader
        title={t('touch.stuck')}
        question={t('touch.stuck.question')}
        crumbs={[{ label: t('frame.touch'), to: communityPath(slug, 'touch') }]}
      />
      <ListPage<Touch>
        id="stuck"
        unit={(count) => t('touch.one', { count })}
        columns={columns}
        source={source}
        rowId={(x) => x.id}
        rowName={(x) => x.name || t('people.unnamed')}
        rowTo={(x) => communityPath(slug, `people/${x.person}`)}
        empty={{ title: t('touch.stuck.none'), body: t('touch.stuck.none.body') }}
      />
    </>
  )
}

async function load(community: string, request: ListRequest, signal: AbortSignal) {
  return await call<Schemas['PageOfTouchView']>(
    api.GET('/api/v1/communities/{community}/touches/stuck', {
      params: { path: { community }, query: { limit: request.limit, cursor: request.cursor } },
      signal,
    }),
  )
}

function useColumns(slug: string): ListColumn<Touch>[] {
  const { t } = useWords()
  const format = useFormat()
  return [
    {
      id: 'person',
      header: t('touch.to'),
      main: true,
      width: 136,
      cell: (x) => x.name || <span className={css.soft}>{t('people.unnamed')}</span>,
    },
    { id: 'state', header: t('touch.state'), width: 112, cell: (x) => <TouchState state={x.state} /> },
    { id: 'why', header: t('touch.why'), width: 220, cell: (x) => x.why },
    {
      id: 'message',
      header: t('touch.message'),
      width: 160,
      cell: (x) =>
        x.campaign ? (
          <Link to={communityPath(slug, `touch/${x.campaign}`)}>{t('touch.ofCampaign')}</Link>
        ) : (
          t('touch.ofPath', { name: x.template })
        ),
    },
    { id: 'purpose', header: t('touch.purpose'), width: 88, cell: (x) => purposeName(x.purpose, t) },
    { id: 'channel', header: t('touch.channel'), width: 96, cell: (x) => channelName(x.channel, t) },
    { id: 'at', header: t('touch.when'), width: 144, cell: (x) => format.dateTime(x.done_at ?? x.created_at) },
  ]
}
