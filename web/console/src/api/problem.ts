// A refusal as the server says it (RFC 9457), and the few that only the browser can know: no network, or an answer that is
// not ours (a proxy's error page).
import { words } from '~/i18n'
import type { Values } from '~/i18n/message'

export interface FieldProblem {
  /** JSON pointer into the request: /operator/email; for a playbook the field's path */
  pointer: string
  /** Name of a path or query parameter, when it is not in the body. */
  parameter?: string
  /** Of a playbook. */
  line?: number
  code?: string
  detail: string
  next?: string
}

export interface Problem {
  type?: string
  /** What sort of refusal it is. */
  title: string
  status: number
  /** What happened, in one sentence. */
  detail?: string
  /** Stable name of the refusal: "seat.full". */
  code?: string
  /** What to do now, in the operator's language. */
  next?: string
  /** Id under which the server logged it. */
  id?: string
  errors?: FieldProblem[]
  /** What the refusal is about: the id of what is there already. */
  params?: Record<string, unknown>
}

export class ProblemError extends Error {
  readonly problem: Problem
  constructor(problem: Problem, cause?: unknown) {
    super(problem.title, { cause })
    this.name = 'ProblemError'
    this.problem = problem
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/** Reads the body of a refused request. Anything that is not a problem document becomes one. */
export function problemFrom(body: unknown, status: number): Problem {
  if (isRecord(body) && typeof body.title === 'string') return { ...(body as unknown as Problem), status }
  return ours('unreadable', status, { status })
}

/** What only the browser knows, in the same shape. */
function ours(
  which: 'unreadable' | 'offline' | 'unreachable' | 'unexpected',
  status = 0,
  values: Values = {},
): Problem {
  const title = words(`problem.${which}`, values)
  return { title, detail: title, next: words(`problem.${which}.next`), code: `client.${which}`, status }
}

/** Any thrown thing as a problem that can be shown. */
export function asProblem(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem
  if (error instanceof TypeError && /fetch|network|load failed/i.test(error.message)) {
    return ours(typeof navigator !== 'undefined' && navigator.onLine === false ? 'offline' : 'unreachable')
  }
  return ours('unexpected', 0, { message: error instanceof Error ? error.message : String(error) })
}

/** The sentence to show: what happened, or at least of what sort it is. */
export const headline = (problem: Problem): string => problem.detail || problem.title

/** Whether asking again by itself may help: never after a refusal, which would only be refused again. */
export function mayRetry(error: unknown): boolean {
  const { status } = asProblem(error)
  return status === 0 || status === 502 || status === 503 || status === 504
}

/** /operator/phones/0 → ['operator', 'phones', 0], as form libraries name fields. */
export function pointerPath(pointer: string): (string | number)[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part))
}
