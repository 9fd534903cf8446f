import type { Key, Translate } from '~/i18n'

/** A step's address as people count: 0 → 1, 3.when0.1 → 4.1.2. */
export const stepNumber = (address: string) =>
  address
    .split('.')
    .map((part) => part.replace(/^when/, ''))
    .map((part) => (/^\d+$/.test(part) ? String(Number(part) + 1) : part))
    .join('.')

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
  return outcome
}

const ends = [
  'seated',
  'lapsed',
  'refused',
  'waiting',
  'already',
  'not-joined',
  'removed',
  'moved',
  'stayed',
  'full',
  'done',
]

/** How a run ended. Playbooks may name ends of their own, which are shown as they are. */
export const outcomeName = (outcome: string, t: Translate) =>
  ends.includes(outcome) ? t(`intake.outcome.${outcome}` as Key) : outcome
