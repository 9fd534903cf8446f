package circle

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"

	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/bus"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/seat"
)

// People is what circles ask about persons.
type People interface {
	// IDs lists every id of the one who stands for a person, that one's own first: a merge of persons moves no rows.
	IDs(tx *db.Tx, person string) ([]string, error)
	// Blocked tells whether a person must not get in.
	Blocked(tx *db.Tx, person string) (bool, error)
	// Inside notes that a person is in a circle now, or no longer: by which ways they can be reached follows from it.
	Inside(tx *db.Tx, person, circle string, inside bool) error
	// Cards says how persons are shown, by id. One who is left out is nobody.
	Cards(tx *db.Tx, ids []string) (map[string]Card, error)
}

// Card is how a person is shown to other members.
type Card struct {
	Name   string // nickname
	Erased bool
}

// Picture is a stored picture and its small version.
type Picture struct {
	Hash   string `json:"hash"`
	Thumb  string `json:"thumb,omitempty" doc:"empty when the picture is small itself"`
	Width  int    `json:"width"`
	Height int    `json:"height"`
}

// Pictures counts who shows a stored picture, so that it is kept as long as somebody does.
type Pictures interface {
	// KeepTx notes one more use of the picture, or refuses a hash that stands for none.
	KeepTx(tx *db.Tx, hash string) (Picture, error)
	// DropTx takes one use back.
	DropTx(tx *db.Tx, hash string) error
}

// Templates renders the playbook's texts.
type Templates interface {
	Render(tx *db.Tx, name string, lang text.Lang, params map[string]any) (string, error)
}

// Options are the parts that circles stand on.
type Options struct {
	People    People
	Pictures  Pictures
	Templates Templates
	Zone      func(ctx context.Context, community string) *time.Location // decides where a day begins
	// Staff lists who can have a duty, in order; nobody for one that no role stands for.
	Staff func(tx *db.Tx, duty string) ([]string, error)
}

// Service opens circles, keeps their rosters and takes what is said in them. Safe for concurrent use.
type Service struct {
	db    *db.DB
	bus   bus.Bus
	seats *seat.Service
	Options
}

// seatOwner is the name under which circles make the next pool of their groups.
const seatOwner = "circle"

// New makes the service, before the first Do.
func New(d *db.DB, b bus.Bus, seats *seat.Service, o Options) *Service {
	s := &Service{db: d, bus: b, seats: seats, Options: o}
	d.OnFlush(flushName, s.flush)
	seats.OnGrow(seatOwner, s.grow)
	return s
}

// DeclareGroupTx makes a group, with its first circle, or changes it. The same again changes nothing; a change applies to
// circles that are opened later, but for the capacity, which those that are there get too: see seat.ResizeTx. A retired
// group is revived. Refusals: ErrGroupName, ErrKind, ErrPattern, ErrCapacity, ErrAttributes, seat.ErrPolicy, seat.ErrQuantity
// (reserve).
func (s *Service) DeclareGroupTx(tx *db.Tx, g Group) error {
	if err := g.check(); err != nil {
		return err
	}
	if err := s.seats.DeclareGroupTx(tx, g.seats()); err != nil {
		return err
	}
	was, _, err := latestTemplate(tx, g.Name)
	if errors.Is(err, ErrGroup) {
		was.Capacity, err = g.Capacity, nil
	}
	if err != nil {
		return fmt.Errorf("declare group %s: %w", g.Name, err)
	}
	circles, err := putGroup(tx, g)
	if err != nil {
		return fmt.Errorf("declare group %s: %w", g.Name, err)
	}
	if err := s.retire(tx, g.Name, false); err != nil {
		return err
	}
	if err := s.resize(tx, g.Name, was.Capacity, g.Capacity); err != nil {
		return err
	}
	// Circles that ask for something of each person are opened when somebody wants one.
	if _, open := g.openAttribute(); open || circles > 0 {
		return nil
	}
	_, err = s.OpenTx(tx, g.Name, nil)
	return err
}

// seats is the group of pools behind a group of circles: one seat in it for each person.
func (g Group) seats() seat.Group {
	return seat.Group{Name: g.Name, Reserve: g.Reserve, Growable: g.Growable, Policy: g.Policy, Owner: seatOwner}
}

// GroupTx is what the playbook says of a group now, or ErrGroup.
func (s *Service) GroupTx(tx *db.Tx, name string) (Group, error) {
	g, _, err := latestTemplate(tx, name)
	return g, err
}

// GroupsTx lists the groups by name as they are declared now.
func (s *Service) GroupsTx(tx *db.Tx) ([]Group, error) { return templates(tx) }

// Open opens the next circle of a group. See OpenTx.
func (s *Service) Open(ctx context.Context, community, group string, attributes map[string]string) (c Circle, err error) {
	err = s.db.Do(ctx, community, func(tx *db.Tx) (err error) {
		c, err = s.OpenTx(tx, group, attributes)
		return err
	})
	return c, err
}

