// Package payout owns payout batches: it collects what people have, lets a second person approve it, and follows each payment to
// its end.
//
// What must stay true:
//   - Money in a batch is set aside in the books, a line at a time, and each line ends once: paid, or given back.
//   - Who drafted a batch can't approve it. Nothing in it changes after the approval but how its lines end.
//   - What is told twice changes nothing. A kill in between loses nothing: a job goes on where it was.
//   - One payee whose payment fails stops nobody else's; paid again, they are paid once.
//   - A line keeps the payee's legal name, encrypted, with period, gross, withheld and net: taxes are reported from it.
package payout
