import { useQuery } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
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
import { type Key, useText, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { DeadlineText, PageHeader, ProblemNotice, SeatMap, StatusTag } from '~/parts'
import css from '../page.module.css'
import { Row, Rows, Section } from '../Section'
import { EntryCard } from './EntryCard'
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
  const nameOf = (id?: string) => (sources.data?.items ?? []).find((s) => s.id === id)?.name
  return (
    <>
      <PageHeader
        title={t('frame.intake')}
        question={t('frame.intake.question')}
        actions={
          <Button type="primary" onClick={() => setAdding(true)}>
            {t('intake.add')}
          </Button>
        }
      />
      {entries.error && <ProblemNotice problem={asProblem(entries.error)} onRetry={() => entries.refetch()} />}
      <Doors slug={slug} />
      <Section title={t('intake.entries')}>
        <div className={css.cards}>
          {(entries.data?.items ?? []).map((entry) => (
            <EntryCard key={entry.id} entry={entry} slug={slug} source={nameOf(entry.source)} />
          ))}
        </div>
        {entries.data && (entries.data.items ?? []).length === 0 && (
          <p className={css.none}>{t('intake.entries.none')}</p>
        )}
      </Section>
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
          <Row key={o.id}>
            <span>
              {format.dateTime(o.opens_at)} · {t('today.door.rate', { count: o.rate })} ·{' '}
              {t('today.door.reserved', { count: o.reserved })}
              <br />
              <span className={css.soft}>
                <DeadlineText at={o.opens_at} />
              </span>
            </span>
            <span className={css.actions}>
              <Button
                size="small"
                onClick={() => setParams(shown === o.id ? {} : { opening: o.id }, { replace: true })}
              >
                {t('intake.queue')}
              </Button>
              <Button size="small" onClick={() => setMoving(o)}>
                {t('intake.doors.move')}
              </Button>
            </span>
          </Row>
        ))}
      </Rows>
      {shown && <Queue slug={slug} opening={shown} />}
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
          title={groupName(code.group, t)}
          more={
            <span className={css.soft}>
              {t('intake.room', { room: code.counts.room, capacity: code.counts.capacity })}
              {code.counts.waiting > 0 && (
                <StatusTag tone="wait">{t('intake.waiting', { count: code.counts.waiting })}</StatusTag>
              )}
            </span>
          }
        >
          <Pools slug={slug} group={code.group} />
        </Section>
      ))}
    </>
  )
}

/** Groups of life stages have names of their own; others are called as the playbook calls them. */
function groupName(group: string, t: (key: Key, values?: Record<string, string | number>) => string): string {
  const stage = group.startsWith('stage:') ? group.slice('stage:'.length) : ''
  return t('intake.seats', {
    group: ['preconception', 'pregnancy', 'parenting'].includes(stage) ? t(`people.stage.${stage}` as Key) : group,
  })
}

function Pools({ slug, group }: { slug: string; group: string }) {
  const { t } = useWords()
  const map = useQuery(poolsQuery(slug, group))
  if (!map.data) return null
  return (
    <SeatMap
      label={groupName(group, t)}
      unit={t('people.unit')}
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
