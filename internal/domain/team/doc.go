// Package team owns the staff's work on people and what it earns: departments, who looks after whom, whose sale an order is, targets,
// and monthly statements of commission in progressive steps.
//
// What must stay true:
//   - A person has at most one owner on each side, sales and service, whatever races; how many somebody has in hand is counted with it.
//   - Who was given a person and doesn't touch them in time loses them to the pool, and somebody else has them.
//   - A sale credits one department and at most one of its staff, by a version of the rules that is never changed.
//   - A month is closed once, after it has ended. From then on nothing is credited to it: what goes back later is taken back in the
//     next statement, as far as that very order earned something.
//   - A statement explains each fen down to the order and the step. It is posted once, when a second person has agreed to it.
//
// Staff are operators' ids. Rows of persons are written with the id of the one who stands for them.
package team
