// Package bench measures what the program does beside a bare reference: the least code that could do the same work on the
// same database. Both run in one process, in turns, so that what else the machine does hits both alike; the ratio counts.
//
// What must stay true:
//   - What is measured are the real services on a fresh, real database, durable as always.
//   - A reference does what the table in docs/performance.md says, with the same clients and the same indexes.
//   - A benchmark is never a test of time: a missed target is printed, a broken promise (a seat too many, books that don't
//     add up) fails it.
package bench
