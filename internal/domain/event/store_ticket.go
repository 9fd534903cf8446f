package event

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/db"
)

const selectTicket = `SELECT id, event, type, person, state, price, giver, code, seat, held_until, taken_at, ended_at, admitted_at, created_at FROM event_ticket WHERE community_id = $1`

func scanTicket(r *db.Row) (t Ticket, err error) {
	err = r.Scan(&t.ID, &t.Event, &t.Type, &t.Person, &t.State, &t.Price, &t.Giver, &t.Code, &t.seat, &t.HeldUntil, &t.TakenAt, &t.EndedAt, &t.AdmittedAt, &t.CreatedAt)
	return t, err
}

// ticketBy finds a ticket by its id or code.
func ticketBy(tx *db.Tx, column, value string) (Ticket, bool, error) {
	return db.One(tx, scanTicket, selectTicket+` AND `+column+` = $2`, tx.Community(), value)
}

// liveTickets reads what the ids of a human hold or have, of one event or ("") of all.
func liveTickets(tx *db.Tx, event string, ids []string) ([]Ticket, error) {
	args := []any{tx.Community()}
	where := ` AND person IN ` + db.In(&args, ids) + ` AND state IN ('held', 'valid')`
	if event != "" {
		args = append(args, event)
		where += ` AND CAST(event AS TEXT) = $` + strconv.Itoa(len(args)) // so that SQLite begins with the person: an event has thousands
	}
	return db.All(tx, scanTicket, selectTicket+where+` ORDER BY id`, args...)
}

// hadTicket tells whether a human had a valid ticket of an event at a time.
func hadTicket(tx *db.Tx, event string, ids []string, at time.Time) (bool, error) {
	args := []any{tx.Community(), event, at}
	_, found, err := db.One(tx, db.Column[string], `SELECT id FROM event_ticket WHERE community_id = $1 AND person IN `+db.In(&args, ids)+`
		AND CAST(event AS TEXT) = $2 AND taken_at > 0 AND taken_at <= $3 AND (ended_at = 0 OR ended_at > $3) LIMIT 1`, args...) // the person's tickets are fewer
	return found, err
}

// comingWith reads the events that are not over and of which a human holds or has a ticket.
func comingWith(tx *db.Tx, ids []string, limit int) ([]Event, error) {
	args := []any{tx.Community(), tx.Now(), limit}
	return db.All(tx, scanEvent, selectEvent+` AND ends > $2 AND id IN (SELECT event FROM event_ticket WHERE community_id = $1 AND person IN `+db.In(&args, ids)+`
		AND state IN ('held', 'valid')) ORDER BY starts, id LIMIT $3`, args...)
}

// keptBy reads of which events a human has a ticket, the dearest first.
func keptBy(tx *db.Tx, ids []string, limit int) ([]Kept, error) {
	args := []any{tx.Community(), limit}
	return db.All(tx, func(r *db.Row) (k Kept, err error) {
		err = r.Scan(&k.Event, &k.Price, &k.Since)
		return k, err
	}, `SELECT event, MAX(price), MIN(taken_at) FROM event_ticket WHERE community_id = $1 AND person IN `+db.In(&args, ids)+` AND state = 'valid'
		GROUP BY event ORDER BY 2 DESC, event DESC LIMIT $2`, args...)
}

func someLiveTickets(tx *db.Tx, event string, limit int) ([]Ticket, error) {
	return db.All(tx, scanTicket, selectTicket+` AND event = $2 AND state IN ('held', 'valid') ORDER BY id LIMIT $3`, tx.Community(), event, limit)
}

// validAfter reads some valid tickets of an event in the order of their ids.
func validAfter(tx *db.Tx, event, after string, limit int) ([]Ticket, error) {
	return db.All(tx, scanTicket, selectTicket+` AND event = $2 AND id > $3 AND state = 'valid' AND state IN ('held', 'valid') ORDER BY id LIMIT $4`, tx.Community(), event, after, limit)
}

