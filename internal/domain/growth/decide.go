package growth

import (
	"slices"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
)

// What the rules decide, apart from where bonds are kept: BindTx and EarnTx decide by it, and so does a simulation.

// ties tell who is bound to whom.
type ties interface {
	human(person string) (party, error)
	// standing are the bonds that had a guest at a time, of one programme or of all, the oldest first.
	standing(programme string, guest party, at time.Time) ([]Bond, error)
	terms(name string, version int) (programme, error)
	// allowed tells whether somebody let an order's reward by a bond through.
	allowed(order, bond string) bool
}

// rows are the ties as they are kept.
type rows struct {
	*Service
	tx *db.Tx
}

func (r rows) human(person string) (party, error) { return r.People.IDs(r.tx, person) }

func (r rows) standing(programme string, guest party, at time.Time) ([]Bond, error) {
	return bondsBefore(r.tx, programme, guest, "bound_at", at.Add(time.Microsecond))
}

// allowed is said of rewards that are there already.
func (r rows) allowed(string, string) bool { return false }

func (r rows) terms(name string, version int) (programme, error) {
	return programmeAt(r.tx, name, version)
}

// yield is a bond that gives way to another.
type yield struct {
	bond Bond
	why  Reason
}

// contest judges a bond against those that stand: which of them give way, and, unless the guest is the new one's, which one keeps the
// guest and why: then none gives way. Without a reason the guest is that promoter's already, and nothing changes.
func (p Programme) contest(stands []Bond, b Bond, promoter party) (gone []yield, keeper *Bond, why Reason) {
	for i, old := range stands {
		same, ended, protected := promoter.is(old.Promoter), !old.ValidUntil.After(b.BoundAt), old.ProtectUntil.After(b.BoundAt)
		switch {
		case p.ofOneOrder(): // no other stands against a bond of one order alone
			ended = true
		case same && !ended && p.Touch == First:
			return nil, &stands[i], ""
		case !same && protected:
			return nil, &stands[i], Protected
		case !same && !ended && p.Touch == First:
			return nil, &stands[i], CameLater
		}
		why := Replaced
		if ended {
			why = Over
		} else if same {
			why = Renewed
		}
		gone = append(gone, yield{old, why})
	}
	return gone, nil, ""
}

// payingBonds are the bonds of a human that count for an order, as they stood when it was paid: who comes between payment and delivery
// takes nothing of it. They are one a programme; a merge of persons may have brought two together.
func payingBonds(w ties, programme string, guest party, sale Sale) ([]Bond, error) {
	all, err := w.standing(programme, guest, sale.PaidAt)
	if err != nil {
		return nil, err
	}
	var out []Bond
	for _, b := range all { // the oldest first
		if !b.live(sale.PaidAt, sale.Order) {
			continue
		}
		i := slices.IndexFunc(out, func(x Bond) bool { return x.Programme == b.Programme })
		if i < 0 {
			out = append(out, b)
			continue
		}
		p, err := w.terms(b.Programme, b.Version)
		if err != nil {
			return nil, err
		}
		if p.Touch == Last {
			out[i] = b
		}
	}
	return out, nil
}

// earners are the levels of an order by one bond: who gets something, by which bond and of how much; not yet what.
func (p programme) earners(w ties, sale Sale, b Bond) (out []Reward, err error) {
	base, left := p.base(sale)
	if left <= 0 {
		return nil, nil
	}
	buyer, err := w.human(sale.Buyer)
	if err != nil {
		return nil, err
	}
	var seen []string
	for paid := buyer; b.live(sale.PaidAt, sale.Order); {
		promoter, err := w.human(b.Promoter)
		if err != nil {
			return nil, err
		}
		one := promoter.is(paid.id()) || promoter.is(buyer.id()) || slices.Contains(seen, promoter.id())
		if one && !w.allowed(sale.Order, b.ID) {
			break // people who turned out to be one human since
		}
		level := len(out) + 1
		out = append(out, Reward{Order: sale.Order, Programme: p.Name, Version: p.version, Level: level, Bond: b.ID, Promoter: promoter.id(), Base: base})
		if level == min(len(p.Levels), maxLevels) {
			break
		}
		above, err := payingBonds(w, p.Name, promoter, sale)
		if err != nil || len(above) == 0 {
			return out, err
		}
		seen, paid, b = append(seen, promoter.id()), promoter, above[0]
	}
	return out, nil
}
