// Package path moves subjects through declared steps. A path is data: a versioned list of steps that wait for facts and
// times, act, ask people, choose, and end. All of intake, onboarding, recruiting or renewal is said with it.
//
// What must stay true:
//   - No step is skipped or done twice: a step's effect and the run's new place are one transaction.
//   - A run keeps the version it began with, whatever is applied later.
//   - A wait also matches facts that came while the step before it waited, so an early arrival isn't lost.
//   - Every move is in the run's log with its cause; the counts of a path are kept by the same transaction.
//
// A step is known by its address: "0" is the first, "4.full.0" the first step of the branch "full" of the fifth.
// Addresses come from the source alone, so a stored version means the same for ever.
package path
