package growth

import (
	"slices"
	"time"

	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/db"
)

// simulated is the version of rules that are no programme's.
const simulated = 0

// simulator is a programme run again over what happened, with its bonds in memory. It is the ties that its own decisions go by.
type simulator struct {
	s       *Service
	tx      *db.Tx
	rules   programme
	from    time.Time
	sales   []Sale
	touches []Bond              // as they were kept
	rewards map[string][]Reward // by order, as they are now
	tallies map[string]*Beside  // by promoter
	humans  map[string]party
	bonds   map[string][]Bond // by guest, once somebody asked
	known   map[int]programme
	about   map[string]string // products of links
	wishes  map[wish]RewardKind
}

// wish is by which rules a promoter chose.
type wish struct {
	promoter string
	version  int
}

func newSimulator(s *Service, tx *db.Tx, p Programme, from time.Time) *simulator {
	rules := programme{p, simulated}
	return &simulator{
		s: s, tx: tx, rules: rules, from: from, rewards: map[string][]Reward{}, tallies: map[string]*Beside{}, humans: map[string]party{}, bonds: map[string][]Bond{},
		known: map[int]programme{simulated: rules}, about: map[string]string{}, wishes: map[wish]RewardKind{},
	}
}

func (m *simulator) human(person string) (party, error) {
	if x, known := m.humans[person]; known {
		return x, nil
	}
	x, err := m.s.People.IDs(m.tx, person)
	m.humans[person] = x
	return x, err
}

