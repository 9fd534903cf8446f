package growth

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/spine/ledger"
	"github.com/qunce/qunce/internal/spine/task"
)

// People is what growth asks about persons.
type People interface {
	// IDs lists every id of the one who stands for a person, that one's own first: a merge of persons moves no rows.
	IDs(tx *db.Tx, person string) ([]string, error)
	// Member tells whether a person was a member at a time.
	Member(tx *db.Tx, person string, at time.Time) (bool, error)
	// Staff gives the operator as whom a person works for the community, "" for who doesn't.
	Staff(tx *db.Tx, person string) (string, error)
	// Gone tells whether a person is kept out or was erased.
	Gone(tx *db.Tx, person string) (bool, error)
	// Phones are the numbers by which a person is known, or under which they get what is sent to them.
	Phones(tx *db.Tx, person string) ([]string, error)
	// Alike tells whether two persons are thought to be one human, which nobody has settled yet.
	Alike(tx *db.Tx, one, other string) (bool, error)
}

// Deps are what the service stands on.
type Deps struct {
	DB     *db.DB
	Ledger *ledger.Service
	Tasks  *task.Service
	People People
	Hash   func(community, purpose, value string) string // keyed
	Zone   func(ctx context.Context, community string) *time.Location
	Asking func(tx *db.Tx) (Asking, error) // what the community's playbook says
	Proofs func(tx *db.Tx) ([]ProofRule, error)
	// Pictures keeps the pictures of proofs.
	Pictures Pictures
}

// Pictures notes which pictures are in use: one that nothing uses goes.
type Pictures interface {
	UseTx(tx *db.Tx, hash string) error
	DropTx(tx *db.Tx, hash string) error
}

// Service keeps bonds and rewards. Safe for concurrent use.
type Service struct{ Deps }

// New makes the service.
func New(d Deps) *Service { return &Service{d} }

// serviceTimer fires when a reward that is a service is to be given.
const serviceTimer = "growth.service"

// Register gives the runner what is to be done when a freeze ends.
func (s *Service) Register(r *job.Runner) {
	r.OnTimer(serviceTimer, func(tx *db.Tx, t job.Timer) error { return s.giveService(tx, t.Ref) })
}

// What hashes are bound to.
const (
	purposeVisitor = "growth.visitor"
	purposeMark    = "growth.mark."
	purposeCode    = "growth.code"
	purposeAddress = "growth.address"
)

// DeclareTx makes the programmes those under which bonds are made; the same again changes nothing. One that is named no longer
// binds nobody new, and its bonds go on. Refusals: those of Config.Check.
func (s *Service) DeclareTx(tx *db.Tx, c Config) error {
	if err := c.Check(); err != nil {
		return err
	}
	were, err := programmes(tx, false)
	if err != nil {
		return err
	}
	for i, p := range c.Programmes {
		p = p.withDefaults()
		at := slices.IndexFunc(were, func(x programme) bool { return x.Name == p.Name })
		version := 1
		if at >= 0 {
			version = were[at].version
			if !same(were[at].Programme, p) {
				version++
			}
		}
		if err := putProgramme(tx, programme{Programme: p, version: version}, i); err != nil {
			return fmt.Errorf("declare programme %s: %w", p.Name, err)
		}
	}
	return retireProgrammes(tx, c.Programmes)
}

// programme is a version of a programme.
type programme struct {
	Programme
	version int
	since   time.Time // when it was declared
}

// rule names a version in the books.
func (p programme) rule() string { return fmt.Sprintf("%s@%d", p.Name, p.version) }

func same(a, b Programme) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

// Terms is a programme as its version says.
type Terms struct {
	Programme
	Version int `json:"version"`
}

// ProgrammesTx lists the programmes that bind people now, in the playbook's order.
func (s *Service) ProgrammesTx(tx *db.Tx) ([]Terms, error) {
	list, err := programmes(tx, true)
	out := make([]Terms, 0, len(list))
	for _, p := range list {
		out = append(out, Terms{p.Programme, p.version})
	}
	return out, err
}

// TermsTx gives a programme as one of its versions says, also one that is named no longer. Refusals: ErrUnknownProgramme.
func (s *Service) TermsTx(tx *db.Tx, name string, version int) (Terms, error) {
	p, err := programmeAt(tx, name, version)
	return Terms{p.Programme, p.version}, err
}

// ChoiceTx gives what a promoter is given by a programme now.
func (s *Service) ChoiceTx(tx *db.Tx, person string, p Terms) (RewardKind, error) {
	ids, err := s.People.IDs(tx, person)
	if err != nil {
		return "", err
	}
	return kindFor(tx, ids[0], p.Programme)
}

// kindFor is what a promoter chose, or what a programme gives unless they do.
func kindFor(tx *db.Tx, promoter string, p Programme) (RewardKind, error) {
	k, err := choiceOf(tx, promoter, p.Name)
	if !slices.Contains(p.Reward, k) {
		k = p.Reward[0]
	}
	return k, err
}

// ChooseTx sets what a promoter wants to be given for what they earn from now on. Refusals: ErrUnknownProgramme, ErrChoice.
func (s *Service) ChooseTx(tx *db.Tx, person, name string, k RewardKind) error {
	ids, err := s.People.IDs(tx, person)
	if err != nil {
		return err
	}
	list, err := programmes(tx, true)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(p programme) bool { return p.Name == name })
	if i < 0 {
		return ErrUnknownProgramme.With("programme", name)
	}
	if !slices.Contains(list[i].Reward, k) {
		return ErrChoice.At("/kind")
	}
	return putChoice(tx, ids[0], name, k)
}

// EraseTx forgets what tells of a person's devices, accounts, ways, wishes and pictures. Bonds, rewards and proofs are books: they
// stay, as ids.
func (s *Service) EraseTx(tx *db.Tx, person string) error {
	if err := s.eraseProofs(tx, person); err != nil {
		return err
	}
	return erase(tx, person)
}
