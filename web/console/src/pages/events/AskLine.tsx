import { useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { type AskRow, bankChanged } from '~/api/bank'
import { api, call } from '~/api/client'
import { MayButton } from '~/app/may'
import { useProblem } from '~/app/useProblem'
import { useWords } from '~/i18n'
import { useFormat } from '~/i18n/format'
import { useNow } from '~/lib/hooks'
import { ProblemLine, StatusTag, type Tone } from '~/parts'
import page from '../page.module.css'
import { Row } from '../Section'
import css from './Bank.module.css'

const tones: Record<string, Tone> = { asked: 'wait', agreed: 'good', declined: 'plain' }

/** That somebody was asked, and what they said: it can be noted here, and changed. */
export function AskLine({ slug, ask, children }: { slug: string; ask: AskRow; children: ReactNode }) {
  const { t } = useWords()
  const format = useFormat()
  const client = useQueryClient()
  const refusal = useProblem()
  const [busy, setBusy] = useState(false)
  const now = useNow()
  const state = ask.state as 'asked' | 'agreed' | 'declined'
  const over = ask.starts !== undefined && Date.parse(ask.starts) < now
  const answer = async (said: 'agreed' | 'declined') => {
    setBusy(true)
    const done = await refusal.guard(() =>
      call<AskRow>(
        api.POST('/api/v1/communities/{community}/asks/{id}/answer', {
          params: { path: { community: slug, id: ask.id } },
          body: { state: said },
        }),
      ),
    )
    setBusy(false)
    if (done) await bankChanged(client, slug)
  }
  return (
    <Row>
      <span className={css.what}>
        <span>{children}</span>
        {ask.topic_title && <span className={page.soft}>{ask.topic_title}</span>}
        <span className={page.note}>
          {[ask.starts && format.dateTime(ask.starts), t('events.ask.at', { when: format.date(ask.asked_at) })]
            .filter(Boolean)
            .join(' · ')}
        </span>
        {refusal.problem && <ProblemLine problem={refusal.problem} />}
      </span>
      <span className={css.say}>
        <StatusTag bare tone={tones[state] ?? 'plain'}>
          {t(`events.ask.${state}`)}
        </StatusTag>
        {(['agreed', 'declined'] as const)
          .filter((said) => said !== state && !over)
          .map((said) => (
            <MayButton key={said} action="event.write" size="small" disabled={busy} onClick={() => answer(said)}>
              {t(`events.ask.${said}`)}
            </MayButton>
          ))}
      </span>
    </Row>
  )
}
