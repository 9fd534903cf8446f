// Package db owns the database: SQLite in a file by default, PostgreSQL by its URL, one SQL text for both.
//
// What must stay true:
//   - An acknowledged Do is durable: it is answered after COMMIT has been flushed.
//   - Concurrent Do calls share one database transaction (group commit), each under its own savepoint: one that fails
//     takes nothing of its neighbours with it. A closure may be run again, so it touches nothing but its Tx.
//   - No request's context reaches a statement: a cancel in the middle would roll back the whole SQLite transaction or
//     close the PostgreSQL connection, and with it a neighbour's row.
//   - Tx.Now never runs backwards within a process.
//   - What a closure leaves with Tx.Defer is written at the end of the shared transaction, after every closure, so that
//     rows everybody needs (a log's position) are locked last and shortly. One writer of a process does so at a time.
//   - Whatever waits for a commit (Tx.AfterCommit) has run before any Do of that commit is answered.
//   - What Tx.Soon announced is answered from before only as long as the closure has written and locked nothing since.
//   - A lock by Tx.Lock is kept to the end of the shared transaction, whatever becomes of the closure that took it.
//   - BEGIN and savepoints are sent with the first statement that needs them; a closure without one costs no round trip.
package db
