package touch

import (
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
)

// Echo is what comes back after a touch was sent.
type Echo string

// The echoes. A bounce ends the touch as failed.
const (
	EchoDelivered Echo = "delivered"
	EchoOpened    Echo = "opened"
	EchoClicked   Echo = "clicked"
	EchoReplied   Echo = "replied"
	EchoBounced   Echo = "bounced"
)

// echoBits are kept with a touch, so that each echo counts once.
var echoBits = map[Echo]int{EchoDelivered: 1, EchoOpened: 2, EchoClicked: 4, EchoReplied: 8}

// ReadTx records that a person saw a notice; the second time changes nothing, nor does a notice that isn't theirs.
func (s *Service) ReadTx(tx *db.Tx, person, id string) error {
	t, found, err := byID(tx, id)
	if err != nil || !found || t.Channel != InApp {
		return err
	}
	mine, err := people.Root(tx, person)
	if err != nil {
		return err
	}
	if theirs, err := people.Root(tx, t.Person); err != nil || mine != theirs {
		return err
	}
	return s.EchoTx(tx, id, EchoOpened)
}

// EchoTx records what came back for a touch that was sent; the second time changes nothing. A touch that nobody knows is
// ErrUnknown.
func (s *Service) EchoTx(tx *db.Tx, id string, e Echo) error {
	t, found, err := byID(tx, id)
	if err != nil {
		return err
	}
	if !found {
		return ErrUnknown
	}
	if e == EchoBounced {
		return s.bounced(tx, t)
	}
	first, err := markEcho(tx, t.ID, echoBits[e], e == EchoOpened)
	if err != nil || !first {
		return err
	}
	if t.Campaign != "" && !t.Trial {
		s.counts.Add(tx, []any{t.Campaign, string(e), ""}, 1)
	}
	m := t.message()
	payload := map[Echo]any{EchoDelivered: Delivered(m), EchoOpened: Opened(m), EchoClicked: Clicked(m), EchoReplied: Replied(m)}[e]
	return s.about(tx, t, payload)
}

func (s *Service) bounced(tx *db.Tx, t Touch) error {
	if t.State != Done {
		return nil
	}
	was := t
	t.State, t.Reason = Broken, Bounced
	if ok, err := end(tx, t, was); err != nil || !ok {
		return err
	}
	s.count(tx, t, was.State)
	m := t.message()
	return s.about(tx, t, Failed{m.Touch, m.Channel, m.Template, m.Campaign, t.Reason})
}

// about appends a fact about whoever stands for the touch's person now.
func (s *Service) about(tx *db.Tx, t Touch, payload any) error {
	root, err := people.Root(tx, t.Person)
	if err != nil {
		return err
	}
	_, err = fact.Append(tx, payload, fact.Fact{Person: root})
	return err
}
