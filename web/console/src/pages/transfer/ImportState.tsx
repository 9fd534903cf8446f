import type { Import } from '~/api/transfer'
import { useWords } from '~/i18n'
import { StatusTag, type Tone } from '~/parts'

const tones: Record<string, Tone> = {
  uploaded: 'plain',
  mapped: 'plain',
  checking: 'wait',
  checked: 'wait',
  running: 'wait',
  done: 'done',
  stopped: 'wait',
  failed: 'bad',
}

/** How far an import has come, in a word. */
export function ImportState({ im }: { im: Import }) {
  const { t } = useWords()
  const words = {
    uploaded: t('transfer.state.uploaded'),
    mapped: t('transfer.state.mapped'),
    checking: t('transfer.state.checking'),
    checked: t('transfer.state.checked'),
    running: t('transfer.state.running'),
    done: t('transfer.state.done'),
    stopped: t('transfer.state.stopped'),
    failed: t('transfer.state.failed'),
  }
  return <StatusTag tone={tones[im.state] ?? 'plain'}>{words[im.state as keyof typeof words] ?? im.state}</StatusTag>
}
