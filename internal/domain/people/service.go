package people

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
)

// Secrets encrypts what must not be read in the database, and hashes what must be found there.
type Secrets interface {
	Encrypt(community, purpose, plaintext string) string
	Decrypt(community, purpose, ciphertext string) (string, error)
	HMAC(community, purpose, value string) string
}

// Settings is what a community's playbook says about people.
type Settings struct {
	Zone   *time.Location // nil means UTC
	Stages []StageRule
	Fields []Field
}

// Audit writes into the audit log that someone looked at what is masked otherwise.
type Audit func(tx *db.Tx, by audit.Actor, person string, field FieldName) error

// Service is the people of every community.
type Service struct {
	db        *db.DB
	secrets   Secrets
	settings  func(tx *db.Tx) (Settings, error)
	audit     Audit
	onMerge   []func(tx *db.Tx, from, into string) error
	onUnmerge []func(tx *db.Tx, from, into string) error
	onBlock   []func(tx *db.Tx, person, actor string) error
	onErase   []func(tx *db.Tx, person string) error
	onExport  []exporter

	onContactGone  []func(tx *db.Tx, organisation string) (asked string, err error)
	onContactNamed []func(tx *db.Tx, asked string) error
}

// New makes the service. settings gives the playbook's part for the transaction's community.
func New(d *db.DB, secrets Secrets, settings func(tx *db.Tx) (Settings, error), audit Audit) *Service {
	return &Service{db: d, secrets: secrets, settings: settings, audit: audit}
}

// stageTimer is the kind of timer that keeps a person's stage up.
const stageTimer = "people.stage"

// Register adds the handlers of this package's timers.
func (s *Service) Register(r *job.Runner) { r.OnTimer(stageTimer, s.stageDue) }

// OnMerge adds what must happen in the transaction that merges from into into: surplus seats go back.
func (s *Service) OnMerge(fn func(tx *db.Tx, from, into string) error) {
	s.onMerge = append(s.onMerge, fn)
}

// OnUnmerge adds what must happen in the transaction that lets from stand for themselves again.
func (s *Service) OnUnmerge(fn func(tx *db.Tx, from, into string) error) {
	s.onUnmerge = append(s.onUnmerge, fn)
}

// OnBlock adds what must happen in the transaction that blocks a person: they leave their circles.
func (s *Service) OnBlock(fn func(tx *db.Tx, person, actor string) error) {
	s.onBlock = append(s.onBlock, fn)
}

// OnErase adds what must happen in the transaction that erases a person; it is called for each id they ever had.
func (s *Service) OnErase(fn func(tx *db.Tx, person string) error) {
	s.onErase = append(s.onErase, fn)
}

type exporter struct {
	name string
	read func(tx *db.Tx, person string) (any, error)
}

// OnExport adds what another part keeps of a person to their export, under a name; it is called for who stands for them.
func (s *Service) OnExport(name string, read func(tx *db.Tx, person string) (any, error)) {
	s.onExport = append(s.onExport, exporter{name, read})
}

func (s *Service) config(tx *db.Tx) (Settings, error) {
	c, err := s.settings(tx)
	if err != nil {
		return c, fmt.Errorf("people settings: %w", err)
	}
	c.Zone = cmp.Or(c.Zone, time.UTC)
	return c, nil
}

// Root is who stands for a person now: the id itself, or the one it was merged into.
func Root(tx *db.Tx, id string) (string, error) {
	root, found, err := rootOf(tx, id)
	if err == nil && !found {
		err = ErrNotFound
	}
	return root, err
}

// Roots gives, for those of the ids that were merged into another person, who stands for them now.
func Roots(tx *db.Tx, ids []string) (map[string]string, error) { return movedOf(tx, ids) }

// Group lists all ids of the one who stands for a person, their own first.
func Group(tx *db.Tx, id string) ([]string, error) {
	group, err := db.Keep(tx, keptGroup+id, func() ([]string, error) {
		group, err := groupWith(tx, id)
		if err == nil && len(group) == 0 {
			err = ErrNotFound
		}
		return group, err
	})
	return slices.Clone(group), err
}

// keptGroup begins the names under which a closure keeps groups that it has read.
const keptGroup = "people.group "

// lockTries bounds how often a lock is looked for again while merges go on.
const lockTries = 8

// lockRoot locks the row that stands for a person and gives it. An erased person is refused.
func lockRoot(tx *db.Tx, id string) (*record, error) {
	for range lockTries {
		r, err := lockPerson(tx, id)
		switch {
		case err != nil:
			return nil, err
		case !r.erasedAt.IsZero():
			return nil, ErrErased
		case r.root == id:
			return r, nil
		}
		id = r.root
	}
	return nil, db.ErrBusy
}

// lockBoth locks the rows that stand for two persons, in the order of their ids so that no two transactions wait for each
// other in a circle. Both may be the same row.
func lockBoth(tx *db.Tx, one, other string) (a, b *record, err error) {
	for range lockTries {
		if one, err = Root(tx, one); err != nil {
			return nil, nil, err
		}
		if other, err = Root(tx, other); err != nil {
			return nil, nil, err
		}
		if a, err = lockRoot(tx, min(one, other)); err != nil {
			return nil, nil, err
		}
		if b = a; one != other {
			if b, err = lockRoot(tx, max(one, other)); err != nil {
				return nil, nil, err
			}
		}
		if a.id == min(one, other) && b.id == max(one, other) {
			if one > other {
				a, b = b, a
			}
			return a, b, nil
		}
		// One of them was merged while we waited.
	}
	return nil, nil, db.ErrBusy
}

// Get gives a person, masked. A merged one is given as it was, with the id that stands for it.
func (s *Service) Get(ctx context.Context, community, id string) (p Person, err error) {
	err = s.db.Read(ctx, community, func(tx *db.Tx) error {
		p, err = s.GetTx(tx, id)
		return err
	})
	return p, err
}

// GetTx is Get in a transaction.
func (s *Service) GetTx(tx *db.Tx, id string) (Person, error) {
	r, err := readPerson(tx, id)
	if err != nil {
		return Person{}, err
	}
	views, err := s.views(tx, []*record{r})
	if err != nil {
		return Person{}, err
	}
	return views[0], nil
}

// ProfileTx is GetTx without name, phone and e-mail, which nothing that decides for itself may look at.
func (s *Service) ProfileTx(tx *db.Tx, id string) (Person, error) {
	r, err := readPerson(tx, id)
	if err != nil {
		return Person{}, err
	}
	conf, err := s.config(tx)
	if err != nil {
		return Person{}, err
	}
	tags, err := tagsOf(tx, []string{r.id})
	p := r.view(conf, tx.Now())
	p.Tags = tags[r.id]
	return p, err
}
