package circle

// Belongs is a condition for a statement that chooses people: one of the persons that the query persons gives as column id
// is in the circle, or in any circle of the group; both empty mean in any circle at all. arg makes a value a parameter of
// the statement, whose first one is the community.
func Belongs(arg func(any) string, persons, circle, group string) string {
	members := `SELECT 1 FROM (` + persons + `) g JOIN circle_member m ON m.community_id = $1 AND m.person = g.id`
	if group != "" {
		members += ` JOIN circle c ON c.community_id = $1 AND c.id = m.circle_id AND c.group_name = ` + arg(group)
	}
	members += ` WHERE m.left_at = 0`
	if circle != "" {
		members += ` AND m.circle_id = ` + arg(circle)
	}
	return `EXISTS (` + members + `)`
}
