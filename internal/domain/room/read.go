package room

import (
	"fmt"

	"github.com/qunce/qunce/internal/platform/db"
)

// RoomTx gives an event's room; ErrUnknown if it has no script.
func (s *Service) RoomTx(tx *db.Tx, event string) (Room, error) {
	r, found, err := roomOf(tx, event, false)
	if err == nil && !found {
		err = ErrUnknown
	}
	return r, err
}

// LookTx gives the room to somebody of the audience. Refusals: ErrUnknown, and those of the event about who may come in.
func (s *Service) LookTx(tx *db.Tx, event, person string) (Room, error) {
	r, err := s.RoomTx(tx, event)
	if err != nil {
		return r, err
	}
	return r, s.events.MayEnterTx(tx, event, person)
}

// EnterTx is LookTx by who comes in: it notes that they came, if the room plays.
func (s *Service) EnterTx(tx *db.Tx, event, person string) (Room, error) {
	r, err := s.LookTx(tx, event, person)
	if err == nil && (r.State == Playing || r.State == Paused) {
		err = s.events.CameTx(tx, event, person)
	}
	return r, err
}

// ShownTx gives what the audience has from a paragraph on; after the end all of it. It is asked by who follows: from is how many they
// have.
func (s *Service) ShownTx(tx *db.Tx, r Room, from int) ([]Paragraph, error) {
	script, err := s.script(tx, r.Event, r.Version)
	if err != nil {
		return nil, err
	}
	to := r.Shown
	if r.State == Ended {
		to = len(script)
	}
	return script[min(max(from, 0), to):to], nil
}

// ScriptTx gives the whole script, for who writes or leads it; ErrUnknown if there is none.
func (s *Service) ScriptTx(tx *db.Tx, event string) ([]Paragraph, error) {
	r, err := s.RoomTx(tx, event)
	if err != nil {
		return nil, err
	}
	return s.script(tx, event, r.Version)
}

// script reads a version, once: it never changes.
func (s *Service) script(tx *db.Tx, event string, version int) ([]Paragraph, error) {
	key := fmt.Sprint(tx.Community(), " ", event, " ", version)
	if p, known := s.scripts.Load(key); known {
		return p.([]Paragraph), nil //nolint:forcetypeassert // nothing else is stored
	}
	p, err := scriptOf(tx, event, version)
	if err == nil {
		tx.AfterCommit(func() { s.scripts.Store(key, p) })
	}
	return p, err
}
