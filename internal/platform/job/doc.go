// Package job does what is due. A timer is a moment at which a handler runs inside a transaction: the lapse of a hold, the
// deadline of a step. A job is slow work for the outside, done between two transactions and tried again when it fails for
// a reason that may pass.
//
// What must stay true:
//   - Timers and jobs are set in the transaction of the change that needs them.
//   - A timer is deleted in the transaction of its effect, so it takes effect once, on one node.
//   - A job is leased; a node that dies loses the lease and another takes the job. What it does outside may therefore happen
//     twice: handlers give the outside a key, or ask it first.
//   - Leases run on the machine's clock, due times on the database's, which tests set.
package job
