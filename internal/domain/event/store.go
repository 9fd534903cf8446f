package event

import (
	"strconv"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
)

func putTemplate(tx *db.Tx, t Template, position int) error {
	return tx.Put(`INSERT INTO event_template (community_id, name, position, body) VALUES ($1, $2, $3, $4)
		ON CONFLICT (community_id, name) DO UPDATE SET position = excluded.position, body = excluded.body`, tx.Community(), t.Name, position, db.JSON[Template]{V: t})
}

func deleteTemplates(tx *db.Tx, keep []Template) error {
	args, where := []any{tx.Community()}, ""
	if len(keep) > 0 {
		names := make([]string, len(keep))
		for i, t := range keep {
			names[i] = t.Name
		}
		where = ` AND name NOT IN ` + db.In(&args, names)
	}
	return tx.Put(`DELETE FROM event_template WHERE community_id = $1`+where, args...)
}

func templates(tx *db.Tx) ([]Template, error) {
	return db.All(tx, func(r *db.Row) (Template, error) {
		var body db.JSON[Template]
		err := r.Scan(&body)
		return body.V, err
	}, `SELECT body FROM event_template WHERE community_id = $1 ORDER BY position, name`, tx.Community())
}

const selectEvent = `SELECT id, code, kind, state, template, title, about, starts, ends, city, place, link, series, host, capacity, terms, version, created_at, cancelled_at, answers, summary
	FROM event WHERE community_id = $1`

func scanEvent(r *db.Row) (e Event, err error) {
	var title, about db.JSON[text.Text]
	var terms db.JSON[Terms]
	err = r.Scan(&e.ID, &e.Code, &e.Kind, &e.State, &e.Template, &title, &about, &e.Starts, &e.Ends, &e.City, &e.Place, &e.Link, &e.Series, &e.Host,
		&e.Capacity, &terms, &e.Version, &e.CreatedAt, &e.CancelledAt, &e.Answers, &e.Summary)
	e.Title, e.About, e.Terms = title.V, about.V, terms.V
	return e, err
}

// eventBy finds an event by its id or code.
func eventBy(tx *db.Tx, column, value string) (Event, bool, error) {
	return db.One(tx, scanEvent, selectEvent+` AND `+column+` = $2`, tx.Community(), value)
}

// codeLength is how long the code of a link is; another is drawn when it is some event's already.
const codeLength = 8

func insertEvent(tx *db.Tx, e *Event) error {
	for {
		e.Code = secret()[:codeLength]
		n, err := tx.Exec(`INSERT INTO event (community_id, id, code, kind, state, template, title, about, starts, ends, city, place, link, series, host, capacity, terms, version, created_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) ON CONFLICT (community_id, code) DO NOTHING`,
			tx.Community(), e.ID, e.Code, e.Kind, e.State, e.Template, db.JSON[text.Text]{V: e.Title}, db.JSON[text.Text]{V: e.About}, e.Starts, e.Ends,
			e.City, e.Place, e.Link, e.Series, e.Host, e.Capacity, db.JSON[Terms]{V: e.Terms}, e.Version, e.CreatedAt)
		if err != nil || n == 1 {
			return err
		}
	}
}

func updateEvent(tx *db.Tx, e Event) (bool, error) {
	n, err := tx.Exec(`UPDATE event SET title = $3, about = $4, starts = $5, ends = $6, city = $7, place = $8, link = $9, series = $10, host = $11, capacity = $12,
			terms = $13, version = $14 WHERE community_id = $1 AND id = $2 AND version = $15 AND state = 'planned'`,
		tx.Community(), e.ID, db.JSON[text.Text]{V: e.Title}, db.JSON[text.Text]{V: e.About}, e.Starts, e.Ends, e.City, e.Place, e.Link, e.Series, e.Host,
		e.Capacity, db.JSON[Terms]{V: e.Terms}, e.Version, e.Version-1)
	return n == 1, err
}

func cancelEvent(tx *db.Tx, e Event) error {
	return tx.Put(`UPDATE event SET state = 'cancelled', cancelled_at = $3, version = $4 WHERE community_id = $1 AND id = $2`, tx.Community(), e.ID, e.CancelledAt, e.Version)
}

// setSummary keeps an event's summary; not of one that is called off.
func setSummary(tx *db.Tx, id, summary string) (bool, error) {
	n, err := tx.Exec(`UPDATE event SET summary = $3 WHERE community_id = $1 AND id = $2 AND state = 'planned'`, tx.Community(), id, summary)
	return n == 1, err
}

// listEvents reads the calendar from a cursor on.
func listEvents(tx *db.Tx, f Filter, cursor string, limit int) (page.Page[Event], error) {
	var us int64
	var id string
	if _, err := page.Parse(cursor, &us, &id); err != nil {
		return page.Page[Event]{}, err
	}
	limit = page.Limit(limit)
	where, args := ` AND (starts > $2 OR starts = $2 AND id > $3) AND starts >= $4`, []any{tx.Community(), us, id, f.From}
	add := func(sql string, value any) {
		args = append(args, value)
		where += strings.Replace(sql, "?", "$"+strconv.Itoa(len(args)), 1)
	}
	if !f.To.IsZero() {
		add(` AND starts < ?`, f.To)
	}
	for _, x := range []struct{ column, value string }{{"kind", string(f.Kind)}, {"city", f.City}, {"series", f.Series}, {"host", f.Host}, {"state", string(f.State)}} {
		if x.value != "" {
			add(` AND `+x.column+` = ?`, x.value)
		}
	}
	add(` ORDER BY starts, id LIMIT ?`, limit+1)
	list, err := db.All(tx, scanEvent, selectEvent+where, args...)
	return page.Cut(list, limit, func(e Event) string { return page.Cursor(db.Micros(e.Starts), e.ID) }), err
}

func citiesFrom(tx *db.Tx, from time.Time) ([]string, error) {
	return db.All(tx, db.Column[string], `SELECT DISTINCT city FROM event WHERE community_id = $1 AND starts >= $2 AND state = 'planned' AND city <> '' ORDER BY city LIMIT 40`,
		tx.Community(), from)
}

// overlapping lists what is planned for a part of the same time. No event lasts longer than maxDays, so the search has a beginning.
func overlapping(tx *db.Tx, e Event) ([]Event, error) {
	return db.All(tx, scanEvent, selectEvent+` AND starts > $2 AND starts < $3 AND ends > $4 AND id <> $5 AND state = 'planned' ORDER BY starts, id`,
		tx.Community(), e.Starts.Add(-maxDays*24*time.Hour), e.Ends, e.Starts, e.ID)
}

// markBelow notes that an event is below the line; first is false when it was noted before.
func markBelow(tx *db.Tx, id string) (first bool, err error) {
	n, err := tx.Exec(`UPDATE event SET below_at = $3 WHERE community_id = $1 AND id = $2 AND below_at = 0`, tx.Community(), id, tx.Now())
	return n == 1, err
}
