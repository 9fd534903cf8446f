// Package idem stores the answer to a request beside its effect, under the caller's Idempotency-Key: sent again, the same
// request gets the same answer and changes nothing.
//
// What must stay true:
//   - Answer and effect are committed together, or neither is. A refusal undoes both, so the same key may be tried again.
//   - A key belongs to one principal, route and community: nobody reads another's answer by guessing it.
//   - A key stands for one content; another is refused.
//   - Answers are encrypted at rest: they show what the caller may see, not what a backup may.
package idem
