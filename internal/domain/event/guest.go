package event

import (
	"fmt"
	"slices"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
)

// GuestState is whether a guest may be asked.
type GuestState string

// The states of a guest.
const (
	GuestActive  GuestState = "active"
	GuestRetired GuestState = "retired" // not asked any more
	GuestErased  GuestState = "erased"  // forgotten
)

// Guest is somebody who may appear at events: a person, or somebody from outside.
type Guest struct {
	ID        string     `json:"id"`
	Person    string     `json:"person,omitempty" doc:"who they are, unless they come from outside"`
	Name      string     `json:"name"`
	Role      string     `json:"role,omitempty" doc:"what they are known for"`
	Reachable bool       `json:"reachable" doc:"a contact is written down"`
	Topics    []string   `json:"topics" doc:"what they can speak about"`
	State     GuestState `json:"state"`
	AskedAt   time.Time  `json:"asked_at,omitzero" doc:"last"`
	Version   int64      `json:"version"`
	CreatedAt time.Time  `json:"created_at"`

	root, contact string
}

// GuestDraft is what is written down of a guest.
type GuestDraft struct {
	Person  string   `json:"person,omitempty" doc:"who they are, unless they come from outside"`
	Name    string   `json:"name"`
	Role    string   `json:"role,omitempty" doc:"what they are known for"`
	Contact string   `json:"contact,omitempty" doc:"how they are reached; stored encrypted"`
	Topics  []string `json:"topics,omitempty" doc:"what they can speak about"`
}

// GuestFilter narrows a list of guests.
type GuestFilter struct {
	State GuestState
	Topic string // words, each of which is in something that they can speak about
}

// GuestEdit changes what is given of a guest.
type GuestEdit struct {
	Name    *string   `json:"name,omitempty"`
	Role    *string   `json:"role,omitempty"`
	Contact *string   `json:"contact,omitempty" doc:"empty takes it away"`
	Topics  *[]string `json:"topics,omitempty"`
	Retired *bool     `json:"retired,omitempty" doc:"they are not asked any more, or again"`
}

// GuestNote is what came out of talking to a guest.
type GuestNote struct {
	ID    string    `json:"id"`
	Text  string    `json:"text"`
	Actor string    `json:"actor"`
	At    time.Time `json:"at"`
}

// Refusals about guests.
var (
	ErrGuest       = errs.Define(errs.NotFound, "event.guest")
	ErrGuestName   = errs.Define(errs.Invalid, "event.guest_name")     // "max"
	ErrGuestTopics = errs.Define(errs.Invalid, "event.guest_topics")   // "max": too many, or one of them too long
	ErrGuestTwice  = errs.Define(errs.Conflict, "event.guest_twice")   // the person is a guest already
	ErrGuestGone   = errs.Define(errs.Gone, "event.guest_gone")        // retired or erased
	ErrGuestStale  = errs.Define(errs.Conflict, "event.guest_stale")   // changed meanwhile
	ErrGuestNote   = errs.Define(errs.Invalid, "event.guest_note")     // "max"
	ErrAsk         = errs.Define(errs.NotFound, "event.ask")           // nobody was asked that
	ErrAskAnswer   = errs.Define(errs.Invalid, "event.ask_answer")     // neither agreed nor declined
	ErrUnreachable = errs.Define(errs.NotFound, "event.guest_contact") // none is written down
)

// Limits of what is written down of guests.
const (
	maxGuestName   = 60
	maxGuestTopics = 20
	maxGuestTopic  = 60
	maxGuestNote   = 5000
)

// contactPurpose binds what is encrypted to what it is for.
const contactPurpose = "guest"

