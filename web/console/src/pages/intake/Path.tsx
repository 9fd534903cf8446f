import { useQuery } from '@tanstack/react-query'
import { useParams } from 'react-router'
import { pathQuery, type Schemas } from '~/api/community'
import { asProblem } from '~/api/problem'
import { communityPath, useCommunity } from '~/app/community'
import { useText, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { Figure, FigureRow, FunnelSteps, PageHeader, ProblemNotice } from '~/parts'
import css from '../page.module.css'
import { Row, Rows, Section } from '../Section'
import { outcomeName, stepNumber, wayName } from '../ways'

/** One path: how many came to each step, how many were lost there, and how runs ended. */
export function Path() {
  const { t } = useWords()
  const text = useText()
  const slug = useCommunity()?.slug ?? ''
  const { name = '' } = useParams()
  const path = useQuery(pathQuery(slug, name))
  if (path.error) return <ProblemNotice problem={asProblem(path.error)} onRetry={() => path.refetch()} />
  const p = path.data
  if (!p)
    return (
      <PageHeader
        title={t('common.loading')}
        crumbs={[{ label: t('frame.intake'), to: communityPath(slug, 'intake') }]}
      />
    )
  const steps = (p.steps ?? []).filter((step) => mainWay(step))
  return (
    <>
      <PageHeader
        title={text(p.title) || p.name}
        question={t('intake.path.question')}
        crumbs={[{ label: t('frame.intake'), to: communityPath(slug, 'intake') }]}
      />
      <FigureRow>
        <Figure label={t('intake.path.started')} value={p.started} />
        <Figure label={t('intake.path.running')} value={p.running} waits={p.running > 0} />
        {(p.ended ?? []).map((e) => (
          <Figure
            key={e.outcome}
            kind="rate"
            label={outcomeName(e.outcome, t)}
            value={e.runs}
            of={p.started}
            unit={t('people.unit')}
          />
        ))}
      </FigureRow>
      <Section title={t('intake.path.funnel')}>
        <FunnelSteps
          label={text(p.title) || p.name}
          unit={t('people.unit')}
          steps={steps.map((step) => ({
            key: step.address,
            label: text(step.title ?? {}) || step.what,
            count: step.entered,
          }))}
        />
      </Section>
      <Section title={t('intake.path.steps')}>
        <StepRows steps={p.steps ?? []} />
      </Section>
    </>
  )
}

/** Steps of the path itself: branches and ends are told in the list below. */
const mainWay = (step: Schemas['PathStepView']) => !step.address.includes('.') && step.kind !== 'end'

function StepRows({ steps }: { steps: Schemas['PathStepView'][] }) {
  const { t } = useWords()
  const text = useText()
  const format = useFormat()
  return (
    <Rows none={t('intake.paths.none')}>
      {steps.map((step) => (
        <Row key={step.address}>
          <span>
            <span className={css.num}>{stepNumber(step.address)}</span> {text(step.title ?? {}) || step.what}
            <br />
            <span className={css.soft}>
              {(step.left ?? [])
                .map(
                  (l) =>
                    `${wayName(l.outcome, t)} ${format.count(l.runs)} · ${format.span((l.seconds * 1000) / Math.max(1, l.runs))}`,
                )
                .join('；')}
            </span>
          </span>
          <span className={css.soft}>{t('intake.path.step', { entered: step.entered, waiting: step.waiting })}</span>
        </Row>
      ))}
    </Rows>
  )
}
