package event

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
)

// Scan is a ticket's code as it was read at a door.
type Scan struct {
	Event   string
	Code    string
	Nonce   string    // made by the phone for each scan: sent again it is the same one; required
	At      time.Time // when it was scanned; now if not given, and never later
	Actor   string    // who of the staff
	Offline bool      // the phone had no network and has let them in or not by itself; this is sent later
}

// Result is what a scan was answered.
type Result string

// The results.
const (
	Admit      Result = "admitted"
	Double     Result = "double"      // an offline scan of a ticket that has let in already: two may be inside
	Already    Result = "already"     // it has let in before, and doesn't again
	NotValid   Result = "not_valid"   // it was given back, or not paid for
	WrongEvent Result = "wrong_event" // it is for another event
	NoTicket   Result = "unknown"
	CalledOff  Result = "cancelled" // the event
)

// Admission answers a scan.
type Admission struct {
	ID         string    `json:"id"`
	Result     Result    `json:"result"`
	Ticket     string    `json:"ticket,omitempty"`
	Type       string    `json:"type,omitempty"`
	Event      string    `json:"event,omitempty" doc:"of the ticket"`
	Person     string    `json:"person,omitempty"`
	At         time.Time `json:"at" doc:"when it was scanned"`
	FirstAt    time.Time `json:"first_at,omitzero" doc:"when the ticket first let in"`
	RecordedAt time.Time `json:"recorded_at"`
	Offline    bool      `json:"offline"`
	Actor      string    `json:"actor,omitempty"`

	hash, nonce, door string
}

// Refusals about check-in and answers.
var (
	ErrNonce       = errs.Define(errs.Invalid, "event.nonce") // "max"
	ErrNonceReused = errs.Define(errs.Conflict, "event.nonce_reused")
	ErrNoTicket    = errs.Define(errs.Forbidden, "event.no_ticket") // only who has a valid ticket comes in
)

const maxNonce = 100

func (x Scan) hash() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %d %t", x.Event, x.Code, db.Micros(x.At), x.Offline))
	return hex.EncodeToString(sum[:16])
}

// Scan is ScanTx in a transaction of its own.
func (s *Service) Scan(ctx context.Context, community string, x Scan) (a Admission, err error) {
	err = s.db.Do(ctx, community, func(tx *db.Tx) (err error) {
		a, err = s.ScanTx(tx, x)
		return err
	})
	return a, err
}

// ScanTx checks a ticket in. Whatever its result it is on record, once a nonce: the same scan sent again has the same answer. Of the
// scans of a ticket one admits; an offline one after it is Double, which DoubleEntriesTx lists, an online one Already. Refusals:
// ErrUnknown for an event, ErrNonce, ErrNonceReused.
func (s *Service) ScanTx(tx *db.Tx, x Scan) (Admission, error) {
	if x.Nonce == "" || len(x.Nonce) > maxNonce {
		return Admission{}, ErrNonce.With("max", maxNonce).At("/nonce")
	}
	if was, found, err := s.scanned(tx, x); found || err != nil {
		return was, err
	}
	e, err := s.GetTx(tx, x.Event)
	if err != nil {
		return Admission{}, err
	}
	a := Admission{
		ID: tx.NewID(), At: micro(x.At), RecordedAt: tx.Now(), Offline: x.Offline, Actor: x.Actor, hash: x.hash(), nonce: x.Nonce, door: e.ID,
	}
	if a.At.IsZero() || a.At.After(tx.Now()) { // a phone's clock may be ahead
		a.At = tx.Now()
	}
	t, found, err := ticketBy(tx, "code", x.Code)
	if err != nil {
		return a, err
	}
	if found {
		a.Ticket, a.Type, a.Event, a.Person = t.ID, t.Type, t.Event, t.Person
	}
	switch {
	case !found:
		a.Result = NoTicket
	case t.Event != e.ID:
		a.Result = WrongEvent
	case e.State == StateCancelled:
		a.Result = CalledOff
	default:
		if err := s.admit(tx, &a); err != nil {
			return a, err
		}
	}
	ok, err := insertScan(tx, a)
	if err != nil || ok {
		return a, err
	}
	// Another transaction has recorded the nonce meanwhile. When this one has let somebody in, that was another scan.
	was, known, err := s.scanned(tx, x)
	if err == nil && (!known || a.Result == Admit || a.Result == Double) {
		err = ErrNonceReused.At("/nonce")
	}
	return was, err
}

