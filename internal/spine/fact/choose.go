package fact

import "time"

// Happened is a condition for a statement that chooses people: at least count facts of a kind, from a time until before
// another (zero leaves a side open). They are about the person whose id the expression self gives, or about one of those that
// the query merged gives as column id. arg makes a value a parameter of the statement, whose first one is the community.
func Happened(arg func(any) string, self, merged, kind string, from, to time.Time, count int) string {
	// A time, even if it is always past, has SQLite use the index of a person's facts, and CROSS JOIN has it begin with the few
	// persons: it would else go through the community's facts for each of them.
	is := ` AND f.person <> '' AND f.kind = ` + arg(kind) + ` AND f.at >= ` + arg(from)
	if !to.IsZero() {
		is += ` AND f.at < ` + arg(to)
	}
	own := `SELECT 1 FROM fact f WHERE f.community_id = $1 AND f.person = ` + self + is
	theirs := `SELECT 1 FROM (` + merged + `) g CROSS JOIN fact f WHERE f.community_id = $1 AND f.person = g.id` + is
	if count <= 1 {
		return `(EXISTS (` + own + `) OR EXISTS (` + theirs + `))`
	}
	n := arg(count)
	return `(SELECT count(*) FROM (` + own + ` LIMIT ` + n + `) x) + (SELECT count(*) FROM (` + theirs + ` LIMIT ` + n + `) y) >= ` + n
}