func insertTicket(tx *db.Tx, t Ticket, quotas map[string]string) error {
	err := tx.Put(`INSERT INTO event_ticket (community_id, id, event, type, person, state, price, giver, code, seat, held_until, taken_at, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		tx.Community(), t.ID, t.Event, t.Type, t.Person, t.State, t.Price, t.Giver, t.Code, t.seat, t.HeldUntil, t.TakenAt, t.CreatedAt)
	if err != nil {
		return err
	}
	return putSeats(tx, t.ID, quotas)
}

func putSeats(tx *db.Tx, ticket string, quotas map[string]string) error {
	for _, q := range slices.Sorted(maps.Keys(quotas)) {
		err := tx.Put(`INSERT INTO event_ticket_seat (community_id, ticket, quota, seat) VALUES ($1, $2, $3, $4)
			ON CONFLICT (community_id, ticket, quota) DO UPDATE SET seat = excluded.seat`, tx.Community(), ticket, q, quotas[q])
		if err != nil {
			return err
		}
	}
	return nil
}

// seatsOf gives a ticket's seats besides the one in the house, by quota.
func seatsOf(tx *db.Tx, ticket string) (map[string]string, error) {
	out := map[string]string{}
	err := tx.Each(func(r *db.Row) error {
		var quota, seat string
		err := r.Scan(&quota, &seat)
		out[quota] = seat
		return err
	}, `SELECT quota, seat FROM event_ticket_seat WHERE community_id = $1 AND ticket = $2`, tx.Community(), ticket)
	return out, err
}

// takeTicket makes a ticket valid that is held, or was.
func takeTicket(tx *db.Tx, t Ticket, quotas map[string]string) error {
	err := tx.Put(`UPDATE event_ticket SET state = 'valid', taken_at = $3, seat = $4, ended_at = 0 WHERE community_id = $1 AND id = $2 AND state IN ('held', 'dropped')`,
		tx.Community(), t.ID, t.TakenAt, t.seat)
	if err != nil {
		return err
	}
	return putSeats(tx, t.ID, quotas)
}

func endTicket(tx *db.Tx, id string, from, to TicketState) (bool, error) {
	n, err := tx.Exec(`UPDATE event_ticket SET state = $4, ended_at = $5 WHERE community_id = $1 AND id = $2 AND state = $3`, tx.Community(), id, from, to, tx.Now())
	return n == 1, err
}

// admitTicket lets a ticket in, once.
func admitTicket(tx *db.Tx, id string, at time.Time) (bool, error) {
	n, err := tx.Exec(`UPDATE event_ticket SET admitted_at = $3 WHERE community_id = $1 AND id = $2 AND state = 'valid' AND admitted_at = 0`, tx.Community(), id, at)
	return n == 1, err
}

// listTickets reads tickets of an event or of persons, the newest first.
func listTickets(tx *db.Tx, column string, values []string, state TicketState, cursor string, limit int) (page.Page[Ticket], error) {
	before := ""
	if _, err := page.Parse(cursor, &before); err != nil {
		return page.Page[Ticket]{}, err
	}
	limit = page.Limit(limit)
	args := []any{tx.Community()}
	where := ` AND ` + column + ` IN ` + db.In(&args, values)
	if before != "" {
		args = append(args, before)
		where += ` AND id < $` + strconv.Itoa(len(args))
	}
	if state != "" {
		args = append(args, state)
		where += ` AND state = $` + strconv.Itoa(len(args))
	}
	if state == Held {
		args = append(args, tx.Now())
		where += ` AND state IN ('held', 'valid') AND held_until > $` + strconv.Itoa(len(args))
	}
	args = append(args, limit+1)
	list, err := db.All(tx, scanTicket, selectTicket+where+` ORDER BY id DESC LIMIT $`+strconv.Itoa(len(args)), args...)
	for i := range list {
		list[i] = list[i].at(tx.Now())
	}
	return page.Cut(list, limit, func(t Ticket) string { return page.Cursor(t.ID) }), err
}

// heldSeats are the places of an event's tickets that are held.
func heldSeats(tx *db.Tx, event string) (map[string]bool, error) {
	out := map[string]bool{}
	seats, err := db.All(tx, db.Column[string], `SELECT seat FROM event_ticket WHERE community_id = $1 AND event = $2 AND state = 'held' AND state IN ('held', 'valid') AND held_until > $3`, tx.Community(), event, tx.Now())
	for _, id := range seats {
		out[id] = true
	}
	return out, err
}

const selectGift = `SELECT id, key, event, giver, token, state, seat, guest, ticket, given_at, ended_at FROM event_gift WHERE community_id = $1`

func scanGift(r *db.Row) (g Gift, err error) {
	err = r.Scan(&g.ID, &g.key, &g.Event, &g.Giver, &g.Token, &g.State, &g.seat, &g.Guest, &g.Ticket, &g.GivenAt, &g.EndedAt)
	return g, err
}

// giftBy finds a gift by its id, key or token.
func giftBy(tx *db.Tx, column, value string) (Gift, bool, error) {
	return db.One(tx, scanGift, selectGift+` AND `+column+` = $2`, tx.Community(), value)
}

// giftsOf reads what the ids of a human gave, for one event or ("") for all.
func giftsOf(tx *db.Tx, event string, ids []string) ([]Gift, error) {
	args := []any{tx.Community()}
	where := ` AND giver IN ` + db.In(&args, ids)
	if event != "" {
		args = append(args, event)
		where += ` AND event = $` + strconv.Itoa(len(args))
	}
	return db.All(tx, scanGift, selectGift+where+` ORDER BY id`, args...)
}

func listGifts(tx *db.Tx, event, cursor string, limit int) (page.Page[Gift], error) {
	before := "~" // after every id
	if _, err := page.Parse(cursor, &before); err != nil {
		return page.Page[Gift]{}, err
	}
	limit = page.Limit(limit)
	list, err := db.All(tx, scanGift, selectGift+` AND event = $2 AND id < $3 ORDER BY id DESC LIMIT $4`, tx.Community(), event, before, limit+1)
	return page.Cut(list, limit, func(g Gift) string { return page.Cursor(g.ID) }), err
}

func openGiftsOf(tx *db.Tx, ids []string) ([]Gift, error) {
	args := []any{tx.Community()}
	return db.All(tx, scanGift, selectGift+` AND giver IN `+db.In(&args, ids)+` AND state = 'given' ORDER BY id`, args...)
}

func someOpenGifts(tx *db.Tx, event string, limit int) ([]Gift, error) {
	return db.All(tx, scanGift, selectGift+` AND event = $2 AND state = 'given' ORDER BY id LIMIT $3`, tx.Community(), event, limit)
}

func insertGift(tx *db.Tx, g Gift) error {
	return tx.Put(`INSERT INTO event_gift (community_id, id, key, event, giver, token, state, seat, given_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		tx.Community(), g.ID, g.key, g.Event, g.Giver, g.Token, g.State, g.seat, g.GivenAt)
}

func claimGift(tx *db.Tx, id, guest, ticket string) (bool, error) {
	n, err := tx.Exec(`UPDATE event_gift SET state = 'claimed', guest = $3, ticket = $4, ended_at = $5 WHERE community_id = $1 AND id = $2 AND state = 'given'`,
		tx.Community(), id, guest, ticket, tx.Now())
	return n == 1, err
}

func returnGift(tx *db.Tx, id string) (bool, error) {
	n, err := tx.Exec(`UPDATE event_gift SET state = 'returned', ended_at = $3 WHERE community_id = $1 AND id = $2 AND state = 'given'`, tx.Community(), id, tx.Now())
	return n == 1, err
}

// tookGift tells whether a human has claimed a friend ticket for an event, kept or not.
func tookGift(tx *db.Tx, event string, ids []string) (bool, error) {
	args := []any{tx.Community(), event}
	_, found, err := db.One(tx, db.Column[string], `SELECT id FROM event_gift WHERE community_id = $1 AND event = $2 AND guest IN `+db.In(&args, ids)+` LIMIT 1`, args...)
	return found, err
}
