package circle

// Belongs is a condition for a statement that chooses people: the person whose id the expression self gives, or one of those
// that the query merged gives as column id, is in the circle, or in any circle of the group; both empty mean in any circle at
// all. arg makes a value a parameter of the statement, whose first one is the community.
func Belongs(arg func(any) string, self, merged, circle, group string) string {
	is := ` AND m.left_at = 0`
	if group != "" {
		is += ` AND m.circle_id IN (SELECT c.id FROM circle c WHERE c.community_id = $1 AND c.group_name = ` + arg(group) + `)`
	}
	if circle != "" {
		is += ` AND m.circle_id = ` + arg(circle)
	}
	// CROSS JOIN has SQLite begin with the few persons; it would else go through the roster for each of them.
	return `(EXISTS (SELECT 1 FROM circle_member m WHERE m.community_id = $1 AND m.person = ` + self + is + `)
		OR EXISTS (SELECT 1 FROM (` + merged + `) g CROSS JOIN circle_member m WHERE m.community_id = $1 AND m.person = g.id` + is + `))`
}

// Roster is a query for the ids of those who are in a circle. arg makes a value a parameter, of which the first one is the
// community.
func Roster(arg func(any) string, circle string) string {
	return `SELECT m.person FROM circle_member m WHERE m.community_id = $1 AND m.left_at = 0 AND m.circle_id = ` + arg(circle)
}
