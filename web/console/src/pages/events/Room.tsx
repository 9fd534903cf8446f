import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Select } from 'antd'
import { Pause, Play, SkipForward } from 'lucide-react'
import { useEffect, useId, useRef, useState } from 'react'
import { type EventView, type RoomView, roomKey, roomQuery, scriptQuery } from '~/api/calendar'
import { api, call, idempotent, newKey } from '~/api/client'
import type { Schemas } from '~/api/community'
import { asProblem } from '~/api/problem'
import { MayButton } from '~/app/may'
import { useProblem } from '~/app/useProblem'
import { type Key, useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { useNow } from '~/lib/hooks'
import { Dialog, EmptyState, ProblemNotice, StatusTag, type Tone } from '~/parts'
import page from '../page.module.css'
import { Section } from '../Section'
import { numbered } from './paragraphs'
import { Questions } from './Questions'
import css from './Room.module.css'
import { Script } from './Script'

type Paragraph = Schemas['RoomParagraph']

const tones: Record<string, Tone> = { waiting: 'plain', playing: 'good', paused: 'wait', ended: 'done' }
const paces = [200, 300, 400, 500, 700, 1000]

/** The room of a script as its host sees it: what is shown, what comes, how fast; and what the audience asks. */
export function Room({ slug, event }: { slug: string; event: EventView }) {
  const { t } = useWords()
  const room = useQuery({
    ...roomQuery(slug, event.id),
    refetchInterval: (query) => (query.state.data?.state === 'playing' ? 1_000 : 5_000),
  })
  const [writing, setWriting] = useState(false)
  if (event.kind !== 'script') return <EmptyState title={t('events.room.notScript')} />
  if (room.error && !room.data)
    return <ProblemNotice problem={asProblem(room.error)} onRetry={() => void room.refetch()} />
  if (room.data === undefined) return <p className={page.soft}>{t('common.loading')}</p>
  const close = () => setWriting(false)
  if (!room.data)
    return (
      <>
        <EmptyState
          title={t('events.room.none')}
          body={t('events.room.none.body')}
          step={
            event.state === 'planned' ? { label: t('events.room.write'), onClick: () => setWriting(true) } : undefined
          }
        />
        {writing && <Script slug={slug} event={event} onClose={close} />}
      </>
    )
  return (
    <div className={page.split}>
      <Lead slug={slug} event={event} room={room.data} onWrite={() => setWriting(true)} />
      <Questions slug={slug} event={event} live={room.data.state === 'playing'} />
      {writing && <Script slug={slug} event={event} room={room.data} onClose={close} />}
    </div>
  )
}

interface LeadProps {
  slug: string
  event: EventView
  room: RoomView
  onWrite: () => void
}

function Lead({ slug, event, room, onWrite }: LeadProps) {
  const { t } = useWords()
  const script = useQuery(scriptQuery(slug, event.id, room.version))
  const all = script.data?.paragraphs ?? []
  return (
    <Section
      title={t('events.room.text')}
      more={
        room.state === 'waiting' && (
          <MayButton action="event.write" size="small" onClick={onWrite}>
            {t('events.room.rewrite')}
          </MayButton>
        )
      }
    >
      <Desk slug={slug} event={event} room={room} />
      {script.error && <ProblemNotice problem={asProblem(script.error)} onRetry={() => void script.refetch()} />}
      {room.shown === 0 && <p className={css.first}>{t('events.room.first')}</p>}
      <Paragraphs slug={slug} room={room} all={all} />
      <p className={css.links}>
        <a href={room.url} target="_blank" rel="noreferrer">
          {t('events.room.link')}
        </a>
        <a href={room.lead} target="_blank" rel="noreferrer">
          {t('events.room.lead')}
        </a>
      </p>
    </Section>
  )
}

/** The buttons: play, pause, next, pace, end. */
function Desk({ slug, event, room }: Omit<LeadProps, 'onWrite'>) {
  const { t } = useWords()
  const client = useQueryClient()
  const refusal = useProblem()
  const now = useNow(1_000)
  const field = useId()
  const [busy, setBusy] = useState<string>()
  const [ending, setEnding] = useState(false)
  const params = { path: { community: slug, id: event.id } }
  const lead = async (what: string, run: () => Promise<RoomView>) => {
    setBusy(what)
    const done = await refusal.guard(run)
    setBusy(undefined)
    if (done) client.setQueryData([...roomKey(slug, event.id), 'state'], done)
    return done
  }
  const play = () =>
    lead('play', () => call<RoomView>(api.POST('/api/v1/communities/{community}/events/{id}/room/play', { params })))
  const pause = () =>
    lead('pause', () => call<RoomView>(api.POST('/api/v1/communities/{community}/events/{id}/room/pause', { params })))
  const next = () =>
    lead('next', () =>
      call<RoomView>(
        api.POST('/api/v1/communities/{community}/events/{id}/room/next', { params, headers: idempotent(newKey()) }),
      ),
    )
  const pace = (n: number) =>
    lead('pace', () =>
      call<RoomView>(api.POST('/api/v1/communities/{community}/events/{id}/room/pace', { params, body: { pace: n } })),
    )
  const end = async () => {
    const done = await lead('end', () =>
      call<RoomView>(api.POST('/api/v1/communities/{community}/events/{id}/room/end', { params })),
    )
    if (done) setEnding(false)
  }
  const left = room.state === 'playing' && room.next_at ? Math.ceil((Date.parse(room.next_at) - now) / 1000) : 0
  const more = room.shown < room.of
  return (
    <div className={css.desk}>
      <p className={css.state} aria-live="polite">
        <StatusTag tone={tones[room.state] ?? 'plain'}>{t(`events.room.state.${room.state}` as Key)}</StatusTag>
        <span>{t('events.room.progress', { shown: room.shown, of: room.of })}</span>
        {left > 0 && <span className={page.soft}>{t('events.room.left', { seconds: left })}</span>}
      </p>
      <progress className={css.progress} max={room.of} value={room.shown} aria-label={t('events.room.all')} />
      {refusal.problem && <ProblemNotice problem={refusal.problem} />}
      {room.state !== 'ended' && event.state === 'planned' && (
        <div className={css.buttons}>
          {room.state === 'playing' ? (
            <MayButton
              action="event.write"
              type="primary"
              icon={<Pause size={14} />}
              loading={busy === 'pause'}
              onClick={pause}
            >
              {t('events.room.pause')}
            </MayButton>
          ) : (
            <MayButton
              action="event.write"
              type="primary"
              icon={<Play size={14} />}
              loading={busy === 'play'}
              disabled={!more}
              onClick={play}
            >
              {t(room.state === 'waiting' ? 'events.room.start' : 'events.room.play')}
            </MayButton>
          )}
          <MayButton
            action="event.write"
            icon={<SkipForward size={14} />}
            loading={busy === 'next'}
            disabled={!more || room.state === 'waiting'}
            onClick={next}
          >
            {t('events.room.next')}
          </MayButton>
          <span className={css.pace}>
            <label htmlFor={field}>{t('events.room.pace')}</label>
            <Select
              id={field}
              value={room.pace}
              disabled={busy === 'pace'}
              onChange={pace}
              popupMatchSelectWidth={false}
              options={[...new Set([...paces, room.pace])]
                .sort((a, b) => a - b)
                .map((n) => ({ value: n, label: t('events.room.pace.of', { pace: n }) }))}
            />
          </span>
          {room.state !== 'waiting' && (
            <MayButton action="event.write" danger onClick={() => setEnding(true)}>
              {t('events.room.end')}
            </MayButton>
          )}
        </div>
      )}
      {ending && (
        <Dialog open title={t('events.room.end')} onClose={() => setEnding(false)}>
          <p>{t('events.room.end.what', { count: room.of - room.shown })}</p>
          <p className={page.actions}>
            <Button danger type="primary" loading={busy === 'end'} onClick={end}>
              {t('events.room.end')}
            </Button>
            <Button onClick={() => setEnding(false)}>{t('common.cancel')}</Button>
          </p>
        </Dialog>
      )}
    </div>
  )
}

/** The script: what was shown is behind, the one that stands now is marked and kept in view. */
function Paragraphs({ slug, room, all }: { slug: string; room: RoomView; all: Paragraph[] }) {
  const { t } = useWords()
  const format = useFormat()
  const box = useRef<HTMLOListElement>(null)
  const at = room.shown - 1
  useEffect(() => {
    const here = box.current?.children[Math.max(0, at)] as HTMLElement | undefined
    if (here && box.current) box.current.scrollTop = here.offsetTop - box.current.offsetTop - 48
  }, [at])
  const place = (n: number) => (room.state === 'ended' || n < room.shown ? 'past' : n === room.shown ? 'now' : 'ahead')
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <ol ref={box} className={css.script} tabIndex={0} aria-label={t('events.room.all')}>
      {numbered(all).map((p) => (
        <li
          key={`${room.version} ${p.n}`}
          data-place={place(p.n)}
          aria-current={place(p.n) === 'now' ? 'true' : undefined}
        >
          <span className={css.number}>{format.count(p.n)}</span>
          <span className={css.text}>
            {p.text}
            {p.slide && (
              <img
                src={`/api/v1/communities/${slug}/pictures/${p.slide}`}
                alt={t('events.room.slide.of', { n: p.n })}
                loading="lazy"
              />
            )}
          </span>
        </li>
      ))}
    </ol>
  )
}
