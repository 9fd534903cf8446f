package circle

// Indexed lists what is read most, with arguments and the index that each must go through.
var Indexed = []struct {
	Index, Query string
	Args         []any
}{
	{"circle_message_seq", queryBefore, []any{"c", "x", 9, 50}},
	{"circle_message_seq", queryAfter, []any{"c", "x", 9, 50}},
	{"circle_message_author", queryRecent, []any{"c", "p", 9, "x", 10}},
	{"circle_message_answers", queryAnswers, []any{"c", "x", 9}},
	{"circle_member_current", queryCurrent, []any{"c", "x", "p"}},
	{"circle_member_history", queryRoster, []any{"c", "x", 9, "a", 50}},
	{"circle_member_history", queryPast, []any{"c", "x", 9, "a", 50}},
	{"circle_member_unanswered", queryUnanswered, []any{"c", 9, 9}},
}
