import { Button, Input } from 'antd'
import { useId, useState } from 'react'
import css from './CodeField.module.css'

interface Props {
  label: string
  submit: string
  busy: boolean
  onCode: (code: string) => void
}

/** Six digits. One field, so that password managers fill it and a pasted “123 456” works; sent by itself when complete. */
export function CodeField({ label, submit, busy, onCode }: Props) {
  const id = useId()
  const [code, setCode] = useState('')
  const change = (text: string) => {
    const digits = text.replace(/\D/g, '').slice(0, 6)
    setCode(digits)
    if (digits.length === 6 && digits !== code) onCode(digits)
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (code.length === 6) onCode(code)
      }}
    >
      <label className={css.label} htmlFor={id}>
        {label}
      </label>
      <Input
        id={id}
        className={css.code}
        size="large"
        value={code}
        inputMode="numeric"
        autoComplete="one-time-code"
        autoFocus
        disabled={busy}
        onChange={(event) => change(event.target.value)}
      />
      <Button
        className={css.submit}
        type="primary"
        size="large"
        block
        htmlType="submit"
        disabled={code.length < 6}
        loading={busy}
      >
        {submit}
      </Button>
    </form>
  )
}
