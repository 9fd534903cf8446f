package event

import (
	"strings"

	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
)

const selectGuest = `SELECT id, root, person, name, role, contact, topics, state, asked_at, version, created_at FROM event_guest WHERE community_id = $1`

func scanGuest(r *db.Row) (g Guest, err error) {
	var topics db.JSON[[]string]
	err = r.Scan(&g.ID, &g.root, &g.Person, &g.Name, &g.Role, &g.contact, &topics, &g.State, &g.AskedAt, &g.Version, &g.CreatedAt)
	g.Topics, g.Reachable = topics.V, g.contact != ""
	return g, err
}

func guestBy(tx *db.Tx, id string) (Guest, bool, error) {
	return db.One(tx, scanGuest, selectGuest+` AND id = $2`, tx.Community(), id)
}

// guestsOf reads the guests that a human is by any of their ids, the eldest first.
func guestsOf(tx *db.Tx, persons []string) ([]Guest, error) {
	args := []any{tx.Community()}
	return db.All(tx, scanGuest, selectGuest+` AND person <> '' AND person IN `+db.In(&args, persons)+` ORDER BY id`, args...)
}

// guestsUnder names a guest and those it stands for.
func guestsUnder(tx *db.Tx, root string) ([]string, error) {
	return db.All(tx, db.Column[string], `SELECT id FROM event_guest WHERE community_id = $1 AND root = $2 ORDER BY id`, tx.Community(), root)
}

// guestsAfter reads on behind a guest.
func guestsAfter(tx *db.Tx, f GuestFilter, us int64, id string, limit int) ([]Guest, error) {
	args := []any{tx.Community(), f.State, us, id, limit}
	return db.All(tx, scanGuest, selectGuest+` AND state = $2 AND (asked_at > $3 OR asked_at = $3 AND id > $4) AND root = id`+holds(&args, "speaks", f.Topic)+` ORDER BY asked_at, id LIMIT $5`, args...)
}

func insertGuest(tx *db.Tx, g Guest) (bool, error) {
	n, err := tx.Exec(`INSERT INTO event_guest (community_id, id, root, person, name, role, contact, topics, speaks, state, version, created_at)
		VALUES ($1, $2, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (community_id, person) WHERE person <> '' DO NOTHING`,
		tx.Community(), g.ID, g.Person, g.Name, g.Role, g.contact, db.JSON[[]string]{V: g.Topics}, searched(g.Topics...), g.State, g.Version, g.CreatedAt)
	return n == 1, err
}

func updateGuest(tx *db.Tx, g Guest) (bool, error) {
	n, err := tx.Exec(`UPDATE event_guest SET name = $3, role = $4, contact = $5, topics = $6, speaks = $7, state = $8, version = version + 1
		WHERE community_id = $1 AND id = $2 AND version = $9 AND state <> 'erased'`,
		tx.Community(), g.ID, g.Name, g.Role, g.contact, db.JSON[[]string]{V: g.Topics}, searched(g.Topics...), g.State, g.Version)
	return n == 1, err
}

func setRoot(tx *db.Tx, guest, root string) error {
	return tx.Put(`UPDATE event_guest SET root = $3 WHERE community_id = $1 AND id = $2 AND root <> $3`, tx.Community(), guest, root)
}

// eraseGuest takes away what was written down of a guest; who they were may be written down anew.
func eraseGuest(tx *db.Tx, id string) error {
	err := tx.Put(`UPDATE event_guest SET person = '', name = '', role = '', contact = '', topics = $3, speaks = '', state = 'erased', version = version + 1 WHERE community_id = $1 AND id = $2 AND state <> 'erased'`,
		tx.Community(), id, db.JSON[[]string]{V: []string{}})
	if err != nil {
		return err
	}
	return tx.Put(`UPDATE event_guest_note SET body = '' WHERE community_id = $1 AND guest = $2`, tx.Community(), id)
}

func insertNote(tx *db.Tx, guest string, n GuestNote) error {
	return tx.Put(`INSERT INTO event_guest_note (community_id, id, guest, body, actor, at) VALUES ($1, $2, $3, $4, $5, $6)`, tx.Community(), n.ID, guest, n.Text, n.Actor, n.At)
}

// notesBefore reads on behind a note of a guest or of those it stands for.
func notesBefore(tx *db.Tx, root, before string, limit int) ([]GuestNote, error) {
	return db.All(tx, func(r *db.Row) (n GuestNote, err error) {
		err = r.Scan(&n.ID, &n.Text, &n.Actor, &n.At)
		return n, err
	}, `SELECT n.id, n.body, n.actor, n.at FROM event_guest g JOIN event_guest_note n ON n.community_id = g.community_id AND n.guest = g.id
		WHERE g.community_id = $1 AND g.root = $2 AND n.id < $3 AND n.body <> '' ORDER BY n.id DESC LIMIT $4`, tx.Community(), root, before, limit)
}

