import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { useState } from 'react'
import { Link, useParams } from 'react-router'
import { api, call } from '~/api/client'
import { moneyKey } from '~/api/money'
import { asProblem } from '~/api/problem'
import { useCommand } from '~/api/queries'
import { type Line, listStatementLines, type Statement, statementQuery, teamKey } from '~/api/team'
import { communityPath, useCommunity } from '~/app/community'
import { MayButton, useMay } from '~/app/may'
import { useToast } from '~/app/toasts'
import { useProblem } from '~/app/useProblem'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { DataTable, Dialog, Facts, PageHeader, ProblemNotice } from '~/parts'
import { percentOf } from '../money/payouts'
import page from '../page.module.css'
import { Section } from '../Section'
import { StatementTag } from './Statements'
import { type Team, useTeam } from './useTeam'
import { lineKind, lineWords } from './words'

/** What one of the staff earned in a month: each fen down to the order and the step, and who agreed to it. */
export function StatementPage() {
  const { t } = useWords()
  const slug = useCommunity()?.slug ?? ''
  const { id = '' } = useParams()
  const team = useTeam(slug)
  const statement = useQuery(statementQuery(slug, id))
  const crumbs = [
    { label: t('frame.team'), to: communityPath(slug, 'team') },
    { label: t('team.statements'), to: communityPath(slug, 'team/statements') },
  ]
  const s = statement.data
  if (statement.error)
    return (
      <>
        <PageHeader title={t('team.statement')} crumbs={crumbs} />
        <ProblemNotice problem={asProblem(statement.error)} onRetry={() => statement.refetch()} />
      </>
    )
  if (!s) return <PageHeader title={t('common.loading')} crumbs={crumbs} />
  return (
    <>
      <PageHeader
        title={t('team.statement.of', { name: s.staff_name || team.nameOf(s.staff), month: s.month })}
        crumbs={crumbs}
        meta={<StatementTag state={s.state} />}
        actions={<Approve statement={s} slug={slug} team={team} />}
      />
      <div className={page.split}>
        <div>
          <Section title={t('team.lines')}>
            <Lines key={s.id} statement={s} slug={slug} />
          </Section>
        </div>
        <div>
          <Section title={t('team.sum')}>
            <Sum statement={s} />
          </Section>
          <Section title={t('team.about')}>
            <About statement={s} slug={slug} team={team} />
          </Section>
        </div>
      </div>
    </>
  )
}

