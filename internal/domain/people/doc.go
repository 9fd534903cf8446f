// Package people owns persons: what they are known by, their profile and dates, what they agreed to, and what may be shown
// of them.
//
// What must stay true:
//   - An identifier has one owner in its community, whatever races: the row's key is (kind, value), its owner the root of
//     the person in it.
//   - A merge links and moves nothing, so that undoing it gives back exactly what was. What the survivor lacked is copied and
//     taken back. Facts are never rewritten.
//   - Every change of a person happens under the lock of the row that stands for them, and raises its version.
//   - Phone, email and real name are stored encrypted and found by keyed hashes; views mask them; a look at the whole is
//     recorded in the same transaction.
//   - The life stage is computed from the anchor dates by the playbook's rules. The stored one is a projection that a timer
//     keeps up.
//   - Erasing leaves no identifier, index row or text of the person, also none that came by a merge.
package people
