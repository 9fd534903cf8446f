import { Button } from 'antd'
import { TriangleAlert } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { headline, type Problem } from '~/api/problem'
import { useWords } from '~/i18n'
import { useCopy } from '~/lib/hooks'
import css from './ProblemNotice.module.css'

interface Props {
  problem: Problem
  onRetry?: () => void
  onClose?: () => void
  /** Field errors are already shown beside their fields: only what cannot be is listed. */
  fieldsShown?: boolean
  /** Take the keyboard when it appears: after a form was refused. */
  focus?: boolean
}

/** A refusal in words: what happened, what to do now, which fields, and the id under which the server knows it. */
export function ProblemNotice({ problem, onRetry, onClose, fieldsShown = false, focus = false }: Props) {
  const { t } = useWords()
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (focus && problem) box.current?.focus()
  }, [focus, problem])
  const errors = fieldsShown ? [] : (problem.errors ?? [])
  return (
    <div className={css.notice} role="alert" tabIndex={-1} ref={box}>
      <TriangleAlert className={css.icon} size={16} aria-hidden="true" />
      <div className={css.text}>
        <div className={css.title}>{headline(problem)}</div>
        {errors.length > 0 && (
          <ul className={css.fields}>
            {errors.map((error) => (
              <li key={`${error.pointer} ${error.line} ${error.detail}`}>
                <code>{error.parameter ?? error.pointer}</code>
                {error.line !== undefined && ` ${t('problem.line', { line: error.line })}`}
                {/* A refusal of a single field has said the same above. */}
                {error.detail !== headline(problem) && ` ${error.detail}`}
                {error.next !== problem.next && ` ${error.next ?? ''}`}
              </li>
            ))}
          </ul>
        )}
        {problem.next && <p className={css.next}>{problem.next}</p>}
        {(onRetry || onClose) && (
          <div className={css.buttons}>
            {onRetry && <Button onClick={onRetry}>{t('common.retry')}</Button>}
            {onClose && <Button onClick={onClose}>{t('common.close')}</Button>}
          </div>
        )}
        <ProblemId problem={problem} />
      </div>
    </div>
  )
}

function ProblemId({ problem }: { problem: Problem }) {
  const { t } = useWords()
  const { copied, copy } = useCopy()
  const { id, code } = problem
  // A refusal has said everything in words; only a fault needs something to quote.
  if (!id) return null
  const text = [code, id].filter(Boolean).join(' · ')
  return (
    <p className={css.id}>
      <code>{text}</code>
      {id && (
        <button type="button" onClick={() => copy(text)}>
          {copied ? t('common.copied') : t('problem.copyId')}
        </button>
      )}
    </p>
  )
}

/** The same in one line, for a popover or a row. */
export function ProblemLine({ problem }: { problem: Problem }) {
  return (
    <p className={css.line} role="alert">
      <TriangleAlert size={14} aria-hidden="true" />
      <span>
        {headline(problem)}
        {problem.next ? ` ${problem.next}` : ''}
      </span>
    </p>
  )
}
