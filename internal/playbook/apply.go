package playbook

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"sync"
	"time"

	"github.com/qunce/qunce/internal/domain/circle"
	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/goods"
	"github.com/qunce/qunce/internal/domain/growth"
	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/domain/team"
	"github.com/qunce/qunce/internal/domain/touch"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/bus"
	"github.com/qunce/qunce/internal/platform/community"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/path"
)

// What is refused about playbooks.
var (
	ErrWrong = errs.Define(errs.Invalid, "playbook.wrong") // "count", "first": with Problems by ProblemsOf
	ErrNone  = errs.Define(errs.NotFound, "playbook.none") // the community has none
)

// Parts are the services whose configuration a playbook is.
type Parts struct {
	DB          *db.DB
	Bus         bus.Bus
	Communities *community.Service
	People      *people.Service
	Circles     *circle.Service
	Members     *membership.Service
	Events      *event.Service
	Goods       *goods.Service
	Shop        *shop.Service
	Growth      *growth.Service
	Team        *team.Service
	Intake      *intake.Service
	Touch       *touch.Service
	Paths       *path.Engine
	Roles       []string // that tasks may go to
}

// Service keeps and applies the communities' playbooks.
type Service struct {
	Parts
	mu    sync.RWMutex
	cache map[string]cached // the applied one by community
	epoch int               // rises with every change, so that what was read before it isn't kept
}

// cached is a playbook in memory. It is looked up again after cacheFor: another program that applied one may share the
// database and no bus.
type cached struct {
	Playbook
	until time.Time
}

const (
	changedTopic = "playbook"
	cacheFor     = 10 * time.Second
)

// New makes the service.
func New(p Parts) *Service {
	s := &Service{Parts: p, cache: map[string]cached{}}
	p.Bus.Subscribe(changedTopic, func(community []byte) { s.forget(string(community)) })
	return s
}

func (s *Service) forget(community string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.cache, community)
	s.epoch++
}

// restageJob computes the stages of a community's people anew, after a playbook with other rules was applied.
const restageJob = "playbook.restage"

// Jobs registers what the service does outside its transactions.
func (s *Service) Jobs(r *job.Runner) {
	r.OnJob(restageJob, job.Options{}, func(ctx context.Context, j job.Job) (func(*db.Tx) error, error) {
		s.forget(j.Community) // the job may be faster than the news
		return nil, s.People.Restage(ctx, j.Community)
	})
}

// Validate holds a playbook against what the program knows: facts, actions, roles.
func (s *Service) Validate(p Playbook) (problems []Problem) {
	for _, d := range p.Paths {
		for _, x := range s.Paths.Validate(d, s.Roles) {
			problems = append(problems, Problem(x))
		}
	}
	for _, x := range s.Touch.Validate(p.Touch) {
		problems = append(problems, Problem(x))
	}
	return p.lines.place(append(problems, p.mentions()...))
}

// Read parses and validates a file. Its error is ErrWrong with the problems.
func (s *Service) Read(source []byte) (Playbook, error) {
	p, problems := Parse(source)
	if len(problems) == 0 {
		problems = s.Validate(p)
	}
	if len(problems) > 0 {
		return p, &wrong{ErrWrong.With("count", len(problems)).With("first", problems[0].String()), problems}
	}
	return p, nil
}

// wrong is a refusal that carries what Read found.
type wrong struct {
	refusal  *errs.Error
	problems []Problem
}

func (w *wrong) Error() string { return w.refusal.Error() }
func (w *wrong) Unwrap() error { return w.refusal }

// ProblemsOf gives what Read found, nil for any other error.
func ProblemsOf(err error) []Problem {
	var w *wrong
	if errors.As(err, &w) {
		return w.problems
	}
	return nil
}

// Applied is the playbook a community runs on.
type Applied struct {
	Name      string    `json:"name"`
	Version   int       `json:"version"`
	Source    string    `json:"source"`
	AppliedAt time.Time `json:"applied_at"`
	AppliedBy string    `json:"applied_by"`
}

// Apply makes the community run on a playbook, wholly or not at all, and tells what changed.
func (s *Service) Apply(ctx context.Context, community, actor string, source []byte) (changes []Change, err error) {
	p, err := s.Read(source)
	if err != nil {
		return nil, err
	}
	err = s.DB.Alone(ctx, community, func(tx *db.Tx) error {
		changes, err = s.ApplyTx(tx, actor, source, p)
		return err
	})
	return changes, err
}

