import { useWords } from '~/i18n'
import { StatusTag, type Tone } from '~/parts'

/** How far a campaign is, in a word. */
export function CampaignState({ state }: { state: string }) {
  const { t } = useWords()
  const words: Record<string, [Tone, string]> = {
    draft: ['plain', t('touch.state.draft')],
    approved: ['wait', t('touch.state.approved')],
    sending: ['wait', t('touch.state.sending')],
    done: ['done', t('touch.state.done')],
    stopped: ['bad', t('touch.state.stopped')],
  }
  const [tone, word] = words[state] ?? ['plain', state]
  return <StatusTag tone={tone}>{word}</StatusTag>
}

/** What has become of one message. */
export function TouchState({ state }: { state: string }) {
  const { t } = useWords()
  const words: Record<string, [Tone, string]> = {
    queued: ['wait', t('touch.one.queued')],
    leaving: ['wait', t('touch.one.leaving')],
    sent: ['done', t('touch.one.sent')],
    failed: ['bad', t('touch.one.failed')],
    unknown: ['bad', t('touch.one.unknown')],
    held: ['plain', t('touch.one.held')],
  }
  const [tone, word] = words[state] ?? ['plain', state]
  return (
    <StatusTag bare tone={tone}>
      {word}
    </StatusTag>
  )
}
