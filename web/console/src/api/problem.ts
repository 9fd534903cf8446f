// A refusal as the server says it (RFC 9457), and the few that only the browser can know: no network, or an answer that is
// not ours (a proxy's error page).
import { words } from '~/i18n'

export interface FieldProblem {
  /** JSON pointer into the request: /owner/email */
  pointer: string
  code?: string
  detail: string
}

export interface Problem {
  type?: string
  title: string
  status: number
  detail?: string
  /** Stable name of the refusal: "seat.full". */
  code?: string
  /** What to do now, in the operator's language. */
  next?: string
  /** Id under which the server logged it. */
  id?: string
  errors?: FieldProblem[]
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
  return {
    title: words('problem.unreadable.title'),
    detail: words('problem.unreadable.detail', { status }),
    next: words('problem.unreadable.next'),
    code: 'client.unreadable',
    status,
  }
}

/** Any thrown thing as a problem that can be shown. */
export function asProblem(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem
  if (error instanceof TypeError && /fetch|network|load failed/i.test(error.message)) {
    const offline = typeof navigator !== 'undefined' && navigator.onLine === false
    const which = offline ? 'offline' : 'unreachable'
    return {
      title: words(`problem.${which}.title`),
      next: words(`problem.${which}.next`),
      code: `client.${which}`,
      status: 0,
    }
  }
  return {
    title: words('problem.unexpected.title'),
    detail: error instanceof Error ? error.message : String(error),
    next: words('problem.unexpected.next'),
    code: 'client.unexpected',
    status: 0,
  }
}

/** Whether asking again by itself may help: never after a refusal, which would only be refused again. */
export function mayRetry(error: unknown): boolean {
  const { status } = asProblem(error)
  return status === 0 || status === 502 || status === 503 || status === 504
}

/** /owner/phones/0 → ['owner', 'phones', 0], as form libraries name fields. */
export function pointerPath(pointer: string): (string | number)[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part))
}
