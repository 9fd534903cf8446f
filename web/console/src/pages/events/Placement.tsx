import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'react-router'
import type { EventView } from '~/api/calendar'
import { type EventPlacement, eventPlacementQuery } from '~/api/placements'
import { asProblem } from '~/api/problem'
import { communityPath } from '~/app/community'
import { MayButton, useMay } from '~/app/may'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { EmptyState, Facts, Figure, FigureRow, ProblemNotice } from '~/parts'
import { paybackWords, roiWords } from '../growth/placement'
import { EntryCard } from '../intake/EntryCard'
import page from '../page.module.css'
import { Section } from '../Section'
import css from './Events.module.css'
import { Holder } from './Holder'
import { SetPlacement } from './SetPlacement'

interface Props {
  slug: string
  event: EventView
}

/** Whose audience the event is held for, what that cost, and what came of it. */
export function Placement({ slug, event }: Props) {
  const { t } = useWords()
  const [asked, setAsked] = useState(false)
  const query = useQuery(eventPlacementQuery(slug, event.id))
  if (query.error) return <ProblemNotice problem={asProblem(query.error)} onRetry={() => void query.refetch()} />
  if (query.data === undefined) return <p className={page.soft}>{t('common.loading')}</p>
  const set = (
    <MayButton action="intake.write" onClick={() => setAsked(true)}>
      {t(query.data ? 'events.placement.edit' : 'events.placement.set')}
    </MayButton>
  )
  return (
    <>
      {query.data ? (
        <>
          <Came slug={slug} placement={query.data} />
          <Section title={t('events.placement.deal')} more={set}>
            <Deal slug={slug} placement={query.data} />
          </Section>
        </>
      ) : (
        <>
          <EmptyState title={t('events.placement.none')} body={t('events.placement.none.body')} />
          <p className={page.actions}>{set}</p>
        </>
      )}
      {asked && (
        <SetPlacement slug={slug} event={event} was={query.data ?? undefined} onClose={() => setAsked(false)} />
      )}
    </>
  )
}

/** From the link to the money, each a part of those before. */
function Came({ slug, placement: p }: { slug: string; placement: EventPlacement }) {
  const { t } = useWords()
  const format = useFormat()
  const people = communityPath(slug, `growth/placements/${p.id}`)
  const sales = useMay()('order.read') === 'no' ? undefined : `${people}/sales`
  const [roi] = roiWords(p)
  return (
    <div className={css.figures}>
      <FigureRow>
        <Figure label={t('events.placement.opened')} value={p.opened} note={t('events.placement.opened.note')} />
        <Figure label={t('placements.came')} value={p.came} to={people} />
        <Figure kind="rate" label={t('placements.contacts')} value={p.contacts} of={p.came} to={people} />
        <Figure kind="rate" label={t('events.placement.tickets')} value={p.tickets} of={p.came} />
        <Figure kind="rate" label={t('events.placement.attended')} value={p.attended} of={p.tickets} />
        <Figure kind="rate" label={t('placements.rate')} value={p.converted} of={p.contacts} to={sales} />
      </FigureRow>
      <FigureRow>
        <Figure kind="money" label={t('placements.cost')} value={p.cost} note={paybackWords(p, t)} />
        <Figure
          kind="money"
          label={t('placements.revenue')}
          value={p.revenue}
          to={sales}
          note={t('placements.orders', { count: p.orders })}
        />
        <Figure
          kind="money"
          label={t('placements.profit')}
          value={p.profit}
          note={t('placements.roi.of', { roi, cost: format.money(p.cost) })}
        />
      </FigureRow>
    </div>
  )
}

function Deal({ slug, placement: p }: { slug: string; placement: EventPlacement }) {
  const { t } = useWords()
  const format = useFormat()
  const { places, taken, held, price } = p.seats
  return (
    <div className={page.split}>
      <Facts
        facts={[
          {
            label: t('events.placement.name'),
            value: <Link to={communityPath(slug, `growth/placements/${p.id}`)}>{p.name}</Link>,
          },
          ...(p.entry.owner
            ? [
                {
                  label: t('events.placement.partner'),
                  value: <Holder slug={slug} person={p.entry.owner} name={p.partner_name} />,
                },
              ]
            : []),
          ...(places + taken + held > 0
            ? [
                {
                  label: t('events.placement.places'),
                  value: t('events.placement.places.n', { taken: taken + held, places }),
                  note: price > 0 ? format.money(price) : t('events.placement.free'),
                },
              ]
            : []),
        ]}
      />
      <EntryCard entry={p.entry} slug={slug} path={t('events.placement.entry')} />
    </div>
  )
}
