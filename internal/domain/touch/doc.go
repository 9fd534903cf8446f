// Package touch is the one gate through which anything goes out to a person, and what sends through it: templates, segments
// and campaigns.
//
// What must stay true:
//   - Nothing leaves round the gate. It looks at consent, erasure and blocks, reach, quiet hours, budgets and the channel's own
//     limits, in this order, when a touch is sent and again in the transaction that marks it as leaving.
//   - A key leaves at most once. Killed while leaving, a touch is unknown: marketing is not sent again, service is.
//   - Budgets are reserved by a guarded write for the span in which the touch leaves. What doesn't leave gives its room back;
//     what leaves in another span than was meant takes room there first.
//   - What was held back is kept with its reason.
//   - A campaign reaches each person once, however often its work is broken off: each step and its place in the list are one
//     transaction.
package touch
