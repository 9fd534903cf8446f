import type { ReactNode } from 'react'
import css from './StatusTag.module.css'

/** What a state means to the reader, not its colour. wait: somebody has to act; bad: danger or loss. */
export type Tone = 'plain' | 'good' | 'wait' | 'bad' | 'done'

const glyphs: Record<Tone, ReactNode> = {
  plain: <circle cx="5" cy="5" r="3.25" fill="none" stroke="currentColor" strokeWidth="1.5" />,
  good: <circle cx="5" cy="5" r="4" fill="currentColor" />,
  wait: (
    <>
      <circle cx="5" cy="5" r="3.25" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <path d="M5 1.75a3.25 3.25 0 0 0 0 6.5z" fill="currentColor" />
    </>
  ),
  bad: <path d="M5 .8 9.6 9H.4z" fill="currentColor" />,
  done: <path d="m1.5 5.3 2.4 2.4 4.6-5.2" fill="none" stroke="currentColor" strokeWidth="1.8" />,
}

interface Props {
  tone?: Tone
  /** Without the tinted ground, for dense tables. */
  bare?: boolean
  children: ReactNode
}

/** A state in one or two words. Shape and word carry the meaning, colour only repeats it. */
export function StatusTag({ tone = 'plain', bare = false, children }: Props) {
  return (
    <span className={css.tag} data-tone={tone} data-bare={bare || undefined}>
      <svg className={css.glyph} viewBox="0 0 10 10" aria-hidden="true" focusable="false">
        {glyphs[tone]}
      </svg>
      {children}
    </span>
  )
}
