import { useMemo, useState } from 'react'
import { useNavigate } from 'react-router'
import { type Launch, launchesKey, listLaunches } from '~/api/launches'
import { communityPath, useCommunity } from '~/app/community'
import { MayButton, useMay } from '~/app/may'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { useNow } from '~/lib/hooks'
import { type ListColumn, ListPage, type ListSource, StatusTag } from '~/parts'
import page from '../page.module.css'
import { GrowthHead } from './Head'
import { LaunchForm } from './LaunchForm'
import { phaseOf, phaseTones, targetWords } from './launch'
import { productName } from './words'

/** What is prepared, what runs, and what it aims at; each leads to its board. */
export function Launches() {
  const { t } = useWords()
  const slug = useCommunity()?.slug ?? ''
  const navigate = useNavigate()
  const may = useMay()
  const [adding, setAdding] = useState(false)
  const columns = useColumns()
  const source = useMemo<ListSource<Launch>>(
    () => ({
      key: [...launchesKey(slug), 'list'],
      load: async ({ limit, cursor }, signal) => {
        const answer = await listLaunches(slug, { limit, cursor }, signal)
        return { items: answer.items ?? [], next: answer.next }
      },
    }),
    [slug],
  )
  const add = () => setAdding(true)
  return (
    <>
      <GrowthHead
        actions={
          <MayButton action="growth.write" type="primary" onClick={add}>
            {t('launches.add')}
          </MayButton>
        }
      />
      <div className={page.list}>
        <ListPage<Launch>
          id="launches"
          unit={(count) => t('launches.unit', { count })}
          columns={columns}
          source={source}
          rowId={(l) => l.id}
          rowName={(l) => l.title}
          rowTo={(l) => communityPath(slug, `growth/launches/${l.id}`)}
          empty={{
            title: t('launches.none'),
            body: t('launches.none.body'),
            step: may('growth.write') === 'no' ? undefined : { label: t('launches.add'), onClick: add },
          }}
        />
      </div>
      {adding && (
        <LaunchForm
          slug={slug}
          onClose={() => setAdding(false)}
          onDone={(id) => navigate(communityPath(slug, `growth/launches/${id}`))}
        />
      )}
    </>
  )
}

function useColumns(): ListColumn<Launch>[] {
  const { t } = useWords()
  const format = useFormat()
  const now = useNow()
  return [
    { id: 'title', header: t('launches.name'), main: true, width: 200, cell: (l) => l.title },
    {
      id: 'phase',
      header: t('people.state'),
      width: 104,
      cell: (l) => {
        const phase = phaseOf(l, now)
        return (
          <StatusTag bare tone={phaseTones[phase]}>
            {t(`launches.phase.${phase}`)}
          </StatusTag>
        )
      },
    },
    { id: 'begins', header: t('launches.begins'), width: 144, cell: (l) => format.dateTime(l.begins) },
    { id: 'ends', header: t('launches.ends'), width: 144, cell: (l) => format.dateTime(l.closed_at ?? l.ends) },
    { id: 'target', header: t('launches.target'), width: 240, cell: (l) => targetWords(l.target, t) },
    { id: 'product', header: t('launches.product'), width: 136, cell: (l) => productName(l.product ?? '', t) },
  ]
}
