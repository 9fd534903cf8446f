// Package upgrade holds a small lived-in community as earlier versions left it, in testdata/VERSION: a SQLite file, a backup
// made of PostgreSQL, and the keys of both. Every later version must start on them.
//
// Each release adds its own, with
//
//	QUNCE_FIXTURES=0.1 go test ./test/upgrade -run TestMakeFixtures
//
// What must stay true: what a release has stored here is never made again by a later one.
package upgrade
