package task

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
)

const columns = `id, key, kind, person, subject, subject_kind, state, assignee, role, circle, due_at, snoozed_until,
	escalate_to, escalated_to, context, note, outcomes, needs_proof, outcome, proof, opened_at, claimed_at, ended_at`

func into(t *Task, context *db.RawJSON, outcomes *db.JSON[[]Outcome]) []any {
	return []any{
		&t.ID, &t.Key, &t.Kind, &t.Person, &t.Subject, &t.SubjectKind, &t.State, &t.Assignee, &t.Role, &t.Circle, &t.Due, &t.Snoozed,
		&t.EscalateTo, &t.EscalatedTo, context, &t.Note, outcomes, &t.NeedsProof, &t.Outcome, &t.Proof, &t.OpenedAt, &t.ClaimedAt, &t.EndedAt,
	}
}

func scanTask(r *db.Row) (t Task, err error) {
	var context db.RawJSON
	var outcomes db.JSON[[]Outcome]
	err = r.Scan(into(&t, &context, &outcomes)...)
	t.Context, t.Outcomes = []byte(context), outcomes.V
	return t, err
}

// queueAt is a task's place in its queue: those without a due time come last.
func queueAt(due time.Time) int64 {
	if due.IsZero() {
		return math.MaxInt64
	}
	return db.Micros(due)
}

func insert(tx *db.Tx, t Task, hash string) (added bool, err error) {
	if t.Key == "" {
		hash = ""
	}
	n, err := tx.Exec(`INSERT INTO task (community_id, id, key, hash, kind, person, subject, subject_kind, state, assignee, role, circle, due_at, queue_at,
			escalate_to, context, note, outcomes, needs_proof, opened_at, claimed_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21) ON CONFLICT DO NOTHING`,
		tx.Community(), t.ID, t.Key, hash, string(t.Kind), t.Person, t.Subject, t.SubjectKind, string(t.State), t.Assignee, string(t.Role), t.Circle, t.Due, queueAt(t.Due),
		string(t.EscalateTo), db.RawJSON(t.Context), t.Note, db.JSON[[]Outcome]{V: t.Outcomes}, t.NeedsProof, t.OpenedAt, t.ClaimedAt)
	return n == 1, err
}

func byKey(tx *db.Tx, key string) (t Task, hash string, err error) {
	var context db.RawJSON
	var outcomes db.JSON[[]Outcome]
	err = tx.QueryRow(`SELECT `+columns+`, hash FROM task WHERE community_id = $1 AND key = $2 AND key <> ''`, tx.Community(), key).
		Scan(append(into(&t, &context, &outcomes), &hash)...)
	if err != nil {
		return t, "", fmt.Errorf("look up task by key: %w", err)
	}
	t.Context, t.Outcomes = []byte(context), outcomes.V
	return t, hash, nil
}

// query is a WHERE in the making.
type query struct {
	where strings.Builder
	args  []any
}

func where(tx *db.Tx) *query {
	q := &query{}
	return q.and("community_id = ?", tx.Community())
}

// bind replaces each ? by the next argument's place.
func (q *query) bind(text string, args ...any) string {
	for _, a := range args {
		q.args = append(q.args, a)
		text = strings.Replace(text, "?", fmt.Sprintf("$%d", len(q.args)), 1)
	}
	return text
}

func (q *query) and(text string, args ...any) *query {
	if q.where.Len() > 0 {
		q.where.WriteString(" AND ")
	}
	q.where.WriteString(q.bind(text, args...))
	return q
}

// one narrows to a task that the caller may see.
func (q *query) one(by Principal, id string) *query { return q.and("id = ?", id).visible(by) }

