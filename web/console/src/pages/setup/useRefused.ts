import type { FormInstance } from 'antd'
import { useEffect } from 'react'
import { type Problem, pointerPath } from '~/api/problem'

/** Puts what the server refused under the fields of this step. The one request at the end may be refused for any of them. */
export function useRefused(problem: Problem | undefined, form: FormInstance) {
  useEffect(() => {
    const errors = problem?.errors ?? []
    if (errors.length > 0) form.setFields(errors.map((e) => ({ name: pointerPath(e.pointer), errors: [e.detail] })))
  }, [problem, form])
}