// OpenTx opens the next circle of a group by hand. attributes give the values that its template leaves open; one that is
// missing is seat.ErrNotEligible. Those who wait for a place get the first ones.
func (s *Service) OpenTx(tx *db.Tx, group string, attributes map[string]string) (Circle, error) {
	g, _, err := latestTemplate(tx, group)
	if err != nil {
		return Circle{}, err
	}
	if retired, err := isRetired(tx, group); err != nil || retired {
		return Circle{}, errs.Or(err, ErrRetired.With("group", group))
	}
	// Growing happens inside a hold, under the lock of the seats; so that lock comes first here too.
	if err := s.seats.DeclareGroupTx(tx, g.seats()); err != nil {
		return Circle{}, err
	}
	pool, err := s.open(tx, group, attributes)
	if err != nil {
		return Circle{}, err
	}
	if _, err := s.seats.AddPoolTx(tx, pool); err != nil {
		return Circle{}, fmt.Errorf("open circle of %s: %w", group, err)
	}
	return s.GetTx(tx, pool.ID)
}

// grow makes the next circle inside the hold that found no room.
func (s *Service) grow(tx *db.Tx, g seat.Group, w seat.Want) (seat.Pool, error) {
	return s.open(tx, g.Name, w.Attributes)
}

// open writes the next circle and gives the pool that it needs.
func (s *Service) open(tx *db.Tx, group string, attributes map[string]string) (seat.Pool, error) {
	g, version, err := latestTemplate(tx, group)
	if err != nil {
		return seat.Pool{}, err
	}
	own, err := g.attributesFor(attributes)
	if err != nil {
		return seat.Pool{}, err
	}
	number, found, err := nextNumber(tx, group)
	if err != nil {
		return seat.Pool{}, fmt.Errorf("number circle of %s: %w", group, err)
	}
	if !found {
		return seat.Pool{}, ErrRetired.With("group", group)
	}
	c := Circle{
		ID: tx.NewID(), Group: group, Kind: g.Kind, Number: number, Name: g.nameOf(number), State: StateOpen,
		OpenedAt: tx.Now(), ChangedAt: tx.Now(), version: version,
	}
	if err := insertCircle(tx, c); err != nil {
		return seat.Pool{}, fmt.Errorf("open circle of %s: %w", group, err)
	}
	_, err = fact.Append(tx, Opened{Group: GroupName(group), Kind: c.Kind, Number: number}, fact.Fact{Subject: c.ID, Circle: c.ID})
	return seat.Pool{ID: c.ID, Group: group, Position: number, Capacity: g.Capacity, Attributes: own, Circle: c.ID, Subject: c.ID}, err
}

// Get reads a circle, or ErrNotFound.
func (s *Service) Get(ctx context.Context, community, id string) (c Circle, err error) {
	err = s.db.Read(ctx, community, func(tx *db.Tx) (err error) {
		c, err = s.GetTx(tx, id)
		return err
	})
	return c, err
}

// GetTx is Get in the caller's transaction.
func (s *Service) GetTx(tx *db.Tx, id string) (Circle, error) {
	c, found, err := circleByID(tx, id)
	if err != nil {
		return c, err
	}
	if !found {
		return c, ErrNotFound
	}
	p, err := s.seats.Pool(tx, id)
	if err != nil {
		return c, fmt.Errorf("pool of circle %s: %w", id, err)
	}
	c.seen(p)
	return c, nil
}

// seen adds what the pool knows.
func (c *Circle) seen(p seat.Pool) {
	c.Capacity, c.Held, c.Room, c.Attributes = p.Capacity, p.Held, p.Room(), p.Attributes
	if p.State == seat.Closed {
		c.Room = 0
	}
	if c.State == StateOpen && c.Room <= 0 {
		c.State = StateFull
	}
	if c.State != StateOpen {
		c.Room = 0
	}
}

// List reads circles by group and number.
func (s *Service) List(ctx context.Context, community string, f Filter, cursor string, limit int) (p page.Page[Circle], err error) {
	var group string
	var number int
	if _, err := page.Parse(cursor, &group, &number); err != nil {
		return p, err
	}
	limit = page.Limit(limit)
	err = s.db.Read(ctx, community, func(tx *db.Tx) error {
		list, err := circles(tx, f, group, number, limit+1)
		if err != nil {
			return err
		}
		p = page.Cut(list, limit, func(c Circle) string { return page.Cursor(c.Group, c.Number) })
		return s.addPools(tx, p.Items)
	})
	return p, err
}