// selectAsk reads asks a under the guests g that stand for who was asked.
const selectAsk = `SELECT a.id, g.root, a.event, a.topic, a.state, a.actor, a.asked_at, a.answered_at
	FROM event_ask a JOIN event_guest g ON g.community_id = a.community_id AND g.id = a.guest WHERE a.community_id = $1`

func scanAsk(r *db.Row) (a Ask, err error) {
	err = r.Scan(&a.ID, &a.Guest, &a.Event, &a.Topic, &a.State, &a.Actor, &a.AskedAt, &a.AnsweredAt)
	return a, err
}

func askByID(tx *db.Tx, id string) (Ask, bool, error) {
	return db.One(tx, scanAsk, selectAsk+` AND a.id = $2`, tx.Community(), id)
}

func asksForEvent(tx *db.Tx, event string) ([]Ask, error) {
	return db.All(tx, scanAsk, selectAsk+` AND a.event = $2 AND a.event <> '' ORDER BY a.asked_at DESC, a.id DESC LIMIT $3`, tx.Community(), event, maxAsks)
}

// asksOf reads what guests and those they stand for were asked, the last first.
func asksOf(tx *db.Tx, roots []string) ([]Ask, error) {
	args := []any{tx.Community()}
	return db.All(tx, scanAsk, selectAsk+` AND g.root IN `+db.In(&args, roots)+` ORDER BY a.asked_at DESC, a.id DESC`, args...)
}

// putAsk writes an ask down; for an event that its guest was asked for before, only if that was declined or something was said since.
// fresh is false where nothing changed, and then a is what is there.
func putAsk(tx *db.Tx, a *Ask) (fresh bool, err error) {
	found, ok, err := db.One(tx, db.Column[string], `INSERT INTO event_ask (community_id, id, guest, event, topic, state, actor, asked_at, answered_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (community_id, event, guest) WHERE event <> ''
		DO UPDATE SET topic = CASE WHEN excluded.topic = '' THEN event_ask.topic ELSE excluded.topic END, state = excluded.state, actor = excluded.actor,
			asked_at = excluded.asked_at, answered_at = excluded.answered_at
		WHERE event_ask.state <> excluded.state AND (excluded.state <> 'asked' OR event_ask.state = 'declined') RETURNING id`,
		tx.Community(), a.ID, a.Guest, a.Event, a.Topic, a.State, a.Actor, a.AskedAt, a.AnsweredAt)
	if err != nil {
		return false, err
	}
	if !ok {
		*a, _, err = db.One(tx, scanAsk, selectAsk+` AND a.event = $2 AND a.guest = $3`, tx.Community(), a.Event, a.Guest)
		return false, err
	}
	a.ID = found
	return true, tx.Put(`UPDATE event_guest SET asked_at = $3 WHERE community_id = $1 AND id = $2 AND asked_at < $3`, tx.Community(), a.Guest, a.AskedAt)
}

func answerAsk(tx *db.Tx, id string, said AskState) (bool, error) {
	n, err := tx.Exec(`UPDATE event_ask SET state = $3, answered_at = $4 WHERE community_id = $1 AND id = $2 AND state <> $3`, tx.Community(), id, said, tx.Now())
	return n == 1, err
}

// tookPlace reads those of some events, and all of some hosts, that have begun and were not called off, the last first, with their
// hosts.
func tookPlace(tx *db.Tx, events, hosts []string) (out []Appearance, by []string, err error) {
	args, or := []any{tx.Community(), tx.Now()}, []string{}
	if len(events) > 0 {
		or = append(or, `id IN `+db.In(&args, events))
	}
	if len(hosts) > 0 {
		or = append(or, `host <> '' AND host IN `+db.In(&args, hosts))
	}
	if len(or) == 0 {
		return nil, nil, nil
	}
	err = tx.Each(func(r *db.Row) error {
		var x Appearance
		var host string
		var title db.JSON[text.Text]
		if err := r.Scan(&x.Event, &title, &x.Starts, &host, &x.tally.n, &x.tally.promoters, &x.tally.detractors); err != nil {
			return err
		}
		x.Title, x.Answers, x.NPS = title.V, x.tally.n, x.tally.nps()
		out, by = append(out, x), append(by, host)
		return nil
	}, `SELECT id, title, starts, host, answers, promoters, detractors FROM event
		WHERE community_id = $1 AND state = 'planned' AND starts <= $2 AND (`+strings.Join(or, ` OR `)+`) ORDER BY starts DESC, id DESC`, args...)
	return out, by, err
}
