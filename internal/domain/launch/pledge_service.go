package launch

import (
	"errors"
	"fmt"

	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
)

// tries bounds how often others may come in between.
const tries = 8

func tell(tx *db.Tx, p Pledge, payload any, actor string) error {
	_, err := fact.Append(tx, payload, fact.Fact{Person: p.Person, Subject: p.ID, Actor: actor})
	return err
}

// open gives a launch that takes pledges, and all ids of a human.
func (s *Service) open(tx *db.Tx, launch, person string) (Launch, []string, error) {
	l, err := s.GetTx(tx, launch)
	if err != nil {
		return l, nil, err
	}
	ids, err := people.Group(tx, person)
	if err == nil && !l.Open(tx.Now()) {
		err = ErrClosed
	}
	return l, ids, err
}

// AskTx asks a person to promise, from the one asking budget; again acknowledges that they were asked lately. Refusals: ErrUnknown,
// ErrClosed, ErrPledged, ErrDeclined, ErrDone, and that of the budget.
func (s *Service) AskTx(tx *db.Tx, launch, person string, by audit.Actor, again bool) (Pledge, error) {
	l, ids, err := s.open(tx, launch, person)
	if err != nil {
		return Pledge{}, err
	}
	var ack *audit.Actor
	if again {
		ack = &by
	}
	spent := false
	for range tries {
		p, found, err := pledgeOf(tx, l.ID, ids)
		if err != nil {
			return p, err
		}
		if found && p.State != Asked {
			return p, map[PledgeState]error{Promised: ErrPledged, Declined: ErrDeclined, Done: ErrDone}[p.State]
		}
		if !spent { // first: who may not be asked leaves no row behind
			if err := s.sharing.AskTx(tx, ids[0], "launch-"+l.ID, ack); err != nil {
				return p, err
			}
			spent = true
		}
		if !found {
			p = Pledge{ID: tx.NewID(), Launch: l.ID, Person: ids[0], CreatedAt: tx.Now()}
		}
		p.State, p.AskedAt, p.AskedBy = Asked, tx.Now(), by.ID
		put := insertPledge
		if found {
			put = askPledge
		}
		ok, err := put(tx, p)
		if err != nil {
			return p, fmt.Errorf("note that somebody is asked: %w", err)
		}
		if !ok {
			continue // somebody else asked, or they answered
		}
		return p, tell(tx, p, PledgeAsked{Launch: fact.ID(l.ID), Again: again}, by.ID)
	}
	return Pledge{}, db.ErrBusy
}

// PromiseTx writes down what a person promises, asked or not; a later promise takes the place of an earlier one. They get a share
// link. Refusals: ErrUnknown, ErrClosed, ErrPromise, ErrDone.
func (s *Service) PromiseTx(tx *db.Tx, launch, person string, x Promise, actor string) (Pledge, error) {
	if err := x.check(); err != nil {
		return Pledge{}, err
	}
	l, ids, err := s.open(tx, launch, person)
	if err != nil {
		return Pledge{}, err
	}
	link, err := s.sharing.LinkTx(tx, ids[0], l.Product)
	if err != nil {
		return Pledge{}, fmt.Errorf("make the link of a pledge: %w", err)
	}
	for range tries {
		p, found, err := pledgeOf(tx, l.ID, ids)
		if err != nil {
			return p, err
		}
		if found && p.State == Done {
			return p, ErrDone
		}
		same := p.State == Promised && p.Contacts == x.Contacts && p.Shares == x.Shares
		if !found {
			p = Pledge{ID: tx.NewID(), Launch: l.ID, Person: ids[0], CreatedAt: tx.Now()}
		}
		p.State, p.Contacts, p.Shares, p.Link, p.PromisedAt = Promised, x.Contacts, x.Shares, link, tx.Now()
		begun := !l.Begins.After(tx.Now()) && p.DueAt.IsZero()
		if begun {
			p.DueAt = tx.Now()
		}
		put := insertPledge
		if found {
			put = promisePledge
		}
		ok, err := put(tx, p)
		if err != nil {
			return p, fmt.Errorf("note a promise: %w", err)
		}
		if !ok {
			continue
		}
		if !same {
			if err := tell(tx, p, Pledged{Launch: fact.ID(l.ID), Contacts: x.Contacts, Shares: x.Shares}, actor); err != nil {
				return p, err
			}
		}
		if begun {
			return p, tell(tx, p, PledgeDue{Launch: fact.ID(l.ID)}, "")
		}
		return p, nil
	}
	return Pledge{}, db.ErrBusy
}

