import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from 'react-router'
import { namesQuery } from '~/api/money'
import { asProblem } from '~/api/problem'
import { type CreditWhy, creditQuery } from '~/api/team'
import { communityPath, useCommunity } from '~/app/community'
import { useText, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { DataTable, Facts, PageHeader, ProblemNotice } from '~/parts'
import { percentOf } from '../money/payouts'
import page from '../page.module.css'
import { Row, Rows, Section } from '../Section'
import css from './Team.module.css'
import { useTeam } from './useTeam'
import { lineKind, lineWords, saleKind, sideName, stepsOf, whyEnded, whyGiven, whyWords } from './words'

/** Why a sale is credited to whom: who looked after whom, by which rules, and what it earned. */
export function WhyCredited() {
  const { t } = useWords()
  const format = useFormat()
  const slug = useCommunity()?.slug ?? ''
  const { id = '' } = useParams()
  const why = useQuery(creditQuery(slug, id))
  const crumbs = [
    { label: t('frame.team'), to: communityPath(slug, 'team') },
    { label: t('team.credits'), to: communityPath(slug, 'team/credits') },
  ]
  if (why.error)
    return (
      <>
        <PageHeader title={t('team.why')} crumbs={crumbs} />
        <ProblemNotice problem={asProblem(why.error)} onRetry={() => why.refetch()} />
      </>
    )
  if (!why.data) return <PageHeader title={t('common.loading')} crumbs={crumbs} />
  return (
    <>
      <PageHeader
        title={t('team.why')}
        crumbs={crumbs}
        meta={<span className={page.strong}>{format.money(why.data.credit.amount)}</span>}
      />
      <Named why={why.data} slug={slug} />
    </>
  )
}

/** Who has no nickname goes by their masked real name. */
function Named({ why, slug }: { why: CreditWhy; slug: string }) {
  const { person, promoter } = why.credit
  const names = useQuery(namesQuery(slug, [person, promoter ?? ''].filter(Boolean)))
  const of = (id?: string) => names.data?.get(id ?? '')?.name ?? ''
  const full = { ...why, person_name: why.person_name || of(person), promoter_name: why.promoter_name || of(promoter) }
  return <Shown why={full} slug={slug} />
}

function Shown({ why, slug }: { why: CreditWhy; slug: string }) {
  const { t } = useWords()
  const text = useText()
  const format = useFormat()
  const team = useTeam(slug)
  const { credit, turn, rules } = why
  const department = rules.departments?.find((d) => d.name === credit.department)
  const title = text(department?.title ?? {}) || team.titleOf(credit.department)
  const staff = why.staff_name || team.nameOf(credit.staff)
  const person = (id: string, name?: string) => (
    <Link to={communityPath(slug, `people/${id}`)}>{name || t('people.unnamed')}</Link>
  )
  const steps = stepsOf(department?.pay, t)
  return (
    <div className={page.split}>
      <div>
        <Section title={t('team.why.because')}>
          <p className={css.because}>{whyWords(why, staff, t)}</p>
          <Steps why={why} slug={slug} />
        </Section>
        <Section title={t('team.why.earned')}>
          <Earned why={why} slug={slug} />
        </Section>
        <Section title={t('team.why.returns')}>
          <Rows none={t('team.why.returns.none')}>
            {(why.returns ?? []).map((r) => (
              <Row key={r.fact}>
                <span>{t('team.why.returned', { amount: format.money(r.amount), month: r.month })}</span>
                <span className={page.aside}>{format.dateTime(r.at)}</span>
              </Row>
            ))}
          </Rows>
        </Section>
      </div>
      <div>
        <Section title={t('team.why.sale')}>
          <Facts
            facts={[
              {
                label: t('team.credited'),
                value: staff || t('team.credit.department', { name: title }),
                note: staff && title,
              },
              { label: t('team.buyer'), value: person(credit.person, why.person_name) },
              { label: t('team.sale'), value: saleKind(credit.kind, t) },
              ...(credit.promoter
                ? [{ label: t('growth.promoter'), value: person(credit.promoter, why.promoter_name) }]
                : []),
              { label: t('money.paid'), value: format.money(credit.amount), note: format.dateTime(credit.at) },
              ...(credit.refunded ? [{ label: t('money.refunded'), value: format.money(credit.refunded) }] : []),
              { label: t('team.month.counts'), value: credit.month },
              {
                label: t('team.order'),
                value: <Link to={communityPath(slug, `money/orders/${credit.order}`)}>{t('team.order.open')}</Link>,
              },
            ]}
          />
        </Section>
        <Section title={t('team.why.rules')} more={t('growth.version', { n: rules.version })}>
          <Facts
            facts={[
              { label: t('team.why.rules.at'), value: format.dateTime(rules.at) },
              ...(['referral', 'renewal', 'upgrade'] as const).map((kind) => ({
                label: t('team.rule.credit', { kind: t(`team.sale.${kind}`) }),
                value: sideName(rules.credits?.[kind] || (kind === 'upgrade' ? 'sales' : 'service'), t),
              })),
              ...(steps.length > 0
                ? [{ label: t('team.pay'), value: steps.map((line) => <div key={line}>{line}</div>), note: title }]
                : []),
            ]}
          />
        </Section>
        {turn?.id && (
          <Section title={t('team.why.turn')}>
            <Facts
              facts={[
                {
                  label: t('team.whom'),
                  value: person(turn.person, turn.person === credit.promoter ? why.promoter_name : why.person_name),
                },
                { label: t('team.staff'), value: team.nameOf(turn.staff), note: sideName(turn.side, t) },
                ...(turn.reason ? [{ label: t('team.given.why'), value: whyGiven(turn.reason, t) }] : []),
                ...(turn.end ? [{ label: t('team.ended'), value: whyEnded(turn.end, t) }] : []),
              ]}
            />
          </Section>
        )}
      </div>
    </div>
  )
}

/** What happened, the oldest first. */
function Steps({ why }: { why: CreditWhy; slug: string }) {
  const { t } = useWords()
  const format = useFormat()
  const { credit, turn } = why
  const name = (turn?.person === credit.promoter ? why.promoter_name : why.person_name) || t('people.unnamed')
  const staff = why.staff_name ?? ''
  const steps = [
    ...(turn?.given_at ? [{ at: turn.given_at, words: t('team.step.given', { name, staff }) }] : []),
    ...(turn?.touched_at ? [{ at: turn.touched_at, words: t('team.step.touched', { name, staff }) }] : []),
    {
      at: credit.at,
      words: t('team.step.paid', { name: why.person_name || t('people.unnamed'), amount: format.money(credit.amount) }),
    },
  ].sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
  return (
    <ol className={page.rows}>
      {steps.map((step) => (
        <li key={step.words} className={page.row}>
          <span>{step.words}</span>
          <span className={page.aside}>{format.dateTime(step.at)}</span>
        </li>
      ))}
    </ol>
  )
}

/** What it earned in statements, to the fen. */
function Earned({ why, slug }: { why: CreditWhy; slug: string }) {
  const { t } = useWords()
  const format = useFormat()
  const lines = why.lines ?? []
  if (lines.length === 0)
    return (
      <p className={page.none}>
        {t(why.credit.staff ? 'team.why.earned.open' : 'team.why.earned.nobody', { month: why.credit.month })}
      </p>
    )
  return (
    <DataTable
      label={t('team.why.earned')}
      rows={lines}
      rowId={(l) => `${l.statement} ${l.n}`}
      columns={[
        {
          id: 'month',
          header: t('team.statement'),
          main: true,
          cell: (l) => <Link to={communityPath(slug, `team/statements/${l.statement}`)}>{l.month}</Link>,
        },
        { id: 'kind', header: t('team.line'), cell: (l) => lineKind(l.kind, t) },
        { id: 'how', header: t('team.line.how'), wrap: true, cell: (l) => lineWords(l, t) },
        {
          id: 'rate',
          header: t('team.rate'),
          align: 'right',
          cell: (l) => (l.kind === 'commission' ? percentOf(l.rate_bp) : ''),
        },
        { id: 'fen', header: t('team.fen'), align: 'right', cell: (l) => format.money(l.fen) },
      ]}
    />
  )
}
