// Package membership owns what a community sells as a membership: plans with their waves and benefits, the terms that people
// have bought, member numbers, and what a member may still use.
//
// What must stay true:
//   - Nothing is sold twice: a wave's quota, the community's cap and every counted benefit are pools of seats.
//   - A term is one bought period. Terms of a plan that follow each other without a gap are a run; renewing early or in grace
//     goes on where the last term ends, after a lapse a new run starts on the day. The day on which somebody first became a
//     member never changes.
//   - A person has one held reservation a plan, with the price that was shown; a change of price touches later ones only.
//   - A number is given once, in the transaction that begins the first term of its series, without gaps but for the reserved.
//   - A company's term is its own: its contact has it like a member, and its colleagues by places that are seats, never more than the
//     plan gives. Nobody has two of one company; all end with its last term.
//   - What a term is — pending, active, in grace, expired — follows from its dates and the clock; only refunds, upgrades and leaving are
//     written down.
//
// Money is not here: who sells a term says what was paid, and posts it.
package membership
