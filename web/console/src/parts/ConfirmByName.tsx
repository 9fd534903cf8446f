import { Button, Input } from 'antd'
import { useId, useState } from 'react'
import { useProblem } from '~/app/useProblem'
import { useWords, Words } from '~/i18n'
import css from './ConfirmByName.module.css'
import { Dialog } from './Dialog'
import { ProblemNotice } from './ProblemNotice'

interface Props {
  open: boolean
  title: string
  /** Typed by the operator, letter for letter. */
  name: string
  /** What will be gone and what stays, one sentence each. */
  consequences: string[]
  /** A verb: 解散群 */
  confirm: string
  onConfirm: () => Promise<void>
  onClose: () => void
}

/** For what cannot be undone: says what is lost and asks for the name. */
export function ConfirmByName(props: Props) {
  const { open, title, onClose } = props
  return (
    <Dialog open={open} title={title} onClose={onClose}>
      <Body {...props} />
    </Dialog>
  )
}

function Body({ name, consequences, confirm, onConfirm, onClose }: Props) {
  const { t } = useWords()
  const id = useId()
  const [typed, setTyped] = useState('')
  const [busy, setBusy] = useState(false)
  const { problem, guard } = useProblem()
  const matches = typed.trim() === name
  const run = async () => {
    if (!matches || busy) return
    setBusy(true)
    const done = await guard(async () => {
      await onConfirm()
      return true
    })
    setBusy(false)
    if (done) onClose()
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        void run()
      }}
    >
      <ul className={css.list}>
        {consequences.map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
      <label className={css.label} htmlFor={id}>
        <Words of="parts.confirm.type" with={{ name: <strong className={css.name}>{name}</strong> }} />
      </label>
      <Input id={id} value={typed} autoFocus autoComplete="off" onChange={(event) => setTyped(event.target.value)} />
      {problem && (
        <div className={css.problem}>
          <ProblemNotice problem={problem} />
        </div>
      )}
      <div className={css.buttons}>
        <Button onClick={onClose}>{t('common.cancel')}</Button>
        <Button danger type="primary" htmlType="submit" disabled={!matches} loading={busy}>
          {confirm}
        </Button>
      </div>
    </form>
  )
}
