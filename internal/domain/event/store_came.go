package event

import (
	"time"

	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/db"
)

// selectScan reads scans x with their tickets t.
const selectScan = `SELECT x.id, x.nonce, x.hash, x.event, x.result, x.ticket, x.at, x.recorded_at, x.offline, x.actor,
		COALESCE(t.type, ''), COALESCE(t.event, ''), COALESCE(t.person, ''), COALESCE(t.admitted_at, 0)
	FROM event_scan x LEFT JOIN event_ticket t ON t.community_id = x.community_id AND t.id = x.ticket WHERE x.community_id = $1`

func scanScan(r *db.Row) (a Admission, err error) {
	err = r.Scan(&a.ID, &a.nonce, &a.hash, &a.door, &a.Result, &a.Ticket, &a.At, &a.RecordedAt, &a.Offline, &a.Actor, &a.Type, &a.Event, &a.Person, &a.FirstAt)
	if a.Result != Admit && a.Result != Double && a.Result != Already {
		a.FirstAt = time.Time{}
	}
	return a, err
}

func scanBy(tx *db.Tx, nonce string) (Admission, bool, error) {
	return db.One(tx, scanScan, selectScan+` AND x.nonce = $2`, tx.Community(), nonce)
}

func insertScan(tx *db.Tx, a Admission) (bool, error) {
	n, err := tx.Exec(`INSERT INTO event_scan (community_id, id, nonce, hash, event, ticket, result, at, recorded_at, offline, actor)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (community_id, nonce) DO NOTHING`,
		tx.Community(), a.ID, a.nonce, a.hash, a.door, a.Ticket, a.Result, a.At, a.RecordedAt, a.Offline, a.Actor)
	return n == 1, err
}

func listScans(tx *db.Tx, event string, double bool, cursor string, limit int) (page.Page[Admission], error) {
	before := ""
	found, err := page.Parse(cursor, &before)
	if err != nil {
		return page.Page[Admission]{}, err
	}
	if !found {
		before = "~" // after every id
	}
	limit, where := page.Limit(limit), ""
	if double {
		where = ` AND x.result = 'double'`
	}
	list, err := db.All(tx, scanScan, selectScan+` AND x.event = $2 AND x.id < $3`+where+` ORDER BY x.id DESC LIMIT $4`, tx.Community(), event, before, limit+1)
	return page.Cut(list, limit, func(a Admission) string { return page.Cursor(a.ID) }), err
}

