import { useQuery } from '@tanstack/react-query'
import { useParams } from 'react-router'
import { pathQuery, type Schemas } from '~/api/community'
import { asProblem } from '~/api/problem'
import { communityPath, useCommunity } from '~/app/community'
import { type Translate, useText, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { Figure, FigureRow, FunnelSteps, PageHeader, ProblemNotice } from '~/parts'
import css from '../page.module.css'
import { Row, Rows, Section } from '../Section'
import { branchName, outcomeName, stepName, stepNumber, wayName } from '../ways'

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
            unit={(count) => t('people.unit', { count })}
          />
        ))}
      </FigureRow>
      <Section title={t('intake.path.funnel')}>
        <FunnelSteps
          unit={(count) => t('people.unit', { count })}
          steps={steps.map((step, i) => ({
            key: step.address,
            label: stepName(step, text(step.title ?? {}), t),
            count: step.entered,
            waiting: waitingAt(p.steps ?? [], steps[i - 1]?.address),
          }))}
        />
      </Section>
      <Section title={t('intake.path.steps')}>
        <StepRows steps={p.steps ?? []} />
      </Section>
    </>
  )
}

/** Seconds at a step, on average of those who left it by a way. */
const took = (l: Schemas['PathLeaving']) => l.seconds / Math.max(1, l.runs)

/** How people left a step, and how their way ended if it ended there. */
function leaving(step: Schemas['PathStepView'], l: Schemas['PathLeaving'], t: Translate): string {
  const end = /^end (.+)$/.exec(l.to ?? '')?.[1]
  const late = l.outcome === 'else' && ['wait', 'ask', 'until'].includes(step.kind)
  const way = late ? t('intake.way.late') : wayName(l.outcome, t)
  const ended = end && outcomeName(end, t)
  return ended && ended !== way ? t('intake.way.to', { way, end: ended }) : way
}

/** How many still are at a step or on a branch of it: in review, in line. */
const waitingAt = (steps: Schemas['PathStepView'][], address?: string) =>
  steps
    .filter((step) => address !== undefined && (step.address === address || step.address.startsWith(`${address}.`)))
    .reduce((sum, step) => sum + step.waiting, 0)

/** Steps of the path itself: branches and ends are told in the list below. */
const mainWay = (step: Schemas['PathStepView']) => !step.address.includes('.') && step.kind !== 'end'

function StepRows({ steps }: { steps: Schemas['PathStepView'][] }) {
  const { t } = useWords()
  const text = useText()
  const format = useFormat()
  return (
    <Rows none={t('intake.paths.none')}>
      {steps
        .filter((step) => step.kind !== 'end')
        .map((step) => (
          <Row key={step.address}>
            <span className={step.address.includes('.') ? css.branch : undefined}>
              <span className={css.step}>{stepNumber(step.address)}</span>
              {stepName(step, text(step.title ?? {}), t)} <span className={css.soft}>{branchName(step, steps, t)}</span>
              {(step.left ?? []).map((l) => (
                <span key={`${l.outcome} ${l.to}`} className={css.left}>
                  {t(took(l) < 60 ? 'intake.path.left.now' : 'intake.path.left', {
                    way: leaving(step, l, t),
                    count: l.runs,
                    span: format.span(took(l) * 1000),
                  })}
                </span>
              ))}
            </span>
            <span className={css.aside}>{t('intake.path.step', { entered: step.entered, waiting: step.waiting })}</span>
          </Row>
        ))}
    </Rows>
  )
}
