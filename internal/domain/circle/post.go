package circle

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
)

// CanReadTx refuses who may not read a circle: ErrNotFound, ErrNotMember.
func (s *Service) CanReadTx(tx *db.Tx, a Actor, circle string) error {
	_, _, err := s.enterTx(tx, a, circle)
	return err
}

// enterTx reads a circle for somebody who may, with their stay if they are a member.
func (s *Service) enterTx(tx *db.Tx, a Actor, circle string) (brief, Member, error) {
	c, err := readBrief(tx, circle)
	if err != nil || a.Staff {
		return c, Member{}, err
	}
	m, err := s.MemberTx(tx, circle, a.ID)
	return c, m, err
}

// Post is PostTx in a transaction of its own; the message has its Seq.
func (s *Service) Post(ctx context.Context, community string, a Actor, circle string, d Draft) (m *Message, err error) {
	err = s.db.Do(ctx, community, func(tx *db.Tx) (err error) {
		m, err = s.PostTx(tx, a, circle, d)
		return err
	})
	return m, err
}

// PostTx says something in a circle. The message's Seq is set when the transaction is committed. The same key with the same
// content gives the first message; with other content it is ErrKeyReused. Refusals: ErrNotFound, ErrNotMember, ErrMuted,
// ErrFrozen, ErrArchived, ErrEmpty, ErrTooLong, ErrUnreadable, ErrOne, ErrLink, ErrMention, ErrReply, ErrTooFast, and those
// of the picture.
func (s *Service) PostTx(tx *db.Tx, a Actor, circle string, d Draft) (*Message, error) {
	if err := d.clean(); err != nil {
		return nil, err
	}
	c, member, err := s.enterTx(tx, a, circle)
	if err != nil {
		return nil, err
	}
	m := &Message{
		ID: tx.NewID(), Circle: circle, Kind: d.kind(), AuthorKind: AuthorMember, Author: a.ID, Text: d.Text, Link: d.Link, ReplyTo: d.ReplyTo,
		At: tx.Now(), key: d.Key, hash: d.hash(circle),
	}
	if a.Staff {
		m.AuthorKind = AuthorStaff
	} else {
		m.Author = member.Person
	}
	if d.Key != "" {
		if was, found, err := s.posted(tx, m); err != nil || found {
			return was, err
		}
	}
	if err := mayWrite(tx, a, c, member); err != nil {
		return nil, err
	}
	dd := &deed{circle: circle, post: m, day: s.day(tx), person: member.Person, stay: member.ID}
	if err := s.relate(tx, m, dd); err != nil {
		return nil, err
	}
	if d.Picture != "" {
		p, err := s.Pictures.KeepTx(tx, d.Picture)
		if err != nil {
			return nil, err
		}
		m.Picture = &p
	}
	if !a.Staff && member.wroteAt.IsZero() {
		dd.touches = append(dd.touches, touch{stay: member.ID, wrote: tx.Now()})
	}
	return s.say(tx, m, dd)
}

// posted finds the message that was posted with the same key.
func (s *Service) posted(tx *db.Tx, m *Message) (*Message, bool, error) {
	was, found, err := messageByKey(tx, m.Author, m.key)
	if err != nil || !found {
		return nil, false, err
	}
	if was.hash != m.hash {
		return nil, true, ErrKeyReused.With("key", m.key)
	}
	return &was, true, nil
}

// mayWrite refuses who may read but not write now.
func mayWrite(tx *db.Tx, a Actor, c brief, m Member) error {
	switch {
	case c.state == StateArchived:
		return ErrArchived
	case a.Staff:
		return nil
	case c.state == StateFrozen:
		return ErrFrozen
	case m.MutedUntil.After(tx.Now()):
		return ErrMuted.With("until", m.MutedUntil)
	}
	n, err := countSince(tx, c.id, m.Person, tx.Now().Add(-rateWindow), rateLimit)
	if err == nil && n >= rateLimit {
		err = ErrTooFast.With("limit", rateLimit).With("seconds", int(rateWindow.Seconds()))
	}
	return err
}

// relate looks at what a message replies to and whom it mentions. Somebody who wrote first and is answered by another
// counts as answered.
func (s *Service) relate(tx *db.Tx, m *Message, dd *deed) error {
	var answered []string
	if m.ReplyTo != "" {
		to, found, err := messageByID(tx, m.Circle, m.ReplyTo)
		if err != nil {
			return err
		}
		if !found || to.gone() {
			return ErrReply.At("/reply_to")
		}
		if to.AuthorKind != AuthorSystem && to.Author != m.Author {
			m.answersAfter = max(1, m.At.Sub(to.At))
			answered = append(answered, to.Author)
		}
	}
	for _, person := range mentionsIn(m.Text) {
		known, err := wasMember(tx, m.Circle, person)
		if err != nil {
			return err
		}
		if !known {
			return ErrMention.With("max", maxMentions).At("/text")
		}
		if person != m.Author && !slices.Contains(answered, person) {
			answered = append(answered, person)
		}
	}
	for _, person := range answered {
		other, found, err := currentMember(tx, m.Circle, person)
		if err != nil {
			return err
		}
		if found && other.answeredAt.IsZero() && !other.wroteAt.IsZero() {
			dd.touches = append(dd.touches, touch{stay: other.ID, answered: tx.Now()})
		}
	}
	return nil
}

