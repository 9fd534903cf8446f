package people

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
)

// query is a list of people in the making.
type query struct {
	sort  string
	where strings.Builder
	args  []any
}

// live keeps out those merged into others or erased. It is literal, so that the partial indexes serve.
const live = ` AND p.merged_into = '' AND p.erased_at = 0`

// known keeps out visitors. It is word for word the condition of the index person_known, which SQLite would else not use.
const known = `(p.reach > 0 OR p.nickname <> '' OR p.name_state <> 'none')`

func newQuery(tx *db.Tx, f Filter) *query {
	q := &query{sort: "p.created_at", args: []any{tx.Community()}}
	if f.BySeen {
		q.sort = "p.last_seen_at"
	}
	q.where.WriteString(`p.community_id = $1` + live)
	// An index on a field leaves out those who lack it, so the statement says that they have it.
	for _, c := range []struct{ column, value string }{
		{"stage", string(f.Stage)},
		{"grade", f.Grade},
		{"joiner", f.Joiner},
		{"city", f.City},
		{"first_source", f.Source},
		{"first_entry", f.Entry},
		{"sales_owner", f.SalesOwner},
		{"service_owner", f.ServiceOwner},
		{"relation", f.Relation},
		{"stakeholder", f.Stakeholder},
	} {
		if c.value != "" {
			q.and(`p.`+c.column+` = ? AND p.`+c.column+` <> ''`, c.value)
		}
	}
	if f.Tag != "" {
		q.and(tagged(tx, f.Tag, "?"), f.Tag)
	}
	if f.Ways != nil || f.NoCircle {
		q.reached(f.Ways, f.NoCircle)
	}
	if f.Blocked != nil && *f.Blocked {
		q.and(`p.blocked_at > 0`)
	} else if f.Blocked != nil {
		q.and(`p.blocked_at = 0`)
	}
	if f.Known {
		q.and(known)
	}
	if len(f.IDs) > 0 {
		q.and(`p.id IN (SELECT m.root FROM person m WHERE m.community_id = $1 AND m.id IN ` + db.In(&q.args, f.IDs) + `)`)
	}
	if f.Among != nil {
		ids := f.Among(func(v any) string {
			q.args = append(q.args, v)
			return fmt.Sprintf("$%d", len(q.args))
		})
		q.and(`p.id IN (SELECT m.root FROM person m WHERE m.community_id = $1 AND m.id IN (` + ids + `))`)
	}
	if !f.CreatedFrom.IsZero() {
		q.and(`p.created_at >= ?`, f.CreatedFrom)
	}
	if !f.CreatedTo.IsZero() {
		q.and(`p.created_at < ?`, f.CreatedTo)
	}
	return q
}

// fewTagged is up to how many people with a tag are looked for first, and held against the other conditions afterwards.
const fewTagged = 2000

// tagged is the condition that the person has a tag, whose parameter is at. SQLite would make a list of everyone with the tag
// for each statement: fast for few, and slow for a third of a community, where asking each person is fast. An error spoils the
// transaction anyway.
func tagged(tx *db.Tx, tag Tag, at string) string {
	var n int
	err := tx.QueryRow(`SELECT count(*) FROM (SELECT 1 FROM people_tag WHERE community_id = $1 AND tag = $2 LIMIT $3) x`, tx.Community(), tag, fewTagged+1).Scan(&n)
	if err != nil || n > fewTagged {
		return `EXISTS (SELECT 1 FROM people_tag t WHERE t.community_id = $1 AND t.tag = ` + at + ` AND t.person = p.id)`
	}
	return `p.id IN (SELECT person FROM people_tag WHERE community_id = $1 AND tag = ` + at + `)`
}

// reached narrows the list to those with one of the numbers of ways (nil: any), and with noCircle to those in no circle.
func (q *query) reached(ways []int, noCircle bool) {
	var sets []Reach
	for r := Reach(0); r <= allReach; r++ {
		if (ways == nil || slices.Contains(ways, r.count())) && (!noCircle || r&ByCircle == 0) {
			sets = append(sets, r)
		}
	}
	if len(sets) == 0 {
		q.and(`FALSE`)
		return
	}
	q.and(`p.reach IN ` + db.In(&q.args, sets))
}

// and narrows the list; each ? is the next value.
func (q *query) and(condition string, values ...any) {
	for _, v := range values {
		q.args = append(q.args, v)
		condition = strings.Replace(condition, "?", fmt.Sprintf("$%d", len(q.args)), 1)
	}
	q.where.WriteString(" AND " + condition)
}

// matching narrows the list to those whom any of the lookups finds.
func (q *query) matching(ways []lookup) {
	if len(ways) == 0 {
		q.and(`FALSE`)
		return
	}
	var b strings.Builder
	for i, w := range ways {
		if i > 0 {
			b.WriteString(" UNION ")
		}
		b.WriteString(w.roots(&q.args))
	}
	q.and(`p.id IN (` + b.String() + `)`)
}

