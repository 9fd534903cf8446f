package intake

import (
	"context"

	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/platform/db"
)

// nickname is all that signing up asks besides the phone and what the playbook wants agreed to.
const nickname = "nickname"

// SignUp makes a stranger known who comes by none of the ways in: a guest with a friend's ticket, somebody who buys one. It asks
// for a phone with its code, a nickname if they like, and every consent that the playbook requires. The limits and the suspicion
// are those of Submit. Who is known by the phone already is that person; the same form sent twice is taken once. A refusal
// changes nothing but the count of wrong codes.
func (s *Service) SignUp(ctx context.Context, community string, v Visitor, f Form) (r Registration, err error) {
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
		r, refusal, err = s.registerTx(tx, v.Person, Entry{}, v, f, fields)
		return err
	})
	if err == nil {
		err = refusal
	}
	return r, err
}

// visitorTx is who is behind a visitor's browser; "" for somebody new.
func (s *Service) visitorTx(tx *db.Tx, v Visitor) (person string, err error) {
	if v.Account == "" {
		return "", nil
	}
	person, found, err := s.people.Owner(tx, people.Identifier{Kind: people.App, Value: v.Account})
	if err != nil || !found {
		return "", err
	}
	return person, nil
}
