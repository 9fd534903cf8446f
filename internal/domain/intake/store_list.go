package intake

import (
	"fmt"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/db"
)

// newest pages through rows of a table, those made last first. query ends after its WHERE; its first argument is the
// community, args are the others.
func newest[T any](tx *db.Tx, scan func(*db.Row) (T, error), query, cursor string, limit int, made func(T) (time.Time, string), args ...any) (page.Page[T], error) {
	at, id := int64(1<<62), ""
	if _, err := page.Parse(cursor, &at, &id); err != nil {
		return page.Page[T]{}, err
	}
	limit = page.Limit(limit)
	n := len(args) + 2
	rows, err := db.All(tx, scan, fmt.Sprintf(`%s AND (created_at, id) < ($%d, $%d) ORDER BY created_at DESC, id DESC LIMIT $%d`, query, n, n+1, n+2),
		append(append([]any{tx.Community()}, args...), at, id, limit+1)...)
	return page.Cut(rows, limit, func(x T) string {
		at, id := made(x)
		return page.Cursor(db.Micros(at), id)
	}), err
}

func listEntries(tx *db.Tx, f EntryFilter, cursor string, limit int) (page.Page[Entry], error) {
	query, args := selectEntry, []any{}
	for _, c := range []struct{ column, value string }{{"source", f.Source}, {"opening", f.Opening}, {"path", f.Path}, {"state", string(f.State)}} {
		if c.value != "" {
			args = append(args, c.value)
			query += fmt.Sprintf(` AND %s = $%d`, c.column, len(args)+1)
		}
	}
	if f.Text != "" {
		args = append(args, "%"+strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(strings.ToLower(f.Text))+"%")
		query += fmt.Sprintf(` AND (lower(title) LIKE $%d ESCAPE '\' OR code LIKE $%d ESCAPE '\')`, len(args)+1, len(args)+1)
	}
	if f.Live {
		query += ` AND live_code <> ''`
	}
	return newest(tx, scanEntry, query, cursor, limit, func(e Entry) (time.Time, string) { return e.CreatedAt, e.ID }, args...)
}

func entryForUpdate(tx *db.Tx, id string) (Entry, bool, error) {
	return db.One(tx, scanEntry, selectEntry+` AND id = $2`+tx.ForUpdate(), tx.Community(), id)
}

func listQueue(tx *db.Tx, opening, cursor string, limit int) (page.Page[Reservation], error) {
	var after int
	if _, err := page.Parse(cursor, &after); err != nil {
		return page.Page[Reservation]{}, err
	}
	limit = page.Limit(limit)
	rows, err := db.All(tx, scanReservation, selectReservation+` AND opening = $2 AND number > $3 ORDER BY number LIMIT $4`, tx.Community(), opening, after, limit+1)
	return page.Cut(rows, limit, func(r Reservation) string { return page.Cursor(r.Number) }), err
}

const selectReservation = `SELECT opening, person, number, entry, at FROM intake_reservation WHERE community_id = $1`

func scanReservation(r *db.Row) (x Reservation, err error) {
	err = r.Scan(&x.Opening, &x.Person, &x.Number, &x.Entry, &x.At)
	return x, err
}

// daysOf sums counts by day. A table has a few rows a day and entry, so all of a community's are read where no entry is given.
func daysOf(tx *db.Tx, entry string, from, to int) (out []DayCounts, err error) {
	query, args := `SELECT day, what, SUM(n) FROM intake_count WHERE community_id = $1 AND day >= $2 AND day <= $3`, []any{tx.Community(), from, to}
	if entry != "" {
		query, args = query+` AND entry = $4`, append(args, entry)
	}
	last := -1
	err = tx.Each(func(r *db.Row) error {
		var day int
		var what string
		var n int64
		if err := r.Scan(&day, &what, &n); err != nil {
			return err
		}
		if day != last {
			last = day
			out = append(out, DayCounts{Date: time.Unix(int64(day)*86400, 0).UTC().Format(time.DateOnly), Counts: Counts{}})
		}
		out[len(out)-1].Counts[what] = n
		return nil
	}, query+` GROUP BY day, what ORDER BY day, what`, args...)
	return out, err
}