// visible is the rule of who sees a task: whoever has it, those with its role (everywhere, or in its circle), and those it
// was escalated to. It stands in every query that shows or changes one for somebody.
func (q *query) visible(by Principal) *query {
	if by.All {
		return q
	}
	parts := append(q.roles("role", by), q.roles("escalated_to", by)...)
	if by.ID != "" {
		parts = append(parts, q.bind("assignee = ?", by.ID))
	}
	if len(parts) == 0 {
		parts = []string{"1 = 0"}
	}
	return q.and("(" + strings.Join(parts, " OR ") + ")")
}

// roles gives the conditions under which a column names a role of the caller's. A task of a circle without a role is for any
// staff of that circle. An empty name never matches: it stands for no role.
func (q *query) roles(column string, by Principal) (parts []string) {
	for _, r := range by.Roles {
		switch {
		case r.Name == "":
		case r.Circle == "":
			parts = append(parts, q.bind(column+" = ?", string(r.Name)))
		case column == "role":
			parts = append(parts, q.bind("(circle = ? AND role IN ('', ?))", r.Circle, string(r.Name)))
		default:
			parts = append(parts, q.bind("(circle = ? AND "+column+" = ?)", r.Circle, string(r.Name)))
		}
	}
	return parts
}

// movable narrows to what the caller may give away or call off: their own, what nobody has, what was escalated to them.
func (q *query) movable(by Principal) *query {
	q.and("state IN ('open', 'claimed')")
	if by.All {
		return q
	}
	parts := append(q.roles("escalated_to", by), q.bind("state = 'open' OR assignee = ?", by.ID))
	return q.and("(" + strings.Join(parts, " OR ") + ")")
}

// queue narrows to what the caller should look at now.
func (q *query) queue(by Principal, now time.Time) *query {
	q.and("state IN ('open', 'claimed')").visible(by)
	if !by.All {
		parts := append(q.roles("escalated_to", by), q.bind("assignee IN ('', ?)", by.ID))
		q.and("(" + strings.Join(parts, " OR ") + ")")
	}
	return q.and("(snoozed_until <= ? OR queue_at <= ?)", now, now)
}

func find(tx *db.Tx, by Principal, id string) (Task, error) {
	q := where(tx).one(by, id)
	t, found, err := db.One(tx, scanTask, `SELECT `+columns+` FROM task WHERE `+q.where.String(), q.args...)
	if err == nil && !found {
		err = ErrNotFound
	}
	return t, err
}

// change runs a guarded UPDATE of one task; ok is false when the guard kept it.
func change(tx *db.Tx, q *query, set string) (t Task, ok bool, err error) {
	return db.One(tx, scanTask, `UPDATE task SET `+set+` WHERE `+q.where.String()+` RETURNING `+columns, q.args...)
}

func claim(tx *db.Tx, by Principal, id string) (Task, bool, error) {
	q := where(tx).one(by, id).and("state = 'open'")
	return change(tx, q, q.bind("state = 'claimed', assignee = ?, claimed_at = ?, snoozed_until = 0", by.ID, tx.Now()))
}

func finish(tx *db.Tx, by Principal, id string, outcome Outcome, proof string) (Task, bool, error) {
	q := where(tx).one(by, id).and("(state = 'open' OR (state = 'claimed' AND assignee = ?))", by.ID)
	return change(tx, q, q.bind("state = 'finished', assignee = ?, outcome = ?, proof = ?, ended_at = ?", by.ID, string(outcome), proof, tx.Now()))
}

func handOver(tx *db.Tx, by Principal, id string, h Handover) (Task, bool, error) {
	q := where(tx).one(by, id).movable(by)
	var set string
	if h.To != "" {
		set = q.bind("state = 'claimed', assignee = ?, claimed_at = ?, snoozed_until = 0", h.To, tx.Now())
	} else {
		set = q.bind("state = 'open', assignee = '', claimed_at = 0, role = ?, circle = ?, escalated_to = '', snoozed_until = 0", string(h.Role), h.Circle)
	}
	if !h.Due.IsZero() {
		set += q.bind(", due_at = ?, queue_at = ?", h.Due, h.Due)
	}
	return change(tx, q, set)
}

