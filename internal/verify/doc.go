// Package verify proves a community from outside: that rows agree with each other, with the log of facts, and with the
// files they name. Each part proves itself; what lies between the parts is declared here as data (reference.go, trace.go).
//
// What must stay true:
//   - It only reads, and sees one moment: a community that is in use is proved like one at rest.
//   - What it finds names the row and says what is off. A sound community gives nothing.
//   - A new table that points at another, or a change that must leave a fact, gets its line in the declarations.
package verify
