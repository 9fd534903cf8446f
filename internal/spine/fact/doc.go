// Package fact is the log of what happened. A fact is appended in the transaction of the change it tells of and is never
// altered; subscribers turn facts into everything that follows.
//
// What must stay true:
//   - A fact is committed together with its change, or neither is.
//   - Each community has 64 shards (by person, else subject). Within a shard positions rise in commit order without gaps:
//     they are taken under the shard's row lock at the very end of the transaction, shards in rising order.
//   - Every subscriber sees every committed fact once, and the facts of one subject in order. Its effects and its cursor
//     move in one transaction.
//   - A fact's data holds ids, enums and numbers only, so that erasing a person never touches the log.
package fact