func snooze(tx *db.Tx, by Principal, id string, until time.Time) (Task, bool, error) {
	q := where(tx).one(by, id).movable(by).and("state = 'claimed'")
	return change(tx, q, q.bind("snoozed_until = ?", until))
}

func cancel(tx *db.Tx, by Principal, id string) (Task, bool, error) {
	q := where(tx).one(by, id).movable(by)
	return change(tx, q, q.bind("state = 'cancelled', ended_at = ?", tx.Now()))
}

// markOverdue notes that the due time was dealt with, and gives the task to the declared role to see.
func markOverdue(tx *db.Tx, id string) (Task, bool, error) {
	q := where(tx).and("id = ? AND state IN ('open', 'claimed') AND due_at <> 0 AND due_at <= ? AND escalated_due <> due_at", id, tx.Now())
	return change(tx, q, "escalated_to = escalate_to, escalated_due = due_at")
}

func list(tx *db.Tx, by Principal, f Filter, cursor string, limit int) (page.Page[Task], error) {
	q := where(tx)
	if f.State != "" {
		q.and("state = ?", string(f.State)).visible(by)
	} else {
		q.queue(by, tx.Now())
	}
	for _, c := range []struct{ column, value string }{{"kind", string(f.Kind)}, {"person", f.Person}, {"subject", f.Subject}} {
		if c.value != "" {
			q.and(c.column+" = ?", c.value)
		}
	}
	if f.Mine {
		q.and("assignee = ? AND assignee <> ''", by.ID)
	}
	var at int64
	var id string
	if more, err := page.Parse(cursor, &at, &id); err != nil {
		return page.Page[Task]{}, err
	} else if more {
		q.and("(queue_at, id) > (?, ?)", at, id)
	}
	rows, err := db.All(tx, scanTask, `SELECT `+columns+` FROM task WHERE `+q.where.String()+q.bind(` ORDER BY queue_at, id LIMIT ?`, limit+1), q.args...)
	if err != nil {
		return page.Page[Task]{}, fmt.Errorf("list tasks: %w", err)
	}
	return page.Cut(rows, limit, func(t Task) string { return page.Cursor(queueAt(t.Due), t.ID) }), nil
}

func counts(tx *db.Tx, by Principal) (c Counts, err error) {
	q := where(tx).queue(by, tx.Now())
	err = tx.QueryRow(`SELECT count(*), count(*) FILTER (WHERE assignee <> '' AND `+q.bind(`assignee = ?), count(*) FILTER (WHERE queue_at <= ?)`, by.ID, tx.Now())+
		` FROM task WHERE `+q.where.String(), q.args...).Scan(&c.Open, &c.Mine, &c.Overdue)
	return c, err
}

func erase(tx *db.Tx, person string) error {
	return tx.Put(`UPDATE task SET note = '', proof = '' WHERE community_id = $1 AND person = $2 AND person <> ''`, tx.Community(), person)
}

// Flaw is a row that breaks a promise of this package.
type Flaw struct {
	Task string `json:"task"`
	What string `json:"what"`
}

// Verify lists open tasks that were forgotten: past due, not dealt with, and without a timer that would.
func Verify(tx *db.Tx) ([]Flaw, error) {
	set, err := job.SetTimers(tx, dueTimer)
	if err != nil {
		return nil, err
	}
	late, err := db.All(tx, db.Column[string], `SELECT id FROM task WHERE community_id = $1 AND state IN ('open', 'claimed')
		AND due_at <> 0 AND due_at <= $2 AND escalated_due <> due_at ORDER BY id`, tx.Community(), tx.Now())
	if err != nil {
		return nil, err
	}
	flaws := []Flaw{}
	for _, id := range late {
		if _, timed := set[id]; !timed {
			flaws = append(flaws, Flaw{Task: id, What: "past due without a timer or an escalation"})
		}
	}
	return flaws, nil
}
