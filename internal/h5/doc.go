// Package h5 is the pages that members and strangers see on their phones, rendered on the server.
//
// What must stay true:
//   - Every page reads and works without JavaScript, and its first view is at most 100 KB in all.
//   - A page asks the domain where the person stands and shows that: reloading, coming back or another device give the same.
//   - A refusal is a page in the person's language that says what happened and what next.
package h5
