import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'react-router'
import { type MembershipsOf, membershipsQuery, type Tenure } from '~/api/members'
import { listOrders, moneyKey } from '~/api/money'
import { asProblem } from '~/api/problem'
import { communityPath } from '~/app/community'
import { MayButton, useMay } from '~/app/may'
import { useText, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { useNow } from '~/lib/hooks'
import { DeadlineText, Facts, ProblemNotice, StatusTag } from '~/parts'
import { OrderTag } from '../money/OrderTag'
import page from '../page.module.css'
import { Row, Rows, Section } from '../Section'
import { Benefits } from './Benefits'
import { GiveNumber } from './GiveNumber'
import { PersonInvoice } from './Invoice'
import { lastMoment } from './Members'
import css from './Members.module.css'
import { OrderFor } from './OrderFor'
import { TermRows } from './TermRows'
import { stripOf, termState, termTone } from './terms'

/** What somebody has bought: memberships with their terms in time, what is left of the benefits, and the orders behind them. */
export function Memberships({ slug, id }: { slug: string; id: string }) {
  const { t } = useWords()
  const may = useMay()
  const [ordering, setOrdering] = useState(false)
  const has = useQuery(membershipsQuery(slug, id))
  const reads = may('order.read') === 'yes'
  const data = has.data
  const none = data && (data.memberships ?? []).length === 0 && (data.terms ?? []).length === 0
  return (
    <>
      <Section
        title={t('members.title')}
        more={
          <MayButton action="order.write" size="small" onClick={() => setOrdering(true)}>
            {t('members.orderFor')}
          </MayButton>
        }
      >
        {has.error && <ProblemNotice problem={asProblem(has.error)} onRetry={() => has.refetch()} />}
        {none && <p className={page.none}>{t('members.person.none')}</p>}
        {data && !none && <Has slug={slug} person={id} data={data} />}
      </Section>
      {reads && <Orders slug={slug} id={id} />}
      <PersonInvoice slug={slug} id={id} />
      {ordering && <OrderFor slug={slug} person={id} onClose={() => setOrdering(false)} />}
    </>
  )
}

function Has({ slug, person, data }: { slug: string; person: string; data: MembershipsOf }) {
  const { t } = useWords()
  const text = useText()
  const format = useFormat()
  const [numbering, setNumbering] = useState<Tenure>()
  const number = (m: Tenure) => (
    <>
      {m.number}{' '}
      {!m.colleague && (
        <MayButton action="people.write" size="small" type="link" onClick={() => setNumbering(m)}>
          {t('members.number.give')}
        </MayButton>
      )}
    </>
  )
  return (
    <>
      {(data.memberships ?? []).map((m) => (
        <Facts
          key={`${m.plan} ${m.organisation ?? ''}`}
          facts={[
            {
              label: text(m.title) || m.plan,
              value: <StatusTag tone={termTone(m.state)}>{termState(m.state, t)}</StatusTag>,
            },
            ...(m.number ? [{ label: t('members.number'), value: number(m) }] : []),
            { label: t('members.since'), value: format.date(m.member_since) },
            { label: t('members.run'), value: format.date(m.run_start) },
            { label: t('members.ends'), value: format.date(lastMoment(m.ends)) },
            ...(m.state === 'grace' && m.grace_until
              ? [
                  {
                    label: t('members.graceUntil'),
                    value: (
                      <>
                        {format.date(lastMoment(m.grace_until))} <DeadlineText at={m.grace_until} />
                      </>
                    ),
                  },
                ]
              : []),
            { label: t('members.price.renewal'), value: format.money(m.renewal) },
          ]}
        />
      ))}
      <Terms data={data} />
      <Benefits slug={slug} person={person} data={data} />
      {numbering && (
        <GiveNumber slug={slug} person={person} term={numbering.term} onClose={() => setNumbering(undefined)} />
      )}
    </>
  )
}

/** Terms as a strip in time, and the same in words. */
function Terms({ data }: { data: MembershipsOf }) {
  const { t } = useWords()
  const format = useFormat()
  const now = useNow()
  const terms = data.terms ?? []
  const strip = stripOf(terms, now)
  const plans = [...new Set(strip.bars.map((bar) => bar.plan))]
  return (
    <>
      {strip.bars.length > 0 && (
        <div aria-hidden="true">
          <div className={css.strip}>
            {plans.map((plan) => (
              <div key={plan} className={css.lane}>
                {strip.bars.map(
                  (bar) =>
                    bar.plan === plan && (
                      <span key={bar.id}>
                        <i
                          data-state={bar.state}
                          style={{ left: `${bar.left}%`, width: `calc(${bar.width}% - 2px)` }}
                        />
                        {bar.grace > 0 && (
                          <i data-kind="grace" style={{ left: `${bar.left + bar.width}%`, width: `${bar.grace}%` }} />
                        )}
                      </span>
                    ),
                )}
              </div>
            ))}
            {strip.now !== undefined && <span className={css.now} style={{ left: `${strip.now}%` }} />}
          </div>
          <div className={css.ends}>
            <span>{format.date(strip.from)}</span>
            <span>{format.date(strip.to - 1)}</span>
          </div>
        </div>
      )}
      <TermRows terms={terms} none={t('members.person.none')} />
    </>
  )
}

function Orders({ slug, id }: { slug: string; id: string }) {
  const { t } = useWords()
  const format = useFormat()
  const orders = useQuery({
    queryKey: [...moneyKey(slug), 'orders of', id],
    queryFn: ({ signal }) => listOrders(slug, { person: id, limit: 50 }, signal),
  })
  return (
    <Section title={t('money.orders')}>
      {orders.error && <ProblemNotice problem={asProblem(orders.error)} onRetry={() => orders.refetch()} />}
      <Rows none={t('money.orders.none')}>
        {(orders.data?.items ?? []).map((o) => (
          <Row key={o.id}>
            <span>
              <Link to={communityPath(slug, `money/orders/${o.id}`)}>
                {(o.lines ?? []).map((l) => l.title).join(t('common.listComma'))}
              </Link>{' '}
              <span className={css.price}>{format.money(o.amount)}</span>
            </span>
            <span className={page.aside}>
              <OrderTag order={o} /> {format.dateTime(o.created_at)}
            </span>
          </Row>
        ))}
      </Rows>
    </Section>
  )
}
