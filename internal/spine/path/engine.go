package path

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/qunce/qunce/internal/platform/bus"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/spine/fact"
)

// Engine runs the paths of every community.
type Engine struct {
	db      *db.DB
	bus     bus.Bus
	log     *slog.Logger
	kinds   *fact.Registry
	tasks   Tasks
	roots   func(tx *db.Tx, ids []string) (map[string]string, error)
	zone    func(ctx context.Context, community string) *time.Location
	actions map[string]*Action
	moments map[string]*Moment
	sources map[string]*Source
	counts  *db.Tally

	mu    sync.RWMutex
	cache map[string]*shelf // by community
	epoch int               // rises with every change, so that what was read before it isn't kept
}

// shelf is what a community's runs need of its definitions.
type shelf struct {
	byKind   map[string][]*Compiled // active versions by the facts they start on
	waitFor  map[string][]string    // names of active versions by the facts that a step of theirs waits for; what only ends an ask is not waited for
	takes    map[string]bool        // every kind that some version waits for or starts on
	shared   map[string]bool        // those of paths whose subjects are no persons
	versions map[string]*Compiled   // by key
}

// timerKind is the kind of the timers that deadlines and moments set.
const timerKind = "path.run"

// changedTopic tells other nodes that a community's definitions changed.
const changedTopic = "path.changed"

// NewEngine makes the engine. zone gives a community's time zone; tasks may be nil where no path asks.
func NewEngine(d *db.DB, b bus.Bus, log *slog.Logger, kinds *fact.Registry, tasks Tasks, zone func(context.Context, string) *time.Location) *Engine {
	e := &Engine{
		db: d, bus: b, log: log, kinds: kinds, tasks: tasks, zone: zone,
		actions: map[string]*Action{}, moments: map[string]*Moment{}, sources: map[string]*Source{}, cache: map[string]*shelf{},
		counts: db.NewSpreadTally(d, "path_count", []string{"path", "version", "step", "outcome"}, "runs", "seconds"),
	}
	b.Subscribe(changedTopic, func(community []byte) {
		e.mu.Lock()
		delete(e.cache, string(community))
		e.epoch++
		e.mu.Unlock()
	})
	return e
}

// Attach subscribes the engine to the log and takes its timers.
func (e *Engine) Attach(l *fact.Log, r *job.Runner) {
	l.Subscribe(fact.Subscription{Name: "path", Most: 64, Handle: e.handle}) // each may take a dozen statements
	r.OnTimer(timerKind, e.due)
}

func versionKey(path string, version int) string { return fmt.Sprintf("%s@%d", path, version) }

// shelf gives the community's definitions. Versions are added and never change, so their number tells whether memory is
// behind the database: another node's news of a change may be late or lost, and a run may be on the new version already.
// Only which version is the active one may be stale for a moment: then a run starts on the one before.
func (e *Engine) shelf(tx *db.Tx) (*shelf, error) {
	e.mu.RLock()
	s, epoch := e.cache[tx.Community()], e.epoch
	e.mu.RUnlock()
	if s != nil {
		var n int
		if err := tx.QueryRow(`SELECT count(*) FROM path_version WHERE community_id = $1`, tx.Community()).Scan(&n); err != nil || n == len(s.versions) {
			return s, err
		}
	}
	s, err := loadShelf(tx)
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.epoch == epoch {
		e.cache[tx.Community()] = s
	}
	return s, nil
}

// versionOf gives the definition that a run is on. Versions never change, so one in memory is as good as the database's.
func (e *Engine) versionOf(tx *db.Tx, r *Run) (*Compiled, error) {
	e.mu.RLock()
	s := e.cache[tx.Community()]
	e.mu.RUnlock()
	if s == nil || s.versions[versionKey(r.Path, r.Version)] == nil {
		var err error
		if s, err = e.shelf(tx); err != nil {
			return nil, err
		}
	}
	return s.of(r)
}

func (s *shelf) of(r *Run) (*Compiled, error) {
	c := s.versions[versionKey(r.Path, r.Version)]
	if c == nil {
		return nil, fmt.Errorf("run %s: version %d of path %s is missing", r.ID, r.Version, r.Path)
	}
	return c, nil
}

// newShelf sorts versions out. Ended versions stay as long as a run may be on them.
func newShelf(versions []*Compiled, active map[string]bool) *shelf {
	s := &shelf{byKind: map[string][]*Compiled{}, waitFor: map[string][]string{}, takes: map[string]bool{taskFinished: true}, shared: map[string]bool{}, versions: map[string]*Compiled{}}
	for _, c := range versions {
		key := versionKey(c.Name, c.Version)
		s.versions[key] = c
		if !ofPersons(c.Subject) {
			s.shared[taskFinished] = true
			for _, k := range slices.Concat(c.Start.On, slices.Collect(maps.Keys(c.awaits))) {
				s.shared[k] = true
			}
		}
		if active[key] {
			for _, k := range c.Start.On {
				s.byKind[k] = append(s.byKind[k], c)
				s.takes[k] = true
			}
		}
		for _, n := range c.nodes {
			for _, k := range n.kinds() {
				s.takes[k] = true
				if active[key] && n.step.Ask == nil && !slices.Contains(s.waitFor[k], c.Name) {
					s.waitFor[k] = append(s.waitFor[k], c.Name)
				}
			}
		}
	}
	return s
}

// kinds lists the facts that a step waits for, or that end it otherwise.
func (n *node) kinds() (out []string) {
	if w := n.step.Wait; w != nil {
		out = append(out, w.On...)
	}
	for _, o := range n.step.others() {
		out = append(out, o.On...)
	}
	for _, w := range n.step.Gate {
		out = append(out, w.On...)
	}
	return out
}

// Watch calls fn, which must not block, whenever a run of the subject has moved on this node.
func (e *Engine) Watch(subject string, fn func()) (cancel func()) {
	return e.bus.Subscribe(movedTopic+subject, func([]byte) { fn() })
}

const movedTopic = "path.moved."
