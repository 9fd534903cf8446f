package people

import (
	"context"
	"fmt"
	"time"

	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
)

// Look is one look at what is masked otherwise.
type Look struct {
	ID     string      `json:"id"`
	Person string      `json:"person"` // whose row it was: the person's own, or of one they were merged with
	Kind   access.Kind `json:"kind"`   // of who looked
	Actor  string      `json:"actor"`
	Field  FieldName   `json:"field"` // export for everything
	Reason string      `json:"reason" doc:"in the words of who looked"`
	At     time.Time   `json:"at"`
}

// Reveal gives a masked field in full — the real name, or every phone or email — and writes the look into the audit log in
// the same transaction. Whether the actor's role may look is the caller's to decide, before.
func (s *Service) Reveal(ctx context.Context, community string, by audit.Actor, person string, field FieldName, reason string) (values []string, err error) {
	err = s.db.Do(ctx, community, func(tx *db.Tx) error {
		values, err = s.RevealTx(tx, by, person, field, reason)
		return err
	})
	return values, err
}

// RevealTx is Reveal in a transaction.
func (s *Service) RevealTx(tx *db.Tx, by audit.Actor, person string, field FieldName, reason string) ([]string, error) {
	root, err := s.look(tx, by, person, field, reason)
	if err != nil {
		return nil, err
	}
	switch field {
	case FieldRealName:
		r, err := readPerson(tx, root)
		if err != nil {
			return nil, err
		}
		name, err := s.realName(tx, r)
		if err != nil || name == "" {
			return []string{}, err
		}
		return []string{name}, nil
	case FieldPhone, FieldEmail:
		return s.addresses(tx, root, Kind(field))
	}
	return nil, ErrField.With("field", string(field)).At("/field")
}

// FieldAddress is where something is sent to a person. It is kept by whoever sends things.
const FieldAddress FieldName = "address"

// LookTx writes down that somebody is shown what another part keeps of a person and masks otherwise, as RevealTx does. Whether the
// actor's role may look is the caller's to decide, before.
func (s *Service) LookTx(tx *db.Tx, by audit.Actor, person string, field FieldName, reason string) error {
	_, err := s.look(tx, by, person, field, reason)
	return err
}

// look records that someone is shown what is masked otherwise.
func (s *Service) look(tx *db.Tx, by audit.Actor, person string, field FieldName, reason string) (root string, err error) {
	if reason, err = cleanReason(reason); err != nil {
		return "", err
	}
	if root, err = Root(tx, person); err != nil {
		return "", err
	}
	if err := s.audit(tx, by, root, field); err != nil {
		return "", fmt.Errorf("audit a look at %s: %w", field, err)
	}
	err = insertLook(tx, Look{ID: tx.NewID(), Person: root, Kind: by.Kind, Actor: by.ID, Field: field, Reason: reason, At: tx.Now()})
	if err != nil {
		return "", err
	}
	_, err = fact.Append(tx, Revealed{Field: field}, fact.Fact{Person: root, Actor: by.ID})
	return root, err
}

// Looks lists who looked at what of a person is masked otherwise, the latest first.
func (s *Service) Looks(tx *db.Tx, person string) ([]Look, error) {
	group, err := Group(tx, person)
	if err != nil {
		return nil, err
	}
	return looksAt(tx, group)
}
