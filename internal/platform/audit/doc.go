// Package audit is the log of who did what: every change by a person or a token, and every look at a value that is
// masked otherwise.
//
// What must stay true:
//   - An entry is written in the transaction of the act it tells of, and is never changed.
//   - It holds ids, enums, numbers and names of fields, never a person's values: erasing somebody doesn't touch it.
//   - It is kept six months at least, whatever is configured.
package audit
