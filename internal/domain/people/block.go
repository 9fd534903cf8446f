package people

import (
	"context"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
)

// ErrNotBlocked refuses to unblock who isn't blocked.
var ErrNotBlocked = errs.Define(errs.Conflict, "people.not_blocked")

// maxReason is how long a reason may be, in characters.
const maxReason = 500

func cleanReason(reason string) (string, error) {
	r, ok := text.Lines(reason, maxReason)
	if !ok || r == "" {
		return "", ErrReason.With("max", maxReason).At("/reason")
	}
	return r, nil
}

// binding are the kinds of identifier by which a blocked person is recognised when they come back.
var binding = map[Kind]bool{Phone: true, Email: true, UnionID: true, OAOpenID: true, WeComExternal: true, App: true, Device: true, Address: true}

// Block keeps a person out, and whoever comes later with their identifiers or one of those given as well (a device, an
// address). Blocking again changes nothing but adds what is given.
func (s *Service) Block(ctx context.Context, community, person, reason, actor string, also ...Identifier) error {
	return s.db.Do(ctx, community, func(tx *db.Tx) error { return s.BlockTx(tx, person, reason, actor, also...) })
}

// BlockTx is Block in a transaction.
func (s *Service) BlockTx(tx *db.Tx, person, reason, actor string, also ...Identifier) error {
	reason, err := cleanReason(reason)
	if err != nil {
		return err
	}
	r, err := lockRoot(tx, person)
	if err != nil {
		return err
	}
	ids, err := s.heldBy(tx, r.id)
	if err != nil {
		return err
	}
	for _, h := range ids {
		// What somebody only claimed may be another's.
		if binding[h.Kind] && h.Verified {
			if err := insertBlocked(tx, h.Kind, h.key, r.id, reason, actor); err != nil {
				return err
			}
		}
	}
	for _, id := range also {
		m, err := s.mark(tx.Community(), id)
		if err != nil {
			return err
		}
		if err := insertBlocked(tx, m.Kind, m.key, r.id, reason, actor); err != nil {
			return err
		}
	}
	if !r.blockedAt.IsZero() {
		return nil
	}
	return s.block(tx, r, reason, "", actor)
}

// block marks a locked row and saves it.
func (s *Service) block(tx *db.Tx, r *record, reason string, by Kind, actor string) error {
	r.blockedAt, r.blockedReason = tx.Now(), reason
	if _, err := fact.Append(tx, Blocked{By: by}, fact.Fact{Person: r.id, Actor: actor}); err != nil {
		return err
	}
	if err := save(tx, r); err != nil {
		return err
	}
	for _, fn := range s.onBlock {
		if err := fn(tx, r.id, actor); err != nil {
			return err
		}
	}
	return nil
}

// BlockIdentifierTx keeps out whoever has the identifier now or comes with it later.
func (s *Service) BlockIdentifierTx(tx *db.Tx, id Identifier, reason, actor string) error {
	reason, err := cleanReason(reason)
	if err != nil {
		return err
	}
	m, err := s.mark(tx.Community(), id)
	if err != nil {
		return err
	}
	if err := insertBlocked(tx, m.Kind, m.key, "", reason, actor); err != nil {
		return err
	}
	o, found, err := ownerOf(tx, m)
	if err != nil || !found {
		return err
	}
	r, err := lockRoot(tx, o.person)
	if err != nil || !r.blockedAt.IsZero() {
		return err
	}
	return s.block(tx, r, reason, m.Kind, actor)
}

// UnblockIdentifierTx takes an identifier off the list; who was blocked by it stays so until unblocked.
func (s *Service) UnblockIdentifierTx(tx *db.Tx, id Identifier) error {
	m, err := s.mark(tx.Community(), id)
	if err != nil {
		return err
	}
	found, err := deleteBlockedMark(tx, m.Kind, m.key)
	if err == nil && !found {
		return ErrNotBlocked
	}
	return err
}

// blockIfListed marks a row (to be saved by the caller) whose new identifier is on the list.
func blockIfListed(tx *db.Tx, r *record, m mark) (blocked bool, err error) {
	if !r.blockedAt.IsZero() {
		return false, nil
	}
	reason, listed, err := blockedReason(tx, m.Kind, m.key)
	if err != nil || !listed {
		return false, err
	}
	r.blockedAt, r.blockedReason = tx.Now(), reason
	_, err = fact.Append(tx, Blocked{By: m.Kind}, fact.Fact{Person: r.id})
	return true, err
}

// Unblock lets a person in again, and takes off the list what they are known by.
func (s *Service) Unblock(ctx context.Context, community, person, actor string) error {
	return s.db.Do(ctx, community, func(tx *db.Tx) error { return s.UnblockTx(tx, person, actor) })
}

// UnblockTx is Unblock in a transaction.
func (s *Service) UnblockTx(tx *db.Tx, person, actor string) error {
	r, err := lockRoot(tx, person)
	if err != nil {
		return err
	}
	blocked, err := groupBlocked(tx, r.id)
	if err != nil {
		return err
	}
	if !blocked {
		return ErrNotBlocked
	}
	group, err := groupOf(tx, r.id)
	if err != nil {
		return err
	}
	if err := deleteBlocked(tx, group); err != nil {
		return err
	}
	r.blockedAt, r.blockedReason = db.FromMicros(0), ""
	if _, err := fact.Append(tx, Unblocked{}, fact.Fact{Person: r.id, Actor: actor}); err != nil {
		return err
	}
	return save(tx, r)
}

// KeptOut is IsBlocked for who is about to get in: a block at the same moment either is seen, or waits until the transaction is
// through and then finds what it did.
func (s *Service) KeptOut(tx *db.Tx, person string) (bool, error) {
	tx.Soon(func() {
		_, _ = Group(tx, person)
		_, _ = groupBlocked(tx, person)
	})
	if _, err := lockRoot(tx, person); err != nil {
		return false, err
	}
	return s.IsBlocked(tx, person)
}

// IsBlocked tells whether a person must not get a seat: they are blocked, or something they are known by is, or one of what
// they come with this time (a device, an address). person may be empty for someone not known yet.
func (s *Service) IsBlocked(tx *db.Tx, person string, comingWith ...Identifier) (bool, error) {
	for _, id := range comingWith {
		m, err := s.mark(tx.Community(), id)
		if err != nil {
			return false, err
		}
		if _, listed, err := blockedReason(tx, m.Kind, m.key); err != nil || listed {
			return listed, err
		}
	}
	if person == "" {
		return false, nil
	}
	if _, err := Group(tx, person); err != nil {
		return false, err
	}
	return groupBlocked(tx, person)
}
