package circle

// Belongs is a condition for a statement that chooses people: one of the persons that the query persons gives as column id
// is in the circle, or in any circle of the group; both empty mean in any circle at all. arg makes a value a parameter of
// the statement, whose first one is the community.
func Belongs(arg func(any) string, persons, circle, group string) string {
	// CROSS JOIN has SQLite begin with the few persons; it would else go through the roster for each of them.
	members := `SELECT 1 FROM (` + persons + `) g CROSS JOIN circle_member m WHERE m.community_id = $1 AND m.person = g.id AND m.left_at = 0`
	if group != "" {
		members += ` AND m.circle_id IN (SELECT c.id FROM circle c WHERE c.community_id = $1 AND c.group_name = ` + arg(group) + `)`
	}
	if circle != "" {
		members += ` AND m.circle_id = ` + arg(circle)
	}
	return `EXISTS (` + members + `)`
}
