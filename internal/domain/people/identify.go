package people

import (
	"context"
	"errors"
	"slices"

	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
)

// Outcome is what became of an identifier.
type Outcome struct {
	Person   string `json:"person"`             // who stands for the person now
	Merged   string `json:"merged,omitempty"`   // who went into them
	Proposed string `json:"proposed,omitempty"` // who may be the same human
	Added    bool   `json:"added"`              // nobody had it
}

// FindOrCreate gives the person who has one of the identifiers, or makes one. See FindOrCreateTx.
func (s *Service) FindOrCreate(ctx context.Context, community string, ids []Identifier, seed Seed) (person string, created bool, err error) {
	err = s.db.Do(ctx, community, func(tx *db.Tx) error {
		person, created, err = s.FindOrCreateTx(tx, ids, seed)
		return err
	})
	return person, created, err
}

// FindOrCreateTx finds by the verified identifiers, and only where none is given by the others: what someone merely says of
// themselves must not open another's account. The rest of the identifiers become the person's as by Identify.
func (s *Service) FindOrCreateTx(tx *db.Tx, ids []Identifier, seed Seed) (person string, created bool, err error) {
	if len(ids) == 0 {
		return "", false, ErrNothingToGoBy
	}
	marks := make([]mark, 0, len(ids))
	for _, id := range ids {
		m, err := s.attachable(tx.Community(), id)
		if err != nil {
			return "", false, err
		}
		marks = append(marks, m)
	}
	slices.SortStableFunc(marks, func(a, b mark) int { return order(a.Verified) - order(b.Verified) })
	settled := ""
	for _, m := range marks {
		if m.Verified != marks[0].Verified {
			break
		}
		o, found, err := ownerOf(tx, m)
		if err != nil {
			return "", false, err
		}
		if found {
			if o.verified || !m.Verified {
				settled = m.key
			}
			person = o.person
			break
		}
	}
	if person == "" {
		if person, created, err = s.create(tx, marks[0], seed); err != nil {
			return "", false, err
		}
		if created {
			settled = marks[0].key
		}
	}
	if person, err = s.identifyAll(tx, person, marks, settled, seed.Actor); err != nil || created {
		return person, created, err
	}
	return person, false, updateSeen(tx, person, seed.Source, seed.Entry)
}

// identifyAll gives a person all identifiers but the one that is theirs already, and tells who stands for them afterwards.
func (s *Service) identifyAll(tx *db.Tx, person string, marks []mark, settled, actor string) (string, error) {
	for _, m := range marks {
		if m.key == settled {
			continue
		}
		out, err := s.identify(tx, person, m, actor)
		if err != nil {
			return "", err
		}
		person = out.Person
	}
	return Root(tx, person)
}

func order(verified bool) int {
	if verified {
		return 0
	}
	return 1
}

// CreateTx makes a person who has no identifier yet.
func (s *Service) CreateTx(tx *db.Tx, seed Seed) (string, error) {
	r, err := s.seeded(tx, seed)
	if err != nil {
		return "", err
	}
	return r.id, s.insert(tx, r, seed)
}

// create takes the identifier for a new person, or gives who took it meanwhile. The identifier's row comes first: its key
// decides a race, and the loser has written nothing else.
func (s *Service) create(tx *db.Tx, m mark, seed Seed) (person string, created bool, err error) {
	r, err := s.seeded(tx, seed)
	if err != nil {
		return "", false, err
	}
	won, err := insertIdentifier(tx, r.id, m)
	if err != nil {
		return "", false, err
	}
	if !won {
		o, found, err := ownerOf(tx, m)
		if err == nil && !found {
			err = db.ErrBusy // taken and given up again in this moment
		}
		return o.person, false, err
	}
	r.reach = m.rule.reach
	if err := s.insert(tx, r, seed); err != nil {
		return "", false, err
	}
	if _, err := fact.Append(tx, Identified{Kind: m.Kind, Verified: m.Verified}, fact.Fact{Person: r.id, Entry: seed.Entry, Actor: seed.Actor}); err != nil {
		return "", false, err
	}
	blocked, err := blockIfListed(tx, r, m)
	if err == nil && blocked {
		err = save(tx, r)
	}
	return r.id, true, err
}