// addPools adds what the pools know of circles, a group at a time.
func (s *Service) addPools(tx *db.Tx, list []Circle) error {
	pools, read := map[string]seat.Pool{}, map[string]bool{}
	for i := range list {
		c := &list[i]
		if !read[c.Group] {
			read[c.Group] = true
			all, err := s.seats.Pools(tx, c.Group)
			if err != nil {
				return fmt.Errorf("pools of group %s: %w", c.Group, err)
			}
			for _, p := range all {
				pools[p.ID] = p
			}
		}
		c.seen(pools[c.ID])
	}
	return nil
}

// SetCapacityTx changes how many a circle takes; below who is in it or on their way it is seat.ErrBelowUsed. What becomes
// free goes to those who wait.
func (s *Service) SetCapacityTx(tx *db.Tx, id string, capacity int) (Circle, error) {
	if capacity < 1 || capacity > maxCapacity {
		return Circle{}, ErrCapacity.With("max", maxCapacity).At("/capacity")
	}
	if _, err := s.seats.SetCapacityTx(tx, id, capacity); err != nil {
		if errors.Is(err, seat.ErrUnknownPool) {
			err = ErrNotFound
		}
		return Circle{}, err
	}
	return s.GetTx(tx, id)
}

// RenameTx gives a circle another name, in one language or more.
func (s *Service) RenameTx(tx *db.Tx, id string, name text.Text) (Circle, error) {
	name, err := cleanName(name)
	if err != nil {
		return Circle{}, err
	}
	found, err := rename(tx, id, name)
	if err != nil {
		return Circle{}, fmt.Errorf("rename circle %s: %w", id, err)
	}
	if !found {
		return Circle{}, ErrNotFound
	}
	return s.GetTx(tx, id)
}

// FreezeTx stops a circle: it takes nobody in but those who hold a place already, and only staff writes. A frozen one
// stays so; an archived one is ErrState.
func (s *Service) FreezeTx(tx *db.Tx, id, actor string) (Circle, error) {
	return s.turn(tx, id, actor, StateFrozen, Frozen{}, StateOpen)
}

// ThawTx opens a frozen circle again; those who wait come first.
func (s *Service) ThawTx(tx *db.Tx, id, actor string) (Circle, error) {
	return s.turn(tx, id, actor, StateOpen, Thawed{}, StateFrozen)
}

// ArchiveTx ends a circle for good: its seats are given back, its members may still read.
func (s *Service) ArchiveTx(tx *db.Tx, id, actor string) (Circle, error) {
	return s.turn(tx, id, actor, StateArchived, Archived{}, StateOpen, StateFrozen)
}

// turn brings a circle from one of some states into another. One that is there already stays.
func (s *Service) turn(tx *db.Tx, id, actor string, to State, payload any, from ...State) (Circle, error) {
	if err := lockCircle(tx, id); err != nil {
		return Circle{}, err
	}
	changed, err := setState(tx, id, to, from)
	if err != nil {
		return Circle{}, fmt.Errorf("set circle %s to %s: %w", id, to, err)
	}
	if !changed {
		c, err := s.GetTx(tx, id)
		if err == nil && c.State != to && (c.State != StateFull || to != StateOpen) {
			err = ErrState.With("state", string(c.State))
		}
		return c, err
	}
	if err := s.turnPool(tx, id, to); err != nil {
		return Circle{}, fmt.Errorf("pool of circle %s: %w", id, err)
	}
	if to == StateArchived {
		if err := s.freeSeats(tx, id); err != nil {
			return Circle{}, err
		}
	}
	if _, err := fact.Append(tx, payload, fact.Fact{Subject: id, Circle: id, Actor: actor}); err != nil {
		return Circle{}, err
	}
	s.announce(tx, id, Live{State: to})
	return s.GetTx(tx, id)
}

// freeSeats gives back the seats of everybody on the roster.
func (s *Service) freeSeats(tx *db.Tx, id string) error {
	taken, err := currentSeats(tx, id)
	if err != nil {
		return err
	}
	for _, seatID := range taken {
		if _, err := s.seats.ReleaseTx(tx, seatID); err != nil {
			return fmt.Errorf("give back seat %s: %w", seatID, err)
		}
	}
	return nil
}

// AssignTx gives somebody a duty in a circle. ErrRole for one that its template does not list.
func (s *Service) AssignTx(tx *db.Tx, id, role, staff string) error {
	c, err := s.GetTx(tx, id)
	if err != nil {
		return err
	}
	for _, r := range c.StaffRoles {
		if r == role {
			return assign(tx, id, role, staff)
		}
	}
	return ErrRole.With("role", role).At("/role")
}

// UnassignTx takes a duty away.
func (s *Service) UnassignTx(tx *db.Tx, id, role, staff string) error {
	return unassign(tx, id, role, staff)
}

// StaffTx lists who has which duty in a circle.
func (s *Service) StaffTx(tx *db.Tx, id string) ([]Staff, error) { return staffOf(tx, id) }
