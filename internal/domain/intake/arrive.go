package intake

import (
	"context"
	"fmt"
	"strings"

	"github.com/qunce/qunce/internal/kit/errs"

	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/path"
)

// Visitor is who stands before an entry's page: a person who is signed in, or else an in-app account that may become one.
type Visitor struct {
	Person  string // "" for a stranger
	Account string // the id that the visitor's browser or app keeps
	Device  string // what the device is known by, "" if nothing
	Address string // network address
	Lang    string
}

// Arrive lets a visitor take the first step from an entry's page. With doors it reserves a place, whatever the hour. It gives
// the person, who is new for a stranger. Coming again changes nothing. An entry that leads to an event has no steps: it notes who came,
// and gives "" for a stranger, of whom nothing is kept before they sign up.
func (s *Service) Arrive(ctx context.Context, community, entryCode string, v Visitor, keyword string) (person string, e Entry, err error) {
	err = s.db.Do(ctx, community, func(tx *db.Tx) error {
		if e, err = s.EntryByCode(tx, entryCode); err != nil {
			return err
		}
		if keyword != "" && !strings.EqualFold(strings.TrimSpace(keyword), e.Keyword) {
			return ErrNoKeyword.With("keyword", keyword).At("/keyword")
		}
		person, err = s.arriveTx(tx, e, v)
		return err
	})
	return person, e, err
}

func (s *Service) arriveTx(tx *db.Tx, e Entry, v Visitor) (person string, err error) {
	person = v.Person
	if e.Path == "" && person == "" {
		return "", nil
	}
	if person == "" {
		seed := people.Seed{Lang: v.Lang, Source: e.Source, Entry: e.ID}
		person, _, err = s.people.FindOrCreateTx(tx, []people.Identifier{{Kind: people.App, Value: v.Account, Verified: true}}, seed)
	} else {
		person, err = s.unerased(tx, person)
	}
	if err != nil {
		return "", err
	}
	if err := s.people.SeenTx(tx, person, e.Source, e.ID); err != nil {
		return "", err
	}
	if e.Path == "" {
		return person, cameTx(tx, e, person)
	}
	// Each is told once for each time that the path may begin: a second tap says nothing new.
	last, begun, err := s.paths.Latest(tx, e.Path, person)
	if err != nil || begun && last.State == path.Running {
		return person, err
	}
	if active, err := s.paths.Active(tx, e.Path); err != nil || !active {
		return "", errs.Or(err, ErrRetired) // the playbook has no such path any more
	}
	after := ""
	if begun {
		after = last.ID
	}
	told := fact.Fact{Person: person, Entry: e.ID, Key: fmt.Sprintf("arrived %s %s %s %s", e.ID, person, after, e.Opening)}
	if _, err := fact.Append(tx, Arrived{Opening: fact.ID(e.Opening)}, told); err != nil {
		return "", err
	}
	if err := s.begin(tx, e, person, v.Account); err != nil {
		return "", err
	}
	if e.Opening == "" {
		return person, nil
	}
	r, err := reserve(tx, e.Opening, person, e.ID)
	if err != nil {
		return "", err
	}
	// With the number: a merge may have given hers to somebody else, and she has another one since it was taken back.
	told.Key = fmt.Sprintf("reserved %s %s %s %s %d", e.ID, person, after, e.Opening, r.Number)
	_, err = fact.Append(tx, Reserved{Opening: fact.ID(e.Opening), Number: r.Number}, told)
	return person, err
}

// unerased gives who a person is now; ErrErased for one of whom nothing may be kept any more.
func (s *Service) unerased(tx *db.Tx, person string) (string, error) {
	root, err := people.Root(tx, person)
	if err != nil {
		return "", err
	}
	who, err := s.people.Names(tx, []string{root})
	if err != nil || who[root].Erased {
		return "", errs.Or(err, people.ErrErased)
	}
	return root, nil
}

// Follow records that a person follows the community's account, by the id that the channel knows them by.
func (s *Service) Follow(ctx context.Context, community, person, entry, follower string) error {
	return s.db.Do(ctx, community, func(tx *db.Tx) error {
		return s.identify(tx, person, entry, people.Identifier{Kind: people.Follower, Value: follower, Verified: true}, Followed{})
	})
}

// AddContact records that a person added the contact they were given, by the id that the channel knows them by.
func (s *Service) AddContact(ctx context.Context, community, person, entry, contact, external string) error {
	return s.db.Do(ctx, community, func(tx *db.Tx) error {
		return s.identify(tx, person, entry, people.Identifier{Kind: people.Contact, Value: external, Verified: true}, ContactAdded{Contact: fact.ID(contact)})
	})
}

func (s *Service) identify(tx *db.Tx, person, entry string, id people.Identifier, payload any) error {
	out, err := s.people.IdentifyTx(tx, person, id, "")
	if err != nil {
		return err
	}
	_, err = fact.Append(tx, payload, fact.Fact{Person: out.Person, Entry: entry})
	return err
}

// OnMerge moves what a merged person has here to the one they went into. app calls it in the merge's transaction.
func (s *Service) OnMerge(tx *db.Tx, from, into string) error {
	if err := s.mergeOrigins(tx, from, into); err != nil {
		return fmt.Errorf("merge first ways in: %w", err)
	}
	return adoptReservations(tx, from, into)
}
