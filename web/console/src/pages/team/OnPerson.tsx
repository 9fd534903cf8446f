import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { asProblem } from '~/api/problem'
import { listOwners, type Side, type Turn, teamKey, workContact } from '~/api/team'
import { MayButton, useMay } from '~/app/may'
import { useToast } from '~/app/toasts'
import { useProblem } from '~/app/useProblem'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { ProblemNotice, StatusTag } from '~/parts'
import page from '../page.module.css'
import { Row, Rows, Section } from '../Section'
import { Touched } from './Contacts'
import { HandOver } from './HandOver'
import { type Team, useTeam } from './useTeam'
import { sideName, whyEnded, whyGiven } from './words'

/** Who looks after somebody, in sales and in service, and who did before. Absent where there are no departments. */
export function LookedAfter({ slug, id, name }: { slug: string; id: string; name: string }) {
  const { t } = useWords()
  const team = useTeam(slug)
  const declared = team.departments.some((d) => d.side !== 'traffic')
  const [handing, setHanding] = useState<Side>()
  const turns = useInfiniteQuery({
    queryKey: [...teamKey(slug), 'owners', id],
    enabled: declared,
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) => listOwners(slug, id, { limit: 20, cursor: pageParam || undefined }, signal),
    getNextPageParam: (last) => last.next || undefined,
  })
  if (!declared) return null
  const items = (turns.data?.pages ?? []).flatMap((one) => one.items ?? [])
  const before = items.filter((turn) => turn.ended_at)
  const sides = (['sales', 'service'] as const).filter((side) => team.departments.some((d) => d.side === side))
  return (
    <>
      <Section title={t('team.owners')}>
        {turns.error && <ProblemNotice problem={asProblem(turns.error)} onRetry={() => turns.refetch()} />}
        {turns.data && (
          <Rows none="">
            {sides.map((side) => (
              <Owner
                key={side}
                slug={slug}
                team={team}
                side={side}
                turn={items.find((turn) => turn.side === side && !turn.ended_at)}
                onHand={() => setHanding(side)}
              />
            ))}
          </Rows>
        )}
        {before.length > 0 && (
          <details>
            <summary className={page.note}>{t('team.owners.before', { count: before.length })}</summary>
            <Rows none="">
              {before.map((turn) => (
                <Past key={turn.id} turn={turn} team={team} />
              ))}
            </Rows>
            {turns.hasNextPage && (
              <Button
                type="link"
                className={page.further}
                loading={turns.isFetchingNextPage}
                onClick={() => turns.fetchNextPage()}
              >
                {t('growth.further')}
              </Button>
            )}
          </details>
        )}
      </Section>
      {handing && (
        <HandOver
          slug={slug}
          team={team}
          people={[{ id, name, side: handing }]}
          onClose={() => setHanding(undefined)}
        />
      )}
    </>
  )
}

interface OwnerProps {
  slug: string
  team: Team
  side: Side
  turn?: Turn
  onHand: () => void
}

/** One side: who has the person now, and what may be done about it. */
function Owner({ slug, team, side, turn, onHand }: OwnerProps) {
  const { t } = useWords()
  const format = useFormat()
  const may = useMay()
  const client = useQueryClient()
  const toast = useToast()
  const refusal = useProblem()
  const mine = turn?.staff !== undefined && turn.staff === team.me
  const works = may('task.work') === 'yes'
  const run = async (work: 'touch' | 'return') => {
    const done = await refusal.guard(async () => {
      await workContact(slug, turn?.person ?? '', work)
      return true
    })
    await client.invalidateQueries({ queryKey: teamKey(slug) })
    if (done) toast.done(t(`team.${work}.done`, { count: 1 }))
  }
  const returns = side === 'sales' && turn?.staff && works && (mine || may('team.manage') === 'yes')
  return (
    <Row>
      <span>
        <span className={page.soft}>{sideName(side, t)}</span>{' '}
        {turn?.staff ? (
          <span className={page.strong}>{turn.staff_name || team.nameOf(turn.staff)}</span>
        ) : turn ? (
          <StatusTag bare tone="wait">
            {t('team.pool')}
          </StatusTag>
        ) : (
          t('team.owners.nobody')
        )}
        {turn && (
          <>
            <br />
            <span className={page.note}>
              {turn.given_at
                ? `${whyGiven(turn.reason ?? '', t)} · ${format.dateTime(turn.given_at)}`
                : format.dateTime(turn.at)}
              {turn.staff && side === 'sales' && (
                <>
                  {' · '}
                  <Touched turn={turn} />
                </>
              )}
            </span>
          </>
        )}
        {refusal.problem && <ProblemNotice problem={refusal.problem} focus />}
      </span>
      <span className={page.actions}>
        {mine && works && !turn?.touched_at && (
          <Button size="small" onClick={() => run('touch')}>
            {t('team.touch')}
          </Button>
        )}
        {returns && (
          <Button size="small" onClick={() => run('return')}>
            {t('team.return')}
          </Button>
        )}
        <MayButton
          size="small"
          action="team.manage"
          onClick={onHand}
          aria-label={t('team.hand.side', { side: sideName(side, t) })}
        >
          {t(turn?.staff ? 'team.hand' : 'team.hand.begin')}
        </MayButton>
      </span>
    </Row>
  )
}

function Past({ turn, team }: { turn: Turn; team: Team }) {
  const { t } = useWords()
  const format = useFormat()
  return (
    <Row>
      <span>
        <span className={page.soft}>{sideName(turn.side, t)}</span>{' '}
        {turn.staff_name || team.nameOf(turn.staff) || t('team.pool')}
        <br />
        <span className={page.note}>{whyEnded(turn.end ?? '', t)}</span>
      </span>
      <span className={page.aside}>
        {format.dateTime(turn.given_at || turn.at)}
        <br />
        {turn.ended_at && format.dateTime(turn.ended_at)}
      </span>
    </Row>
  )
}
