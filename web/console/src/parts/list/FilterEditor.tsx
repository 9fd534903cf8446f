import { Button } from 'antd'
import { useId, useState } from 'react'
import { type Translate, useWords } from '~/i18n'
import css from './FilterEditor.module.css'
import type { FilterSpec } from './types'

interface Props {
  spec: FilterSpec
  value: string | undefined
  onDone: (value: string | undefined) => void
}

/** The form of one filter. It changes nothing until it is applied. */
export function FilterEditor({ spec, value, onDone }: Props) {
  const { t } = useWords()
  const [draft, setDraft] = useState(value ?? '')
  const one = spec.kind === 'choice' && !spec.many
  return (
    <form
      className={css.form}
      onSubmit={(event) => {
        event.preventDefault()
        onDone(draft.trim() || undefined)
      }}
    >
      <fieldset>
        <legend className={css.legend}>{spec.label}</legend>
        {spec.kind === 'choice' && (
          // A single choice needs no second press.
          <Choices spec={spec} value={draft} onChange={one ? onDone : setDraft} />
        )}
        {spec.kind === 'text' && (
          <input
            className={css.field}
            type="text"
            value={draft}
            aria-label={spec.label}
            onChange={(e) => setDraft(e.target.value)}
          />
        )}
        {spec.kind === 'dates' && <Range type="date" value={draft} onChange={setDraft} />}
        {spec.kind === 'numbers' && <Range type="number" unit={spec.unit} value={draft} onChange={setDraft} />}
      </fieldset>
      {!one && (
        <div className={css.buttons}>
          <Button type="primary" size="small" htmlType="submit">
            {t('list.filter.apply')}
          </Button>
        </div>
      )}
    </form>
  )
}

interface ChoicesProps {
  spec: Extract<FilterSpec, { kind: 'choice' }>
  value: string
  onChange: (value: string) => void
}

function Choices({ spec, value, onChange }: ChoicesProps) {
  const name = useId()
  const chosen = value ? value.split(',') : []
  const press = (option: string) => {
    if (!spec.many) return onChange(option)
    const next = chosen.includes(option) ? chosen.filter((other) => other !== option) : [...chosen, option]
    onChange(next.join(','))
  }
  return (
    <ul className={css.choices}>
      {spec.options.map((option) => (
        <li key={option.value}>
          <label className={css.choice}>
            <input
              type={spec.many ? 'checkbox' : 'radio'}
              name={name}
              checked={chosen.includes(option.value)}
              onChange={() => press(option.value)}
            />
            {option.label}
          </label>
        </li>
      ))}
    </ul>
  )
}

interface RangeProps {
  type: 'date' | 'number'
  unit?: string
  value: string
  onChange: (value: string) => void
}

function Range({ type, unit, value, onChange }: RangeProps) {
  const { t } = useWords()
  const [from = '', to = ''] = value.split('..')
  const put = (a: string, b: string) => onChange(a || b ? `${a}..${b}` : '')
  return (
    <div className={css.range}>
      <input
        className={css.field}
        type={type}
        value={from}
        aria-label={t('list.filter.from')}
        onChange={(e) => put(e.target.value, to)}
      />
      <span>{t('list.filter.to')}</span>
      <input
        className={css.field}
        type={type}
        value={to}
        aria-label={t('list.filter.upTo')}
        onChange={(e) => put(from, e.target.value)}
      />
      {unit && <span>{unit}</span>}
    </div>
  )
}

/** A filter's value in words, for its chip. */
export function filterText(spec: FilterSpec, value: string, t: Translate): string {
  if (spec.kind === 'choice') {
    const names = value.split(',').map((v) => spec.options.find((option) => option.value === v)?.label ?? v)
    return names.length > 2
      ? t('list.filter.several', { first: names[0] ?? '', count: names.length })
      : names.join(t('common.listComma'))
  }
  if (spec.kind === 'text') return value
  const [from = '', to = ''] = value.split('..')
  const unit = spec.kind === 'numbers' && spec.unit ? ` ${spec.unit}` : ''
  if (!to) return t('list.filter.atLeast', { value: from + unit })
  if (!from) return t('list.filter.atMost', { value: to + unit })
  return `${from} – ${to}${unit}`
}
