package people

import (
	"slices"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
)

// Recipient is what must be known of a person before anything goes out to them.
type Recipient struct {
	ID       string // who stands for the person
	State    State  // never merged
	Nickname string
	Lang     string
	Child    bool // too young to agree alone, and no guardian has agreed
	Consents Consents

	name   string // encrypted
	bornOn string
	held   []Held // nil until ReadAddresses
}

// Allows tells whether the person agrees to a purpose on a channel. A child agrees with a guardian only.
func (r *Recipient) Allows(p Purpose, ch Channel) bool { return !r.Child && r.Consents.Allows(p, ch) }

// Reached tells whether the person has an identifier of a kind. Read the addresses first.
func (r *Recipient) Reached(kind Kind) bool {
	return slices.ContainsFunc(r.held, func(h Held) bool { return h.Kind == kind })
}

// Recipients reads persons, by the ids that were asked for; an id that nobody has is ErrNotFound. It takes two statements,
// however many they are.
func (s *Service) Recipients(tx *db.Tx, ids ...string) (map[string]*Recipient, error) {
	if len(ids) == 0 {
		return map[string]*Recipient{}, nil
	}
	found, err := recipientRows(tx, ids)
	if err != nil {
		return nil, err
	}
	byRoot := map[string]*Recipient{}
	for id, r := range found {
		if one := byRoot[r.ID]; one != nil {
			found[id] = one
		} else {
			byRoot[r.ID] = r
		}
	}
	for _, id := range ids {
		if found[id] == nil {
			return nil, ErrNotFound
		}
	}
	said, err := consentsOfRoots(tx, rootsOf(byRoot))
	if err != nil {
		return nil, err
	}
	for root, r := range byRoot {
		r.Consents = said[root]
		if r.Child, err = s.childAlone(tx, r); err != nil {
			return nil, err
		}
	}
	return found, nil
}

func rootsOf(byRoot map[string]*Recipient) []string {
	roots := make([]string, 0, len(byRoot))
	for root := range byRoot {
		roots = append(roots, root)
	}
	slices.Sort(roots) // one order, one statement: a replay does the same again
	return roots
}

func (s *Service) childAlone(tx *db.Tx, r *Recipient) (bool, error) {
	if r.bornOn == "" {
		return false, nil
	}
	conf, err := s.config(tx)
	if err != nil {
		return false, err
	}
	if age(r.bornOn, dayOf(tx.Now(), conf.Zone)) >= consentYears {
		return false, nil
	}
	last, said := r.Consents.latest(ForGuardian, "")
	return !said || !last.Given, nil
}

// ReadAddresses reads what the persons can be reached by, in one statement, leaving out those for whom it was read already.
func (s *Service) ReadAddresses(tx *db.Tx, who ...*Recipient) error {
	byRoot := map[string]*Recipient{}
	for _, r := range who {
		if r.held == nil {
			byRoot[r.ID], r.held = r, []Held{}
		}
	}
	if len(byRoot) == 0 {
		return nil
	}
	return identifiersOfRoots(tx, rootsOf(byRoot), func(root string, h Held) {
		byRoot[root].held = append(byRoot[root].held, h)
	})
}

// Address gives where to send something to a person, verified and then the oldest first. Read the addresses first.
func (s *Service) Address(tx *db.Tx, r *Recipient, kind Kind) (address string, found bool, err error) {
	for _, h := range r.held {
		if h.Kind == kind {
			address, err = s.plain(tx, h)
			return address, true, err
		}
	}
	return "", false, nil
}

// CalledBy is the name for a text that only the person will read: the nickname, else the real name, else nothing.
func (s *Service) CalledBy(tx *db.Tx, r *Recipient) (string, error) {
	if r.Nickname != "" {
		return r.Nickname, nil
	}
	return s.realName(tx, &record{id: r.ID, name: r.name})
}

// LegalName is a person's real name, for what the law wants it for; empty when nobody knows it.
func (s *Service) LegalName(tx *db.Tx, r *Recipient) (string, error) {
	return s.realName(tx, &record{id: r.ID, name: r.name})
}

// recipientRows reads who stands for each of the ids.
func recipientRows(tx *db.Tx, ids []string) (map[string]*Recipient, error) {
	out, args := map[string]*Recipient{}, []any{tx.Community()}
	err := tx.Each(func(row *db.Row) error {
		var id string
		var blocked, erased time.Time
		r := &Recipient{State: StateActive}
		err := row.Scan(&id, &r.ID, &r.Nickname, &r.Lang, &r.bornOn, &r.name, &blocked, &erased)
		if !blocked.IsZero() {
			r.State = StateBlocked
		}
		if !erased.IsZero() {
			r.State = StateErased
		}
		out[id] = r
		return err
	}, `SELECT m.id, p.id, p.nickname, p.lang, p.born_on, p.name, p.blocked_at, p.erased_at FROM person m
		JOIN person p ON p.community_id = m.community_id AND p.id = m.root WHERE m.community_id = $1 AND m.id IN `+db.In(&args, ids), args...)
	return out, err
}

// groupsOf is a query for the ids and roots of everyone for whom the roots in a list stand. Join by CROSS JOIN what is looked up
// for each of them: that keeps SQLite from reading the whole of the other table first.
func groupsOf(in string) string {
	return `(SELECT id, root FROM person WHERE community_id = $1 AND id IN ` + in + `
		UNION ALL SELECT id, root FROM person WHERE community_id = $1 AND root IN ` + in + ` AND merged_into <> '')`
}

func consentsOfRoots(tx *db.Tx, roots []string) (map[string]Consents, error) {
	out, args := map[string]Consents{}, []any{tx.Community()}
	in := db.In(&args, roots)
	err := tx.Each(func(r *db.Row) error {
		var root string
		var c Consent
		err := r.Scan(&root, &c.Purpose, &c.Channel, &c.Given, &c.Wording, &c.Entry, &c.Actor, &c.At)
		out[root] = append(out[root], c)
		return err
	}, `SELECT m.root, c.purpose, c.channel, c.given, c.wording, c.entry, c.actor, c.at FROM `+groupsOf(in)+` m
		CROSS JOIN people_consent c WHERE c.community_id = $1 AND c.person = m.id ORDER BY c.at, c.id`, args...)
	return out, err
}

func identifiersOfRoots(tx *db.Tx, roots []string, add func(root string, h Held)) error {
	args := []any{tx.Community()}
	in := db.In(&args, roots)
	return tx.Each(func(r *db.Row) error {
		var root string
		var h Held
		err := r.Scan(&root, &h.Kind, &h.key, &h.Person, &h.secret, &h.Verified, &h.CreatedAt)
		add(root, h)
		return err
	}, `SELECT m.root, i.kind, i.value, i.person, i.secret, i.verified, i.created_at FROM `+groupsOf(in)+` m
		CROSS JOIN people_identifier i WHERE i.community_id = $1 AND i.person = m.id ORDER BY i.verified DESC, i.created_at, i.kind, i.value`, args...)
}