func insertAttendance(tx *db.Tx, person, event, ticket string, at time.Time) (bool, error) {
	n, err := tx.Exec(`INSERT INTO event_attendance (community_id, person, event, ticket, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
		tx.Community(), person, event, ticket, at)
	return n == 1, err
}

// cameToAny tells whether a human has ever come to anything.
func cameToAny(tx *db.Tx, ids []string) (bool, error) {
	args := []any{tx.Community()}
	_, found, err := db.One(tx, db.Column[string], `SELECT event FROM event_attendance WHERE community_id = $1 AND person IN `+db.In(&args, ids)+` LIMIT 1`, args...)
	return found, err
}

// cameAndAnswered tells whether a human came to an event, and whether they have said what they thought of it.
func cameAndAnswered(tx *db.Tx, event string, ids []string) (came, answered bool, err error) {
	args := []any{tx.Community(), event}
	in := db.In(&args, ids)
	_, came, err = db.One(tx, db.Column[string], `SELECT event FROM event_attendance WHERE community_id = $1 AND event = $2 AND person IN `+in+` LIMIT 1`, args...)
	if err != nil || !came {
		return came, false, err
	}
	_, answered, err = answerOf(tx, event, ids)
	return came, answered, err
}

// countCame adds friend tickets, tickets that let in, who came and what they answered to the figures of several events.
func countCame(tx *db.Tx, events []string, to map[string]Figures) error {
	args := []any{tx.Community()}
	in := db.In(&args, events)
	add := func(query string, set func(f *Figures, r *db.Row, id *string) error) error {
		return tx.Each(func(r *db.Row) error {
			var x Figures
			var id string
			if err := set(&x, r, &id); err != nil {
				return err
			}
			f, known := to[id]
			if !known {
				return nil
			}
			f.Friends, f.Admitted, f.Attended, f.Guests = f.Friends+x.Friends, f.Admitted+x.Admitted, f.Attended+x.Attended, f.Guests+x.Guests
			if x.Answers > 0 {
				f.Answers, f.NPS, f.Below = x.Answers, x.NPS, x.Below
			}
			to[id] = f
			return nil
		}, query, args...)
	}
	err := add(`SELECT event, SUM(CASE WHEN giver <> '' AND state = 'valid' THEN 1 ELSE 0 END), SUM(CASE WHEN admitted_at > 0 THEN 1 ELSE 0 END)
		FROM event_ticket WHERE community_id = $1 AND event IN `+in+` GROUP BY event`,
		func(f *Figures, r *db.Row, id *string) error { return r.Scan(id, &f.Friends, &f.Admitted) })
	if err != nil {
		return err
	}
	err = add(`SELECT a.event, count(*), count(t.id) FROM event_attendance a LEFT JOIN event_ticket t ON t.community_id = a.community_id AND t.id = a.ticket AND t.giver <> ''
		WHERE a.community_id = $1 AND a.event IN `+in+` GROUP BY a.event`,
		func(f *Figures, r *db.Row, id *string) error { return r.Scan(id, &f.Attended, &f.Guests) })
	if err != nil {
		return err
	}
	return add(`SELECT id, answers, promoters, detractors, below_at > 0 FROM event WHERE community_id = $1 AND id IN `+in, func(f *Figures, r *db.Row, id *string) error {
		var c tally
		err := r.Scan(id, &c.n, &c.promoters, &c.detractors, &f.Below)
		f.Answers, f.NPS = c.n, c.nps()
		return err
	})
}

// countAttended counts who came to an event.
func countAttended(tx *db.Tx, event string) (n int, err error) {
	err = tx.QueryRow(`SELECT count(*) FROM event_attendance WHERE community_id = $1 AND event = $2`, tx.Community(), event).Scan(&n)
	return n, err
}

// listAttendees reads who came, with the scan that let them in.
func listAttendees(tx *db.Tx, event, cursor string, limit int) (page.Page[Attendee], error) {
	var us int64
	var person string
	if _, err := page.Parse(cursor, &us, &person); err != nil {
		return page.Page[Attendee]{}, err
	}
	limit = page.Limit(limit)
	list, err := db.All(tx, func(r *db.Row) (a Attendee, err error) {
		err = r.Scan(&a.Person, &a.At, &a.Ticket, &a.Type, &a.Giver, &a.Online, &a.Actor, &a.Offline)
		return a, err
	}, `SELECT c.person, c.at, c.ticket, COALESCE(t.type, ''), COALESCE(t.giver, ''), x.id IS NULL, COALESCE(x.actor, ''), COALESCE(x.offline, FALSE)
		FROM event_attendance c LEFT JOIN event_ticket t ON t.community_id = c.community_id AND t.id = c.ticket
		LEFT JOIN event_scan x ON x.community_id = c.community_id AND x.ticket = c.ticket AND x.result = 'admitted'
		WHERE c.community_id = $1 AND c.event = $2 AND (c.at > $3 OR c.at = $3 AND c.person > $4) ORDER BY c.at, c.person LIMIT $5`, tx.Community(), event, us, person, limit+1)
	return page.Cut(list, limit, func(a Attendee) string { return page.Cursor(db.Micros(a.At), a.Person) }), err
}

func answerOf(tx *db.Tx, event string, ids []string) (Answer, bool, error) {
	args := []any{tx.Community(), event}
	return db.One(tx, func(r *db.Row) (a Answer, err error) {
		err = r.Scan(&a.Score, &a.Service, &a.Event, &a.Text)
		return a, err
	}, `SELECT score, service, praised, text FROM event_answer WHERE community_id = $1 AND event = $2 AND person IN `+db.In(&args, ids)+` LIMIT 1`, args...)
}

func insertAnswer(tx *db.Tx, event, person string, a Answer) (bool, error) {
	n, err := tx.Exec(`INSERT INTO event_answer (community_id, event, person, score, service, praised, text, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`,
		tx.Community(), event, person, a.Score, a.Service, a.Event, a.Text, tx.Now())
	return n == 1, err
}

func eraseAnswers(tx *db.Tx, person string) error {
	return tx.Put(`UPDATE event_answer SET text = '' WHERE community_id = $1 AND person = $2`, tx.Community(), person)
}

// scanGiven reads an answer with what it is told under: its writer, or its event.
func scanGiven(r *db.Row) (g Given, err error) {
	err = r.Scan(&g.Person, &g.At, &g.Score, &g.Service, &g.Event, &g.Text)
	return g, err
}

func listAnswers(tx *db.Tx, event, cursor string, limit int) (page.Page[Given], error) {
	after := ""
	if _, err := page.Parse(cursor, &after); err != nil {
		return page.Page[Given]{}, err
	}
	limit = page.Limit(limit)
	list, err := db.All(tx, scanGiven, `SELECT person, at, score, service, praised, text FROM event_answer WHERE community_id = $1 AND event = $2 AND person > $3 ORDER BY person LIMIT $4`,
		tx.Community(), event, after, limit+1)
	return page.Cut(list, limit, func(g Given) string { return page.Cursor(g.Person) }), err
}

func answersOf(tx *db.Tx, ids []string) ([]Given, error) {
	args := []any{tx.Community()}
	return db.All(tx, scanGiven, `SELECT person, at, score, service, praised, text FROM event_answer WHERE community_id = $1 AND person IN `+db.In(&args, ids)+` ORDER BY at, event`, args...)
}

func scanTally(r *db.Row) (c tally, err error) {
	err = r.Scan(&c.n, &c.promoters, &c.detractors)
	return c, err
}

// countAnswer counts one more answer of an event.
func countAnswer(tx *db.Tx, event string, promotes, detracts bool) (tally, error) {
	one := map[bool]int{true: 1}
	return scanTally(tx.QueryRow(`UPDATE event SET answers = answers + 1, promoters = promoters + $3, detractors = detractors + $4 WHERE community_id = $1 AND id = $2
		RETURNING answers, promoters, detractors`, tx.Community(), event, one[promotes], one[detracts]))
}

func answersCounted(tx *db.Tx, event string) (tally, error) {
	return scanTally(tx.QueryRow(`SELECT answers, promoters, detractors FROM event WHERE community_id = $1 AND id = $2`, tx.Community(), event))
}

// lastAsked counts the answers of the last ended events that have enough, but for one.
func lastAsked(tx *db.Tx, but string, limit int) ([]tally, error) {
	return db.All(tx, scanTally, `SELECT answers, promoters, detractors FROM event WHERE community_id = $1 AND answers >= 5 AND ends <= $2 AND id <> $3 AND state = 'planned'
		ORDER BY ends DESC, id DESC LIMIT $4`, tx.Community(), tx.Now(), but, limit)
}

func praise(tx *db.Tx, event string) (service, praised int, err error) {
	err = tx.QueryRow(`SELECT COALESCE(SUM(CASE WHEN service THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE WHEN praised THEN 1 ELSE 0 END), 0)
		FROM event_answer WHERE community_id = $1 AND event = $2`, tx.Community(), event).Scan(&service, &praised)
	return service, praised, err
}

// pastLike reads the latest events that are over by a time and like one: of its template, or of its kind if it has none.
func pastLike(tx *db.Tx, e Event, by time.Time, limit int) ([]Event, error) {
	column, value := "template", e.Template
	if value == "" {
		column, value = "kind", string(e.Kind)
	}
	return db.All(tx, scanEvent, selectEvent+` AND `+column+` = $2 AND state = 'planned' AND starts < $3 AND ends <= $3 AND id <> $4 ORDER BY starts DESC, id DESC LIMIT $5`,
		tx.Community(), value, by, e.ID, limit)
}
