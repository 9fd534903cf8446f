import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { callsQuery, listProofs, type Proof, pictureUrl, proofsKey } from '~/api/proofs'
import { communityPath, useCommunity } from '~/app/community'
import { MayButton } from '~/app/may'
import { useText, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { type ListColumn, ListPage, type ListSource, StatusTag } from '~/parts'
import { Holder } from '../events/Holder'
import page from '../page.module.css'
import { AddCall, Calls } from './Calls'
import css from './Growth.module.css'
import { GrowthHead } from './Head'
import { callTitle, isProofState, proofStates, proofTones, rewardOf } from './proof'

/** Which pictures wait for somebody to look at them? And what people are called to share. */
export function Proofs() {
  const { t } = useWords()
  const text = useText()
  const slug = useCommunity()?.slug ?? ''
  const [adding, setAdding] = useState(false)
  const calls = useQuery(callsQuery(slug, false))
  const titleOf = (id: string) => {
    const found = calls.data?.items?.find((one) => one.id === id)
    return found ? callTitle(found, text) : ''
  }
  const columns = useColumns(slug, titleOf)
  const source = useMemo<ListSource<Proof>>(
    () => ({
      key: [...proofsKey(slug), 'list'],
      load: async ({ segment, filters, limit, cursor }, signal) => {
        const state = segment === 'all' ? undefined : isProofState(segment) ? segment : 'waits'
        const answer = await listProofs(slug, { state, call: filters.call, limit, cursor }, signal)
        return { items: answer.items ?? [], next: answer.next }
      },
    }),
    [slug],
  )
  return (
    <>
      <GrowthHead
        actions={
          <MayButton action="growth.write" type="primary" onClick={() => setAdding(true)}>
            {t('proofs.call.add')}
          </MayButton>
        }
      />
      <Calls slug={slug} />
      <div className={page.list}>
        <ListPage<Proof>
          id="proofs"
          unit={(count) => t('proofs.unit', { count })}
          columns={columns}
          source={source}
          rowId={(p) => p.id}
          rowName={(p) => p.nickname || t('people.unnamed')}
          rowTo={(p) => communityPath(slug, `growth/proofs/${p.id}`)}
          segments={[
            ...proofStates.map((id) => ({ id, label: t(`proofs.state.${id}`) })),
            { id: 'all', label: t('proofs.state.all') },
          ]}
          filters={[
            {
              id: 'call',
              label: t('proofs.call'),
              kind: 'choice',
              options: (calls.data?.items ?? []).map((one) => ({ value: one.id, label: callTitle(one, text) })),
            },
          ]}
          empty={{ title: t('proofs.none'), body: t('proofs.none.body') }}
        />
      </div>
      {adding && <AddCall slug={slug} onClose={() => setAdding(false)} />}
    </>
  )
}

function useColumns(slug: string, titleOf: (call: string) => string): ListColumn<Proof>[] {
  const { t } = useWords()
  const format = useFormat()
  return [
    {
      id: 'picture',
      header: t('proofs.picture'),
      main: true,
      width: 88,
      cell: (p) =>
        p.picture ? (
          <img
            className={css.thumb}
            src={pictureUrl(slug, p.picture)}
            loading="lazy"
            alt={t('proofs.picture.of', { name: p.nickname || t('people.unnamed') })}
          />
        ) : (
          t('proofs.picture.gone')
        ),
    },
    {
      id: 'person',
      header: t('money.person'),
      width: 120,
      cell: (p) => <Holder slug={slug} person={p.person} name={p.nickname} />,
    },
    {
      id: 'state',
      header: t('people.state'),
      width: 104,
      cell: (p) => (
        <StatusTag bare tone={proofTones[p.state] ?? 'plain'}>
          {isProofState(p.state) ? t(`proofs.state.${p.state}`) : p.state}
        </StatusTag>
      ),
    },
    { id: 'why', header: t('proofs.why'), width: 240, cell: (p) => (p.why ?? []).join(t('common.listComma')) },
    { id: 'call', header: t('proofs.call'), width: 184, cell: (p) => titleOf(p.call) },
    {
      id: 'reward',
      header: t('proofs.reward'),
      align: 'right',
      width: 104,
      cell: (p) => rewardOf(p.amount, p.kind, t),
    },
    { id: 'at', header: t('proofs.at'), width: 144, cell: (p) => format.dateTime(p.at) },
    {
      id: 'decided',
      header: t('proofs.decided'),
      width: 144,
      cell: (p) => (p.decided_at ? format.dateTime(p.decided_at) : ''),
    },
  ]
}
