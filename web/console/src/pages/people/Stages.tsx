import { useQuery } from '@tanstack/react-query'
import { pathsQuery } from '~/api/community'
import { courseQuery, runsQuery, type Stage, staged } from '~/api/stages'
import { type Key, useText, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { useNow } from '~/lib/hooks'
import { DeadlineText } from '~/parts'
import { Section } from '../Section'
import css from './Stages.module.css'

/** How far somebody has come on the ways that have stages, by their latest run of each. */
export function Stages({ slug, id }: { slug: string; id: string }) {
  const text = useText()
  const paths = useQuery(pathsQuery(slug))
  const runs = useQuery(runsQuery(slug, id))
  return staged(paths.data?.items ?? []).map((path) => {
    const run = runs.data?.items?.find((r) => r.path === path.name)
    return (
      run && (
        <Section key={path.name} title={text(path.title) || path.name}>
          <Strip slug={slug} run={run.id} />
        </Section>
      )
    )
  })
}

/** One strip: each stage with its state, and the one that somebody is in with the time that is left for it. */
function Strip({ slug, run }: { slug: string; run: string }) {
  const { t } = useWords()
  const text = useText()
  const format = useFormat()
  const now = useNow()
  const course = useQuery(courseQuery(slug, run))
  const stages = course.data?.stages ?? []
  if (stages.length === 0) return null
  const stateOf = (stage: Stage) =>
    stage.state === 'now' && stage.due && Date.parse(stage.due) < now ? 'late' : stage.state
  return (
    <ol className={css.strip} aria-label={text(course.data?.title ?? {})}>
      {stages.map((stage) => (
        <li
          key={text(stage.title)}
          data-state={stateOf(stage)}
          aria-current={stage.state === 'now' ? 'step' : undefined}
        >
          <strong>{text(stage.title)}</strong>
          <span className={css.when}>
            {t(`people.stages.${stage.state}` as Key)}
            {stage.state === 'done' && stage.left_at && ` ${format.date(stage.left_at)}`}
          </span>
          {stage.state === 'now' && stage.due && (
            <span className={css.when}>
              <DeadlineText at={stage.due} />
            </span>
          )}
        </li>
      ))}
    </ol>
  )
}
