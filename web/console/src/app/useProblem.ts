import type { FormInstance } from 'antd'
import { useCallback, useMemo, useState } from 'react'
import { asProblem, type Problem, pointerPath } from '~/api/problem'

type AnyForm = Pick<FormInstance, 'setFields' | 'getFieldInstance' | 'getFieldsValue' | 'scrollToField'>

export interface ProblemState {
  problem: Problem | undefined
  show: (error: unknown, form?: AnyForm) => void
  clear: () => void
  /** Runs; what is thrown is shown here. The result, or undefined when refused. */
  guard: <T>(run: () => Promise<T>, form?: AnyForm) => Promise<T | undefined>
}

/**
 * Holds the refusal of the last attempt. Given a form, each error with a pointer is put under its field, and the first of
 * them is scrolled to; the rest stays in `problem` for a ProblemNotice.
 */
export function useProblem(): ProblemState {
  const [problem, setProblem] = useState<Problem>()
  const show = useCallback((error: unknown, form?: AnyForm) => {
    const shown = asProblem(error)
    setProblem(shown)
    if (form && shown.errors?.length) spread(shown, form)
  }, [])
  const clear = useCallback(() => setProblem(undefined), [])
  const guard = useCallback(
    async <T>(run: () => Promise<T>, form?: AnyForm): Promise<T | undefined> => {
      setProblem(undefined)
      try {
        return await run()
      } catch (error) {
        show(error, form)
        return undefined
      }
    },
    [show],
  )
  return useMemo(() => ({ problem, show, clear, guard }), [problem, show, clear, guard])
}

function spread(problem: Problem, form: AnyForm) {
  const fields = (problem.errors ?? []).map((error) => ({ name: pointerPath(error.pointer), errors: [error.detail] }))
  form.setFields(fields)
  const first = fields[0]
  if (first) form.scrollToField(first.name, { block: 'center', focus: true })
}