// clean holds what is written down of a guest to its limits.
func (d *GuestDraft) clean() error {
	var p problems
	line := func(s *string, limit int, must bool, e *errs.Error, at string) {
		clean, ok := text.Line(*s, limit)
		p.Refuse(!ok || must && clean == "", e.With("max", limit), at)
		*s = clean
	}
	line(&d.Name, maxGuestName, true, ErrGuestName, "/name")
	line(&d.Role, maxField, false, ErrText, "/role")
	line(&d.Contact, maxField, false, ErrText, "/contact")
	topics := []string{}
	for i := range d.Topics {
		topic := d.Topics[i]
		line(&topic, maxGuestTopic, false, ErrGuestTopics, fmt.Sprintf("/topics/%d", i))
		if topic != "" && !slices.Contains(topics, topic) {
			topics = append(topics, topic)
		}
	}
	p.Refuse(len(topics) > maxGuestTopics, ErrGuestTopics.With("max", maxGuestTopics), "/topics")
	d.Topics = topics
	return p.Err()
}

// seal encrypts a contact.
func (s *Service) seal(tx *db.Tx, contact string) string {
	if contact == "" {
		return ""
	}
	return s.secrets.Encrypt(tx.Community(), contactPurpose, contact)
}

// AddGuestTx writes somebody down who may be asked. Refusals: ErrGuestName, ErrText, ErrGuestTopics, ErrGuestTwice for a person who
// is a guest already, and those of the person.
func (s *Service) AddGuestTx(tx *db.Tx, d GuestDraft, actor string) (g Guest, err error) {
	if err := d.clean(); err != nil {
		return g, err
	}
	if d.Person != "" {
		w, err := s.who(tx, d.Person)
		if err != nil {
			return g, errs.PointTo(err, "/person")
		}
		d.Person = w.root()
		if is, err := guestsOf(tx, w.ids); err != nil || len(is) > 0 {
			return g, errs.Or(err, ErrGuestTwice.At("/person"))
		}
	}
	g = Guest{
		ID: tx.NewID(), Person: d.Person, Name: d.Name, Role: d.Role, Topics: d.Topics, State: GuestActive, Version: 1, CreatedAt: tx.Now(),
		contact: s.seal(tx, d.Contact), Reachable: d.Contact != "",
	}
	g.root = g.ID
	added, err := insertGuest(tx, g)
	if err != nil {
		return g, fmt.Errorf("write a guest down: %w", err)
	}
	if !added {
		return g, ErrGuestTwice.At("/person")
	}
	_, err = fact.Append(tx, GuestAdded{}, fact.Fact{Person: g.Person, Subject: g.ID, Actor: actor})
	return g, err
}

// EditGuestTx changes what is written down of a guest, as version was read; 0 takes any. Refusals: those of AddGuestTx, ErrGuest,
// ErrGuestGone for one that was erased, ErrGuestStale.
func (s *Service) EditGuestTx(tx *db.Tx, id string, version int64, x GuestEdit, actor string) (g Guest, err error) {
	if g, err = s.GuestTx(tx, id); err != nil {
		return g, err
	}
	switch {
	case g.State == GuestErased:
		return g, ErrGuestGone
	case version != 0 && version != g.Version:
		return g, ErrGuestStale
	}
	d := GuestDraft{Name: g.Name, Role: g.Role, Topics: g.Topics}
	for _, f := range []struct{ to, from *string }{{&d.Name, x.Name}, {&d.Role, x.Role}, {&d.Contact, x.Contact}} {
		if f.from != nil {
			*f.to = *f.from
		}
	}
	if x.Topics != nil {
		d.Topics = *x.Topics
	}
	if err := d.clean(); err != nil {
		return g, err
	}
	was := g.State
	g.Name, g.Role, g.Topics = d.Name, d.Role, d.Topics
	if x.Contact != nil {
		g.contact, g.Reachable = s.seal(tx, d.Contact), d.Contact != ""
	}
	if x.Retired != nil {
		g.State = map[bool]GuestState{true: GuestRetired, false: GuestActive}[*x.Retired]
	}
	changed, err := updateGuest(tx, g)
	if err != nil || !changed {
		return g, errs.Or(err, ErrGuestStale)
	}
	g.Version++
	if g.State == GuestRetired && was != g.State {
		_, err = fact.Append(tx, GuestLeft{}, fact.Fact{Person: g.Person, Subject: g.ID, Actor: actor})
	}
	return g, err
}

