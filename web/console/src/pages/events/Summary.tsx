import { useQueryClient } from '@tanstack/react-query'
import { Input } from 'antd'
import { useId, useState } from 'react'
import { calendarChanged, type EventView } from '~/api/calendar'
import { api, call } from '~/api/client'
import { MayButton } from '~/app/may'
import { useToast } from '~/app/toasts'
import { useProblem } from '~/app/useProblem'
import { useWords } from '~/i18n'
import { ProblemLine } from '~/parts'
import page from '../page.module.css'
import { Section } from '../Section'

/** What the event came to: who had a ticket reads it on the event's page once it is over, and so do members. */
export function Summary({ slug, event }: { slug: string; event: EventView }) {
  const { t } = useWords()
  const client = useQueryClient()
  const toast = useToast()
  const refusal = useProblem()
  const kept = event.summary ?? ''
  const [words, setWords] = useState<string>()
  const [busy, setBusy] = useState(false)
  const field = useId()
  const save = async () => {
    setBusy(true)
    const done = await refusal.guard(() =>
      call(
        api.PUT('/api/v1/communities/{community}/events/{id}/summary', {
          params: { path: { community: slug, id: event.id } },
          body: { text: words ?? '' },
        }),
      ),
    )
    setBusy(false)
    if (!done) return
    await calendarChanged(client, slug)
    setWords(undefined)
    toast.done(t('events.summary.saved'))
  }
  return (
    <Section title={t('events.summary')}>
      <p className={page.note}>
        <label htmlFor={field}>{t('events.summary.note')}</label>
      </p>
      <Input.TextArea
        id={field}
        autoSize={{ minRows: 4, maxRows: 16 }}
        maxLength={10_000}
        value={words ?? kept}
        onChange={(e) => setWords(e.target.value)}
      />
      {refusal.problem && <ProblemLine problem={refusal.problem} />}
      <div>
        <MayButton action="event.write" type="primary" disabled={busy || (words ?? kept) === kept} onClick={save}>
          {t('events.save')}
        </MayButton>
      </div>
    </Section>
  )
}