// roots is a query for who stands for those whom the lookup finds.
func (w lookup) roots(args *[]any) string {
	arg := func(v any) string {
		*args = append(*args, v)
		return fmt.Sprintf("$%d", len(*args))
	}
	switch w.by {
	case FoundByID:
		return `SELECT m.root FROM person m WHERE m.community_id = $1 AND m.id = ` + arg(w.hashes[0])
	case FoundByPhone, FoundByEmail:
		return `SELECT m.root FROM people_identifier i JOIN person m ON m.community_id = i.community_id AND m.id = i.person WHERE i.community_id = $1 AND i.kind = ` +
			arg(w.kind) + ` AND i.value = ` + arg(w.hashes[0])
	case FoundByTail:
		return `SELECT m.root FROM people_identifier i JOIN person m ON m.community_id = i.community_id AND m.id = i.person WHERE i.community_id = $1 AND i.tail <> '' AND i.tail = ` +
			arg(w.hashes[0])
	}
	kind := arg(w.kind)
	text := `SELECT m.root FROM people_index i JOIN person m ON m.community_id = i.community_id AND m.id = i.person WHERE i.community_id = $1 AND i.kind = ` +
		kind + ` AND i.hash = ` + arg(w.hashes[0])
	for _, h := range w.hashes[1:] {
		text += ` AND EXISTS (SELECT 1 FROM people_index j WHERE j.community_id = $1 AND j.kind = ` + kind + ` AND j.hash = ` + arg(h) + ` AND j.person = i.person)`
	}
	return text
}

// listing is the statement that reads the first rows behind a place.
func (q *query) listing(before time.Time, beforeID string, limit int) string {
	if !before.IsZero() {
		q.and(`(`+q.sort+`, p.id) < (?, ?)`, before, beforeID)
	}
	return q.text(personColumns, ` ORDER BY `+q.sort+` DESC, p.id DESC`, limit)
}

// counting is the statement that counts up to limit. Without a condition it goes by the order of the list: PostgreSQL would
// else look through the rows of other communities.
func (q *query) counting(limit int) string {
	end := ""
	if len(q.args) == 1 {
		end = ` ORDER BY ` + q.sort + ` DESC, p.id DESC`
	}
	return `SELECT count(*) FROM (` + q.text("1", end, limit) + `) x`
}

func (q *query) text(columns, end string, limit int) string {
	q.args = append(q.args, limit)
	return `SELECT ` + columns + ` FROM person p WHERE ` + q.where.String() + end + fmt.Sprintf(` LIMIT $%d`, len(q.args))
}

func (q *query) read(tx *db.Tx, before time.Time, beforeID string, limit int) ([]*record, error) {
	text := q.listing(before, beforeID, limit)
	return db.All(tx, scanPerson, text, q.args...)
}

func (q *query) count(tx *db.Tx, limit int) (n int, err error) {
	text := q.counting(limit)
	err = tx.QueryRow(text, q.args...).Scan(&n)
	return n, err
}

// lookUp gives those whom one lookup finds, newest first. Ids rise with time, so that the index gives the newest without
// reading all whose name begins with a common character.
func lookUp(tx *db.Tx, w lookup, limit int) ([]*record, error) {
	q := newQuery(tx, Filter{})
	roots := w.roots(&q.args)
	if w.by != FoundByID {
		q.args = append(q.args, 2*limit)
		roots += fmt.Sprintf(` ORDER BY i.person DESC LIMIT $%d`, len(q.args))
	}
	q.and(`p.id IN (` + roots + `)`)
	return q.read(tx, time.Time{}, "", limit)
}

func countReach(tx *db.Tx) (map[Reach]int, error) {
	out := map[Reach]int{}
	err := tx.Each(func(r *db.Row) error {
		var reach Reach
		var n int
		err := r.Scan(&reach, &n)
		out[reach] = n
		return err
	}, `SELECT reach, count(*) FROM person WHERE community_id = $1 AND merged_into = '' AND erased_at = 0 GROUP BY reach`, tx.Community())
	return out, err
}

// countReachBySource gives how many first came from a source and can be reached in the same ways.
func countReachBySource(tx *db.Tx, each func(source string, r Reach, n int)) error {
	return tx.Each(func(r *db.Row) error {
		var source string
		var reach Reach
		var n int
		err := r.Scan(&source, &reach, &n)
		each(source, reach, n)
		return err
	}, `SELECT first_source, reach, count(*) FROM person WHERE community_id = $1 AND merged_into = '' AND erased_at = 0 GROUP BY first_source, reach`, tx.Community())
}
