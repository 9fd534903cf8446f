import { useQueryClient } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { api, call } from '~/api/client'
import { launchChanged, launchesKey, listPledges, type Pledge } from '~/api/launches'
import { MayButton } from '~/app/may'
import { useToast } from '~/app/toasts'
import { useProblem } from '~/app/useProblem'
import { type Key, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { type ListColumn, ListPage, type ListSource, ProblemLine, StatusTag } from '~/parts'
import { Holder } from '../events/Holder'
import page from '../page.module.css'
import css from './Growth.module.css'
import { isPledgeState, pledgeStates, pledgeTones, worksOf } from './launch'
import { Promised } from './Promised'

interface Props {
  slug: string
  launch: string
  /** Whether people may still promise. */
  open: boolean
}

/** Who was asked, what they promised, whether they shared, and what their link brought. */
export function Pledges({ slug, launch, open }: Props) {
  const { t } = useWords()
  const [promising, setPromising] = useState<Pledge>()
  const columns = useColumns(slug, open, setPromising)
  const source = useMemo<ListSource<Pledge>>(
    () => ({
      key: [...launchesKey(slug), 'pledges', launch],
      load: async ({ segment, limit, cursor }, signal) => {
        const state = isPledgeState(segment) ? segment : undefined
        const answer = await listPledges(slug, launch, { state, limit, cursor }, signal)
        return { items: answer.items ?? [], next: answer.next }
      },
    }),
    [slug, launch],
  )
  return (
    <>
      <ListPage<Pledge>
        id="pledges"
        unit={(count) => t('launches.people', { count })}
        columns={columns}
        source={source}
        rowId={(p) => p.id}
        rowName={(p) => p.nickname || t('people.unnamed')}
        segments={[
          { id: 'all', label: t('launches.state.all') },
          ...pledgeStates.map((id) => ({ id, label: t(`launches.state.${id}`) })),
        ]}
        empty={{ title: t('launches.pledges.none'), body: t('launches.pledges.none.body') }}
      />
      {promising && <Promised slug={slug} launch={launch} was={promising} onClose={() => setPromising(undefined)} />}
    </>
  )
}

function useColumns(slug: string, open: boolean, promise: (pledge: Pledge) => void): ListColumn<Pledge>[] {
  const { t } = useWords()
  const format = useFormat()
  const at = (moment?: string) => (moment ? format.dateTime(moment) : '')
  const promised = (p: Pledge) => p.state === 'promised' || p.state === 'done'
  return [
    {
      id: 'person',
      header: t('launches.who'),
      main: true,
      width: 128,
      cell: (p) => <Holder slug={slug} person={p.person} name={p.nickname} />,
    },
    {
      id: 'state',
      header: t('people.state'),
      width: 104,
      cell: (p) => (
        <StatusTag bare tone={pledgeTones[p.state] ?? 'plain'}>
          {isPledgeState(p.state) ? t(`launches.state.${p.state}`) : p.state}
        </StatusTag>
      ),
    },
    {
      id: 'promise',
      header: t('launches.promised'),
      width: 168,
      cell: (p) => promised(p) && t('launches.promise.words', { contacts: p.contacts, shares: p.shares }),
    },
    {
      id: 'reach',
      header: t('launches.reach'),
      align: 'right',
      width: 88,
      cell: (p) => promised(p) && format.count(p.reach.visits),
    },
    {
      id: 'leads',
      header: t('launches.leads'),
      align: 'right',
      width: 72,
      cell: (p) => promised(p) && format.count(p.reach.leads),
    },
    {
      id: 'orders',
      header: t('launches.ordered'),
      align: 'right',
      width: 72,
      cell: (p) => promised(p) && format.count(p.reach.orders),
    },
    {
      id: 'revenue',
      header: t('launches.revenue'),
      align: 'right',
      width: 112,
      cell: (p) => promised(p) && format.money(p.reach.revenue),
    },
    {
      id: 'asked',
      header: t('launches.askedAt'),
      width: 144,
      cell: (p) => at(p.asked_at) || t('launches.unasked'),
    },
    { id: 'done', header: t('launches.doneAt'), width: 144, cell: (p) => at(p.done_at) },
    { id: 'promisedAt', header: t('launches.promisedAt'), hidden: true, width: 144, cell: (p) => at(p.promised_at) },
    {
      id: 'act',
      header: t('launches.act'),
      width: 168,
      cell: (p) => worksOf(p.state, open).length > 0 && <Acts slug={slug} pledge={p} open={open} promise={promise} />,
    },
  ]
}

interface ActsProps {
  slug: string
  pledge: Pledge
  open: boolean
  promise: (pledge: Pledge) => void
}

function Acts({ slug, pledge, open, promise }: ActsProps) {
  const { t } = useWords()
  const client = useQueryClient()
  const toast = useToast()
  const refusal = useProblem()
  const [busy, setBusy] = useState(false)
  const note = async (work: 'done' | 'decline') => {
    const params = { path: { community: slug, id: pledge.id } }
    setBusy(true)
    const done = await refusal.guard(() =>
      call<unknown>(
        work === 'done'
          ? api.POST('/api/v1/communities/{community}/pledges/{id}/done', { params })
          : api.POST('/api/v1/communities/{community}/pledges/{id}/decline', { params }),
      ),
    )
    setBusy(false)
    if (!done) return
    await launchChanged(client, slug)
    toast.done(t(`launches.work.${work}.noted`))
  }
  return (
    <span className={css.acts}>
      {worksOf(pledge.state, open).map((work) => (
        <MayButton
          key={work}
          action="growth.write"
          type="link"
          className={page.inline}
          disabled={busy}
          onClick={() => (work === 'done' || work === 'decline' ? note(work) : promise(pledge))}
        >
          {t(`launches.work.${work}` as Key)}
        </MayButton>
      ))}
      {refusal.problem && <ProblemLine problem={refusal.problem} />}
    </span>
  )
}