function Lines({ statement, slug }: { statement: Statement; slug: string }) {
  const { t } = useWords()
  const format = useFormat()
  const reads = useMay()('order.read') === 'yes'
  const lines = useInfiniteQuery({
    queryKey: [...teamKey(slug), 'lines', statement.id],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      listStatementLines(slug, statement.id, { limit: 100, cursor: pageParam || undefined }, signal),
    getNextPageParam: (last) => last.next || undefined,
  })
  if (lines.error) return <ProblemNotice problem={asProblem(lines.error)} onRetry={() => lines.refetch()} />
  if (!lines.data) return <p className={page.soft}>{t('common.loading')}</p>
  const items = lines.data.pages.flatMap((one) => one.items ?? [])
  if (items.length === 0) return <p className={page.none}>{t('team.lines.none')}</p>
  const order = (l: Line) => {
    if (!l.order) return lineKind(l.kind, t)
    return reads ? (
      <Link to={communityPath(slug, `team/credits/${l.order}`)}>{t('team.order.n', { id: l.order.slice(-6) })}</Link>
    ) : (
      t('team.order.n', { id: l.order.slice(-6) })
    )
  }
  return (
    <>
      <DataTable<Line>
        label={t('team.lines')}
        rows={items}
        rowId={(l) => String(l.n)}
        columns={[
          { id: 'order', header: t('team.order'), main: true, cell: order },
          { id: 'kind', header: t('team.line'), cell: (l) => (l.order ? lineKind(l.kind, t) : '') },
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
      {lines.hasNextPage && (
        <Button
          type="link"
          className={page.further}
          loading={lines.isFetchingNextPage}
          onClick={() => lines.fetchNextPage()}
        >
          {t('growth.further')}
        </Button>
      )}
    </>
  )
}

function Sum({ statement: s }: { statement: Statement }) {
  const { t } = useWords()
  const format = useFormat()
  const less = (label: string, fen: number, note: string) =>
    fen < 0 ? [{ label, value: format.money(fen), note }] : []
  return (
    <Facts
      facts={[
        { label: t('team.volume'), value: format.money(s.volume), note: t('team.volume.note') },
        { label: t('team.commission'), value: format.money(s.commission) },
        ...less(t('team.taken'), s.taken, t('team.taken.note')),
        ...less(t('team.carried'), s.carried, t('team.carried.note')),
        {
          label: t('team.total'),
          value: <span className={page.strong}>{format.money(s.total)}</span>,
          note: s.total < 0 ? t('team.total.below') : undefined,
        },
      ]}
    />
  )
}

function About({ statement: s, slug, team }: { statement: Statement; slug: string; team: Team }) {
  const { t } = useWords()
  const format = useFormat()
  const reads = useMay()('money.read') === 'yes'
  const by = (id: string, at?: string) => [team.nameOf(id), at && format.dateTime(at)].filter(Boolean).join(' · ')
  return (
    <Facts
      facts={[
        { label: t('team.department'), value: team.titleOf(s.department) },
        { label: t('team.closedBy'), value: by(s.closed_by, s.at) },
        {
          label: t('team.approvedBy'),
          value: s.approved_by ? by(s.approved_by, s.approved_at) : '—',
          note: s.approved_by ? undefined : t('team.approve.other'),
        },
        ...(s.entry && reads
          ? [
              {
                label: t('money.entry'),
                value: <Link to={communityPath(slug, `money/entries/${s.entry}`)}>{t('team.entry.open')}</Link>,
                note: t('team.entry.note'),
              },
            ]
          : []),
      ]}
    />
  )
}

/** Who closed the month, and who earns it, is told why they can't approve it. */
function Approve({ statement: s, slug, team }: { statement: Statement; slug: string; team: Team }) {
  const { t } = useWords()
  const format = useFormat()
  const client = useQueryClient()
  const toast = useToast()
  const refusal = useProblem()
  const [open, setOpen] = useState(false)
  const run = useCommand((id: string, headers) =>
    call(
      api.POST('/api/v1/communities/{community}/statements/{id}/approve', {
        params: { path: { community: slug, id } },
        headers,
      }),
    ),
  )
  if (s.state !== 'draft') return null
  const not = s.closed_by === team.me ? 'closed' : s.staff === team.me ? 'own' : undefined
  const close = () => setOpen(false)
  const send = async () => {
    const done = await refusal.guard(() => run.mutateAsync(s.id))
    await client.invalidateQueries({ queryKey: teamKey(slug) })
    if (!done) return
    await client.invalidateQueries({ queryKey: moneyKey(slug) })
    toast.done(t('team.approve.done'))
    close()
  }
  return (
    <>
      <MayButton action="money.pay" type="primary" onClick={() => setOpen(true)}>
        {t('team.approve')}
      </MayButton>
      <Dialog open={open} title={t('team.approve')} onClose={close}>
        <p>
          {not
            ? t(`team.approve.not.${not}`)
            : t('team.approve.what', { total: format.money(s.total), name: s.staff_name })}
        </p>
        {refusal.problem && <ProblemNotice problem={refusal.problem} focus />}
        <p className={page.actions}>
          {!not && (
            <Button type="primary" loading={run.isPending} onClick={send}>
              {t('team.approve')}
            </Button>
          )}
          <Button onClick={close}>{t(not ? 'common.close' : 'common.cancel')}</Button>
        </p>
      </Dialog>
    </>
  )
}
