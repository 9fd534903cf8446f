package growth

import (
	"slices"
	"time"

	"github.com/qunce/qunce/internal/kit/id"
	"github.com/qunce/qunce/internal/platform/db"
)

// simulated is the version of rules that are no programme's.
const simulated = 0

// simulator is a programme run again over what happened, with its bonds in memory. It is the ties that its own decisions go by.
type simulator struct {
	s        *Service
	tx       *db.Tx
	rules    programme
	from, to time.Time
	sales    []Sale
	touches  []Bond              // as they were kept
	ordered  map[string]bool     // orders by which their buyer was bound, or was not
	earned   map[string]bool     // orders that somebody would have been given something for
	rewards  map[string][]Reward // by order, as they are now
	through  map[string]bool     // bonds of which somebody let a reward through
	tallies  map[string]*Beside  // by promoter
	bonds    map[string][]Bond   // by guest, once somebody asked, the oldest first
	known    map[int]programme
	about    map[string]string // products of links
	wishes   map[wish]RewardKind
}

// wish is by which rules a promoter chose.
type wish struct {
	promoter string
	version  int
}

func newSimulator(s *Service, tx *db.Tx, p Programme, from, to time.Time) *simulator {
	d := s.Deps
	d.People = onceAsked{d.People}
	rules := programme{Programme: p, version: simulated}
	return &simulator{
		s: New(d), tx: tx, rules: rules, from: from, to: to, ordered: map[string]bool{}, earned: map[string]bool{}, rewards: map[string][]Reward{}, through: map[string]bool{},
		tallies: map[string]*Beside{}, bonds: map[string][]Bond{}, known: map[int]programme{simulated: rules}, about: map[string]string{}, wishes: map[wish]RewardKind{},
	}
}

// onceAsked asks once about each person what is the same all the time: a simulation asks about one promoter for every guest.
type onceAsked struct{ People }

func (a onceAsked) IDs(tx *db.Tx, person string) ([]string, error) {
	return db.Keep(tx, "growth.ids."+person, func() ([]string, error) { return a.People.IDs(tx, person) })
}

func (a onceAsked) Staff(tx *db.Tx, person string) (string, error) {
	return db.Keep(tx, "growth.staff."+person, func() (string, error) { return a.People.Staff(tx, person) })
}

func (a onceAsked) Gone(tx *db.Tx, person string) (bool, error) {
	return db.Keep(tx, "growth.gone."+person, func() (bool, error) { return a.People.Gone(tx, person) })
}

// Phones are none: a simulation writes nothing, and goes by what is noted of them.
func (onceAsked) Phones(*db.Tx, string) ([]string, error) { return nil, nil }

func (m *simulator) human(person string) (party, error) { return m.s.People.IDs(m.tx, person) }

func (m *simulator) standing(_ string, guest party, at time.Time) ([]Bond, error) {
	list, err := m.bondsOf(guest)
	return slices.DeleteFunc(slices.Clone(list), func(b Bond) bool { return !b.stood(at) }), err
}

// bondsOf are all bonds that had a guest since the beginning.
func (m *simulator) bondsOf(guest party) ([]Bond, error) {
	if list, known := m.bonds[guest.id()]; known {
		return list, nil
	}
	list, err := bondsBefore(m.tx, m.rules.Name, guest, "made", id.From(m.from))
	m.bonds[guest.id()] = list
	return list, err
}

func (m *simulator) terms(name string, version int) (programme, error) {
	if p, known := m.known[version]; known {
		return p, nil
	}
	p, err := programmeAt(m.tx, name, version)
	m.known[version] = p
	return p, err
}

func (m *simulator) allowed(order, bond string) bool {
	return slices.ContainsFunc(m.rewards[order], func(r Reward) bool { return r.Bond == bond && r.allowed })
}

// of is what a promoter got and would have got.
func (m *simulator) of(promoter string) (*Beside, error) {
	who, err := m.human(promoter)
	if err != nil {
		return nil, err
	}
	if m.tallies[who.id()] == nil {
		m.tallies[who.id()] = &Beside{}
	}
	return m.tallies[who.id()], nil
}

// within tells whether growth came to know of a bond in the while itself: what was told late may lie after it.
func (m *simulator) within(b Bond) bool { return b.made >= id.From(m.from) && b.made < id.From(m.to) }
