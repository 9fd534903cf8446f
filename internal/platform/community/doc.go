// Package community owns the tenants: each is a community with its own address (slug), languages, time zone and rows.
//
// What must stay true:
//   - A slug names one community of the installation and never a path of the program itself.
//   - The row may be shown to anybody: its settings are public, secrets have their own tables.
//   - Two who edit at once don't overwrite each other: an update names the revision it was made from.
//   - A cached community is at most cacheFor old, even when a message from another node was lost.
package community
