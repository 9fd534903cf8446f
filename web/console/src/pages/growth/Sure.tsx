import { Button } from 'antd'
import { useState } from 'react'
import { type Action, MayButton } from '~/app/may'
import { useProblem } from '~/app/useProblem'
import { useWords } from '~/i18n'
import { Dialog, ProblemNotice } from '~/parts'
import page from '../page.module.css'

interface Props {
  action: Action
  label: string
  /** What follows from it. */
  what: string
  /** Resolves when it is done; what it throws is shown. */
  run: () => Promise<unknown>
  /** In the middle of a row instead of a button. */
  inline?: boolean
}

/** Something that can't be taken back: it says what follows, and asks once more. */
export function Sure({ action, label, what, run, inline }: Props) {
  const { t } = useWords()
  const refusal = useProblem()
  const [asking, setAsking] = useState(false)
  const [busy, setBusy] = useState(false)
  const close = () => {
    refusal.clear()
    setAsking(false)
  }
  const go = async () => {
    setBusy(true)
    const done = await refusal.guard(async () => {
      await run()
      return true
    })
    setBusy(false)
    if (done) setAsking(false)
  }
  return (
    <>
      <MayButton
        action={action}
        type={inline ? 'link' : 'default'}
        className={inline ? page.inline : undefined}
        onClick={() => setAsking(true)}
      >
        {label}
      </MayButton>
      <Dialog open={asking} title={label} onClose={close}>
        <p>{what}</p>
        {refusal.problem && <ProblemNotice problem={refusal.problem} focus />}
        <p className={page.actions}>
          <Button type="primary" danger loading={busy} onClick={go}>
            {label}
          </Button>
          <Button onClick={close}>{t('common.cancel')}</Button>
        </p>
      </Dialog>
    </>
  )
}
