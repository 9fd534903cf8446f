// Package intake owns where people come in: sources and their paid placements, entries (a short link and its QR), doors
// that open at a time and let a queue in, the registration form, and the counts of each entry.
//
// What must stay true:
//   - What happens to someone who came in is a path; intake records what they did and registers the actions that paths use.
//     The five historic ways of taking people in are five paths, and nothing here knows them apart.
//   - A person has one number in a queue. Their turn follows from it: doors + (number − 1) / rate. There is no second counter.
//   - Coming too early gives the time of the doors, not an error.
//   - A blocked person never gets a seat, by whatever entry they come.
//   - Views, long-presses and joins are counted apart.
package intake