// ApplyTx applies a playbook that Read has passed.
func (s *Service) ApplyTx(tx *db.Tx, actor string, source []byte, p Playbook) (changes []Change, err error) {
	was, err := s.currentTx(tx)
	if err != nil {
		return nil, err
	}
	if changes, err = Diff(was, p); err != nil {
		return nil, err
	}
	first := was.Name == ""
	if len(changes) == 0 && !first {
		return nil, nil
	}
	for _, apply := range []func(*db.Tx, Playbook, Playbook) error{s.applyCircles, s.applyMembership, s.applyEvents, s.applyShop, s.applyGrowth, s.applyTeam, s.applyIntake, s.applyTouch, s.applyPaths, s.applyEntries} {
		if err := apply(tx, was, p); err != nil {
			return nil, fmt.Errorf("apply playbook %s: %w", p.Name, err)
		}
	}
	if !reflect.DeepEqual(was.People.Stages, p.People.Stages) {
		if err := job.Enqueue(tx, restageJob, "", tx.Now(), nil); err != nil {
			return nil, err
		}
	}
	version, err := s.record(tx, actor, source, p)
	if err != nil {
		return nil, err
	}
	_, err = fact.Append(tx, Took{Version: version, Changes: len(changes)}, fact.Fact{Subject: tx.Community(), Actor: actor})
	community := tx.Community()
	tx.AfterCommit(func() { s.Bus.Broadcast(changedTopic, []byte(community)) })
	return changes, err
}

// Took tells that a playbook was applied. Its subject is the community.
type Took struct {
	Version int `json:"version"`
	Changes int `json:"changes"`
}

// Facts lists the kinds this package emits.
func Facts() []any { return []any{Took{}} }

func (s *Service) record(tx *db.Tx, actor string, source []byte, p Playbook) (version int, err error) {
	sum := sha256.Sum256(source)
	err = tx.QueryRow(`INSERT INTO playbook_applied (community_id, version, name, source, hash, applied_at, applied_by)
		SELECT $1, COALESCE(MAX(version), 0) + 1, $2, $3, $4, $5, $6 FROM playbook_applied WHERE community_id = $1 RETURNING version`,
		tx.Community(), p.Name, string(source), hex.EncodeToString(sum[:]), tx.Now(), actor).Scan(&version)
	if err != nil {
		return 0, fmt.Errorf("record playbook %s: %w", p.Name, err)
	}
	named := strconv.Itoa(version)
	if _, err := s.Communities.UpdateTx(tx, 0, community.Change{Playbook: &p.Name, PlaybookVersion: &named}); err != nil {
		return 0, fmt.Errorf("name playbook %s at its community: %w", p.Name, err)
	}
	return version, nil
}

// AppliedTx gives what the community runs on.
func (s *Service) AppliedTx(tx *db.Tx) (a Applied, err error) {
	a, found, err := db.One(tx, func(r *db.Row) (a Applied, err error) {
		err = r.Scan(&a.Name, &a.Version, &a.Source, &a.AppliedAt, &a.AppliedBy)
		return a, err
	}, `SELECT name, version, source, applied_at, applied_by FROM playbook_applied WHERE community_id = $1 ORDER BY version DESC LIMIT 1`, tx.Community())
	if err == nil && !found {
		err = ErrNone
	}
	return a, err
}

// currentTx parses what the community runs on; a community without a playbook gives an empty one.
func (s *Service) currentTx(tx *db.Tx) (p Playbook, err error) {
	a, err := s.AppliedTx(tx)
	if errs.KindOf(err) == errs.NotFound {
		return p, nil
	}
	if err != nil {
		return p, err
	}
	p, problems := read([]byte(a.Source))
	if len(problems) > 0 {
		return p, fmt.Errorf("the applied playbook can't be read any more: %s", problems[0])
	}
	return p, nil
}

// Current is the playbook the community runs on, from memory if it is there. Don't change what it gives.
func (s *Service) Current(tx *db.Tx) (Playbook, error) {
	now := s.DB.Clock().Now()
	s.mu.RLock()
	kept, known := s.cache[tx.Community()]
	epoch := s.epoch
	s.mu.RUnlock()
	if known && now.Before(kept.until) && kept.until.Sub(now) <= cacheFor {
		return kept.Playbook, nil
	}
	p, err := s.currentTx(tx)
	if err != nil {
		return p, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.epoch == epoch {
		s.cache[tx.Community()] = cached{p, now.Add(cacheFor)}
	}
	return p, nil
}
