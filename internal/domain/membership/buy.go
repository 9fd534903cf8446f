package membership

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/seat"
)

// Buy is BuyTx in a transaction of its own.
func (s *Service) Buy(ctx context.Context, community, term string) (t Term, err error) {
	err = s.db.Do(ctx, community, func(tx *db.Tx) (err error) {
		t, err = s.BuyTx(tx, term)
		return err
	})
	return t, err
}

// BuyTx makes a reserved term the person's, once: asked again it gives the term as it is. A reservation that has ended is honoured
// while there is room, at its price. Refusals, after which what was paid is owed back: seat.ErrLapsed and seat.ErrGone for places
// that are gone, ErrHas for who has bought a plan with all of it meanwhile, ErrChanged for who has something else by now than the price
// was made for, ErrBlocked, ErrNoNumbers, ErrNotHeld.
func (s *Service) BuyTx(tx *db.Tx, term string) (Term, error) {
	t, x, err := s.locked(tx, term)
	if err != nil {
		return t, err
	}
	switch t.stored {
	case Held, Dropped:
	case bought:
		t.State = t.at(tx.Now())
		return t, nil
	default:
		return t, ErrNotHeld
	}
	replaced, err := s.place(tx, x, &t)
	if err != nil {
		return t, err
	}
	if err := s.takeSeats(tx, x, &t); err != nil {
		return t, err
	}
	if err := s.number(tx, x, &t); err != nil {
		return t, err
	}
	return t, s.begin(tx, x, &t, replaced)
}

// place sets the dates, by what the person has now: since the reservation a term may have been bought, refunded, or ended.
func (s *Service) place(tx *db.Tx, x standing, t *Term) (replaced []Term, err error) {
	plans, _, err := s.forSale(tx, x.person, t.Plan)
	if errors.Is(err, ErrUnknownPlan) { // no longer sold, but to who has reserved it
		plans, err = activePlans(tx)
	}
	if err != nil {
		return nil, err
	}
	q, replaced, err := s.quote(tx, x, t.Organisation, plans, t.plan)
	if err != nil {
		return nil, err
	}
	if !x.still(t.quoted) || slices.ContainsFunc(replaced, func(r Term) bool { return !slices.Contains(t.quoted, r.credited()) }) {
		return nil, ErrChanged
	}
	t.Kind, t.Starts, t.Ends, t.BoughtAt = q.Kind, q.Starts, q.Ends, tx.Now()
	t.GraceUntil = t.Ends
	if t.plan.Grace > 0 {
		local := t.Ends.In(s.zone(context.Background(), tx.Community()))
		t.GraceUntil = local.AddDate(0, 0, t.plan.Grace).UTC()
	}
	t.RunStart = t.Starts
	if own := x.live(t.Plan, t.Organisation, tx.Now()); len(own) > 0 {
		t.RunStart = own[0].RunStart
	}
	for _, r := range replaced {
		if r.RunStart.Before(t.RunStart) {
			t.RunStart = r.RunStart
		}
	}
	return replaced, nil
}

// still tells whether the terms of a quote are the member's as they were, or have run out: nothing more of them went back.
func (x standing) still(quoted []credited) bool {
	for _, c := range quoted {
		if !slices.ContainsFunc(x.terms, func(t Term) bool { return t.stored == bought && t.credited() == c }) {
			return false
		}
	}
	return true
}

// takeSeats takes the places that were held, and one under the cap for who has none.
func (s *Service) takeSeats(tx *db.Tx, x standing, t *Term) error {
	if t.seat != "" {
		if err := s.takeOrClaim(tx, t.seat, seat.Claim{Key: "term again " + t.ID, Group: waveGroup(t.Plan), Holder: seat.Holder{ID: t.ID}}, &t.seat); err != nil {
			return err
		}
	}
	place, err := s.takeMemberSeat(tx, x, "member again "+t.ID)
	if place != "" {
		t.memberSeat = place
	}
	return err
}

// takeMemberSeat takes a place under the cap for who has none, and gives it.
func (s *Service) takeMemberSeat(tx *db.Tx, x standing, key string) (string, error) {
	has, found, err := s.seats.LiveSeatOf(tx, capGroup, x.person)
	switch {
	case err != nil:
		return "", err
	case found && has.State == seat.StateTaken:
		return "", nil
	case found:
		_, err = s.seats.TakeTx(tx, has.ID)
		return has.ID, err
	}
	got, err := s.seats.HoldTx(tx, seat.Claim{Key: key, Group: capGroup, Holder: seat.Holder{ID: x.person, Person: true}})
	return got.ID, err
}

// takeOrClaim takes a held seat; one that was given up is claimed anew.
func (s *Service) takeOrClaim(tx *db.Tx, id string, c seat.Claim, into *string) error {
	_, err := s.seats.TakeTx(tx, id)
	if !errors.Is(err, seat.ErrReleased) {
		return err
	}
	got, err := s.seats.HoldTx(tx, c)
	*into = got.ID
	return err
}

