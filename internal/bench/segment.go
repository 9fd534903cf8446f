package bench

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/qunce/qunce/internal/domain/circle"
	"github.com/qunce/qunce/internal/domain/touch"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
)

// asked is a segment of six conditions: three of the profile, a tag, and two of what happened.
type asked struct {
	name, city, tag string
	created         int // days ago at most
	joined, left    int
	target          float64
}

var askedSegments = []asked{
	{name: "selective", city: "city 7", tag: "rare", created: 200, joined: 300, left: 30, target: 0.7},
	{name: "wide", city: "city 0", tag: "common", created: 300, joined: 300, left: 30, target: 0.7},
}

func (a asked) rule() touch.Rule {
	ago := func(days int) string { return fmt.Sprintf("-%dd", days) }
	return touch.Rule{All: []touch.Rule{
		{Field: "stage", Is: []string{"pregnancy"}},
		{Field: "city", Is: []string{a.city}},
		{Created: true, From: ago(a.created)},
		{Tag: a.tag},
		{Fact: "circle.joined", From: ago(a.joined)},
		{Not: &touch.Rule{Fact: "circle.left", From: ago(a.left)}},
	}}
}

// The hand-written statement: typed, indexed columns of the same tables.
const bareSegment = ` FROM person p WHERE p.community_id = $1 AND p.merged_into = '' AND p.erased_at = 0
	AND p.stage = $2 AND p.stage <> '' AND p.city = $3 AND p.city <> '' AND p.created_at >= $4
	AND EXISTS (SELECT 1 FROM people_tag t WHERE t.community_id = $1 AND t.tag = $5 AND t.person = p.id)
	AND EXISTS (SELECT 1 FROM fact f WHERE f.community_id = $1 AND f.person = p.id AND f.person <> '' AND f.kind = 'circle.joined' AND f.at >= $6)
	AND NOT EXISTS (SELECT 1 FROM fact f WHERE f.community_id = $1 AND f.person = p.id AND f.person <> '' AND f.kind = 'circle.left' AND f.at >= $7)`

// bound is up to how many people a segment is counted.
const bound = 10_000

