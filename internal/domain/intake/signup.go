package intake

import (
	"context"
	"errors"

	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/platform/db"
)

// nickname is all that signing up asks besides the phone and what the playbook wants agreed to.
const nickname = "nickname"

// SignUp makes a stranger known who comes by none of the ways in: a guest with a friend's ticket, somebody who buys one. It asks
// for a phone with its code, a nickname if they like, and every consent that the playbook requires. The limits and the suspicion
// are those of Submit. Who is known by the phone already is that person; the same form sent twice is taken once. A refusal
// changes nothing but the count of wrong codes. entry is the code of the one that leads to an event on whose page they stand: it is
// their way in. "" is none, and so is one that takes nobody in any more or leads into a path.
func (s *Service) SignUp(ctx context.Context, community, entry string, v Visitor, f Form) (r Registration, err error) {
	var fields map[people.FieldName]any
	err = s.db.Read(ctx, community, func(tx *db.Tx) error {
		config, err := s.ConfigTx(tx)
		if err != nil {
			return err
		}
		fields, err = Config{Form: []Field{{Name: nickname, Type: TextField}}, Consents: config.Consents}.check(f)
		return err
	})
	if err != nil {
		return r, err
	}
	var refusal error
	err = s.db.Do(ctx, community, func(tx *db.Tx) (err error) {
		e, err := s.toEvent(tx, entry)
		if err != nil {
			return err
		}
		r, refusal, err = s.registerTx(tx, v.Person, e, v, f, fields)
		return err
	})
	if err == nil {
		err = refusal
	}
	return r, err
}

// toEvent gives the entry of a code, if it leads to an event, or else none.
func (s *Service) toEvent(tx *db.Tx, code string) (Entry, error) {
	if code == "" {
		return Entry{}, nil
	}
	e, err := s.EntryByCode(tx, code)
	if errors.Is(err, ErrUnknownEntry) || errors.Is(err, ErrRetired) || err == nil && e.Path != "" {
		return Entry{}, nil
	}
	return e, err
}

// behind is who a visitor's browser is known to be; "" for somebody new.
func (s *Service) behind(tx *db.Tx, v Visitor) (person string, err error) {
	if v.Account == "" {
		return "", nil
	}
	person, _, err = s.people.Owner(tx, people.Identifier{Kind: people.App, Value: v.Account})
	return person, err
}

// strangerTx is who signs up with a phone whose code was right: its owner, else who the browser is known to be, else somebody
// new. A browser that two share makes no one human of them.
func (s *Service) strangerTx(tx *db.Tx, v Visitor, e Entry, phone string) (person string, err error) {
	known := people.Identifier{Kind: people.Phone, Value: phone, Verified: true}
	browser, err := s.behind(tx, v)
	if err != nil {
		return "", err
	}
	if browser != "" {
		owner, found, err := s.people.Owner(tx, known)
		if err != nil || found {
			return owner, err
		}
		return browser, nil
	}
	ids := []people.Identifier{known}
	if v.Account != "" {
		ids = append(ids, people.Identifier{Kind: people.App, Value: v.Account, Verified: true})
	}
	person, _, err = s.people.FindOrCreateTx(tx, ids, people.Seed{Lang: v.Lang, Source: e.Source, Entry: e.ID})
	return person, err
}
