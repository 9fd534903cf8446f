// Package ledger is the books: money in fen and points, double entry. It knows account keys, not people.
//
// An account is a key, kind:sub or kind:sub:id, of a declared kind. Credits are positive and debits negative: what is owed
// to somebody (a commission, points) stands above zero, where it comes from (cash taken in, an expense) below.
//
// What must stay true:
//   - The lines of an entry, and so all books, sum to zero in each currency.
//   - An entry is never changed. It is taken back by another that names it, wholly or in part, never by more than is left.
//   - A key posts once. The same content gives the same entry, other content is refused.
//   - An account of a kind with a floor never goes below it: each balance row is changed by a guarded upsert, rows in
//     sorted order.
//   - A balance is the sum of its account's lines, at once, in the transaction of the entry.
//   - Each entry has a content hash; sealing chains the hashes, so that Verify finds an old row that was changed.
//
// A kind that everybody posts to (cash, revenue) is spread over slot rows, of which each shared transaction takes one; any
// other account is one row. What an entry does to accounts without a floor can't be refused, so it waits for the end of
// the shared transaction, which makes one change per account of all its entries; until then that transaction doesn't see it
// in BalanceTx.
package ledger
