package fact

import "time"

// Happened is a condition for a statement that chooses people: at least count facts of a kind, from a time until before
// another (zero leaves a side open), about one of the persons that the query persons gives as column id. arg makes a value a
// parameter of the statement, whose first one is the community.
func Happened(arg func(any) string, persons, kind string, from, to time.Time, count int) string {
	// CROSS JOIN has SQLite begin with the few persons, and a time, even if it is always past, has it use their index: it would
	// else go through the community's facts for each of them.
	facts := `SELECT 1 FROM (` + persons + `) g CROSS JOIN fact f WHERE f.community_id = $1 AND f.person = g.id AND f.person <> '' AND f.kind = ` +
		arg(kind) + ` AND f.at >= ` + arg(from)
	if !to.IsZero() {
		facts += ` AND f.at < ` + arg(to)
	}
	if count <= 1 {
		return `EXISTS (` + facts + `)`
	}
	n := arg(count)
	return `(SELECT count(*) FROM (` + facts + ` LIMIT ` + n + `) x) >= ` + n
}
