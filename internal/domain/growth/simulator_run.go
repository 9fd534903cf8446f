package growth

import (
	"cmp"
	"slices"
	"strings"

	"github.com/qunce/qunce/internal/kit/money"
)

// run lets everything happen again, in the order in which growth came to know of it.
func (m *simulator) run() error {
	kept := map[string]Bond{} // by order
	for _, b := range m.touches {
		if b.Binds == m.rules.Binds {
			kept[b.Subject] = b
		}
	}
	rest := m.touches
	for i, x := range m.sales {
		for ; len(rest) > 0 && rest[0].made < x.heard; rest = rest[1:] {
			if err := m.come(rest[0], m.sales[:i]); err != nil {
				return err
			}
		}
		if m.rules.Binds.atOnce() {
			if err := m.order(x, kept[x.Order]); err != nil {
				return err
			}
		}
		if err := m.buy(x); err != nil {
			return err
		}
	}
	for _, b := range rest {
		if err := m.come(b, m.sales); err != nil {
			return err
		}
	}
	return nil
}

// order binds a buyer by the order. kept is what came of it, if anything was kept.
func (m *simulator) order(x Sale, kept Bond) error {
	m.ordered[x.Order] = true
	base, left := m.rules.base(x)
	if base == 0 || left == 0 && kept.ID == "" { // one that has gone back wholly binds nobody, unless it was heard of before
		return nil
	}
	b, err := m.orderBond(x, kept)
	if err != nil || b.ID == "" {
		return err
	}
	if b.looked() {
		m.ordered[x.Order] = false // it comes when it was allowed
		return nil
	}
	_, _, err = m.bind(b)
	return err
}

// orderBond is what ties an order's buyer to a promoter: what was kept of it, unless the rules choose another one.
func (m *simulator) orderBond(x Sale, kept Bond) (Bond, error) {
	buyer, err := m.human(x.Buyer)
	if err != nil {
		return Bond{}, err
	}
	if kept.ID != "" {
		was, err := m.terms(kept.Programme, kept.Version)
		if err != nil || kept.Binds == ByOffer || was.Touch == m.rules.Touch {
			return kept, err
		}
	}
	promoter, err := m.sharerOf(x, buyer)
	if err != nil || promoter == "" {
		return Bond{}, err
	}
	if kept.ID != "" {
		who, err := m.human(promoter)
		if err != nil || who.is(kept.Promoter) {
			return kept, err
		}
	}
	return Bond{
		ID: x.heard, Programme: m.rules.Name, Binds: m.rules.Binds, Promoter: promoter, Guest: x.Buyer, Subject: x.Order, BoundAt: x.PaidAt, Fact: x.Fact, made: x.heard,
	}, nil
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

// come is a touch that was told, or allowed. The past are the orders that were heard of before.
func (m *simulator) come(b Bond, past []Sale) error {
	if b.Binds != m.rules.Binds || b.Binds.atOnce() && m.ordered[b.Subject] {
		return nil // by rules of before, or with its order
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
	b, bound, err := m.bind(b)
	if err != nil || !bound || !b.looked() {
		return err
	}
	guest, err := m.human(b.Guest)
	if err != nil {
		return err
	}
	for _, x := range past { // what was bought while somebody looked
		if !guest.is(x.Buyer) || x.PaidAt.Before(b.BoundAt) || m.earned[x.Order] {
			continue
		}
		if err := m.earn(x, b); err != nil {
			return err
		}
	}
	return nil
}

// bind is a touch that may bind, and tells whether it did.
func (m *simulator) bind(b Bond) (Bond, bool, error) {
	promoter, err := m.human(b.Promoter)
	if err != nil {
		return b, false, err
	}
	guest, err := m.human(b.Guest)
	if err != nil {
		return b, false, err
	}
	if may, err := m.may(b, promoter, guest); err != nil || !may {
		return b, false, err
	}
	all, err := m.bondsOf(guest)
	if err != nil {
		return b, false, err
	}
	b.Version, b.stored = simulated, Active
	b.ValidUntil, b.ProtectUntil = until(b.BoundAt, m.rules.ValidDays), until(b.BoundAt, m.rules.ProtectDays)
	stands := slices.DeleteFunc(slices.Clone(all), func(x Bond) bool { return !x.ended.IsZero() })
	gone, keeper, _ := m.rules.contest(stands, b, promoter)
	if keeper != nil {
		return b, false, nil
	}
	all = append(slices.Clone(all), b)
	for i := range all {
		if slices.ContainsFunc(gone, func(y yield) bool { return y.bond.ID == all[i].ID }) {
			all[i].ended = b.BoundAt
		}
	}
	slices.SortFunc(all, func(x, y Bond) int { return cmp.Or(x.BoundAt.Compare(y.BoundAt), strings.Compare(x.ID, y.ID)) })
	m.bonds[guest.id()] = all
	if m.within(b) {
		t, err := m.of(b.Promoter)
		if err != nil {
			return b, false, err
		}
		t.Would.Bonds++
	}
	return b, true, nil
}

// may tells whether a touch binds by the rules. What was answered in its day stays answered, also when its promoter was kept out or erased
// later; what the rules of its day did not ask is asked now. That nobody brings themselves holds always, but where somebody let it through.
func (m *simulator) may(b Bond, promoter, guest party) (bool, error) {
	var why Reason
	var err error
	switch b.stored {
	case Pending:
		return false, nil
	case Refused:
		if !slices.Contains([]Reason{IsStaff, NotMember, IsMember}, b.Reason) || m.rules.asks(b.Reason) {
			return false, nil
		}
	case Active, Lost:
		if promoter.is(guest.id()) && !m.through[b.ID] {
			return false, nil
		}
		was, err := m.terms(b.Programme, b.Version)
		if err != nil {
			return false, err
		}
		rules := m.rules
		rules.Programme = rules.beyond(was.Programme)
		why, err = m.s.unfit(m.tx, rules, promoter, guest, b.BoundAt)
		return why == "", err
	}
	if why, err = m.s.refusal(m.tx, m.rules, promoter, guest, b.BoundAt); err == nil && why == "" {
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
	bonds, err := payingBonds(m, m.rules.Name, buyer, x)
	if err != nil {
		return err
	}
	for _, b := range bonds {
		if err := m.earn(x, b); err != nil {
			return err
		}
	}
	return nil
}

// earn is what an order earns by one bond.
func (m *simulator) earn(x Sale, b Bond) error {
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
	if p.amount(r.Level, kind, r.Base, r.Base) > 0 {
		m.earned[x.Order] = true
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
