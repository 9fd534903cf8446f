import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useParams } from 'react-router'
import { api, call } from '~/api/client'
import { type Board, boardQuery, launchChanged } from '~/api/launches'
import { asProblem } from '~/api/problem'
import { communityPath, useCommunity } from '~/app/community'
import { MayButton } from '~/app/may'
import { useToast } from '~/app/toasts'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { useNow } from '~/lib/hooks'
import { Figure, FigureRow, PageHeader, ProblemNotice, StatusTag } from '~/parts'
import page from '../page.module.css'
import { Section } from '../Section'
import { AskPledges } from './AskPledges'
import { Endorsers } from './Endorsers'
import css from './Growth.module.css'
import { LaunchForm } from './LaunchForm'
import { gapWords, phaseOf, phaseTones, takesPledges } from './launch'
import { Pledges } from './Pledges'
import { Promised } from './Promised'
import { Resources } from './Resources'
import { Sure } from './Sure'
import { productName } from './words'

/** The board of one launch: what is missing, who promised and did, who stands behind it, what is ready. */
export function LaunchPage() {
  const { t } = useWords()
  const slug = useCommunity()?.slug ?? ''
  const { id = '' } = useParams()
  const query = useQuery(boardQuery(slug, id))
  const crumbs = [
    { label: t('frame.growth'), to: communityPath(slug, 'growth') },
    { label: t('launches.title'), to: communityPath(slug, 'growth/launches') },
  ]
  if (query.error && !query.data)
    return (
      <>
        <PageHeader title={t('launches.one')} crumbs={crumbs} />
        <ProblemNotice problem={asProblem(query.error)} onRetry={() => void query.refetch()} />
      </>
    )
  if (!query.data) return <PageHeader title={t('common.loading')} crumbs={crumbs} />
  return <Shown slug={slug} board={query.data.data} etag={query.data.etag} crumbs={crumbs} />
}

interface ShownProps {
  slug: string
  board: Board
  etag?: string
  crumbs: { label: string; to: string }[]
}

function Shown({ slug, board: b, etag, crumbs }: ShownProps) {
  const { t } = useWords()
  const format = useFormat()
  const [open, setOpen] = useState<'ask' | 'promise' | 'edit'>()
  const phase = phaseOf(b, useNow())
  const takes = takesPledges(phase)
  const close = () => setOpen(undefined)
  return (
    <>
      <PageHeader
        title={b.title}
        crumbs={crumbs}
        meta={<StatusTag tone={phaseTones[phase]}>{t(`launches.phase.${phase}`)}</StatusTag>}
        actions={
          takes && (
            <>
              <MayButton action="growth.write" type="primary" onClick={() => setOpen('ask')}>
                {t('launches.ask')}
              </MayButton>
              <MayButton action="growth.write" onClick={() => setOpen('promise')}>
                {t('launches.promise')}
              </MayButton>
              <MayButton action="growth.write" onClick={() => setOpen('edit')}>
                {t('launches.edit')}
              </MayButton>
              <CloseLaunch slug={slug} id={b.id} />
            </>
          )
        }
      />
      <p className={css.facts}>
        <span>{t('launches.window', { begins: format.dateTime(b.begins), ends: format.dateTime(b.ends) })}</span>
        <span>{productName(b.product ?? '', t)}</span>
        {b.closed_at && <span>{t('launches.closedAt', { at: format.dateTime(b.closed_at) })}</span>}
      </p>
      <Missing board={b} />
      <Counts board={b} />
      <Section title={t('launches.pledges')}>
        <Pledges slug={slug} launch={b.id} open={takes} />
      </Section>
      <div className={page.columns}>
        <Endorsers slug={slug} launch={b.id} />
        <Resources slug={slug} launch={b.id} />
      </div>
      {open === 'ask' && <AskPledges slug={slug} launch={b.id} onClose={close} />}
      {open === 'promise' && <Promised slug={slug} launch={b.id} onClose={close} />}
      {open === 'edit' && <LaunchForm slug={slug} was={{ data: b, etag }} onClose={close} />}
    </>
  )
}

/** What was aimed at and is not there yet. */
function Missing({ board }: { board: Board }) {
  const { t } = useWords()
  const missing = board.missing ?? []
  return (
    <Section title={t('launches.missing')}>
      {missing.length === 0 ? (
        <p className={page.none}>{t('launches.missing.none')}</p>
      ) : (
        <ul className={css.gaps}>
          {missing.map((gap) => (
            <li key={gap.what}>
              <StatusTag tone="wait">{gapWords(gap, t)}</StatusTag>
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}

function Counts({ board: b }: { board: Board }) {
  const { t } = useWords()
  const kept = b.pledges.promised + b.pledges.done
  const total = kept + b.pledges.asked + b.pledges.declined
  return (
    <FigureRow>
      <Figure
        label={t('launches.pledges')}
        value={kept}
        target={b.target.pledges || undefined}
        note={t('launches.pledges.note', { contacts: b.pledges.contacts, shares: b.pledges.shares })}
        to="?seg=promised"
      />
      <Figure label={t('launches.state.asked')} value={b.pledges.asked} waits={b.pledges.asked > 0} to="?seg=asked" />
      <Figure
        kind="rate"
        label={t('launches.kept')}
        value={b.pledges.done}
        of={kept}
        note={t('launches.declined', { count: b.pledges.declined, of: total })}
        to="?seg=done"
      />
      <Figure
        label={t('launches.reach')}
        value={b.reach.visits}
        target={b.target.reach || undefined}
        note={t('launches.views', { count: b.reach.views })}
      />
      <Figure kind="rate" label={t('launches.leads')} value={b.reach.leads} of={b.reach.visits} />
      <Figure
        kind="money"
        label={t('launches.revenue')}
        value={b.reach.revenue}
        note={t('launches.orders', { count: b.reach.orders })}
      />
    </FigureRow>
  )
}

function CloseLaunch({ slug, id }: { slug: string; id: string }) {
  const { t } = useWords()
  const client = useQueryClient()
  const toast = useToast()
  return (
    <Sure
      action="growth.write"
      label={t('launches.close')}
      what={t('launches.close.what')}
      run={async () => {
        await call(
          api.POST('/api/v1/communities/{community}/launches/{id}/close', {
            params: { path: { community: slug, id } },
          }),
        )
        await launchChanged(client, slug)
        toast.done(t('launches.close.done'))
      }}
    />
  )
}
