// Short words after an action. They never cover the page's main action, wait while looked at, and refusals stay until closed.
import { Check, TriangleAlert, X } from 'lucide-react'
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from 'react'
import { asProblem, headline } from '~/api/problem'
import { useWords } from '~/i18n'
import css from './toasts.module.css'

interface Toast {
  id: number
  tone: 'done' | 'bad'
  text: string
  next?: string
  undo?: () => void
  /** Milliseconds; none stays. */
  life?: number
}

export interface Toasts {
  /** 已保存 */
  done: (text: string) => void
  /** Done, and can be taken back for eight seconds. */
  undo: (text: string, onUndo: () => void) => void
  /** A refusal without a place on the page. */
  problem: (error: unknown) => void
}

const ToastContext = createContext<Toasts | undefined>(undefined)

export function useToast(): Toasts {
  const toasts = useContext(ToastContext)
  if (!toasts) throw new Error('outside ToastRegion')
  return toasts
}

const most = 3

export function ToastRegion({ children }: { children: ReactNode }) {
  const { t } = useWords()
  const [shown, setShown] = useState<Toast[]>([])
  const counter = useRef(0)
  const api = useMemo<Toasts>(() => {
    const add = (toast: Omit<Toast, 'id'>) => {
      counter.current += 1
      const made = { ...toast, id: counter.current }
      setShown((old) => [...old, made].slice(-most))
    }
    return {
      done: (text) => add({ tone: 'done', text, life: 4000 }),
      undo: (text, undo) => add({ tone: 'done', text, undo, life: 8000 }),
      problem: (error) => {
        const problem = asProblem(error)
        add({ tone: 'bad', text: headline(problem), next: problem.next })
      },
    }
  }, [])
  const close = (id: number) => setShown((old) => old.filter((toast) => toast.id !== id))
  return (
    <ToastContext value={api}>
      {children}
      <section className={css.region} aria-label={t('frame.toasts')} aria-live="polite">
        {shown.map((toast) => (
          <Line key={toast.id} toast={toast} onClose={() => close(toast.id)} />
        ))}
      </section>
    </ToastContext>
  )
}

function Line({ toast, onClose }: { toast: Toast; onClose: () => void }) {
  const { t } = useWords()
  const [held, setHeld] = useState(false)
  const close = useRef(onClose)
  useEffect(() => {
    close.current = onClose
  })
  useEffect(() => {
    if (!toast.life || held) return
    const timer = setTimeout(() => close.current(), toast.life)
    return () => clearTimeout(timer)
  }, [toast.life, held])
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: reading or reaching for it holds it; nothing is done by it
    <div
      className={css.toast}
      data-tone={toast.tone}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      {toast.tone === 'bad' ? <TriangleAlert size={16} aria-hidden="true" /> : <Check size={16} aria-hidden="true" />}
      <span className={css.text}>
        {toast.text}
        {toast.next && <span className={css.next}>{toast.next}</span>}
      </span>
      {toast.undo && (
        <button
          type="button"
          className={css.undo}
          onClick={() => {
            toast.undo?.()
            onClose()
          }}
        >
          {t('common.undo')}
        </button>
      )}
      <button type="button" className={css.close} aria-label={t('common.close')} onClick={onClose}>
        <X size={14} />
      </button>
    </div>
  )
}