func (m *simulator) standing(_ string, guest party) ([]Bond, error) {
	if list, known := m.bonds[guest.id()]; known {
		return list, nil
	}
	list, err := stoodAt(m.tx, m.rules.Name, guest, m.from)
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

// run lets everything happen again.
func (m *simulator) run() error {
	if m.rules.Binds.atOnce() {
		return m.runOrders()
	}
	rest := m.touches
	for _, x := range m.sales {
		for ; len(rest) > 0 && rest[0].Fact < x.Fact; rest = rest[1:] {
			if err := m.come(rest[0]); err != nil {
				return err
			}
		}
		if err := m.buy(x); err != nil {
			return err
		}
	}
	for _, b := range rest {
		if err := m.come(b); err != nil {
			return err
		}
	}
	return nil
}

// runOrders is run where orders themselves bind.
func (m *simulator) runOrders() error {
	by := map[string]Bond{}
	for _, b := range m.touches {
		if b.Binds == m.rules.Binds {
			by[b.Subject] = b
		}
	}
	for _, x := range m.sales {
		if base, _ := m.rules.base(x); base > 0 {
			if err := m.order(x, by[x.Order]); err != nil {
				return err
			}
		}
		if err := m.buy(x); err != nil {
			return err
		}
	}
	return nil
}

// order binds a buyer by the order. kept is what came of it, if anything was kept.
func (m *simulator) order(x Sale, kept Bond) error {
	buyer, err := m.human(x.Buyer)
	if err != nil {
		return err
	}
	if kept.ID != "" {
		was, err := m.terms(kept.Programme, kept.Version)
		if err != nil {
			return err
		}
		if kept.Binds == ByOffer || was.Touch == m.rules.Touch {
			return m.bind(kept)
		}
	}
	promoter, err := m.sharerOf(x, buyer)
	if err != nil || promoter == "" {
		return err
	}
	if kept.ID != "" {
		who, err := m.human(promoter)
		if err != nil {
			return err
		}
		if who.is(kept.Promoter) {
			return m.bind(kept)
		}
	}
	return m.bind(Bond{ID: x.Order, Programme: m.rules.Name, Binds: m.rules.Binds, Promoter: promoter, Guest: x.Buyer, Subject: x.Order, BoundAt: x.PaidAt, Fact: x.Fact})
}

// sharerOf is by whose link a buyer came: the last is kept with the order, and was none where nobody had brought them yet.
func (m *simulator) sharerOf(x Sale, buyer party) (string, error) {
	switch {
	case m.rules.Binds == ByOffer || x.Link == "": // who held an event is known from the bond only
		return "", nil
	case m.rules.Touch == First:
		return m.rules.promoterOf(m.tx, x, buyer)
	}
	l, _, err := linkByID(m.tx, x.Link)
	return l.Sharer, err
}

// come is a touch that was told.
func (m *simulator) come(b Bond) error {
	if b.Binds != m.rules.Binds {
		return nil // by rules of before
	}
	if b.Binds == Click {
		product, known := m.about[b.Subject]
		if !known {
			l, _, err := linkByID(m.tx, b.Subject)
			if err != nil {
				return err
			}
			product, m.about[b.Subject] = l.Product, l.Product
		}
		if product != "" && !m.rules.sellsProduct(product) {
			return nil
		}
	}
	return m.bind(b)
}

// bind is a touch that may bind.
func (m *simulator) bind(b Bond) error {
	promoter, err := m.human(b.Promoter)
	if err != nil {
		return err
	}
	guest, err := m.human(b.Guest)
	if err != nil {
		return err
	}
	if may, err := m.may(b, promoter, guest); err != nil || !may {
		return err
	}
	stands, err := m.standing(m.rules.Name, guest)
	if err != nil {
		return err
	}
	b.Version, b.stored = simulated, Active
	b.ValidUntil, b.ProtectUntil = until(b.BoundAt, m.rules.ValidDays), until(b.BoundAt, m.rules.ProtectDays)
	gone, keeper, _ := m.rules.contest(stands, b, promoter)
	stay := slices.DeleteFunc(slices.Clone(stands), func(x Bond) bool {
		return slices.ContainsFunc(gone, func(y yield) bool { return y.bond.ID == x.ID })
	})
	if keeper == nil {
		stay = append(stay, b)
		t, err := m.of(b.Promoter)
		if err != nil {
			return err
		}
		t.Would.Bonds++
	}
	m.bonds[guest.id()] = stay
	return nil
}

// may tells whether a touch binds by the rules. What the rules of its day asked was answered then; only what they did not ask is asked now.
func (m *simulator) may(b Bond, promoter, guest party) (bool, error) {
	rules, looked := m.rules, false
	switch b.stored {
	case Pending:
		return false, nil
	case Refused:
		if !slices.Contains([]Reason{IsStaff, NotMember, IsMember}, b.Reason) || rules.asks(b.Reason) {
			return false, nil
		}
	case Active, Lost:
		was, err := m.terms(b.Programme, b.Version)
		if err != nil {
			return false, err
		}
		rules.Programme, looked = rules.beyond(was.Programme), true
	}
	why, err := m.s.refusal(m.tx, rules, promoter, guest, b.BoundAt)
	if err == nil && why == "" && !looked {
		why, err = m.s.suspicion(m.tx, promoter, guest)
	}
	return why == "", err
}

// asks tells whether somebody may be refused for a reason.
func (p Programme) asks(why Reason) bool {
	return why == IsStaff && !p.Staff || why == NotMember && p.Promoters == MembersOnly || why == IsMember && p.Guests == NewOnly
}

// beyond are the rules without what others asked already.
func (p Programme) beyond(was Programme) Programme {
	p.Staff = p.Staff || was.asks(IsStaff)
	if was.asks(NotMember) {
		p.Promoters = Anyone
	}
	if was.asks(IsMember) {
		p.Guests = Anyone
	}
	return p
}

// buy is an order that earns.
func (m *simulator) buy(x Sale) error {
	buyer, err := m.human(x.Buyer)
	if err != nil {
		return err
	}
	bonds, err := payingBonds(m, m.rules.Name, buyer)
	if err != nil {
		return err
	}
	for _, b := range bonds {
		p, err := m.terms(b.Programme, b.Version)
		if err != nil {
			return err
		}
		levels, err := p.earners(m, x, b)
		if err != nil {
			return err
		}
		_, left := p.base(x)
		for _, r := range levels {
			if err := m.pay(p, x, r, left); err != nil {
				return err
			}
		}
	}
	return nil
}

// pay counts a reward, as what is left of the order makes it.
func (m *simulator) pay(p programme, x Sale, r Reward, left money.Fen) error {
	kind, none, err := m.decided(x, r)
	if err != nil || none {
		return err
	}
	if !slices.Contains(p.Reward, kind) {
		if kind, err = m.wish(p, r.Promoter); err != nil {
			return err
		}
	}
	t, err := m.of(r.Promoter)
	if err != nil {
		return err
	}
	t.Would.earned(kind, p.amount(r.Level, kind, r.Base, left))
	return nil
}

// decided is what the promoter was given for an order, and whether more of it was taken back than the order's refunds say: somebody looked
// at it and refused it.
func (m *simulator) decided(x Sale, r Reward) (kind RewardKind, none bool, err error) {
	for _, was := range m.rewards[x.Order] {
		who, err := m.human(was.Promoter)
		if err != nil {
			return "", false, err
		}
		if !who.is(r.Promoter) {
			continue
		}
		kind = was.Kind
		p, err := m.terms(was.Programme, was.Version)
		if err != nil {
			return "", false, err
		}
		if _, left := p.base(x); was.left() < p.amount(was.Level, was.Kind, was.Base, left) {
			return kind, true, nil
		}
	}
	return kind, false, nil
}

// wish is what a promoter is given who was given nothing for the order: what they choose now.
func (m *simulator) wish(p programme, promoter string) (RewardKind, error) {
	w := wish{promoter, p.version}
	if k, known := m.wishes[w]; known {
		return k, nil
	}
	k, err := kindFor(m.tx, promoter, p.Programme)
	m.wishes[w] = k
	return k, err
}
