// Package migrations holds the schema as numbered SQL, the same text for SQLite and PostgreSQL. Files only ever get added.
package migrations

import "embed"

// Files are the migrations, in the order of their numbers.
//
//go:embed *.sql
var Files embed.FS
