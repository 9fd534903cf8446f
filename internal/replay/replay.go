package replay

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/domain/circle"
	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/growth"
	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/domain/launch"
	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/domain/payout"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/domain/team"
	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/ledger"
	"github.com/qunce/qunce/internal/spine/path"
	"github.com/qunce/qunce/internal/spine/seat"
	"github.com/qunce/qunce/internal/spine/task"
)

// World is the installation that simulated people live in.
type World struct {
	Clock    *clock.Manual
	DB       *db.DB
	People   *people.Service
	Circles  *circle.Service
	Intake   *intake.Service
	Seats    *seat.Service
	Paths    *path.Engine
	Tasks    *task.Service
	Members  *membership.Service
	Shop     *shop.Service
	Ledger   *ledger.Service
	Events   *event.Service
	Payouts  *payout.Service
	Growth   *growth.Service
	Launches *launch.Service
	Team     *team.Service
	// Hire makes an operator with a role and gives their id.
	Hire func(ctx context.Context, community, email, name string, role access.Role) (operator string, err error)
	// Found makes a community that runs on a shipped playbook and gives its id.
	Found func(ctx context.Context, slug, playbook string) (community string, err error)
	// Settle does everything that is due now.
	Settle func(ctx context.Context) error
	// NextDue is when the next timer or job is due; zero for never.
	NextDue func(ctx context.Context) (time.Time, error)
	// Pay pays what is due for an order, on the trial page.
	Pay func(ctx context.Context, community, order string) error
	// Code is the code that was last sent to a phone: the one thing a simulated person reads off their own device.
	Code func(phone string) string
	// Verify counts what is wrong with a community, by kind.
	Verify func(ctx context.Context, community string) (map[string]int, error)
}

// Options of a replay.
type Options struct {
	Seed     uint64
	Set      map[string]string // parameters that are not the default, by path
	Progress func(done, total int)
}

// Figure is one thing that was measured, and what was published about it, if anything.
type Figure struct {
	Name      string  `json:"name"`
	Measured  float64 `json:"measured"`
	Unit      string  `json:"unit"`
	Of        float64 `json:"of,omitempty"` // the denominator of a rate
	Published string  `json:"published,omitempty"`
	Source    string  `json:"source,omitempty"`
}

// Invariant is something that must hold whatever the parameters.
type Invariant struct {
	OK     bool   `json:"ok"`
	Detail string `json:"detail"`
}

// Result is what a replay prints.
type Result struct {
	Case       string               `json:"case"`
	Seed       uint64               `json:"seed"`
	Simulated  string               `json:"simulated"` // how much time passed in the community
	Measured   []Figure             `json:"measured"`
	Published  []Figure             `json:"published"`
	Steps      []StepLoss           `json:"steps"`
	Parameters map[string]float64   `json:"parameters"`
	Invariants map[string]Invariant `json:"invariants"`
	Verify     map[string]int       `json:"verify"`
}

// OK tells whether every invariant held and verification found nothing.
func (r Result) OK() bool {
	for _, i := range r.Invariants {
		if !i.OK {
			return false
		}
	}
	for _, n := range r.Verify {
		if n > 0 {
			return false
		}
	}
	return true
}

// StepLoss is how many came to a step of a path and what became of them: entered = onward + ended + waiting. Lost are those
// of the ended who did not come to the end that the path means; their share is of entered − waiting.
type StepLoss struct {
	Path    string `json:"path"`
	Step    string `json:"step"`
	Title   string `json:"title"`
	Entered int64  `json:"entered"`
	Onward  int64  `json:"onward"`
	Ended   int64  `json:"ended"`
	Waiting int64  `json:"waiting"`
	Lost    int64  `json:"lost"`
}

// What is refused.
var (
	ErrCase      = errs.Define(errs.Invalid, "replay.case")      // "known"
	ErrParameter = errs.Define(errs.Invalid, "replay.parameter") // "name", "known"
	ErrValue     = errs.Define(errs.Invalid, "replay.value")     // "name", "value", "least", "most"
)

// scenario is one case: its parameters and how it runs.
type scenario struct {
	parameters func() map[string]float64
	run        func(ctx context.Context, s *sim) error
}

var scenarios = map[string]scenario{"mothers": mothers, "operators": operators, "academy": academy, "course": course}

// Cases lists what can be replayed.
func Cases() []string { return slices.Sorted(maps.Keys(scenarios)) }

// Run replays a case.
func Run(ctx context.Context, w World, name string, o Options) (Result, error) {
	sc, known := scenarios[name]
	if !known {
		return Result{}, ErrCase.With("known", fmt.Sprint(Cases()))
	}
	p := sc.parameters()
	if err := apply(p, o.Set); err != nil {
		return Result{}, err
	}
	s := &sim{
		World: w, name: name, p: p, rand: rand.New(rand.NewPCG(o.Seed, 0x51ce)), progress: o.Progress,
		result: Result{Case: name, Seed: o.Seed, Parameters: p, Invariants: map[string]Invariant{}},
	}
	began := w.Clock.Now()
	if err := sc.run(ctx, s); err != nil {
		return s.result, fmt.Errorf("replay %s: %w", name, err)
	}
	s.result.Simulated = clock.Duration(w.Clock.Now().Sub(began).Truncate(time.Minute)).String()
	return s.result, nil
}

// apply sets parameters by name; what nobody knows is refused.
func apply(p map[string]float64, set map[string]string) error {
	for _, name := range slices.Sorted(maps.Keys(set)) {
		if _, known := p[name]; !known {
			return ErrParameter.With("name", name).With("known", fmt.Sprint(slices.Sorted(maps.Keys(p))))
		}
		v, err := number(set[name])
		if least, most := bounds(name); err != nil || !(v >= least && v <= most) {
			return ErrValue.With("name", name).With("value", set[name]).With("least", least).With("most", most)
		}
		p[name] = v
	}
	return nil
}

// bounds are the least and the greatest value of a parameter, by what it is.
func bounds(name string) (least, most float64) {
	switch kind, _, _ := strings.Cut(name, "."); {
	case kind == "go", kind == "rate", kind == "share", kind == "error", kind == "consent", name == "staff.right":
		return 0, 1
	case name == "staff.from", name == "staff.to":
		return 0, 24
	case name == "doors.rate":
		return 1, 100_000
	case name == "staff":
		return 0, 26
	case kind == "window":
		return 0, 3660
	case kind == "readers", kind == "shares":
		return 0, 1000
	case name == "launch.every":
		return 1, 24
	case kind == "delay":
		return 0, 30 * 24 * 3600
	case name == "sessions.week", name == "salons.month":
		return 0, 50
	case name == "score.mean":
		return 0, 10
	case name == "renewals":
		return 0, 1
	case name == "scale":
		return 0.001, 10
	case name == "months":
		return 1, 24
	case name == "elasticity":
		return 0, 10
	case kind == "quota":
		return 1, 100_000
	case kind == "minutes", name == "days":
		return 0, 10_000
	}
	return 0, 1_000_000
}