// say writes a message that may be said.
func (s *Service) say(tx *db.Tx, m *Message, dd *deed) (*Message, error) {
	added, err := insertMessage(tx, m)
	if err != nil {
		return nil, fmt.Errorf("post in circle %s: %w", m.Circle, err)
	}
	if !added { // another transaction came between with the same key
		if m.Picture != nil {
			if err := s.Pictures.DropTx(tx, m.Picture.Hash); err != nil {
				return nil, err
			}
		}
		was, found, err := s.posted(tx, m)
		if err == nil && !found {
			err = errors.New("post: the message was neither written nor known")
		}
		return was, err
	}
	tx.Defer(flushName, dd)
	f := fact.Fact{Subject: m.Circle, Circle: m.Circle}
	switch m.AuthorKind {
	case AuthorMember:
		f.Person = m.Author
	case AuthorStaff:
		f.Actor = m.Author
	case AuthorSystem:
	}
	_, err = fact.Append(tx, MessagePosted{Message: fact.ID(m.ID), Kind: m.Kind, Reply: fact.ID(m.ReplyTo)}, f)
	return m, err
}

// SystemTx posts the program's own words, by language; a person is mentioned with Mention. ErrNotFound, ErrArchived.
func (s *Service) SystemTx(tx *db.Tx, circle string, words text.Text) (*Message, error) {
	c, err := readBrief(tx, circle)
	if err != nil {
		return nil, err
	}
	if c.state == StateArchived {
		return nil, ErrArchived
	}
	m := &Message{ID: tx.NewID(), Circle: circle, Kind: MessageSystem, AuthorKind: AuthorSystem, Words: words, At: tx.Now()}
	return s.say(tx, m, &deed{circle: circle, post: m, day: s.day(tx)})
}

// Withdraw is WithdrawTx in a transaction of its own.
func (s *Service) Withdraw(ctx context.Context, community string, a Actor, circle, message string) error {
	return s.db.Do(ctx, community, func(tx *db.Tx) error { return s.WithdrawTx(tx, a, circle, message) })
}

// WithdrawTx takes a message back: its author within two minutes (its content is gone for good), a moderator any (its
// content is kept but not shown, so that it can be judged later). One that was taken back stays so. Refusals: ErrNotFound,
// ErrNotMember, ErrNoMessage, ErrModerators, ErrTooLate.
func (s *Service) WithdrawTx(tx *db.Tx, a Actor, circle, message string) error {
	m, err := s.forChange(tx, a, circle, message)
	if err != nil || m.gone() {
		return err
	}
	own, err := s.wrote(tx, a, m)
	if err != nil {
		return err
	}
	switch {
	case !own && !a.moderates():
		return ErrModerators
	case own && !a.moderates() && tx.Now().After(m.At.Add(withdrawWithin)):
		return ErrTooLate.With("minutes", int(withdrawWithin.Minutes()))
	}
	changed, err := withdraw(tx, m.ID, a.ID, own)
	if err != nil {
		return fmt.Errorf("withdraw message %s: %w", m.ID, err)
	}
	if !changed {
		return nil
	}
	if own && m.Picture != nil {
		if err := s.Pictures.DropTx(tx, m.Picture.Hash); err != nil {
			return err
		}
	}
	f := fact.Fact{Subject: circle, Circle: circle}
	if m.AuthorKind == AuthorMember {
		f.Person = m.Author
	}
	if !own {
		f.Actor = a.ID
	}
	if _, err := fact.Append(tx, MessageWithdrawn{Message: fact.ID(m.ID)}, f); err != nil {
		return err
	}
	s.announceChange(tx, circle, m.Seq)
	return nil
}

// forChange reads a message of a circle for somebody who may read it.
func (s *Service) forChange(tx *db.Tx, a Actor, circle, message string) (Message, error) {
	if err := s.CanReadTx(tx, a, circle); err != nil {
		return Message{}, err
	}
	m, found, err := messageByID(tx, circle, message)
	if err == nil && !found {
		err = ErrNoMessage
	}
	return m, err
}

// wrote tells whether the actor is the author, also under an id they had before a merge.
func (s *Service) wrote(tx *db.Tx, a Actor, m Message) (bool, error) {
	switch {
	case m.AuthorKind == AuthorSystem:
		return false, nil
	case a.Staff || m.AuthorKind == AuthorStaff:
		return a.Staff && m.AuthorKind == AuthorStaff && a.ID == m.Author, nil
	case a.ID == m.Author:
		return true, nil
	}
	ids, err := s.People.IDs(tx, a.ID)
	return slices.Contains(ids, m.Author), err
}

// PinTx puts a message at the top of its circle, or takes it from there. Refusals: ErrNotFound, ErrNotMember, ErrModerators,
// ErrNoMessage, ErrPins.
func (s *Service) PinTx(tx *db.Tx, a Actor, circle, message string, pinned bool) error {
	if !a.moderates() {
		return ErrModerators
	}
	m, err := s.forChange(tx, a, circle, message)
	if err != nil {
		return err
	}
	if pinned && m.gone() {
		return ErrNoMessage
	}
	changed, err := pin(tx, circle, m.ID, a.ID, pinned)
	if err != nil {
		return fmt.Errorf("pin message %s: %w", m.ID, err)
	}
	if !changed {
		if m, err := s.forChange(tx, a, circle, message); err != nil || m.PinnedAt.IsZero() != pinned {
			return err
		}
		return ErrPins.With("max", maxPins)
	}
	f := fact.Fact{Subject: circle, Circle: circle, Actor: a.ID}
	if _, err := fact.Append(tx, Pinned{Message: fact.ID(m.ID), Pinned: pinned}, f); err != nil {
		return err
	}
	s.announceChange(tx, circle, m.Seq)
	return nil
}
