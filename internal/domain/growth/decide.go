package growth

import (
	"slices"

	"github.com/qunce/qunce/internal/platform/db"
)

// What the rules decide, apart from where bonds are kept: BindTx and EarnTx decide by it, and so does a simulation.

// ties tell who is bound to whom.
type ties interface {
	human(person string) (party, error)
	// standing are a guest's active bonds, of one programme or of all, in the order in which they were made.
	standing(programme string, guest party) ([]Bond, error)
	terms(name string, version int) (programme, error)
}

// rows are the ties as they are kept; who reads them locks them.
type rows struct {
	*Service
	tx *db.Tx
}

func (r rows) human(person string) (party, error) { return r.People.IDs(r.tx, person) }

func (r rows) standing(programme string, guest party) ([]Bond, error) {
	return activeBonds(r.tx, programme, guest)
}

func (r rows) terms(name string, version int) (programme, error) {
	return programmeAt(r.tx, name, version)
}

// yield is a bond that gives way to another.
type yield struct {
	bond Bond
	why  Reason
}

// contest judges a bond against those that stand: which of them give way, and, unless the guest is the new one's, which one keeps the
// guest and why. Without a reason the guest is that promoter's already, and nothing changes.
func (p Programme) contest(stands []Bond, b Bond, promoter party) (gone []yield, keeper *Bond, why Reason) {
	for i, old := range stands {
		same, ended, protected := promoter.is(old.Promoter), !old.ValidUntil.After(b.BoundAt), old.ProtectUntil.After(b.BoundAt)
		switch {
		case p.ofOneOrder(): // no other stands against a bond of one order alone
			ended = true
		case same && !ended && p.Touch == First:
			return gone, &stands[i], ""
		case !same && protected:
			return gone, &stands[i], Protected
		case !same && !ended && p.Touch == First:
			return gone, &stands[i], CameLater
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

// payingBonds are a human's active bonds, one a programme: a merge of persons may have brought two together.
func payingBonds(w ties, programme string, guest party) ([]Bond, error) {
	all, err := w.standing(programme, guest)
	if err != nil {
		return nil, err
	}
	var out []Bond
	for _, b := range all { // in the order in which they were made
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
		if promoter.is(paid.id()) || promoter.is(buyer.id()) || slices.Contains(seen, promoter.id()) {
			break // people who turned out to be one human since
		}
		level := len(out) + 1
		out = append(out, Reward{Order: sale.Order, Programme: p.Name, Version: p.version, Level: level, Bond: b.ID, Promoter: promoter.id(), Base: base})
		if level == min(len(p.Levels), maxLevels) {
			break
		}
		above, err := w.standing(p.Name, promoter)
		if err != nil || len(above) == 0 {
			return out, err
		}
		seen, paid, b = append(seen, promoter.id()), promoter, above[0]
	}
	return out, nil
}