// segments looks at segments as the console does: the first 50 and the count.
func segments(ctx context.Context, r *run) error {
	n := r.scaled(1_000_000, 1000)
	r.say("segment: %d people are made", n)
	now := time.Now().UTC()
	if err := r.populate(ctx, n, now); err != nil {
		return err
	}
	for _, a := range askedSegments {
		r.say("segment: %s", a.name)
		if err := r.segment(ctx, a, n); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) segment(ctx context.Context, a asked, people int) error {
	pool := r.app.DB.SQL() // the same data, so the same database
	first, err := pool.PrepareContext(ctx, `SELECT p.id, p.nickname, p.city, p.stage, p.created_at, p.last_seen_at`+bareSegment+` ORDER BY p.created_at DESC, p.id DESC LIMIT 50`)
	if err != nil {
		return err
	}
	defer first.Close()
	count, err := pool.PrepareContext(ctx, fmt.Sprintf(`SELECT count(*) FROM (SELECT 1%s LIMIT %d) x`, bareSegment, bound+1))
	if err != nil {
		return err
	}
	defer count.Close()
	var bareIDs, ids []string
	var bareCount, found int
	byHand := func(ctx context.Context, _ int) error {
		now := time.Now()
		args := []any{
			r.community, "pregnancy", a.city, db.Micros(now.AddDate(0, 0, -a.created)), a.tag, db.Micros(now.AddDate(0, 0, -a.joined)), db.Micros(now.AddDate(0, 0, -a.left)),
		}
		if bareIDs, err = readIDs(ctx, first, args); err != nil {
			return err
		}
		return count.QueryRowContext(ctx, args...).Scan(&bareCount)
	}
	rule := a.rule()
	look := func(ctx context.Context, _ int) error {
		s, err := r.app.Touch.Look(ctx, r.community, rule, bound)
		ids, found = ids[:0], s.Count
		for _, p := range s.People {
			ids = append(ids, p.ID)
		}
		return err
	}
	const rounds, each = 10, 5
	var warm, bare, ours times
	if err := turns(ctx, 2, func(ctx context.Context, _ int) error { return warm.clients(ctx, 1, 1, byHand) }, func(ctx context.Context, _ int) error { return warm.clients(ctx, 1, 1, look) }); err != nil {
		return err
	}
	err = turns(ctx, rounds, func(ctx context.Context, _ int) error { return bare.clients(ctx, 1, each, byHand) },
		func(ctx context.Context, _ int) error { return ours.clients(ctx, 1, each, look) })
	if err != nil {
		return err
	}
	rate := bare.rate("segments")
	m := r.measured(Measure{
		Name: a.name, Did: fmt.Sprintf("6 conditions (profile, tag, facts) over %d people: first 50 and count, %d found, warm", people, found), Ours: ours.rate("segments"),
		What: "hand-written SQL on typed, indexed columns of the same tables", Reference: &rate,
	}, a.target)
	m.Notes = append(m.Notes, Note{"median, for at most 50 where it is selective", m.Ours.P50, "ms"})
	r.check(a.name+": the same people", found == bareCount && fmt.Sprint(ids) == fmt.Sprint(bareIDs) && found > 0, "%d and %d by hand", found, bareCount)
	return nil
}

func readIDs(ctx context.Context, q *sql.Stmt, args []any) (ids []string, err error) {
	rows, err := q.QueryContext(ctx, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id, nickname, city, stage string
		var created, seen int64
		if err := rows.Scan(&id, &nickname, &city, &stage, &created, &seen); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// populate writes people as the services would, but straight into the tables and many at a time: it isn't what is measured.
func (r *run) populate(ctx context.Context, n int, now time.Time) error {
	const chunk = 1000
	stages := []string{"parenting", "pregnancy", "parenting", "preconception"}
	for from := 0; from < n; from += chunk {
		err := r.app.DB.Alone(ctx, r.community, func(tx *db.Tx) error {
			var rows, tags [][]any
			for i := from; i < min(n, from+chunk); i++ {
				// Spread over two years, and mixed so that no condition follows from another.
				h := uint64(i) * 0x9E3779B97F4A7C15
				created := now.Add(-time.Duration(h % uint64(730*24*time.Hour)))
				id := r.app.DB.NewID()
				rows = append(rows, []any{
					tx.Community(), id, id, fmt.Sprint("nick", i), fmt.Sprint("city ", min(h>>8%40, h>>24%40)), stages[h>>16%4], 1, created, created.Add(time.Hour),
				})
				switch n := h >> 32 % 100; {
				case n < 2:
					tags = append(tags, []any{tx.Community(), "rare", id, created})
				case n < 35:
					tags = append(tags, []any{tx.Community(), "common", id, created})
				}
				if err := populateFacts(tx, id, h, created, now); err != nil {
					return err
				}
			}
			if err := tx.Insert("person", []string{"community_id", "id", "root", "nickname", "city", "stage", "reach", "created_at", "last_seen_at"}, rows); err != nil {
				return err
			}
			return tx.Insert("people_tag", []string{"community_id", "tag", "person", "at"}, tags)
		})
		if err != nil {
			return fmt.Errorf("make people: %w", err)
		}
	}
	// The statistics that both ours and the hand-written statement are planned by.
	_, err := r.app.DB.SQL().ExecContext(ctx, `ANALYZE`)
	return err
}

// populateFacts appends what happened to a person: two in three joined a circle, and a part of them left.
func populateFacts(tx *db.Tx, person string, h uint64, created, now time.Time) error {
	in := circle.Joined{Group: "stage:pregnancy", Kind: circle.KindStage, Number: 1, Via: circle.ViaSeat}
	if h>>40%3 == 0 {
		return nil
	}
	at := created.Add(time.Hour)
	if _, err := fact.Append(tx, in, fact.Fact{Person: person, Circle: "circle", At: at}); err != nil {
		return err
	}
	if left := at.AddDate(0, 0, int(h>>44%90)); h>>50%4 == 0 && left.Before(now) {
		_, err := fact.Append(tx, circle.Left{Group: in.Group, Kind: in.Kind, Reason: circle.ReasonLeft}, fact.Fact{Person: person, Circle: "circle", At: left})
		return err
	}
	return nil
}
