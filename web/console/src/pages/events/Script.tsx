import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { ImageOff, ImagePlus } from 'lucide-react'
import { useId, useRef, useState } from 'react'
import { type EventView, type RoomView, roomKey, scriptQuery } from '~/api/calendar'
import { api, call } from '~/api/client'
import type { Schemas } from '~/api/community'
import { asProblem } from '~/api/problem'
import { useToast } from '~/app/toasts'
import { useProblem } from '~/app/useProblem'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { Dialog, ProblemNotice } from '~/parts'
import page from '../page.module.css'
import { numbered, paragraphsOf, type Slides, slidesOf, textOf } from './paragraphs'
import css from './Room.module.css'

interface Props {
  slug: string
  event: EventView
  room?: RoomView
  onClose: () => void
}

const usual = 400

/** Puts a script in: pasted as one text, an empty line between paragraphs; each may have a slide. */
export function Script({ room, ...props }: Props) {
  const { t } = useWords()
  const script = useQuery({ ...scriptQuery(props.slug, props.event.id, room?.version ?? 0), enabled: Boolean(room) })
  if (room && !script.data)
    return (
      <Dialog open side width={640} title={t('events.room.rewrite')} onClose={props.onClose}>
        {script.error ? (
          <ProblemNotice problem={asProblem(script.error)} onRetry={() => void script.refetch()} />
        ) : (
          <p className={page.soft}>{t('common.loading')}</p>
        )}
      </Dialog>
    )
  return <Editor {...props} pace={room?.pace ?? usual} was={script.data?.paragraphs ?? []} />
}

function Editor({ slug, event, pace, was, onClose }: Props & { pace: number; was: Schemas['RoomParagraph'][] }) {
  const { t } = useWords()
  const format = useFormat()
  const client = useQueryClient()
  const toast = useToast()
  const refusal = useProblem()
  const field = useId()
  const [text, setText] = useState(() => textOf(was))
  const [slides, setSlides] = useState<Slides>(() => slidesOf(was))
  const [busy, setBusy] = useState(false)
  const paragraphs = paragraphsOf(text, slides)
  const chars = paragraphs.reduce((sum, p) => sum + [...p.text].length, 0)
  const send = async () => {
    setBusy(true)
    const done = await refusal.guard(() =>
      call<RoomView>(
        api.PUT('/api/v1/communities/{community}/events/{id}/room/script', {
          params: { path: { community: slug, id: event.id } },
          body: { paragraphs },
        }),
      ),
    )
    setBusy(false)
    if (!done) return
    await client.invalidateQueries({ queryKey: roomKey(slug, event.id) })
    toast.done(t('events.room.saved'))
    onClose()
  }
  return (
    <Dialog
      open
      side
      width={640}
      title={t(was.length > 0 ? 'events.room.rewrite' : 'events.room.write')}
      onClose={onClose}
    >
      {refusal.problem && <ProblemNotice problem={refusal.problem} focus />}
      <label htmlFor={field}>{t('events.room.text')}</label>
      <Input.TextArea id={field} value={text} rows={14} onChange={(e) => setText(e.target.value)} />
      <p className={page.note}>
        {paragraphs.length > 0
          ? t('events.room.count', {
              count: paragraphs.length,
              chars: format.count(chars),
              pace,
              minutes: Math.max(1, Math.round(chars / pace)),
            })
          : t('events.room.none.body')}
      </p>
      {paragraphs.length > 0 && (
        <>
          <h3 className={css.heading}>{t('events.room.slides')}</h3>
          <ol className={css.editor}>
            {numbered(paragraphs).map((p) => (
              <li key={`${p.n} ${p.text}`}>
                <span className={css.number}>{format.count(p.n)}</span>
                <span className={css.brief}>{p.text}</span>
                <Slide
                  slug={slug}
                  n={p.n}
                  slide={p.slide}
                  onSlide={(hash) => setSlides((all) => ({ ...all, [p.text]: hash }))}
                />
              </li>
            ))}
          </ol>
        </>
      )}
      <p className={page.actions}>
        <Button type="primary" loading={busy} disabled={paragraphs.length === 0} onClick={send}>
          {t('events.room.save')}
        </Button>
        <Button onClick={onClose}>{t('common.cancel')}</Button>
      </p>
    </Dialog>
  )
}

interface SlideProps {
  slug: string
  n: number
  slide?: string
  onSlide: (hash: string) => void
}

function Slide({ slug, n, slide, onSlide }: SlideProps) {
  const { t } = useWords()
  const refusal = useProblem()
  const input = useRef<HTMLInputElement>(null)
  const [busy, setBusy] = useState(false)
  const take = async (file: File | undefined) => {
    if (!file) return
    setBusy(true)
    const body = new FormData()
    body.append('picture', file)
    const blob = await refusal.guard(() =>
      call<Schemas['Blob']>(
        api.POST('/api/v1/communities/{community}/pictures', {
          params: { path: { community: slug } },
          body: body as never,
          bodySerializer: (b: unknown) => b as FormData,
        }),
      ),
    )
    setBusy(false)
    if (blob) onSlide(blob.hash)
  }
  return (
    <span className={css.slide}>
      {slide && <img src={`/api/v1/communities/${slug}/pictures/${slide}`} alt={t('events.room.slide.of', { n })} />}
      <input
        ref={input}
        type="file"
        accept="image/png,image/jpeg,image/gif,image/webp"
        hidden
        aria-label={`${t('events.room.slide.add')} ${n}`}
        onChange={(e) => {
          void take(e.target.files?.[0])
          e.target.value = ''
        }}
      />
      <Button
        size="small"
        type="text"
        loading={busy}
        icon={slide ? <ImageOff size={14} /> : <ImagePlus size={14} />}
        onClick={() => (slide ? onSlide('') : input.current?.click())}
      >
        {t(slide ? 'events.room.slide.off' : 'events.room.slide.add')}
      </Button>
      {refusal.problem && <span role="alert">{refusal.problem.title}</span>}
    </span>
  )
}
