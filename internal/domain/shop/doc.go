// Package shop owns orders: what somebody wants to buy, what they paid for it, whether they have it, and what was given back.
//
// What must stay true:
//   - An order is for things of registered kinds (Goods), which keep them until it is paid or its time is over. shop knows what
//     they cost, not what they are.
//   - Every payment counts once, however often its channel tells of it. One that nothing can be given for — too late, twice, of
//     another amount — goes back by itself, and the order says why.
//   - What was paid lies in the books as a deposit until the order is fulfilled; what was left of it by then is revenue. Money goes
//     back by reversing those entries, never by more than was paid, and each line says how much of it went back.
//   - What a channel fails to tell is asked for: payments for a day, refunds until they are done or staff has to see to them.
//   - What can't be given yet when it is paid, as a place in a group-buy, waits: the order stays paid until its goods say that it is
//     ready, or that its money goes back.
//   - A coupon is divided over the lines that it is for, to the fen. Its uses are seats: kept with the order, used up when it is
//     delivered, free again when it ends unpaid. What goes back is what was paid.
//   - Points pay an order wholly or not at all, when it is made; the floor of the buyer's account refuses what they have not.
//   - A channel's bill of a day is read once. What in it differs from the payments and refunds here is kept until somebody says why, and
//     its fee is posted once.
//   - A kill between payment and delivery loses nothing: a job delivers, and may run again.
//
// No network call is made inside a transaction: a payment is written down first and opened at its channel afterwards.
package shop
