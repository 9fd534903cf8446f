import { Link } from 'react-router'
import type { Offer } from '~/api/members'
import { communityPath, useCommunity } from '~/app/community'
import { useText, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { Facts } from '~/parts'
import { Section } from '../Section'
import { MembersHead, type PlanStand } from './Head'
import css from './Members.module.css'

/** What is sold as a membership, as the playbook says it. */
export function Plans() {
  const { t } = useWords()
  const slug = useCommunity()?.slug ?? ''
  return (
    <MembersHead>
      {(plans) => (
        <div className={css.body}>
          <p className={css.note}>
            {t('members.plans.where')}{' '}
            <Link to={communityPath(slug, 'settings/playbook')}>{t('members.toPlaybook')}</Link>
          </p>
          <div className={css.offers}>
            {plans.map(({ name, offer }) => offer && <PlanFacts key={name} offer={offer} plans={plans} />)}
          </div>
        </div>
      )}
    </MembersHead>
  )
}

function PlanFacts({ offer, plans }: { offer: Offer; plans: PlanStand[] }) {
  const { t } = useWords()
  const text = useText()
  const format = useFormat()
  const nameOf = (name: string) => {
    const other = plans.find((p) => p.name === name)?.offer
    return other ? text(other.title) || name : name
  }
  const { months = 0, until = '' } = offer.period
  const benefits = offer.benefits ?? []
  return (
    <Section title={text(offer.title) || offer.name}>
      {offer.pitch && <p className={css.pitch}>{text(offer.pitch)}</p>}
      <Facts
        facts={[
          {
            label: t('members.price'),
            value: format.money(offer.price),
            note: wavesNote(offer, t('members.price.waves')),
          },
          { label: t('members.price.renewal'), value: format.money(offer.renewal ?? offer.price) },
          {
            label: t('members.period'),
            value: until ? t('members.period.until', { day: until }) : t('members.period.months', { count: months }),
          },
          { label: t('members.grace'), value: t('members.days', { count: offer.grace_days ?? 0 }) },
          { label: t('members.refundDays'), value: t('members.days', { count: offer.refund_days ?? 0 }) },
          ...(offer.number?.pattern
            ? [{ label: t('members.number'), value: <code>{offer.number.pattern}</code> }]
            : []),
          ...((offer.includes ?? []).length > 0
            ? [
                {
                  label: t('members.includes'),
                  value: (offer.includes ?? []).map(nameOf).join(t('common.listComma')),
                },
              ]
            : []),
          {
            label: t('members.benefits'),
            value:
              benefits.length === 0 ? (
                '—'
              ) : (
                <ul className={css.benefits}>
                  {benefits.map((b) => (
                    <li key={b.name}>
                      {text(b.title)}{' '}
                      <span className={css.note}>
                        {b.count ? t('members.benefit.count', { count: b.count }) : t('members.benefit.unlimited')}
                      </span>
                    </li>
                  ))}
                </ul>
              ),
          },
        ]}
      />
    </Section>
  )
}

const wavesNote = (offer: Offer, note: string) => ((offer.waves ?? []).length > 0 ? note : undefined)
