package intake

import (
	"fmt"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
)

func readConfig(tx *db.Tx) (db.RawJSON, bool, error) {
	return db.One(tx, db.Column[db.RawJSON], `SELECT config FROM intake_config WHERE community_id = $1`, tx.Community())
}

func writeConfig(tx *db.Tx, c Config) error {
	return tx.Put(`INSERT INTO intake_config (community_id, config) VALUES ($1, $2) ON CONFLICT (community_id) DO UPDATE SET config = excluded.config`,
		tx.Community(), db.JSON[Config]{V: c})
}

func insertSource(tx *db.Tx, s Source) (bool, error) {
	n, err := tx.Exec(`INSERT INTO intake_source (community_id, id, name, kind, created_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
		tx.Community(), s.ID, s.Name, s.Kind, s.CreatedAt)
	return n == 1, err
}

func scanSource(r *db.Row) (s Source, err error) {
	err = r.Scan(&s.ID, &s.Name, &s.Kind, &s.CreatedAt)
	return s, err
}

const selectSource = `SELECT id, name, kind, created_at FROM intake_source WHERE community_id = $1`

func sourceByName(tx *db.Tx, name string) (Source, bool, error) {
	return db.One(tx, scanSource, selectSource+` AND name = $2`, tx.Community(), name)
}

func sourceByID(tx *db.Tx, id string) (Source, bool, error) {
	return db.One(tx, scanSource, selectSource+` AND id = $2`, tx.Community(), id)
}

const entryColumns = `id, code, title, source, placement, owner, path, opening, keyword, live_code, state, successor, created_at, page`

func scanEntry(r *db.Row) (e Entry, err error) {
	err = r.Scan(&e.ID, &e.Code, &e.Title, &e.Source, &e.Placement, &e.Owner, &e.Path, &e.Opening, &e.Keyword, &e.LiveCode, &e.State, &e.Successor, &e.CreatedAt, &e.Page)
	return e, err
}

const selectEntry = `SELECT ` + entryColumns + ` FROM intake_entry WHERE community_id = $1`

func insertEntry(tx *db.Tx, e Entry) (bool, error) {
	n, err := tx.Exec(`INSERT INTO intake_entry (community_id, `+entryColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) ON CONFLICT DO NOTHING`,
		tx.Community(), e.ID, e.Code, e.Title, e.Source, e.Placement, e.Owner, e.Path, e.Opening, e.Keyword, e.LiveCode, e.State, e.Successor, e.CreatedAt, e.Page)
	return n == 1, err
}

func updateEntry(tx *db.Tx, e Entry) error {
	return tx.Put(`UPDATE intake_entry SET title = $3, source = $4, placement = $5, owner = $6, path = $7, opening = $8, keyword = $9, live_code = $10, state = $11, successor = $12, page = $13
		WHERE community_id = $1 AND id = $2`, tx.Community(), e.ID, e.Title, e.Source, e.Placement, e.Owner, e.Path, e.Opening, e.Keyword, e.LiveCode, e.State, e.Successor, e.Page)
}

func retireEntry(tx *db.Tx, code string) error {
	return tx.Put(`UPDATE intake_entry SET state = $3 WHERE community_id = $1 AND code = $2`, tx.Community(), code, Retired)
}

func entryByID(tx *db.Tx, id string) (Entry, bool, error) {
	return db.One(tx, scanEntry, selectEntry+` AND id = $2`, tx.Community(), id)
}

func entryByCode(tx *db.Tx, code string) (Entry, bool, error) {
	return db.One(tx, scanEntry, selectEntry+` AND code = $2`, tx.Community(), code)
}

// firstEntryOf gives the oldest active entry of some paths.
func firstEntryOf(tx *db.Tx, paths []string) (Entry, bool, error) {
	args := []any{tx.Community(), Active}
	return db.One(tx, scanEntry, selectEntry+` AND state = $2 AND path IN `+db.In(&args, paths)+` ORDER BY created_at, id LIMIT 1`, args...)
}

func scanOpening(r *db.Row) (o Opening, err error) {
	err = r.Scan(&o.ID, &o.Name, &o.OpensAt, &o.Rate, &o.Reserved, &o.Retired, &o.CreatedAt)
	return o, err
}

const selectOpening = `SELECT id, name, opens_at, rate, last_number, retired, created_at FROM intake_opening WHERE community_id = $1`

func insertOpening(tx *db.Tx, o Opening) (bool, error) {
	n, err := tx.Exec(`INSERT INTO intake_opening (community_id, id, name, opens_at, rate, created_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
		tx.Community(), o.ID, o.Name, o.OpensAt, o.Rate, o.CreatedAt)
	return n == 1, err
}

func moveOpening(tx *db.Tx, id string, opensAt time.Time, rate int) (bool, error) {
	n, err := tx.Exec(`UPDATE intake_opening SET opens_at = $3, rate = $4 WHERE community_id = $1 AND id = $2`, tx.Community(), id, opensAt, rate)
	return n == 1, err
}

func setOpeningRetired(tx *db.Tx, name string, retired bool) error {
	return tx.Put(`UPDATE intake_opening SET retired = $3 WHERE community_id = $1 AND name = $2`, tx.Community(), name, retired)
}

func openingByID(tx *db.Tx, id string) (Opening, bool, error) {
	return db.One(tx, scanOpening, selectOpening+` AND id = $2`, tx.Community(), id)
}

func openingByName(tx *db.Tx, name string) (Opening, bool, error) {
	return db.One(tx, scanOpening, selectOpening+` AND name = $2`, tx.Community(), name)
}

// reserve gives the person a number, once: the row's lock orders those who come at the same moment. Retired doors give none.
func reserve(tx *db.Tx, opening, person, entry string) (r Reservation, err error) {
	r, found, err := reservationOf(tx, opening, person)
	if err != nil || found {
		return r, err
	}
	number, found, err := db.One(tx, db.Column[int], `UPDATE intake_opening SET last_number = last_number + 1 WHERE community_id = $1 AND id = $2 AND retired = FALSE RETURNING last_number`,
		tx.Community(), opening)
	if err != nil {
		return r, fmt.Errorf("take a number at opening %s: %w", opening, err)
	}
	if !found {
		return r, ErrRetired
	}
	r = Reservation{Opening: opening, Person: person, Number: number, Entry: entry, At: tx.Now()}
	n, err := tx.Exec(`INSERT INTO intake_reservation (community_id, opening, person, number, entry, at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (community_id, opening, person) DO NOTHING`,
		tx.Community(), opening, person, number, entry, r.At)
	if err != nil || n == 1 {
		return r, err
	}
	// The same person's other tap was first. Its number stands, and the one just taken goes back: under the row's lock
	// nobody has taken another since.
	if err := tx.Put(`UPDATE intake_opening SET last_number = last_number - 1 WHERE community_id = $1 AND id = $2`, tx.Community(), opening); err != nil {
		return r, err
	}
	r, _, err = reservationOf(tx, opening, person)
	return r, err
}

func reservationOf(tx *db.Tx, opening, person string) (Reservation, bool, error) {
	return db.One(tx, scanReservation, selectReservation+` AND opening = $2 AND person = $3`, tx.Community(), opening, person)
}

// adoptReservations gives a merged person's numbers to the one they went into; where both have one, the smaller stands and
// the other is given up.
func adoptReservations(tx *db.Tx, from, into string) error {
	theirs, err := db.All(tx, scanReservation, `DELETE FROM intake_reservation WHERE community_id = $1 AND person = $2 RETURNING opening, person, number, entry, at`, tx.Community(), from)
	if err != nil {
		return err
	}
	for _, r := range theirs {
		err := tx.Put(`INSERT INTO intake_reservation (community_id, opening, person, number, entry, at) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (community_id, opening, person) DO UPDATE SET number = excluded.number, entry = excluded.entry, at = excluded.at
			WHERE excluded.number < intake_reservation.number`, tx.Community(), r.Opening, into, r.Number, r.Entry, r.At)
		if err != nil {
			return err
		}
	}
	return nil
}

// turnOf gives doors with the number that a person has there, 0 for none.
func turnOf(tx *db.Tx, opening, person string) (o Opening, number int, found bool, err error) {
	o, found, err = db.One(tx, func(r *db.Row) (o Opening, err error) {
		err = r.Scan(&o.ID, &o.Name, &o.OpensAt, &o.Rate, &o.Reserved, &o.Retired, &o.CreatedAt, &number)
		return o, err
	}, `SELECT o.id, o.name, o.opens_at, o.rate, o.last_number, o.retired, o.created_at, COALESCE(r.number, 0) FROM intake_opening o
		LEFT JOIN intake_reservation r ON r.community_id = o.community_id AND r.opening = o.id AND r.person = $3
		WHERE o.community_id = $1 AND o.id = $2`, tx.Community(), opening, person)
	return o, number, found, err
}

func insertRegistration(tx *db.Tx, r Registration) error {
	return tx.Put(`INSERT INTO intake_registration (community_id, id, person, entry, phone, device, address, suspicion, reasons, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		tx.Community(), r.ID, r.Person, r.Entry, r.phone, r.device, r.address, r.Suspicion, db.JSON[[]Reason]{V: r.Reasons}, r.At)
}

const selectRegistration = `SELECT id, person, entry, phone, suspicion, reasons, at FROM intake_registration WHERE community_id = $1`

func scanRegistration(r *db.Row) (x Registration, err error) {
	var reasons db.JSON[[]Reason]
	err = r.Scan(&x.ID, &x.Person, &x.Entry, &x.phone, &x.Suspicion, &reasons, &x.At)
	x.Reasons = reasons.V
	return x, err
}

// latestRegistration gives the newest form of one human, by all the ids they have had.
func latestRegistration(tx *db.Tx, ids []string) (Registration, bool, error) {
	in, args := listOf(ids, tx.Community())
	return db.One(tx, scanRegistration, selectRegistration+` AND person IN `+in+` ORDER BY at DESC, id DESC LIMIT 1`, args...)
}

// recent counts registrations that share something since a time, and how many others than a human with these ids made them.
// It stops at limit rows.
func recent(tx *db.Tx, column, value string, since time.Time, limit int, self ...string) (forms, others int, err error) {
	if value == "" {
		return 0, 0, nil
	}
	in, args := listOf(append(self, ""), tx.Community(), value, since, limit)
	err = tx.QueryRow(`SELECT count(*), count(DISTINCT CASE WHEN person NOT IN `+in+` THEN person END)
		FROM (SELECT person FROM intake_registration WHERE community_id = $1 AND `+column+` = $2 AND `+column+` <> '' AND at > $3 LIMIT $4) x`, args...).Scan(&forms, &others)
	return forms, others, err
}

// listOf writes a list of ids for SQL, behind the arguments that there are already.
func listOf(ids []string, args ...any) (string, []any) {
	places := make([]string, 0, len(ids))
	for _, id := range ids {
		args = append(args, id)
		places = append(places, fmt.Sprintf("$%d", len(args)))
	}
	return "(" + strings.Join(places, ", ") + ")", args
}
