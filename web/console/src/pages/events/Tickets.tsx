import { useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { useMemo, useState } from 'react'
import { calendarChanged, calendarKey, type EventView, listTickets, type TicketRow } from '~/api/calendar'
import { api, call } from '~/api/client'
import { moneyMoved, namesOf } from '~/api/money'
import { useCommand } from '~/api/queries'
import { communityPath } from '~/app/community'
import { MayButton } from '~/app/may'
import { useToast } from '~/app/toasts'
import { useProblem } from '~/app/useProblem'
import { useText, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { Dialog, type ListColumn, ListPage, type ListSource, ProblemNotice, StatusTag, type Tone } from '~/parts'
import page from '../page.module.css'
import { Holder } from './Holder'
import { ticketOf } from './words'

const cuts = ['all', 'valid', 'held', 'returned', 'refunded'] as const
type State = Exclude<(typeof cuts)[number], 'all'>

const tones: Record<string, Tone> = { valid: 'good', held: 'wait', offered: 'wait' }

/** Who has a ticket, and who had. */
export function Tickets({ slug, event }: { slug: string; event: EventView }) {
  const { t } = useWords()
  const [back, setBack] = useState<TicketRow>()
  const columns = useColumns(slug, event, setBack)
  const source = useMemo<ListSource<TicketRow>>(
    () => ({
      key: [...calendarKey(slug), 'tickets', event.id],
      load: async ({ segment, limit, cursor }, signal) => {
        const state = cuts.find((cut) => cut === segment && cut !== 'all') as State | undefined
        const answer = await listTickets(slug, event.id, { state, limit, cursor }, signal)
        const rows = answer.items ?? []
        // Who has no nickname goes by their masked real name, as in the list of people.
        const names = await namesOf(
          slug,
          rows.filter((row) => !row.nickname && row.person).map((row) => row.person),
          signal,
        )
        const items = rows.map((row) => ({ ...row, nickname: row.nickname || (names.get(row.person)?.name ?? '') }))
        return { items, next: answer.next }
      },
    }),
    [slug, event.id],
  )
  return (
    <div className={page.list}>
      <ListPage<TicketRow>
        id="event-tickets"
        unit={(count) => t('events.tickets.unit', { count })}
        columns={columns}
        source={source}
        rowId={(row) => row.id || `${row.person} ${row.held_until ?? ''}`}
        rowName={(row) => row.nickname || t('people.unnamed')}
        rowTo={(row) => communityPath(slug, `people/${row.person}`)}
        segments={cuts.map((id) => ({ id, label: id === 'all' ? t('events.tickets.all') : ticketOf(id, t) }))}
        empty={{ title: t('events.tickets.empty'), body: t('events.tickets.empty.body') }}
      />
      {back && <GiveBack slug={slug} ticket={back} onClose={() => setBack(undefined)} />}
    </div>
  )
}

function useColumns(slug: string, event: EventView, giveBack: (row: TicketRow) => void): ListColumn<TicketRow>[] {
  const { t } = useWords()
  const text = useText()
  const format = useFormat()
  const typeOf = (name?: string) => {
    const type = (event.types ?? []).find((x) => x.name === name)
    return type ? text(type.title) || type.name : name
  }
  const at = (moment?: string) => (moment ? format.dateTime(moment) : '')
  return [
    {
      id: 'name',
      header: t('people.name'),
      main: true,
      width: 136,
      cell: (row) => row.nickname || t('people.unnamed'),
    },
    {
      id: 'state',
      header: t('people.state'),
      width: 96,
      cell: (row) => (
        <StatusTag bare tone={tones[row.state] ?? 'done'}>
          {ticketOf(row.state, t)}
        </StatusTag>
      ),
    },
    { id: 'type', header: t('events.type'), width: 112, cell: (row) => typeOf(row.type) },
    { id: 'price', header: t('events.price'), align: 'right', width: 96, cell: (row) => format.money(row.price) },
    {
      id: 'giver',
      header: t('events.giver'),
      width: 112,
      cell: (row) => row.giver && <Holder slug={slug} person={row.giver} name={t('events.giver.see')} />,
    },
    {
      id: 'until',
      header: t('events.until'),
      width: 144,
      cell: (row) => (row.state === 'held' || row.state === 'offered' ? at(row.held_until) : ''),
    },
    { id: 'taken', header: t('events.taken'), width: 144, cell: (row) => at(row.taken_at ?? row.created_at) },
    { id: 'admitted', header: t('events.admitted'), width: 144, cell: (row) => at(row.admitted_at) },
    { id: 'ended', header: t('events.ended'), hidden: true, width: 144, cell: (row) => at(row.ended_at) },
    {
      id: 'act',
      header: t('events.act'),
      width: 96,
      cell: (row) =>
        row.state === 'valid' &&
        row.id && (
          <MayButton
            action={row.price > 0 ? 'money.post' : 'event.write'}
            type="link"
            className={page.inline}
            onClick={() => giveBack(row)}
          >
            {t('events.back')}
          </MayButton>
        ),
    },
  ]
}

/** Takes a ticket back from its holder, with what it cost. */
function GiveBack({ slug, ticket, onClose }: { slug: string; ticket: TicketRow; onClose: () => void }) {
  const { t } = useWords()
  const format = useFormat()
  const client = useQueryClient()
  const toast = useToast()
  const refusal = useProblem()
  const run = useCommand((id: string, headers) =>
    call<TicketRow>(
      api.POST('/api/v1/communities/{community}/tickets/{id}/give-back', {
        params: { path: { community: slug, id } },
        headers,
      }),
    ),
  )
  const send = async () => {
    const done = await refusal.guard(() => run.mutateAsync(ticket.id ?? ''))
    if (!done) return
    await Promise.all([calendarChanged(client, slug), moneyMoved(client, slug, ticket.person)])
    toast.done(t('events.back.done'))
    onClose()
  }
  const name = ticket.nickname || t('people.unnamed')
  return (
    <Dialog open title={t('events.back')} onClose={onClose}>
      {refusal.problem && <ProblemNotice problem={refusal.problem} focus />}
      <p>
        {ticket.price > 0
          ? t('events.back.paid', { name, amount: format.money(ticket.price) })
          : t('events.back.free', { name })}
      </p>
      <p className={page.actions}>
        <Button danger type="primary" loading={run.isPending} onClick={send}>
          {t('events.back')}
        </Button>
        <Button onClick={onClose}>{t('common.cancel')}</Button>
      </p>
    </Dialog>
  )
}
