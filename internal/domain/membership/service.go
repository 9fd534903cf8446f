package membership

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/seat"
)

// People is what memberships ask about persons.
type People interface {
	// IDs lists every id of the one who stands for a person, that one's own first: a merge of persons moves no rows.
	IDs(tx *db.Tx, person string) ([]string, error)
	// Blocked tells whether a person must not get in.
	Blocked(tx *db.Tx, person string) (bool, error)
}

// Service sells terms and keeps what they give.
type Service struct {
	db     *db.DB
	seats  *seat.Service
	people People
	zone   func(ctx context.Context, community string) *time.Location // decides where a day ends

	sign        func(community, purpose, value string) string
	onColleague []func(tx *db.Tx, organisation, person string, in bool) error
}

// New makes the service.
func New(d *db.DB, seats *seat.Service, people People, zone func(context.Context, string) *time.Location) *Service {
	return &Service{db: d, seats: seats, people: people, zone: zone}
}

// termTimer fires when a term begins, ends, or its grace is over.
const termTimer = "membership.term"

// Register gives the runner what is to be done when terms begin and end.
func (s *Service) Register(r *job.Runner) {
	r.OnTimer(termTimer, func(tx *db.Tx, t job.Timer) error { return s.due(tx, t.Ref) })
}

// seatOwner is the name under which memberships have groups of seats.
const seatOwner = "membership"

// capGroup is the group of the one pool of seats under the community's cap.
const capGroup = "members"

// waveGroup is the group of a plan's waves.
func waveGroup(plan string) string { return "plan:" + plan }

// manyMembers stands for no cap.
const manyMembers = 1 << 40

// DeclareTx makes the plans those that are sold; the same again changes nothing. Terms keep the version they were bought under.
// Refusals: those of Config.Check, seat.ErrBelowUsed for a quota or cap below what is sold.
func (s *Service) DeclareTx(tx *db.Tx, c Config) error {
	if err := c.Check(); err != nil {
		return err
	}
	limit := c.Cap
	if limit == 0 {
		limit = manyMembers
	}
	if err := s.seats.DeclareGroupTx(tx, seat.Group{Name: capGroup, Owner: seatOwner}); err != nil {
		return fmt.Errorf("declare the members' cap: %w", err)
	}
	if err := s.pool(tx, seat.Pool{ID: capGroup, Group: capGroup, Capacity: limit}); err != nil {
		return fieldAt(err, "/cap")
	}
	for i, p := range c.Plans {
		if err := putPlan(tx, p, i); err != nil {
			return fmt.Errorf("declare plan %s: %w", p.Name, err)
		}
		if err := s.declareWaves(tx, p); err != nil {
			return err
		}
	}
	retired, err := retirePlans(tx, c.Plans)
	if err != nil {
		return err
	}
	for _, name := range retired {
		if err := s.declareWaves(tx, Plan{Name: name}); err != nil {
			return err
		}
	}
	return nil
}

// declareWaves makes a pool of each wave, sold in their order, and closes those that the plan no longer has.
func (s *Service) declareWaves(tx *db.Tx, p Plan) error {
	group := waveGroup(p.Name)
	if len(p.Waves) > 0 {
		if err := s.seats.DeclareGroupTx(tx, seat.Group{Name: group, Owner: seatOwner}); err != nil {
			return fmt.Errorf("declare the waves of %s: %w", p.Name, err)
		}
	}
	for i, w := range p.Waves {
		id, err := putWave(tx, p.Name, w)
		if err != nil {
			return fmt.Errorf("declare wave %s of %s: %w", w.Name, p.Name, err)
		}
		pool := seat.Pool{ID: id, Group: group, Position: i + 1, Capacity: w.Quota, Opens: w.Opens, Closes: w.Closes, Subject: p.Name}
		if err := s.pool(tx, pool); err != nil {
			return fieldAt(err, fmt.Sprintf("/waves/%d/quota", i))
		}
	}
	waves, err := wavesOf(tx, p.Name)
	if err != nil {
		return err
	}
	for _, w := range waves {
		if !slices.ContainsFunc(p.Waves, func(x Wave) bool { return x.Name == w.name }) {
			if _, err := s.seats.ClosePoolTx(tx, w.id); err != nil {
				return fmt.Errorf("close wave %s of %s: %w", w.name, p.Name, err)
			}
		}
	}
	return nil
}

// pool adds a pool, or makes one that is there like it.
func (s *Service) pool(tx *db.Tx, p seat.Pool) error {
	was, err := s.seats.AddPoolTx(tx, p)
	if err == nil && was.Capacity != p.Capacity {
		was, err = s.seats.SetCapacityTx(tx, p.ID, p.Capacity)
	}
	if err == nil && p.Position != 0 && (was.Position != p.Position || !was.Opens.Equal(p.Opens) || !was.Closes.Equal(p.Closes)) {
		was, err = s.seats.ArrangeTx(tx, p)
	}
	if err == nil && was.State == seat.Closed {
		_, err = s.seats.OpenPoolTx(tx, p.ID)
	}
	return err
}

// fieldAt points a refusal of the seats at the field that asked for it.
func fieldAt(err error, pointer string) error {
	if e := errs.As(err); e != nil {
		return e.At(pointer)
	}
	return err
}

// Plans lists what is sold, in the playbook's order, with the waves' figures.
func (s *Service) Plans(tx *db.Tx) ([]Offer, error) {
	plans, err := activePlans(tx)
	if err != nil {
		return nil, err
	}
	out := make([]Offer, 0, len(plans))
	for _, p := range plans {
		o := Offer{Plan: p.Plan}
		o.Benefits = benefitsOf(plans, p.Plan, nil)
		if len(p.Waves) > 0 {
			if o.Sold, err = s.sold(tx, p.Plan); err != nil {
				return nil, err
			}
		}
		out = append(out, o)
	}
	return out, nil
}

// Offer is a plan with the benefits of those it includes, and with what is left of its waves.
type Offer struct {
	Plan
	Sold []WaveCount `json:"sold,omitempty"`
}

// PriceAt is what the plan costs at a time who has nothing yet: that of the first wave with a place. false when none sells it then.
func (o Offer) PriceAt(now time.Time) (money.Fen, bool) {
	if len(o.Waves) == 0 {
		return o.Price, true
	}
	w, found := o.selling(o.Sold, now)
	return w.Price, found
}

// WaveCount is what became of a wave.
type WaveCount struct {
	Wave string `json:"wave"`
	Held int    `json:"held" doc:"reserved, to be paid"`
	Sold int    `json:"sold"`
	Room int    `json:"room"`
}

func (s *Service) sold(tx *db.Tx, p Plan) ([]WaveCount, error) {
	pools, err := s.seats.Pools(tx, waveGroup(p.Name))
	if err != nil {
		return nil, fmt.Errorf("read the waves of %s: %w", p.Name, err)
	}
	waves, err := wavesOf(tx, p.Name)
	if err != nil {
		return nil, err
	}
	var out []WaveCount
	for _, w := range p.Waves {
		i := slices.IndexFunc(pools, func(x seat.Pool) bool { return x.ID == waves[w.Name].id })
		if i >= 0 {
			out = append(out, WaveCount{Wave: w.Name, Held: pools[i].Held, Sold: pools[i].Taken, Room: pools[i].Room()})
		}
	}
	return out, nil
}

// tell appends a fact about a term.
func (t Term) tell(tx *db.Tx, payload any, key string) error {
	f := fact.Fact{Person: t.Person, Subject: t.ID}
	if key != "" {
		f.Key = key + " " + t.ID
	}
	_, err := fact.Append(tx, payload, f)
	return err
}
