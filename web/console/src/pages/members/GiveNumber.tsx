import { useQueryClient } from '@tanstack/react-query'
import { Button, InputNumber } from 'antd'
import { useId, useState } from 'react'
import { giveNumber, membershipsChanged } from '~/api/members'
import { useProblem } from '~/app/useProblem'
import { useWords } from '~/i18n'
import { Dialog, ProblemNotice } from '~/parts'
import page from '../page.module.css'

interface Props {
  slug: string
  person: string
  term: string
  onClose: () => void
}

/** Gives a member a number that was kept for them, or any that is nobody's. */
export function GiveNumber({ slug, person, term, onClose }: Props) {
  const { t } = useWords()
  const id = useId()
  const client = useQueryClient()
  const refusal = useProblem()
  const [number, setNumber] = useState<number | null>(null)
  const [busy, setBusy] = useState(false)
  const send = async () => {
    if (!number) return
    setBusy(true)
    const done = await refusal.guard(() => giveNumber(slug, term, number))
    setBusy(false)
    if (!done) return
    await membershipsChanged(client, slug, person)
    onClose()
  }
  return (
    <Dialog open title={t('members.number.give')} onClose={onClose}>
      {refusal.problem && <ProblemNotice problem={refusal.problem} focus />}
      <div>
        <label htmlFor={id}>{t('members.number')}</label>
        <br />
        <InputNumber
          id={id}
          min={1}
          max={999_999_999}
          precision={0}
          value={number}
          onChange={setNumber}
          onPressEnter={send}
        />
      </div>
      <p className={page.soft}>{t('members.number.note')}</p>
      <p className={page.actions}>
        <Button type="primary" disabled={!number} loading={busy} onClick={send}>
          {t('members.number.send')}
        </Button>
        <Button onClick={onClose}>{t('common.cancel')}</Button>
      </p>
    </Dialog>
  )
}
