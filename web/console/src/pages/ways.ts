import type { Schemas } from '~/api/community'
import type { Key, Translate } from '~/i18n'

/** A step's address as people count: 0 → 1, 3.when0.1 → 4.2. Which branch it lies in is said in words. */
export const stepNumber = (address: string) =>
  address
    .split('.')
    .filter((part) => /^\d+$/.test(part))
    .map((part) => Number(part) + 1)
    .join('.')

const stages = ['preconception', 'pregnancy', 'parenting']

export const stageName = (stage: string, t: Translate) =>
  stages.includes(stage) ? t(`people.stage.${stage}` as Key) : stage

/** Groups of life stages have names of their own; others are called as the playbook calls them. */
export const groupName = (group: string, t: Translate) => stageName(group.replace(/^stage:/, ''), t)

const called = (key: string, name: string, t: Translate) => {
  const words = t(key as Key)
  return words === key ? name : words
}

/** What a task is called, and one of its outcomes; those that a playbook of somebody's own has made up, by their names there. */
export const taskName = (kind: string, t: Translate) => called(`tasks.kind.${kind}`, kind, t)
export const decisionName = (outcome: string, t: Translate) => called(`tasks.outcome.${outcome}`, outcome, t)

type Step = Schemas['PathStepView']

/** What happens at a step: its title, or what it does in words. */
export function stepName(step: { kind?: string; what?: string }, title: string, t: Translate): string {
  if (title) return title
  for (const key of [`intake.do.${step.what || step.kind}`, `tasks.kind.${step.what}`, `facts.${step.what}`]) {
    const words = t(key as Key)
    if (words !== key) return words
  }
  return step.what ?? ''
}

/** When the branch is taken that a step lies in; '' for the way itself. */
export function branchName(step: Step, steps: Step[], t: Translate): string {
  const parts = step.address.split('.')
  const branch = parts.at(-2)
  if (!branch) return ''
  const first = [...parts.slice(0, -1), '0'].join('.')
  const parent = steps.find((other) => other.address === parts.slice(0, -2).join('.'))
  const taken = (parent?.left ?? []).find((l) => l.to === first)
  const way = taken ? taken.outcome : branch
  if (/^or\d+$/.test(way)) return t('intake.way.or')
  return t('intake.way.branch', { way: wayName(way, t) })
}

const own = ['ok', 'else', 'merged', 'erased']

/** How somebody left a step, in words: a fact that came, what a person decided, which case held. */
export function wayName(outcome: string, t: Translate): string {
  if (own.includes(outcome)) return t(`intake.way.${outcome}` as Key)
  const which = /^when(\d+)$/.exec(outcome)
  if (which) return t('intake.way.when', { n: Number(which[1]) + 1 })
  for (const key of [`facts.${outcome}`, `tasks.outcome.${outcome}`]) {
    const words = t(key as Key)
    if (words !== key) return words
  }
  return outcomeName(outcome, t)
}

/** How a run ended. Playbooks may name ends of their own, which are shown as they are. */
export const outcomeName = (outcome: string, t: Translate) => called(`intake.outcome.${outcome}`, outcome, t)
