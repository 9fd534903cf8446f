import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from 'react-router'
import { type Why, whyQuery } from '~/api/growth'
import { type LedgerEntry, type Named, namesQuery } from '~/api/money'
import { asProblem } from '~/api/problem'
import { communityPath, useCommunity } from '~/app/community'
import { useText, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { Facts, PageHeader, ProblemNotice, StatusTag } from '~/parts'
import { causeOf } from '../money/accounts'
import { formatAmount } from '../money/amounts'
import { useWho, Who } from '../money/Who'
import page from '../page.module.css'
import { Row, Rows, Section } from '../Section'
import { Programme } from './Growth'
import { RewardTag } from './Rewards'
import {
  amountOf,
  bindsName,
  bondState,
  bondTones,
  isForEver,
  levelWords,
  reasonName,
  type Step,
  stepsOf,
} from './words'

/** Why somebody was paid: step by step, with the bond, who lost against it, the rules of that day and the books. */
export function WhyPage() {
  const { t } = useWords()
  const slug = useCommunity()?.slug ?? ''
  const { id = '' } = useParams()
  const why = useQuery(whyQuery(slug, id))
  const crumbs = [
    { label: t('frame.growth'), to: communityPath(slug, 'growth') },
    { label: t('growth.rewards'), to: communityPath(slug, 'growth/rewards') },
  ]
  if (why.error)
    return (
      <>
        <PageHeader title={t('growth.why')} crumbs={crumbs} />
        <ProblemNotice problem={asProblem(why.error)} onRetry={() => why.refetch()} />
      </>
    )
  if (!why.data) return <PageHeader title={t('common.loading')} crumbs={crumbs} />
  return (
    <>
      <PageHeader
        title={t('growth.why')}
        crumbs={crumbs}
        meta={
          <>
            <span className={page.strong}>{amountOf(why.data.reward, t)}</span>{' '}
            <RewardTag state={why.data.reward.state} />
          </>
        }
      />
      <Shown why={why.data} slug={slug} />
    </>
  )
}

function peopleIn(why: Why): string[] {
  const sharers = (why.came ?? []).map((one) => one.sharer)
  const losers = (why.losers ?? []).map((one) => one.promoter)
  return [why.reward.promoter, why.bond.promoter, why.bond.guest, why.sale.buyer, ...sharers, ...losers].filter(Boolean)
}

function Shown({ why, slug }: { why: Why; slug: string }) {
  const { t } = useWords()
  const text = useText()
  const format = useFormat()
  const names = useQuery(namesQuery(slug, peopleIn(why))).data ?? new Map<string, Named>()
  const { reward, bond, sale, programme } = why
  const person = (id: string) => <Who slug={slug} person={names.get(id)} />
  const waits = reward.state === 'frozen' || reward.state === 'held'
  return (
    <div className={page.split}>
      <div>
        <Section title={t('growth.why.steps')}>
          <Steps why={why} names={names} />
        </Section>
        <Section title={t('growth.why.losers')}>
          <Rows none={t('growth.why.losers.none')}>
            {(why.losers ?? []).map((one) => (
              <Row key={one.id}>
                <span>
                  {person(one.promoter)}
                  <br />
                  <span className={page.note}>
                    {[bindsName(one.binds, t), one.reason && reasonName(one.reason, t)].filter(Boolean).join(' · ')}
                  </span>
                </span>
                <span className={page.aside}>{format.dateTime(one.bound_at)}</span>
              </Row>
            ))}
          </Rows>
        </Section>
        <Section title={t('growth.why.entries')}>
          <Rows none={t('growth.why.entries.none')}>
            {(why.entries ?? []).map((entry) => (
              <Row key={entry.id}>
                <Link to={communityPath(slug, `money/entries/${entry.id}`)}>
                  {causeOf(entry.key, t) || t('money.entry')}
                </Link>
                <span className={page.aside}>
                  {moved(entry)} {format.dateTime(entry.recorded_at)}
                </span>
              </Row>
            ))}
          </Rows>
        </Section>
      </div>
      <div>
        <Section title={t('growth.reward')}>
          <Facts
            facts={[
              { label: t('growth.promoter'), value: person(reward.promoter) },
              {
                label: t('growth.earned'),
                value: amountOf(reward, t),
                note: levelWords(programme, t)[reward.level - 1],
              },
              { label: t('growth.base'), value: format.money(reward.base) },
              ...(reward.taken
                ? [{ label: t('growth.takenBack'), value: amountOf({ ...reward, amount: reward.taken }, t) }]
                : []),
              ...(waits ? [{ label: t('growth.frozenUntil'), value: format.dateTime(reward.release_at) }] : []),
              {
                label: t('growth.order'),
                value: <Link to={communityPath(slug, `money/orders/${sale.order}`)}>{t('growth.order.open')}</Link>,
                note: [
                  t('growth.order.paid', { amount: format.money(sale.paid) }),
                  sale.refunded > 0 && t('growth.order.refunded', { amount: format.money(sale.refunded) }),
                ]
                  .filter(Boolean)
                  .join(' · '),
              },
            ]}
          />
        </Section>
        <Section title={t('growth.why.bond')}>
          <Facts
            facts={[
              { label: t('growth.guest'), value: person(bond.guest) },
              { label: t('growth.boundTo'), value: person(bond.promoter) },
              { label: t('growth.rule.binds'), value: bindsName(bond.binds, t), note: format.dateTime(bond.bound_at) },
              {
                label: t('people.state'),
                value: (
                  <StatusTag bare tone={bondTones[bond.state]}>
                    {bondState(bond.state, t)}
                  </StatusTag>
                ),
                note: bond.reason && reasonName(bond.reason, t),
              },
              {
                label: t('growth.validUntil'),
                value: isForEver(bond.valid_until) ? t('growth.days.ever') : format.dateTime(bond.valid_until),
              },
            ]}
          />
        </Section>
        <Section
          title={t('growth.why.rules', { title: text(programme.title) || programme.name })}
          more={t('growth.version', { n: programme.version })}
        >
          <Programme terms={programme} bare />
        </Section>
      </div>
    </div>
  )
}

/** What happened, the oldest first, each in one sentence. */
function Steps({ why, names }: { why: Why; names: Map<string, Named> }) {
  const { t } = useWords()
  const format = useFormat()
  const who = useWho()
  const name = (id?: string) => who(names.get(id ?? '')) || t('people.unnamed')
  const guest = name(why.bond.guest)
  const words = (step: Step): string => {
    switch (step.what) {
      case 'came':
        return t('growth.step.came', { guest, name: name(step.person) })
      case 'bound':
        return t('growth.step.bound', { guest, name: name(step.person) })
      case 'lost':
        return t('growth.step.lost', { guest, name: name(step.person) })
      case 'paid':
        return t('growth.step.paid', { name: name(step.person), amount: format.money(step.amount ?? 0) })
      case 'earned':
        return t('growth.step.earned', { name: name(step.person), amount: amountOf(why.reward, t) })
      case 'taken':
        return t('growth.step.taken', {
          name: name(why.reward.promoter),
          amount: amountOf({ ...why.reward, amount: step.amount ?? 0 }, t),
        })
    }
  }
  return (
    <ol className={page.rows}>
      {stepsOf(why).map((step) => (
        <li key={step.id} className={page.row}>
          <span>
            {words(step)}
            {step.reason && (
              <>
                <br />
                <span className={page.note}>{reasonName(step.reason, t)}</span>
              </>
            )}
          </span>
          <span className={page.aside}>{format.dateTime(step.at)}</span>
        </li>
      ))}
    </ol>
  )
}

/** How much an entry moves, by currency. */
function moved(entry: LedgerEntry): string {
  const sums = new Map<string, number>()
  for (const line of entry.lines ?? []) {
    if (line.amount > 0) sums.set(line.currency, (sums.get(line.currency) ?? 0) + line.amount)
  }
  return [...sums].map(([currency, amount]) => formatAmount(amount, currency)).join(' · ')
}