// seeded is a new person's row.
func (s *Service) seeded(tx *db.Tx, seed Seed) (*record, error) {
	nickname, ok := text.Line(seed.Nickname, maxName)
	if !ok {
		return nil, ErrText.With("max", maxName).With("field", "nickname").At("/nickname")
	}
	r := &record{id: tx.NewID(), createdAt: tx.Now(), firstSource: seed.Source, firstEntry: seed.Entry}
	r.root, r.version = r.id, 1
	for _, b := range builtins {
		*b.at(r) = b.empty()
	}
	r.Nickname = nickname
	if oneOf(seed.Lang, builtins["lang"].choices) == nil {
		r.Lang = seed.Lang
	}
	return r, nil
}

// insert writes a new person's row and what goes with it.
func (s *Service) insert(tx *db.Tx, r *record, seed Seed) error {
	conf, err := s.config(tx)
	if err != nil {
		return err
	}
	if _, err := fact.Append(tx, Created{Source: fact.ID(seed.Source)}, fact.Fact{Person: r.id, Entry: seed.Entry, Actor: seed.Actor}); err != nil {
		return err
	}
	if err := restage(tx, conf, r); err != nil {
		return err
	}
	if err := insertPerson(tx, r); err != nil {
		return err
	}
	return insertIndex(tx, r.id, "nick", text.Bigrams(r.Nickname))
}

// Identify gives a person an identifier. If another person has it and it is verified, the two become one; if it isn't, a
// merge is only proposed.
func (s *Service) Identify(ctx context.Context, community, person string, id Identifier, actor string) (out Outcome, err error) {
	err = s.db.Do(ctx, community, func(tx *db.Tx) error {
		out, err = s.IdentifyTx(tx, person, id, actor)
		return err
	})
	return out, err
}

// IdentifyTx is Identify in a transaction.
func (s *Service) IdentifyTx(tx *db.Tx, person string, id Identifier, actor string) (Outcome, error) {
	m, err := s.attachable(tx.Community(), id)
	if err != nil {
		return Outcome{}, err
	}
	return s.identify(tx, person, m, actor)
}

func (s *Service) identify(tx *db.Tx, person string, m mark, actor string) (out Outcome, err error) {
	for range lockTries {
		o, found, err := ownerOf(tx, m)
		if err != nil {
			return out, err
		}
		if !found {
			r, err := lockRoot(tx, person)
			if err != nil {
				return out, err
			}
			if won, err := insertIdentifier(tx, r.id, m); err != nil || won {
				return Outcome{Person: r.id, Added: true}, s.added(tx, r, m, actor, err)
			}
			continue // somebody took it meanwhile
		}
		mine, theirs, lockErr := lockBoth(tx, person, o.person)
		if lockErr != nil && !errors.Is(lockErr, ErrErased) {
			return out, lockErr
		}
		now, found, err := ownerOf(tx, m)
		if err != nil {
			return out, err
		}
		if !found || now != o {
			continue // it changed hands while we waited for the locks, or its owner was erased
		}
		if lockErr != nil {
			return out, lockErr
		}
		return s.meet(tx, mine, theirs, m, o, actor)
	}
	return out, db.ErrBusy
}

// added completes the taking of an identifier that nobody had.
func (s *Service) added(tx *db.Tx, r *record, m mark, actor string, err error) error {
	if err != nil {
		return err
	}
	if _, err := fact.Append(tx, Identified{Kind: m.Kind, Verified: m.Verified}, fact.Fact{Person: r.id, Actor: actor}); err != nil {
		return err
	}
	if !r.blockedAt.IsZero() && binding[m.Kind] && m.Verified {
		if err := insertBlocked(tx, m.Kind, m.key, r.id, r.blockedReason, actor); err != nil {
			return err
		}
	}
	blocked, err := blockIfListed(tx, r, m)
	if err != nil {
		return err
	}
	if reach := r.reach | m.rule.reach; reach != r.reach || blocked {
		r.reach = reach
		return save(tx, r)
	}
	return nil
}

