// Package seat gives out scarce things: a place in a circle, a ticket, a wave's quota, a slot, units of stock. A group has
// pools with a capacity each; a seat is one or more units of a pool that a holder has. It is held until an end time, then
// taken, released or lapsed. Who finds no place may wait in line; a freed place becomes an offer to the first who fits.
//
// What must stay true:
//   - In every pool the live (held and taken) units are at most its capacity; a holder has at most the group's PerHolder
//     live units in it. Both are guards in the statements that raise the counters.
//   - A capacity that is lowered below what is used comes down as places are freed, which are not given again: ResizeTx.
//   - Every hold has a timer, and ends by one guarded change with its fact.
//   - A refusal writes nothing, so that the caller's transaction may go on with it as an outcome.
//   - While somebody waits, no room that fits them is left: what frees a place offers it in the same transaction.
//   - The same key with the same content gives the same seat, whatever became of it.
//
// A transaction that gives or frees places locks the community's row of seat_lock first. On PostgreSQL shared
// transactions touch many pools in any order; without the lock they would wait for each other in a circle, which the
// server only notices after a second. The lock orders; the guards decide. Those who call Hold for one group at the same
// time are answered together (door.go); HoldTx is the same for one claim inside the caller's transaction.
package seat
