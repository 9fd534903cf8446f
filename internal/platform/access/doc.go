// Package access decides who may do what. One pure function answers for HTTP, jobs and callbacks alike; its table is data.
//
// What must stay true:
//   - Whatever the table doesn't allow is refused.
//   - Nobody does anything in a community that isn't theirs, whatever their role elsewhere.
//   - A token never does more than its scopes, and gets no scope that its maker couldn't use.
package access
