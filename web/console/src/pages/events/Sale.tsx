import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { Link } from 'react-router'
import { type EventView, saleQuery } from '~/api/calendar'
import { asProblem } from '~/api/problem'
import { communityPath } from '~/app/community'
import { MayButton } from '~/app/may'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { DataTable, EmptyState, Facts, Figure, FigureRow, ProblemNotice } from '~/parts'
import page from '../page.module.css'
import { Section } from '../Section'
import css from './Events.module.css'
import { SetSale } from './SetSale'

const stays = ['stayed', 'left', 'absent'] as const

interface Props {
  slug: string
  event: EventView
  etag?: string
}

/** What the event leads to, and what it has sold of it. */
export function Sale({ slug, event, etag }: Props) {
  const { t } = useWords()
  const [asked, setAsked] = useState(false)
  const set = event.state === 'planned' && (
    <MayButton action="event.write" onClick={() => setAsked(true)}>
      {t('events.sale.set')}
    </MayButton>
  )
  return (
    <>
      {event.sells?.item ? (
        <Sold slug={slug} event={event} set={set} />
      ) : (
        <>
          <EmptyState title={t('events.sale.none')} body={t('events.sale.none.body')} />
          <p className={page.actions}>{set}</p>
        </>
      )}
      {asked && <SetSale slug={slug} event={event} etag={etag} onClose={() => setAsked(false)} />}
    </>
  )
}

/** Who came, who bought, and how long they were there. */
function Sold({ slug, event, set }: Props & { set: ReactNode }) {
  const { t } = useWords()
  const format = useFormat()
  const sale = useQuery(saleQuery(slug, event.id))
  if (sale.error) return <ProblemNotice problem={asProblem(sale.error)} onRetry={() => void sale.refetch()} />
  if (!sale.data) return <p className={page.soft}>{t('common.loading')}</p>
  const { there, bought, sold, offers, ends } = sale.data
  const orders = communityPath(slug, `shop/orders?f.origin=event/${event.id}`)
  const came = there.stayed + there.left
  const share = (part: number, whole: number) =>
    whole > 0 ? t('events.share', { rate: format.rate(part, whole), whole }) : undefined
  return (
    <>
      <div className={css.figures}>
        <FigureRow>
          <Figure label={t('events.sale.came')} value={came} to={communityPath(slug, `events/${event.id}/came`)} />
          <Figure label={t('events.sale.buyers')} value={sold.buyers} to={orders} note={share(sold.buyers, came)} />
          <Figure label={t('events.sale.orders')} value={sold.orders} to={orders} />
          <Figure
            kind="money"
            label={t('events.sale.paid')}
            value={sold.paid - sold.refunded}
            to={orders}
            note={sold.refunded > 0 ? t('events.sale.refunded', { amount: format.money(sold.refunded) }) : undefined}
          />
        </FigureRow>
      </div>
      <Section title={t('events.sale.stays')}>
        <DataTable
          label={t('events.sale.stays')}
          rows={[...stays]}
          rowId={(stay) => stay}
          columns={[
            { id: 'stay', header: t('events.sale.stay'), main: true, cell: (stay) => t(`events.sale.${stay}`) },
            { id: 'there', header: t('events.sale.people'), align: 'right', cell: (stay) => format.count(there[stay]) },
            {
              id: 'bought',
              header: t('events.sale.buyers'),
              align: 'right',
              cell: (stay) => format.count(bought[stay]),
            },
            {
              id: 'rate',
              header: t('events.sale.rate'),
              align: 'right',
              cell: (stay) => (there[stay] > 0 ? format.rate(bought[stay], there[stay]) : '—'),
            },
          ]}
        />
        <p className={page.note}>{t('events.sale.stays.note')}</p>
      </Section>
      <Section title={t('events.sale.offer')} more={set}>
        <Facts
          facts={[
            { label: t('events.sale.item'), value: <code>{event.sells?.item}</code> },
            ...(event.sells?.coupon
              ? [
                  {
                    label: t('shop.coupon'),
                    value: <Link to={communityPath(slug, 'shop/coupons')}>{event.sells.coupon}</Link>,
                  },
                ]
              : []),
            {
              label: t('events.sale.until'),
              value: format.dateTime(ends),
              note: t(offers ? 'events.sale.open' : 'events.sale.shut'),
            },
          ]}
        />
      </Section>
    </>
  )
}
