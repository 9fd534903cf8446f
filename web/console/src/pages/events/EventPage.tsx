import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button } from 'antd'
import { CalendarPlus, Check, Copy } from 'lucide-react'
import { useState } from 'react'
import { Link, useParams } from 'react-router'
import { calendarChanged, type EventView, eventQuery, owedQuery } from '~/api/calendar'
import { api, call } from '~/api/client'
import { moneyKey } from '~/api/money'
import { asProblem } from '~/api/problem'
import { communityPath, useCommunity } from '~/app/community'
import { MayButton } from '~/app/may'
import { useToast } from '~/app/toasts'
import { useText, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { useCopy, useNow } from '~/lib/hooks'
import { ConfirmByName, Dialog, Figure, FigureRow, PageHeader, PageTabs, ProblemNotice, StatusTag } from '~/parts'
import page from '../page.module.css'
import { Answers } from './Answers'
import { Came } from './Came'
import { Clashes } from './Clashes'
import { Door } from './Door'
import { EditEvent } from './EventForm'
import css from './Events.module.css'
import { Forecast } from './Forecast'
import { Gifts } from './Gifts'
import { GiveWay } from './GiveWay'
import { Line } from './Line'
import { Placement } from './Placement'
import { Production } from './Production'
import { phaseOf, phaseTone, phaseWord } from './phase'
import { Room } from './Room'
import { Sale } from './Sale'
import { Tickets } from './Tickets'
import { kindOf, placeOf } from './words'

const tabs = ['production', 'room', 'tickets', 'line', 'gifts', 'door', 'came', 'sale', 'placement', 'answers'] as const
type Tab = (typeof tabs)[number]

/** One event: how full it is, who came, what they thought; and its lists. */
export function EventPage() {
  const { t } = useWords()
  const slug = useCommunity()?.slug ?? ''
  const { id = '', tab } = useParams()
  const query = useQuery({ ...eventQuery(slug, id), refetchInterval: 30_000 })
  const crumbs = [{ label: t('frame.events'), to: communityPath(slug, 'events') }]
  const read = query.data
  if (query.error && !read)
    return (
      <>
        <PageHeader title={t('events.event')} crumbs={crumbs} />
        <ProblemNotice problem={asProblem(query.error)} onRetry={() => query.refetch()} />
      </>
    )
  if (!read) return <PageHeader title={t('common.loading')} crumbs={crumbs} />
  return <Shown slug={slug} event={read.data} etag={read.etag} tab={tabs.find((x) => x === tab) ?? 'tickets'} />
}

interface ShownProps {
  slug: string
  event: EventView
  etag?: string
  tab: Tab
}

function Shown({ slug, event: e, etag, tab }: ShownProps) {
  const { t } = useWords()
  const text = useText()
  const now = useNow()
  const [asked, setAsked] = useState<'edit' | 'cancel' | 'way'>()
  const phase = phaseOf(e, now)
  const open = phase === 'soon' || phase === 'running'
  const close = () => setAsked(undefined)
  // Only what is written is played in a room.
  const shown = tabs.filter((name) => name !== 'room' || e.kind === 'script')
  return (
    <>
      <PageHeader
        title={text(e.title)}
        crumbs={[{ label: t('frame.events'), to: communityPath(slug, 'events') }]}
        meta={<StatusTag tone={phaseTone[phase]}>{t(phaseWord[phase])}</StatusTag>}
        actions={
          e.state === 'planned' && (
            <>
              {open && (
                <MayButton action="event.write" danger onClick={() => setAsked('cancel')}>
                  {t('events.cancel')}
                </MayButton>
              )}
              {phase === 'soon' && (
                <MayButton action="event.write" onClick={() => setAsked('way')}>
                  {t('events.way')}
                </MayButton>
              )}
              <MayButton action="event.write" onClick={() => setAsked('edit')}>
                {t('events.edit')}
              </MayButton>
            </>
          )
        }
      />
      <About event={e} slug={slug} />
      <Figures event={e} slug={slug} />
      {e.state === 'planned' && phase === 'soon' && <Forecast slug={slug} event={e} />}
      <PageTabs label={text(e.title)}>
        {shown.map((name) => (
          <Link
            key={name}
            to={communityPath(slug, `events/${e.id}/${name}`)}
            aria-current={name === tab ? 'page' : undefined}
          >
            {t(`events.tab.${name}`)}
          </Link>
        ))}
      </PageTabs>
      {tab === 'production' && <Production slug={slug} event={e} />}
      {tab === 'room' && <Room slug={slug} event={e} />}
      {tab === 'sale' && <Sale slug={slug} event={e} etag={etag} />}
      {tab === 'placement' && <Placement slug={slug} event={e} />}
      {tab === 'came' && <Came slug={slug} event={e} />}
      {tab === 'tickets' && <Tickets slug={slug} event={e} />}
      {tab === 'line' && <Line slug={slug} event={e} />}
      {tab === 'gifts' && <Gifts slug={slug} event={e} />}
      {tab === 'door' && <Door slug={slug} event={e} />}
      {tab === 'answers' && <Answers slug={slug} event={e} />}
      {asked === 'edit' && <EditEvent slug={slug} event={e} etag={etag} onClose={close} />}
      {asked === 'way' && <GiveWay slug={slug} event={e} onClose={close} />}
      {asked === 'cancel' && <Cancel slug={slug} event={e} onClose={close} />}
    </>
  )
}

function About({ event: e, slug }: { event: EventView; slug: string }) {
  const { t } = useWords()
  const text = useText()
  const format = useFormat()
  const { copied, copy } = useCopy()
  const sameDay = format.date(e.starts) === format.date(e.ends)
  const about = e.about ? text(e.about) : ''
  return (
    <>
      <div className={css.facts}>
        <strong>
          {format.dateTime(e.starts)} – {sameDay ? format.time(e.ends) : format.dateTime(e.ends)}
        </strong>
        <span>{kindOf(e.kind, t)}</span>
        {placeOf(e, t) && <span>{placeOf(e, t)}</span>}
        {e.link && <a href={e.link}>{e.link}</a>}
        {e.host && (
          <span>
            {t('events.host')}{' '}
            <Link to={communityPath(slug, `people/${e.host}`)}>{e.host_name || t('people.unnamed')}</Link>
          </span>
        )}
        <Clashes event={e} slug={slug} />
      </div>
      {about && <p className={page.soft}>{about}</p>}
      <div className={css.links}>
        <Button icon={copied ? <Check size={14} /> : <Copy size={14} />} onClick={() => copy(e.url)}>
          {copied ? t('common.copied') : t('events.url.copy')}
        </Button>
        <Button href={e.url} target="_blank" rel="noreferrer">
          {t('events.url.open')}
        </Button>
        <Button
          icon={<CalendarPlus size={14} />}
          href={`/api/v1/communities/${slug}/events/${e.id}/calendar.ics`}
          download={`${e.code}.ics`}
        >
          {t('events.ics')}
        </Button>
      </div>
      <p className={page.note}>
        <code>{e.url}</code>
      </p>
    </>
  )
}

function Figures({ event: e, slug }: { event: EventView; slug: string }) {
  const { t } = useWords()
  const format = useFormat()
  const f = e.figures
  const to = (tab: string) => communityPath(slug, `events/${e.id}/${tab}`)
  const share = (part: number, whole: number) =>
    whole > 0 ? t('events.share', { rate: format.rate(part, whole), whole }) : undefined
  return (
    <div className={css.figures}>
      <FigureRow>
        <Figure label={t('events.figure.capacity')} value={f.capacity} to={to('tickets')} />
        <Figure
          label={t('events.figure.valid')}
          value={f.valid}
          to={to('tickets?seg=valid')}
          note={share(f.valid, f.capacity)}
        />
        <Figure
          label={t('events.figure.held')}
          value={f.held}
          to={to('tickets?seg=held')}
          note={t('events.figure.held.note')}
        />
        <Figure label={t('events.figure.waiting')} value={f.waiting} to={to('line')} waits={f.waiting > 0} />
        <Figure
          label={t('events.figure.friends')}
          value={f.friends}
          to={to('gifts')}
          note={share(f.friends, f.valid)}
        />
        <Figure
          label={t('events.figure.admitted')}
          value={f.admitted}
          to={to('door')}
          note={share(f.admitted, f.valid)}
        />
        <Figure
          label={t('events.figure.attended')}
          value={f.attended}
          to={to('came')}
          note={t('events.figure.attended.note')}
        />
      </FigureRow>
    </div>
  )
}

/** Calling an event off is for good: says how many tickets and how much money go back, and asks for its name. */
function Cancel({ slug, event: e, onClose }: { slug: string; event: EventView; onClose: () => void }) {
  const { t } = useWords()
  const text = useText()
  const format = useFormat()
  const client = useQueryClient()
  const toast = useToast()
  const owed = useQuery(owedQuery(slug, e.id))
  const run = async () => {
    await call(
      api.POST('/api/v1/communities/{community}/events/{id}/cancel', {
        params: { path: { community: slug, id: e.id } },
      }),
    )
    await Promise.all([calendarChanged(client, slug), client.invalidateQueries({ queryKey: moneyKey(slug) })])
    toast.done(t('events.cancelled'))
  }
  if (!owed.data)
    return (
      <Dialog open title={t('events.cancel')} onClose={onClose}>
        {owed.error ? (
          <ProblemNotice problem={asProblem(owed.error)} onRetry={() => void owed.refetch()} />
        ) : (
          <p className={page.soft}>{t('common.loading')}</p>
        )}
      </Dialog>
    )
  const { count, fen, more } = owed.data
  const money = { count, amount: format.money(fen) }
  const consequences = [
    t('events.cancel.tickets', { count: e.figures.valid + e.figures.held }),
    count > 0 ? t(more ? 'events.cancel.money.more' : 'events.cancel.money', money) : t('events.cancel.free'),
    ...(e.figures.waiting > 0 ? [t('events.cancel.line', { count: e.figures.waiting })] : []),
    t('events.cancel.final'),
  ]
  return (
    <ConfirmByName
      open
      title={t('events.cancel')}
      name={text(e.title).trim()}
      consequences={consequences}
      confirm={t('events.cancel')}
      onConfirm={run}
      onClose={onClose}
    />
  )
}
