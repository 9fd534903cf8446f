import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { api, call } from '~/api/client'
import { moneyMoved, type OrderDetail, type Payment, type Refund } from '~/api/money'
import { useCommand } from '~/api/queries'
import { MayButton } from '~/app/may'
import { useStaffNames } from '~/app/staff'
import { useProblem } from '~/app/useProblem'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { Dialog, ProblemNotice, StatusTag } from '~/parts'
import page from '../page.module.css'
import { Row, Rows, Section } from '../Section'
import { channelName, paymentTones, refundTones, stateName } from './channels'
import { whyOf } from './reasons'

export function Payments({ order }: { order: OrderDetail }) {
  const { t } = useWords()
  const format = useFormat()
  const about = (p: Payment) =>
    [
      channelName(p.channel, t),
      p.ref,
      p.received !== undefined &&
        p.received !== p.amount &&
        t('money.payment.asked', { amount: format.money(p.amount) }),
    ]
      .filter(Boolean)
      .join(' · ')
  return (
    <Section title={t('money.payments')}>
      <Rows none={t('money.payments.none')}>
        {(order.payments ?? []).map((p) => (
          <Row key={p.id}>
            <span>
              <span className={page.strong}>{format.money(p.received ?? p.amount)}</span>
              <br />
              <span className={page.note}>{about(p)}</span>
            </span>
            <span className={page.aside}>
              <StatusTag bare tone={paymentTones[p.state]}>
                {stateName('payment', p.state, t)}
              </StatusTag>{' '}
              {format.dateTime(p.paid_at ?? p.created_at)}
            </span>
          </Row>
        ))}
      </Rows>
    </Section>
  )
}

export function Refunds({ order, slug }: { order: OrderDetail; slug: string }) {
  const { t } = useWords()
  const format = useFormat()
  const staff = useStaffNames(slug)
  const [going, setGoing] = useState<Refund>()
  return (
    <Section title={t('money.refunds')}>
      <Rows none={t('money.refunds.none')}>
        {(order.refunds ?? []).map((r) => (
          <Row key={r.id}>
            <span>
              <span className={page.strong}>{format.money(r.amount)}</span>
              <br />
              <span className={page.note}>
                {[channelName(r.channel, t), r.why && whyOf(r.why, t), r.actor && staff.get(r.actor)]
                  .filter(Boolean)
                  .join(' · ')}
                {r.error && (
                  <>
                    <br />
                    {t('money.refund.error', { error: r.error })}
                  </>
                )}
              </span>
            </span>
            <span className={page.aside}>
              <StatusTag bare tone={refundTones[r.state]}>
                {stateName('refund', r.state, t)}
              </StatusTag>{' '}
              {format.dateTime(r.done_at ?? r.asked_at)}
              {(r.state === 'waits' || r.state === 'failed') && (
                <>
                  <br />
                  <MayButton action="money.post" size="small" onClick={() => setGoing(r)}>
                    {t('money.refund.gone')}
                  </MayButton>
                </>
              )}
            </span>
          </Row>
        ))}
      </Rows>
      {going && <Gone refund={going} person={order.person} slug={slug} onClose={() => setGoing(undefined)} />}
    </Section>
  )
}

/** Says that money which a person had to send has gone back. It is in the books from then on. */
function Gone({
  refund,
  person,
  slug,
  onClose,
}: {
  refund: Refund
  person: string
  slug: string
  onClose: () => void
}) {
  const { t } = useWords()
  const format = useFormat()
  const client = useQueryClient()
  const refusal = useProblem()
  const done = useCommand((id: string, headers) =>
    call<Refund>(
      api.POST('/api/v1/communities/{community}/refunds/{id}/done', {
        params: { path: { community: slug, id } },
        headers,
      }),
    ),
  )
  const send = async () => {
    const ok = await refusal.guard(() => done.mutateAsync(refund.id))
    await moneyMoved(client, slug, person)
    if (ok) onClose()
  }
  return (
    <Dialog open title={t('money.refund.gone')} onClose={onClose}>
      <p>{t('money.refund.gone.what', { amount: format.money(refund.amount) })}</p>
      {refusal.problem && <ProblemNotice problem={refusal.problem} focus />}
      <p className={page.actions}>
        <Button type="primary" loading={done.isPending} onClick={send}>
          {t('money.refund.gone')}
        </Button>
        <Button onClick={onClose}>{t('common.cancel')}</Button>
      </p>
    </Dialog>
  )
}