// DeclineTx writes down that a person won't share, or takes their promise back. Refusals: ErrUnknown, ErrClosed, ErrUnknownPledge, ErrDone.
func (s *Service) DeclineTx(tx *db.Tx, launch, person, actor string) (Pledge, error) {
	return s.move(tx, launch, person, actor, Declined)
}

// DoneTx writes down that a person has shared as they promised, also after the end. What it reached is what their link tells.
// Refusals: ErrUnknown, ErrUnknownPledge, ErrNotPromised.
func (s *Service) DoneTx(tx *db.Tx, launch, person, actor string) (Pledge, error) {
	return s.move(tx, launch, person, actor, Done)
}

func (s *Service) move(tx *db.Tx, launch, person, actor string, to PledgeState) (Pledge, error) {
	l, ids, err := s.open(tx, launch, person)
	if err != nil && (to != Done || !errors.Is(err, ErrClosed)) {
		return Pledge{}, err
	}
	p, moved, err := movePledge(tx, l.ID, ids, to)
	if err != nil {
		return p, fmt.Errorf("note the answer to a pledge: %w", err)
	}
	if !moved {
		was, found, err := pledgeOf(tx, l.ID, ids)
		switch {
		case err != nil || !found:
			return was, errs.Or(err, ErrUnknownPledge)
		case was.State == to:
			return was, nil
		case to == Done:
			return was, ErrNotPromised
		}
		return was, ErrDone
	}
	var told any = PledgeDone{Launch: fact.ID(l.ID)}
	if to == Declined {
		told = PledgeDeclined{Launch: fact.ID(l.ID)}
	}
	return p, tell(tx, p, told, actor)
}

// PledgesTx lists the pledges of a launch with what their links brought, newest first; in one state, if it is given.
func (s *Service) PledgesTx(tx *db.Tx, launch string, state PledgeState, cursor string, limit int) (out page.Page[Reached], err error) {
	l, err := s.GetTx(tx, launch)
	if err != nil {
		return out, err
	}
	var before string
	if _, err := page.Parse(cursor, &before); err != nil {
		return out, err
	}
	limit = page.Limit(limit)
	rows, err := pledgesBefore(tx, launch, state, before, limit+1)
	if err != nil {
		return out, err
	}
	p := page.Cut(rows, limit, func(p Pledge) string { return page.Cursor(p.ID) })
	var links []string
	for _, x := range p.Items {
		if x.Link != "" {
			links = append(links, x.Link)
		}
	}
	found, err := s.sharing.ReachTx(tx, links, l.CreatedAt)
	out.Next = p.Next
	for _, x := range p.Items {
		out.Items = append(out.Items, Reached{x, found[x.Link]})
	}
	return out, err
}

// PledgeTx gives a pledge with what its link brought; ErrUnknownPledge if there is none.
func (s *Service) PledgeTx(tx *db.Tx, id string) (Pledge, error) {
	p, found, err := pledgeByID(tx, id)
	if err == nil && !found {
		err = ErrUnknownPledge
	}
	return p, err
}

// OwnTx gives a person's pledge in a launch.
func (s *Service) OwnTx(tx *db.Tx, launch, person string) (Pledge, bool, error) {
	ids, err := people.Group(tx, person)
	if err != nil {
		return Pledge{}, false, err
	}
	return pledgeOf(tx, launch, ids)
}

// mine bounds how many launches a person is shown.
const mine = 20

// MineTx lists what a person was asked about or promised, in launches that are open, newest first: at most 20.
func (s *Service) MineTx(tx *db.Tx, person string) ([]Mine, error) {
	ids, err := people.Group(tx, person)
	if err != nil {
		return nil, err
	}
	return minesOf(tx, ids, mine)
}

// ReachOfTx gives what somebody's pledge reached.
func (s *Service) ReachOfTx(tx *db.Tx, m Mine) (Reach, error) {
	if m.Pledge.Link == "" {
		return Reach{}, nil
	}
	found, err := s.sharing.ReachTx(tx, []string{m.Pledge.Link}, m.Launch.CreatedAt)
	return found[m.Pledge.Link], err
}

// ExportTx gives all that a person promised.
func (s *Service) ExportTx(tx *db.Tx, person string) ([]Pledge, error) {
	ids, err := people.Group(tx, person)
	if err != nil {
		return nil, err
	}
	return pledgesBy(tx, ids)
}