// ForgetGuestTx takes away all that was written down of a guest; where they appeared stays, with nobody's name. Again changes
// nothing.
func (s *Service) ForgetGuestTx(tx *db.Tx, id, actor string) error {
	g, err := s.GuestTx(tx, id)
	if err != nil || g.State == GuestErased {
		return err
	}
	all, err := guestsUnder(tx, g.ID)
	if err != nil {
		return err
	}
	for _, x := range all {
		if err := eraseGuest(tx, x); err != nil {
			return fmt.Errorf("forget guest %s: %w", x, err)
		}
	}
	_, err = fact.Append(tx, GuestLeft{}, fact.Fact{Person: g.Person, Subject: g.ID, Actor: actor})
	return err
}

// GuestTx gives a guest, or the one that stands for it since their persons were merged. ErrGuest if there is none.
func (s *Service) GuestTx(tx *db.Tx, id string) (Guest, error) {
	g, found, err := guestBy(tx, id)
	if err == nil && !found {
		err = ErrGuest
	}
	if err != nil || g.root == g.ID {
		return g, err
	}
	return s.GuestTx(tx, g.root)
}

// ContactTx tells how a guest is reached; ErrUnreachable if that isn't written down.
func (s *Service) ContactTx(tx *db.Tx, id string) (string, error) {
	g, err := s.GuestTx(tx, id)
	if err != nil || g.contact == "" {
		return "", errs.Or(err, ErrUnreachable)
	}
	contact, err := s.secrets.Decrypt(tx.Community(), contactPurpose, g.contact)
	if err != nil {
		return "", fmt.Errorf("read the contact of guest %s: %w", id, err)
	}
	return contact, nil
}

// GuestsTx lists guests, who was asked longest ago first, those who never were before them.
func (s *Service) GuestsTx(tx *db.Tx, f GuestFilter, cursor string, limit int) (page.Page[Guest], error) {
	var us int64
	var id string
	if _, err := page.Parse(cursor, &us, &id); err != nil {
		return page.Page[Guest]{}, err
	}
	limit = page.Limit(limit)
	list, err := guestsAfter(tx, f, us, id, limit+1)
	return page.Cut(list, limit, func(g Guest) string { return page.Cursor(db.Micros(g.AskedAt), g.ID) }), err
}

// NoteGuestTx writes down what came out of talking to a guest. Refusals: ErrGuest, ErrGuestGone, ErrGuestNote.
func (s *Service) NoteGuestTx(tx *db.Tx, id, body, actor string) (n GuestNote, err error) {
	clean, ok := text.Lines(body, maxGuestNote)
	if !ok || clean == "" {
		return n, ErrGuestNote.With("max", maxGuestNote).At("/text")
	}
	g, err := s.GuestTx(tx, id)
	if err != nil || g.State == GuestErased {
		return n, errs.Or(err, ErrGuestGone)
	}
	n = GuestNote{ID: tx.NewID(), Text: clean, Actor: actor, At: tx.Now()}
	return n, insertNote(tx, g.ID, n)
}

// NotesTx lists what was written down of talks with a guest, the newest first.
func (s *Service) NotesTx(tx *db.Tx, id, cursor string, limit int) (page.Page[GuestNote], error) {
	before := "~" // after every id
	if _, err := page.Parse(cursor, &before); err != nil {
		return page.Page[GuestNote]{}, err
	}
	g, err := s.GuestTx(tx, id)
	if err != nil {
		return page.Page[GuestNote]{}, err
	}
	limit = page.Limit(limit)
	list, err := notesBefore(tx, g.ID, before, limit+1)
	return page.Cut(list, limit, func(n GuestNote) string { return page.Cursor(n.ID) }), err
}

// followGuests lets one guest stand for all whose persons are one human now, and each for itself that is another's.
func (s *Service) followGuests(tx *db.Tx, w who) error {
	all, err := guestsOf(tx, w.ids)
	if err != nil {
		return err
	}
	for _, g := range all {
		if err := setRoot(tx, g.ID, all[0].ID); err != nil {
			return fmt.Errorf("follow guest %s: %w", g.ID, err)
		}
	}
	return nil
}