// scanned is the answer that a nonce has.
func (s *Service) scanned(tx *db.Tx, x Scan) (Admission, bool, error) {
	was, found, err := scanBy(tx, x.Nonce)
	if err == nil && found && was.hash != x.hash() {
		err = ErrNonceReused.At("/nonce")
	}
	return was, found, err
}

// admit lets a ticket in, if it is valid and has not yet.
func (s *Service) admit(tx *db.Tx, a *Admission) error {
	ok, err := admitTicket(tx, a.Ticket, a.At)
	if err != nil {
		return err
	}
	t, err := s.TicketTx(tx, a.Ticket)
	if err != nil {
		return err
	}
	a.FirstAt = t.AdmittedAt
	switch {
	case ok:
		a.Result = Admit
	case t.State != Valid:
		a.Result = NotValid
		return nil
	case a.Offline:
		a.Result = Double
	default:
		a.Result = Already
		return nil
	}
	f := fact.Fact{Person: t.Person, Subject: t.Event, Actor: a.Actor, At: a.At}
	if _, err := fact.Append(tx, Admitted{Ticket: fact.ID(t.ID), Event: fact.ID(t.Event), Scan: fact.ID(a.ID), Offline: a.Offline, Double: !ok}, f); err != nil {
		return err
	}
	return s.attend(tx, t, a.At, false)
}

// attend writes down that a ticket's holder came, once a person and event.
func (s *Service) attend(tx *db.Tx, t Ticket, at time.Time, online bool) error {
	w, err := s.who(tx, t.Person)
	if err != nil {
		return err
	}
	came, _, err := cameAndAnswered(tx, t.Event, w.ids)
	if err != nil || came {
		return err
	}
	before, err := cameToAny(tx, w.ids)
	if err != nil {
		return err
	}
	ok, err := insertAttendance(tx, w.root(), t.Event, t.ID, at)
	if err != nil || !ok {
		return err
	}
	_, err = fact.Append(tx, Attended{Ticket: fact.ID(t.ID), Event: fact.ID(t.Event), Giver: fact.ID(t.Giver), Online: online, First: !before},
		fact.Fact{Person: w.root(), Subject: t.Event, At: at})
	return err
}

// AttendTx notes that a person with a valid ticket came to an online event; once more changes nothing. Refusals: ErrUnknown,
// ErrCancelled, ErrNoTicket.
func (s *Service) AttendTx(tx *db.Tx, event, person string) error {
	w, err := s.who(tx, person)
	if err != nil {
		return err
	}
	e, err := s.GetTx(tx, event)
	if err != nil {
		return err
	}
	if e.State == StateCancelled {
		return ErrCancelled
	}
	t, _, err := s.ticketOf(tx, e, w)
	if err != nil {
		return err
	}
	if t.State != Valid {
		return ErrNoTicket
	}
	return s.attend(tx, t, tx.Now(), true)
}

// DoubleEntriesTx lists the offline scans that let in with a ticket that had let in already, the newest first.
func (s *Service) DoubleEntriesTx(tx *db.Tx, event, cursor string, limit int) (page.Page[Admission], error) {
	return listScans(tx, event, true, cursor, limit)
}

// ScansTx lists the scans at an event's doors, the newest first.
func (s *Service) ScansTx(tx *db.Tx, event, cursor string, limit int) (page.Page[Admission], error) {
	return listScans(tx, event, false, cursor, limit)
}
