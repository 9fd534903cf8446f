import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { Fragment, useState } from 'react'
import { Link, useSearchParams } from 'react-router'
import {
  entriesQuery,
  liveCodesQuery,
  openingsQuery,
  pathsQuery,
  poolsQuery,
  type Schemas,
  sourcesQuery,
} from '~/api/community'
import { asProblem } from '~/api/problem'
import { communityPath, useCommunity } from '~/app/community'
import { MayButton } from '~/app/may'
import { useText, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { DeadlineText, PageHeader, ProblemNotice, SeatMap, StatusTag } from '~/parts'
import css from '../page.module.css'
import { Row, Rows, Section } from '../Section'
import { groupName } from '../ways'
import { EntryCard } from './EntryCard'
import { LandingPages } from './LandingPages'
import { MoveDoors } from './MoveDoors'
import { NewEntry } from './NewEntry'
import { Queue } from './Queue'

/** Where do people come in, where do we lose them: entries with their codes, doors with their queues, seats, paths. */
export function Intake() {
  const { t } = useWords()
  const slug = useCommunity()?.slug ?? ''
  const [adding, setAdding] = useState(false)
  const entries = useQuery(entriesQuery(slug))
  const sources = useQuery(sourcesQuery(slug))
  const paths = useQuery(pathsQuery(slug))
  const text = useText()
  const nameOf = (id?: string) => (sources.data?.items ?? []).find((s) => s.id === id)?.name
  const pathOf = (name: string) => text((paths.data?.items ?? []).find((p) => p.name === name)?.title ?? {}) || name
  return (
    <>
      <PageHeader
        title={t('frame.intake')}
        question={t('frame.intake.question')}
        actions={
          <MayButton action="intake.write" type="primary" onClick={() => setAdding(true)}>
            {t('intake.add')}
          </MayButton>
        }
      />
      {entries.error && <ProblemNotice problem={asProblem(entries.error)} onRetry={() => entries.refetch()} />}
      <Doors slug={slug} />
      <Section title={t('intake.entries')}>
        <div className={css.cards}>
          {(entries.data?.items ?? []).map((entry) => (
            <EntryCard
              key={entry.id}
              entry={entry}
              slug={slug}
              source={nameOf(entry.source)}
              path={entry.path ? pathOf(entry.path) : t('events.placement.entry')}
            />
          ))}
        </div>
        {entries.data && (entries.data.items ?? []).length === 0 && (
          <p className={css.none}>{t('intake.entries.none')}</p>
        )}
      </Section>
      <LandingPages slug={slug} />
      <Paths slug={slug} />
      <LiveCodes slug={slug} />
      <NewEntry slug={slug} open={adding} onClose={() => setAdding(false)} />
    </>
  )
}

function Doors({ slug }: { slug: string }) {
  const { t } = useWords()
  const format = useFormat()
  const openings = useQuery(openingsQuery(slug))
  const [params, setParams] = useSearchParams()
  const shown = params.get('opening')
  const [moving, setMoving] = useState<Schemas['IntakeOpening']>()
  return (
    <Section title={t('intake.doors')}>
      <Rows none={t('intake.doors.none')}>
        {(openings.data?.items ?? []).map((o) => (
          <Fragment key={o.id}>
            <Row>
              <span>
                <span className={css.strong}>{format.dateTime(o.opens_at)}</span>{' '}
                {new Date(o.opens_at).getTime() > Date.now() && <DeadlineText at={o.opens_at} />}
                <br />
                <span className={css.soft}>
                  {t('today.door.reserved', { count: o.reserved })} · {t('today.door.rate', { count: o.rate })}
                  {o.retired && ` · ${t('intake.doors.retired')}`}
                </span>
              </span>
              <span className={css.actions}>
                <Button
                  size="small"
                  onClick={() => setParams(shown === o.id ? {} : { opening: o.id }, { replace: true })}
                >
                  {t(shown === o.id ? 'intake.queue.hide' : 'intake.queue')}
                </Button>
                <MayButton action="intake.write" size="small" onClick={() => setMoving(o)}>
                  {t('intake.doors.move')}
                </MayButton>
              </span>
            </Row>
            {shown === o.id && (
              <li>
                <Queue slug={slug} opening={o.id} />
              </li>
            )}
          </Fragment>
        ))}
      </Rows>
      {moving && <MoveDoors slug={slug} opening={moving} onClose={() => setMoving(undefined)} />}
    </Section>
  )
}

function Paths({ slug }: { slug: string }) {
  const { t } = useWords()
  const text = useText()
  const paths = useQuery(pathsQuery(slug))
  return (
    <Section title={t('intake.paths')}>
      <Rows none={t('intake.paths.none')}>
        {(paths.data?.items ?? []).map((p) => (
          <Row key={p.name}>
            <Link to={communityPath(slug, `intake/paths/${p.name}`)}>{text(p.title) || p.name}</Link>
            <span className={css.soft}>{t('intake.paths.version', { version: p.version })}</span>
          </Row>
        ))}
      </Rows>
    </Section>
  )
}

function LiveCodes({ slug }: { slug: string }) {
  const { t } = useWords()
  const codes = useQuery(liveCodesQuery(slug))
  return (
    <>
      {(codes.data?.items ?? []).map((code) => (
        <Section
          key={code.group}
          title={t('intake.seats', { group: groupName(code.group, t) })}
          more={
            code.counts.waiting > 0 && (
              <StatusTag tone="wait">{t('intake.waiting', { count: code.counts.waiting })}</StatusTag>
            )
          }
        >
          <Pools slug={slug} group={code.group} />
        </Section>
      ))}
    </>
  )
}

function Pools({ slug, group }: { slug: string; group: string }) {
  const { t } = useWords()
  const map = useQuery(poolsQuery(slug, group))
  if (!map.data) return null
  return (
    <SeatMap
      unit={(count) => t('people.unit', { count })}
      pools={(map.data.pools ?? []).map((pool) => ({
        id: pool.id,
        name: t('intake.pool', { number: pool.position }),
        capacity: pool.capacity,
        taken: pool.taken,
        held: pool.held,
        state: pool.state === 'closed' ? 'frozen' : pool.held + pool.taken >= pool.capacity ? 'full' : 'open',
        to: pool.circle ? communityPath(slug, `circles/${pool.circle}`) : undefined,
      }))}
    />
  )
}