// meet settles an identifier that somebody has: both rows are locked.
func (s *Service) meet(tx *db.Tx, mine, theirs *record, m mark, o owner, actor string) (Outcome, error) {
	out := Outcome{Person: mine.id}
	if mine.id == theirs.id {
		if !m.Verified || o.verified {
			return out, nil
		}
		if err := moveIdentifier(tx, m, o.person, o.person, true); err != nil {
			return out, err
		}
		_, err := fact.Append(tx, Identified{Kind: m.Kind, Verified: true}, fact.Fact{Person: mine.id, Actor: actor})
		return out, err
	}
	if !m.Verified {
		out.Proposed = theirs.id
		return out, s.proposeMerge(tx, mine.id, theirs.id, m.Kind, actor)
	}
	proven, err := s.proven(tx, theirs)
	if err != nil {
		return out, err
	}
	if !o.verified && proven {
		// They only claimed it, and are somebody by other proof: who claims a stranger's phone must not be handed their account.
		out.Added, out.Proposed = true, theirs.id
		return out, s.handOver(tx, mine, theirs, m, o, actor)
	}
	if !o.verified {
		// It stays with whoever proved it, should the merge be undone.
		if err := moveIdentifier(tx, m, o.person, mine.id, true); err != nil {
			return out, err
		}
	}
	into, from := mine, theirs
	if theirs.before(mine) {
		into, from = theirs, mine
	}
	out.Person, out.Merged = into.id, from.id
	_, err = s.merge(tx, from, into, m.Kind, actor)
	return out, err
}

// proven tells whether a person holds any verified identifier.
func (s *Service) proven(tx *db.Tx, r *record) (bool, error) {
	ids, err := s.heldBy(tx, r.id)
	return len(ids) > 0 && ids[0].Verified, err
}

func (s *Service) heldBy(tx *db.Tx, root string) ([]Held, error) {
	group, err := groupOf(tx, root)
	if err != nil {
		return nil, err
	}
	return held(tx, group)
}

// handOver gives an identifier that was only claimed to the one who proved it.
func (s *Service) handOver(tx *db.Tx, to, from *record, m mark, o owner, actor string) error {
	if err := moveIdentifier(tx, m, o.person, to.id, true); err != nil {
		return err
	}
	if _, err := fact.Append(tx, Unidentified{Kind: m.Kind}, fact.Fact{Person: from.id, Actor: actor}); err != nil {
		return err
	}
	if err := s.recount(tx, from); err != nil {
		return err
	}
	if err := save(tx, from); err != nil {
		return err
	}
	if err := s.added(tx, to, m, actor, nil); err != nil {
		return err
	}
	return s.proposeMerge(tx, to.id, from.id, m.Kind, actor)
}

// recount finds anew by which ways a person can be reached.
func (s *Service) recount(tx *db.Tx, r *record) error {
	ids, err := s.heldBy(tx, r.id)
	r.reach = 0
	for _, h := range ids {
		r.reach |= kinds[h.Kind].reach
	}
	return err
}

// Unidentify takes an identifier from the person who has it: they left the circle, or the phone is no longer theirs.
func (s *Service) Unidentify(ctx context.Context, community, person string, id Identifier, actor string) error {
	return s.db.Do(ctx, community, func(tx *db.Tx) error { return s.UnidentifyTx(tx, person, id, actor) })
}

// UnidentifyTx is Unidentify in a transaction.
func (s *Service) UnidentifyTx(tx *db.Tx, person string, id Identifier, actor string) error {
	m, err := s.attachable(tx.Community(), id)
	if err != nil {
		return err
	}
	r, err := lockRoot(tx, person)
	if err != nil {
		return err
	}
	group, err := groupOf(tx, r.id)
	if err != nil {
		return err
	}
	o, found, err := ownerOf(tx, m)
	if err != nil {
		return err
	}
	if !found || !slices.Contains(group, o.person) {
		return ErrNoIdentifier
	}
	if _, err := deleteIdentifier(tx, m, o.person); err != nil {
		return err
	}
	if err := s.recount(tx, r); err != nil {
		return err
	}
	if _, err := fact.Append(tx, Unidentified{Kind: m.Kind}, fact.Fact{Person: r.id, Actor: actor}); err != nil {
		return err
	}
	return save(tx, r)
}

// Owner gives the person who has an identifier; found is false when nobody has it.
func (s *Service) Owner(tx *db.Tx, id Identifier) (person string, found bool, err error) {
	m, err := s.attachable(tx.Community(), id)
	if err != nil {
		return "", false, err
	}
	o, found, err := ownerOf(tx, m)
	if err != nil || !found {
		return "", false, err
	}
	person, err = Root(tx, o.person)
	return person, err == nil, err
}
