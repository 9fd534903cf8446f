import { type Ref, useImperativeHandle, useRef } from 'react'
import css from './Source.module.css'

export interface SourceHandle {
  /** Shows a line, counted from 1, and puts the cursor into it. */
  go: (line: number) => void
}

interface Props {
  label: string
  value: string
  onChange: (value: string) => void
  /** Lines with something wrong in them. */
  marked: Set<number>
  ref?: Ref<SourceHandle>
}

/** A text with the numbers of its lines, so that "line 84" is found at a glance. */
export function Source({ label, value, onChange, marked, ref }: Props) {
  const area = useRef<HTMLTextAreaElement>(null)
  const gutter = useRef<HTMLDivElement>(null)
  const lines = value.split('\n')
  useImperativeHandle(ref, () => ({
    go: (line) => {
      const at = lines.slice(0, line - 1).reduce((n, l) => n + l.length + 1, 0)
      area.current?.focus()
      area.current?.setSelectionRange(at, at + (lines[line - 1]?.length ?? 0))
      area.current?.scrollTo({ top: Math.max(0, (line - 6) * height), left: 0 })
    },
  }))
  return (
    <div className={css.source}>
      <div className={css.gutter} ref={gutter} aria-hidden="true">
        {lines.map((_, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line is its number
          <div key={i} data-marked={marked.has(i + 1) || undefined}>
            {i + 1}
          </div>
        ))}
      </div>
      <textarea
        ref={area}
        className={css.text}
        aria-label={label}
        value={value}
        onChange={(e) => onChange(e.target.value)}
        onScroll={(e) => {
          if (gutter.current) gutter.current.scrollTop = e.currentTarget.scrollTop
        }}
        wrap="off"
        spellCheck={false}
        autoCapitalize="off"
      />
    </div>
  )
}

/** The height of a line, as in the style sheet. */
const height = 20
