// Posts on other platforms: how far they have come, and what may be done with them.
import type { Post } from '~/api/posts'
import type { Tone } from '~/parts'

export const postTones: Record<string, Tone> = { planned: 'wait', published: 'good', dropped: 'done' }

/** Planned for a time that is past, and nobody has said that it was published. */
export const isLate = (post: Pick<Post, 'state' | 'planned_at'>, now: number): boolean =>
  post.state === 'planned' && Date.parse(post.planned_at) < now
