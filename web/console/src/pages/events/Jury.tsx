import { useQueryClient } from '@tanstack/react-query'
import { Button, Input, InputNumber } from 'antd'
import { useId, useState } from 'react'
import { calendarChanged, type EventJury, type EventView } from '~/api/calendar'
import { api, call } from '~/api/client'
import { MayButton } from '~/app/may'
import { useToast } from '~/app/toasts'
import { useProblem } from '~/app/useProblem'
import { type Key, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { useNow } from '~/lib/hooks'
import { Dialog, ProblemLine, ProblemNotice, StatusTag, type Tone } from '~/parts'
import page from '../page.module.css'
import { Row, Rows, Section } from '../Section'
import { Holder } from './Holder'
import { PickPerson } from './PickPerson'
import css from './Production.module.css'
import { phaseOf } from './phase'

const tones: Record<string, Tone> = { asked: 'wait', passed: 'good', failed: 'bad' }

/** Other guests who say whether the script is good enough: n of m. */
export function Jury({ slug, event, jury }: { slug: string; event: EventView; jury: EventJury }) {
  const { t } = useWords()
  const now = useNow()
  const [asking, setAsking] = useState(false)
  const phase = phaseOf(event, now)
  const asked = jury.state !== 'none'
  return (
    <Section
      title={asked ? `${t('events.jury')} · ${t('events.jury.round', { count: jury.round })}` : t('events.jury')}
      more={
        phase === 'soon' && (
          <MayButton action="event.write" size="small" onClick={() => setAsking(true)}>
            {t(asked ? 'events.jury.again' : 'events.jury.ask')}
          </MayButton>
        )
      }
    >
      {!asked && (
        <>
          <p className={css.sum}>{t('events.jury.none')}</p>
          <p className={page.note}>{t('events.jury.none.body')}</p>
        </>
      )}
      {asked && (
        <>
          <p className={css.sum}>
            <StatusTag tone={tones[jury.state] ?? 'plain'}>{t(`events.jury.state.${jury.state}` as Key)}</StatusTag>{' '}
            {t('events.jury.of', { yes: jury.yes, no: jury.no, count: jury.jurors.length, need: jury.need })}
          </p>
          <Rows none="">
            {jury.jurors.map((juror) => (
              <JurorRow key={`${jury.round} ${juror.person}`} slug={slug} event={event} jury={jury} juror={juror} />
            ))}
          </Rows>
        </>
      )}
      {asking && <AskJury slug={slug} event={event} jury={jury} onClose={() => setAsking(false)} />}
    </Section>
  )
}

interface JurorProps {
  slug: string
  event: EventView
  jury: EventJury
  juror: EventJury['jurors'][number]
}

function JurorRow({ slug, event, jury, juror }: JurorProps) {
  const { t } = useWords()
  const format = useFormat()
  const client = useQueryClient()
  const refusal = useProblem()
  const [verdict, setVerdict] = useState<'yes' | 'no'>()
  const [note, setNote] = useState('')
  const [busy, setBusy] = useState(false)
  const field = useId()
  const say = async () => {
    if (!verdict) return
    setBusy(true)
    const done = await refusal.guard(() =>
      call<EventJury>(
        api.POST('/api/v1/communities/{community}/events/{id}/jury/verdicts', {
          params: { path: { community: slug, id: event.id } },
          body: { person: juror.person, verdict, note: note.trim() || undefined },
        }),
      ),
    )
    setBusy(false)
    if (!done) return
    setVerdict(undefined)
    await calendarChanged(client, slug)
  }
  const open = jury.state === 'asked'
  return (
    <Row>
      <span className={css.verdict}>
        <Holder slug={slug} person={juror.person} name={jury.names[juror.person]} />
        {juror.note && <span className={page.soft}>{juror.note}</span>}
        {juror.said_at && <span className={page.note}>{format.dateTime(juror.said_at)}</span>}
        {verdict && (
          <>
            <label htmlFor={field}>{t('events.jury.note')}</label>
            <Input.TextArea
              id={field}
              rows={2}
              value={note}
              maxLength={2000}
              onChange={(e) => setNote(e.target.value)}
            />
            <span className={css.say}>
              <Button size="small" type="primary" loading={busy} onClick={say}>
                {t('events.jury.say')}
              </Button>
              <Button size="small" onClick={() => setVerdict(undefined)}>
                {t('common.cancel')}
              </Button>
            </span>
          </>
        )}
        {refusal.problem && <ProblemLine problem={refusal.problem} />}
      </span>
      {!verdict && (
        <span className={css.say}>
          {(juror.verdict || !open) && (
            <StatusTag bare tone={juror.verdict === 'yes' ? 'good' : juror.verdict === 'no' ? 'bad' : 'plain'}>
              {t(juror.verdict ? (`events.jury.${juror.verdict}` as Key) : 'events.jury.waits')}
            </StatusTag>
          )}
          {open &&
            (['yes', 'no'] as const)
              .filter((v) => v !== juror.verdict)
              .map((v) => (
                <MayButton key={v} action="event.write" size="small" onClick={() => setVerdict(v)}>
                  {t(`events.jury.${v}`)}
                </MayButton>
              ))}
        </span>
      )}
    </Row>
  )
}

interface AskProps {
  slug: string
  event: EventView
  jury: EventJury
  onClose: () => void
}

/** Who is asked, and how many of them must say yes. A new round begins with those of the last one. */
function AskJury({ slug, event, jury, onClose }: AskProps) {
  const { t } = useWords()
  const client = useQueryClient()
  const toast = useToast()
  const refusal = useProblem()
  const [busy, setBusy] = useState(false)
  const [persons, setPersons] = useState(() =>
    jury.jurors.map((x) => ({ id: x.person, name: jury.names[x.person] || t('people.unnamed') })),
  )
  const [need, setNeed] = useState(jury.need || 2)
  const picker = useId()
  const number = useId()
  const add = (id: string | undefined, name?: string) => {
    if (!id || persons.some((p) => p.id === id)) return
    setPersons([...persons, { id, name: name || t('people.unnamed') }])
  }
  const send = async () => {
    setBusy(true)
    const done = await refusal.guard(() =>
      call<EventJury>(
        api.PUT('/api/v1/communities/{community}/events/{id}/jury', {
          params: { path: { community: slug, id: event.id } },
          body: { persons: persons.map((p) => p.id), need },
        }),
      ),
    )
    setBusy(false)
    if (!done) return
    await Promise.all([calendarChanged(client, slug), client.invalidateQueries({ queryKey: ['tasks', slug] })])
    toast.done(t('events.jury.asked'))
    onClose()
  }
  return (
    <Dialog open title={t(jury.state === 'none' ? 'events.jury.ask' : 'events.jury.again')} onClose={onClose}>
      {jury.state !== 'none' && <p className={page.soft}>{t('events.jury.anew')}</p>}
      {refusal.problem && <ProblemNotice problem={refusal.problem} focus />}
      {persons.length > 0 && (
        <ul className={css.asked} aria-label={t('events.jury.who')}>
          {persons.map((p) => (
            <li key={p.id}>
              {p.name}
              <Button size="small" onClick={() => setPersons(persons.filter((x) => x !== p))}>
                {t('events.jury.remove')}
              </Button>
            </li>
          ))}
        </ul>
      )}
      <div className={css.field}>
        <label htmlFor={picker}>{t('events.jury.who')}</label>
        <PickPerson key={persons.length} slug={slug} id={picker} onChange={add} />
      </div>
      <div className={css.field}>
        <label htmlFor={number}>{t('events.jury.need')}</label>
        <InputNumber
          id={number}
          min={1}
          max={Math.max(1, persons.length)}
          value={need}
          onChange={(n) => setNeed(n ?? 1)}
        />
      </div>
      <p className={page.actions}>
        <Button type="primary" loading={busy} disabled={persons.length === 0} onClick={send}>
          {t('events.jury.send')}
        </Button>
        <Button onClick={onClose}>{t('common.cancel')}</Button>
      </p>
    </Dialog>
  )
}