// begin writes the term down with all that comes with it.
func (s *Service) begin(tx *db.Tx, x standing, t *Term, replaced []Term) error {
	t.stored = bought
	t.State = t.at(tx.Now())
	if err := buyTerm(tx, *t); err != nil {
		return fmt.Errorf("buy term %s: %w", t.ID, err)
	}
	if err := insertMember(tx, x.person, tx.Now()); err != nil {
		return err
	}
	for _, r := range replaced {
		if err := s.giveWay(tx, r, t.ID); err != nil {
			return err
		}
	}
	if err := s.entitle(tx, *t); err != nil {
		return err
	}
	if err := t.tell(tx, TermBought{Plan: PlanName(t.Plan), Kind: t.Kind, Paid: int64(max(0, t.Due()-t.returned))}, "bought"); err != nil {
		return err
	}
	if err := s.tellCompany(tx, *t); err != nil {
		return err
	}
	for _, o := range x.terms {
		if o.followedBy(*t) {
			if err := o.tell(tx, TermFollowed{Plan: PlanName(o.Plan), By: fact.ID(t.ID)}, "followed by "+t.ID); err != nil {
				return err
			}
		}
	}
	return s.due(tx, t.ID)
}

// giveWay ends a term in favour of one that includes it.
func (s *Service) giveWay(tx *db.Tx, t Term, into string) error {
	if err := endTerm(tx, t.ID, bought, Upgraded, tx.Now(), into); err != nil {
		return err
	}
	if err := s.closeEntitlements(tx, t.ID); err != nil {
		return err
	}
	if err := job.Clear(tx, termTimer, t.ID); err != nil {
		return err
	}
	return t.tell(tx, TermUpgraded{Plan: PlanName(t.Plan), Into: fact.ID(into)}, "")
}

// Refundable is what of a term's due can be given back at a time: all of it within the plan's days, nothing after.
func (t Term) Refundable(now time.Time) money.Fen {
	if t.stored == bought && now.Before(t.RefundUntil()) {
		return max(t.Due()-t.returned, 0)
	}
	return 0
}

// ReturnedTx notes that a part of what a term costs has gone back while its member keeps it: so much less is unused of it. One that
// gave way to another term is part of that one's price: ErrNotBought.
func (s *Service) ReturnedTx(tx *db.Tx, term string, part money.Fen) error {
	t, _, err := s.locked(tx, term)
	if err == nil && t.stored != bought && t.stored != Held && t.stored != Dropped {
		err = ErrNotBought
	}
	if err != nil {
		return err
	}
	return addReturned(tx, term, part)
}

// RefundUntil is when the term can't be given back by its member any more.
func (t Term) RefundUntil() time.Time { return t.BoughtAt.AddDate(0, 0, t.plan.Refund) }

// RefundTx takes a term back: what is unused of its benefits ends, its places are free again, and terms that gave way to it
// go on. It does not ask whether the days for it are over: who pays the money back decides. Refusals: ErrUnknownTerm,
// ErrNotBought, ErrFollowed.
func (s *Service) RefundTx(tx *db.Tx, term string) (Term, error) {
	t, x, err := s.locked(tx, term)
	if err != nil {
		return t, err
	}
	if t.stored == Refunded {
		return t, nil
	}
	was := t.stored
	if was != bought && was != Left {
		return t, ErrNotBought
	}
	for _, o := range x.live(t.Plan, t.Organisation, tx.Now()) {
		if o.ID != t.ID && !o.Starts.Before(t.Ends) {
			return t, ErrFollowed.With("term", o.ID)
		}
	}
	if err := endTerm(tx, t.ID, was, Refunded, tx.Now(), ""); err != nil {
		return t, err
	}
	if err := s.closeEntitlements(tx, t.ID); err != nil {
		return t, err
	}
	if err := job.Clear(tx, termTimer, t.ID); err != nil {
		return t, err
	}
	if err := s.revive(tx, x, t.ID); err != nil {
		return t, err
	}
	if err := s.giveBack(tx, t.seat); err != nil {
		return t, err
	}
	if err := s.seatColleagues(tx, t.Organisation); err != nil {
		return t, err
	}
	if err := s.leaveIfOver(tx, x.person); err != nil {
		return t, err
	}
	t.stored, t.State, t.EndedAt = Refunded, Refunded, tx.Now()
	return t, t.tell(tx, TermRefunded{Plan: PlanName(t.Plan)}, "refunded")
}

// revive lets the terms that gave way to a refunded one go on.
func (s *Service) revive(tx *db.Tx, x standing, into string) error {
	for _, o := range x.terms {
		if o.stored != Upgraded || o.endedBy != into {
			continue
		}
		if err := reviveTerm(tx, o.ID); err != nil {
			return err
		}
		if err := s.openEntitlements(tx, o.ID); err != nil {
			return err
		}
		if err := s.due(tx, o.ID); err != nil {
			return err
		}
	}
	return nil
}
