import type { StreamState } from '~/api/events'

export interface ChatMessage {
  id: string
  at: string | number
  author: { id: string; name: string /** 课代表, 群主 … */; role?: string }
  text?: string
  picture?: { url: string; width: number; height: number; alt?: string }
  replyTo?: { id: string; author: string; text: string }
  /** sending and failed are this browser's own; withdrawn and hidden are the server's. */
  state?: 'sending' | 'failed' | 'withdrawn' | 'hidden'
  /** The rule that hid it, in words. */
  hiddenBy?: string
  pinned?: boolean
}

export interface ChatDraft {
  text: string
  picture?: File
  replyTo?: ChatMessage
}

export interface ChatPaneProps {
  /** Oldest first. */
  messages: ChatMessage[]
  /** Id of the person or account who writes here. */
  me: string
  label: string
  /** From useEventStream. */
  connection: StreamState
  /** Rejects with a ProblemError when refused; the draft is kept then. */
  onSend: (draft: ChatDraft) => Promise<void>
  onResend?: (message: ChatMessage) => void
  /** Absent for messages that may not be taken back. */
  canWithdraw?: (message: ChatMessage) => boolean
  onWithdraw?: (message: ChatMessage) => Promise<void>
  hasOlder?: boolean
  loadingOlder?: boolean
  onOlder?: () => void
  /** Why nobody may write here: 群已冻结 */
  readOnly?: string
  height?: number | string
}
