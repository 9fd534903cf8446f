import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useId, useState } from 'react'
import { Link, useNavigate, useParams } from 'react-router'
import { bankChanged, type GuestNote, type GuestView, guestQuery, notesQuery } from '~/api/bank'
import { api, call } from '~/api/client'
import type { Schemas } from '~/api/community'
import { asProblem } from '~/api/problem'
import { useCommand } from '~/api/queries'
import { communityPath, useCommunity } from '~/app/community'
import { MayButton, useMay } from '~/app/may'
import { useProblem } from '~/app/useProblem'
import { useText, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { ConfirmByName, PageHeader, ProblemNotice, StatusTag } from '~/parts'
import page from '../page.module.css'
import { Row, Section } from '../Section'
import { AskGuest } from './AskGuest'
import { AskLine } from './AskLine'
import css from './Bank.module.css'
import { GuestForm } from './GuestForm'
import { Holder } from './Holder'
import { points } from './survey'

/** One guest: what they speak about, how they did, what they were asked, and what came out of talking to them. */
export function GuestPage() {
  const { t } = useWords()
  const slug = useCommunity()?.slug ?? ''
  const { id = '' } = useParams()
  const query = useQuery(guestQuery(slug, id))
  const crumbs = [
    { label: t('frame.events'), to: communityPath(slug, 'events') },
    { label: t('events.bank'), to: communityPath(slug, 'events/bank') },
  ]
  if (query.error && !query.data)
    return (
      <>
        <PageHeader title={t('events.guests.guest')} crumbs={crumbs} />
        <ProblemNotice problem={asProblem(query.error)} onRetry={() => void query.refetch()} />
      </>
    )
  if (!query.data) return <PageHeader title={t('common.loading')} crumbs={crumbs} />
  return <Shown slug={slug} guest={query.data.data} etag={query.data.etag} crumbs={crumbs} />
}

interface ShownProps {
  slug: string
  guest: GuestView
  etag?: string
  crumbs: { label: string; to: string }[]
}

function Shown({ slug, guest: g, etag, crumbs }: ShownProps) {
  const { t } = useWords()
  const client = useQueryClient()
  const refusal = useProblem()
  const navigate = useNavigate()
  const [doing, setDoing] = useState<'edit' | 'ask' | 'forget'>()
  const close = () => setDoing(undefined)
  const path = { community: slug, id: g.id }
  const gone = g.state === 'erased'
  const retire = async (retired: boolean) => {
    const done = await refusal.guard(() =>
      call(api.PATCH('/api/v1/communities/{community}/guests/{id}', { params: { path }, body: { retired } })),
    )
    if (done) await bankChanged(client, slug)
  }
  return (
    <>
      <PageHeader
        title={gone ? t('events.guests.gone') : g.name}
        crumbs={crumbs}
        meta={g.state === 'retired' && <StatusTag>{t('events.guests.retired')}</StatusTag>}
        actions={
          !gone && (
            <>
              <MayButton action="event.write" danger onClick={() => setDoing('forget')}>
                {t('events.guests.forget')}
              </MayButton>
              <MayButton action="event.write" onClick={() => retire(g.state === 'active')}>
                {t(g.state === 'active' ? 'events.guests.retire' : 'events.guests.again')}
              </MayButton>
              <MayButton action="event.write" onClick={() => setDoing('edit')}>
                {t('events.edit')}
              </MayButton>
              {g.state === 'active' && (
                <MayButton action="event.write" type="primary" onClick={() => setDoing('ask')}>
                  {t('events.ask.ask')}
                </MayButton>
              )}
            </>
          )
        }
      />
      {refusal.problem && <ProblemNotice problem={refusal.problem} />}
      <About slug={slug} guest={g} />
      <div className={page.split}>
        <div>
          <Asks slug={slug} guest={g} />
          <Appeared slug={slug} guest={g} />
        </div>
        {!gone && <Notes slug={slug} guest={g.id} />}
      </div>
      {doing === 'edit' && <GuestForm slug={slug} was={{ data: g, etag }} onClose={close} />}
      {doing === 'ask' && <AskGuest slug={slug} guest={g} onClose={close} />}
      {doing === 'forget' && (
        <ConfirmByName
          open
          title={t('events.guests.forget')}
          name={g.name}
          consequences={[t('events.guests.forget.what'), t('events.guests.forget.stays')]}
          confirm={t('events.guests.forget')}
          onConfirm={async () => {
            await call(api.DELETE('/api/v1/communities/{community}/guests/{id}', { params: { path } }))
            await bankChanged(client, slug)
            navigate(communityPath(slug, 'events/bank'))
          }}
          onClose={close}
        />
      )}
    </>
  )
}

function About({ slug, guest: g }: { slug: string; guest: GuestView }) {
  const { t } = useWords()
  const format = useFormat()
  const refusal = useProblem()
  const [contact, setContact] = useState<string>()
  const reveal = async () => {
    const done = await refusal.guard(() =>
      call<Schemas['GuestContact']>(
        api.POST('/api/v1/communities/{community}/guests/{id}/reveal', {
          params: { path: { community: slug, id: g.id } },
        }),
      ),
    )
    setContact(done?.contact)
  }
  return (
    <>
      <div className={css.facts}>
        {g.role && <span>{g.role}</span>}
        {g.person && <Holder slug={slug} person={g.person} name={g.nickname} />}
        {g.reachable &&
          (contact ?? (
            <MayButton action="event.write" size="small" onClick={reveal}>
              {t('events.guests.contact.show')}
            </MayButton>
          ))}
      </div>
      {refusal.problem && <ProblemNotice problem={refusal.problem} />}
      {g.topics.length > 0 && (
        <p className={page.soft}>{t('events.guests.speaks', { topics: g.topics.join(t('events.guests.between')) })}</p>
      )}
      <dl className={css.figures}>
        <div>
          <dt>{t('events.guests.appearances')}</dt>
          <dd>{format.count(g.appearances.length)}</dd>
        </div>
        <div>
          <dt>{t('events.nps.short')}</dt>
          <dd>
            {g.answers > 0 ? points(g.nps) : '–'} <span>{t('events.guests.answers', { count: g.answers })}</span>
          </dd>
        </div>
        <div>
          <dt>{t('events.guests.last')}</dt>
          <dd>{g.ask ? format.date(g.ask.asked_at) : t('events.guests.never')}</dd>
        </div>
      </dl>
    </>
  )
}

function Asks({ slug, guest }: { slug: string; guest: GuestView }) {
  const { t } = useWords()
  const text = useText()
  return (
    <Section title={t('events.ask.all')}>
      {guest.asks.length === 0 ? (
        <p className={page.none}>{t('events.ask.none')}</p>
      ) : (
        <ul className={page.rows}>
          {guest.asks.map((ask) => (
            <AskLine key={ask.id} slug={slug} ask={ask}>
              {ask.event ? (
                <Link to={communityPath(slug, `events/${ask.event}/production`)}>{text(ask.event_title ?? {})}</Link>
              ) : (
                t('events.ask.event.none')
              )}
            </AskLine>
          ))}
        </ul>
      )}
    </Section>
  )
}

function Appeared({ slug, guest }: { slug: string; guest: GuestView }) {
  const { t } = useWords()
  const text = useText()
  const format = useFormat()
  return (
    <Section title={t('events.guests.appeared')}>
      {guest.appearances.length === 0 ? (
        <p className={page.none}>{t('events.guests.appeared.none')}</p>
      ) : (
        <ul className={page.rows}>
          {guest.appearances.map((x) => (
            <Row key={x.event}>
              <span className={css.what}>
                <Link to={communityPath(slug, `events/${x.event}/answers`)}>{text(x.title)}</Link>
                <span className={page.note}>{format.dateTime(x.starts)}</span>
              </span>
              <span className={page.aside}>
                {x.answers > 0
                  ? t('events.nps.n', { nps: points(x.nps), count: x.answers })
                  : t('events.guests.answers', { count: 0 })}
              </span>
            </Row>
          ))}
        </ul>
      )}
    </Section>
  )
}

function Notes({ slug, guest }: { slug: string; guest: string }) {
  const { t } = useWords()
  const format = useFormat()
  const client = useQueryClient()
  const refusal = useProblem()
  const query = useQuery(notesQuery(slug, guest))
  const [body, setBody] = useState('')
  const field = useId()
  const may = useMay()
  const put = useCommand((text: string, headers) =>
    call<GuestNote>(
      api.POST('/api/v1/communities/{community}/guests/{id}/notes', {
        params: { path: { community: slug, id: guest } },
        headers,
        body: { text },
      }),
    ),
  )
  const send = async () => {
    if (!(await refusal.guard(() => put.mutateAsync(body)))) return
    setBody('')
    await bankChanged(client, slug)
  }
  const items = query.data?.items ?? []
  return (
    <Section title={t('events.notes')}>
      {may('event.write') === 'yes' && (
        <div className={css.write}>
          <label htmlFor={field}>{t('events.notes.add')}</label>
          <Input.TextArea id={field} rows={3} maxLength={5000} value={body} onChange={(e) => setBody(e.target.value)} />
          <Button size="small" loading={put.isPending} disabled={!body.trim()} onClick={send}>
            {t('events.save')}
          </Button>
        </div>
      )}
      {refusal.problem && <ProblemNotice problem={refusal.problem} />}
      {query.error && <ProblemNotice problem={asProblem(query.error)} onRetry={() => void query.refetch()} />}
      {query.data && items.length === 0 && <p className={page.none}>{t('events.notes.none')}</p>}
      {items.length > 0 && (
        <ul className={page.rows}>
          {items.map((note) => (
            <Row key={note.id}>
              <span className={css.what}>
                <span className={css.body}>{note.text}</span>
                <span className={page.note}>{format.dateTime(note.at)}</span>
              </span>
            </Row>
          ))}
        </ul>
      )}
    </Section>
  )
}
