package membership

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/seat"
)

// standing is what a human has, by all the ids they have had.
type standing struct {
	person string // who stands for them
	ids    []string
	terms  []Term // bought ones, in the order in which they begin
}

// with adds what a company has bought, whoever its contact was then.
func (x standing) with(tx *db.Tx, organisation string) (standing, error) {
	if organisation == "" {
		return x, nil
	}
	theirs, err := termsOfOrganisation(tx, organisation)
	if err != nil {
		return x, fmt.Errorf("read the terms of company %s: %w", organisation, err)
	}
	for _, t := range theirs {
		if !slices.ContainsFunc(x.terms, func(o Term) bool { return o.ID == t.ID }) {
			x.terms = append(x.terms, t)
		}
	}
	x.sort()
	return x, nil
}

func (x standing) sort() {
	slices.SortStableFunc(x.terms, func(a, b Term) int { return a.Starts.Compare(b.Starts) })
}

func (s *Service) standing(tx *db.Tx, person string) (x standing, err error) {
	if person == "" { // a stranger
		return x, nil
	}
	if x.ids, err = s.people.IDs(tx, person); err != nil {
		return x, err
	}
	x.person = x.ids[0]
	if x.terms, err = termsOf(tx, x.ids); err != nil {
		return x, fmt.Errorf("read the terms of %s: %w", x.person, err)
	}
	x.sort()
	return x, nil
}

// lock is standing under the seats' lock: what follows gives or frees places, by what the person has.
func (s *Service) lock(tx *db.Tx, person string) (standing, error) {
	if err := s.seats.LockTx(tx); err != nil {
		return standing{}, err
	}
	return s.standing(tx, person)
}

// locked is a term with what its member has, under that lock.
func (s *Service) locked(tx *db.Tx, term string) (t Term, x standing, err error) {
	if err := s.seats.LockTx(tx); err != nil {
		return t, x, err
	}
	if t, err = termByID(tx, term); err != nil {
		return t, x, err
	}
	if x, err = s.standing(tx, t.Person); err == nil {
		x, err = x.with(tx, t.Organisation)
	}
	return t, x, err
}

// live lists the terms of a plan that are bought and not over: a company's, or with "" the person's own.
func (x standing) live(plan, organisation string, now time.Time) (out []Term) {
	for _, t := range x.terms {
		if t.Plan == plan && t.Organisation == organisation && t.live(now) {
			out = append(out, t)
		}
	}
	return out
}

// quote says what a person, or their company, would get: another term behind those of the plan, one in place of a lesser plan's, or a
// first one.
func (s *Service) quote(tx *db.Tx, x standing, organisation string, plans []planRow, p Plan) (q Quote, replaced []Term, err error) {
	now, zone := tx.Now(), s.zone(context.Background(), tx.Community())
	q = Quote{Plan: p.Name, Kind: KindNew, Price: p.Price, Starts: now}
	if own := x.live(p.Name, organisation, now); len(own) > 0 {
		q.Kind, q.Price, q.Starts = KindRenewal, p.RenewalPrice(), own[len(own)-1].Ends
	} else {
		for _, o := range plans {
			if includes(plans, o.Plan, p.Name) && len(x.live(o.Name, organisation, now)) > 0 {
				return q, nil, ErrHas.With("plan", o.Title)
			}
		}
		for _, o := range plans {
			if includes(plans, p, o.Name) {
				replaced = append(replaced, x.live(o.Name, organisation, now)...)
			}
		}
	}
	if len(replaced) > 0 {
		q.Kind = KindUpgrade
	}
	for _, t := range replaced {
		q.Credit += t.unused(now)
		q.Replaces = append(q.Replaces, t.ID)
	}
	q.Ends = p.Period.end(q.Starts, zone)
	q.settle(q.Price)
	return q, replaced, nil
}

// settle sets the price; what is credited is never more, so that an upgrade pays nobody out.
func (q *Quote) settle(price money.Fen) {
	q.Price, q.Credit = price, min(q.Credit, price)
	q.Due = q.Price - q.Credit
}

// includes tells whether a plan has another in it, at any remove.
func includes(plans []planRow, p Plan, name string) bool {
	return slices.ContainsFunc(p.Includes, func(next string) bool {
		i := slices.IndexFunc(plans, func(x planRow) bool { return x.Name == next })
		return next == name || i >= 0 && includes(plans, plans[i].Plan, name)
	})
}

// QuoteTx says what a person, or a stranger (""), would buy now, or why not: ErrUnknownPlan, ErrHas, ErrBlocked, and of the waves those of seat.Hold.
// Nothing is kept for them.
func (s *Service) QuoteTx(tx *db.Tx, person, plan string) (Quote, error) {
	return s.QuoteForTx(tx, person, "", plan)
}

// QuoteForTx is QuoteTx for a company that the person is the contact of; also ErrPersonsOnly.
func (s *Service) QuoteForTx(tx *db.Tx, person, organisation, plan string) (Quote, error) {
	x, err := s.standing(tx, person)
	if err == nil {
		x, err = x.with(tx, organisation)
	}
	if err != nil {
		return Quote{}, err
	}
	plans, p, err := s.forSale(tx, x.person, plan)
	if err == nil && organisation != "" && p.Seats == 0 {
		err = ErrPersonsOnly
	}
	if err != nil {
		return Quote{}, err
	}
	q, _, err := s.quote(tx, x, organisation, plans, p.Plan)
	if err != nil || q.Kind == KindRenewal || len(p.Waves) == 0 {
		return q, err
	}
	counts, err := s.sold(tx, p.Plan)
	if err != nil {
		return q, err
	}
	w, found := p.selling(counts, tx.Now())
	if !found {
		return q, s.soldOut(p.Plan, counts, tx.Now())
	}
	q.Wave = w.Name
	q.settle(w.Price)
	return q, nil
}

// selling is the wave that sells at a time: the first with a place.
func (p Plan) selling(counts []WaveCount, now time.Time) (Wave, bool) {
	i := slices.IndexFunc(counts, func(c WaveCount) bool { return c.Room > 0 && p.wave(c.Wave).onSale(now) })
	if i < 0 {
		return Wave{}, false
	}
	return p.wave(counts[i].Wave), true
}

// soldOut says why no wave sells: it opens later, it may come back, or it is gone.
func (s *Service) soldOut(p Plan, counts []WaveCount, now time.Time) error {
	held := 0
	for _, c := range counts {
		w := p.wave(c.Wave)
		if c.Room > 0 && w.Opens.After(now) {
			return seat.ErrNotOpen.With("opens", w.Opens)
		}
		held += c.Held
	}
	if held > 0 {
		return seat.ErrMayComeBack
	}
	return seat.ErrGone
}

func (p Plan) wave(name string) Wave {
	i := slices.IndexFunc(p.Waves, func(w Wave) bool { return w.Name == name })
	if i < 0 {
		return Wave{}
	}
	return p.Waves[i]
}

func (w Wave) onSale(now time.Time) bool {
	return !w.Opens.After(now) && (w.Closes.IsZero() || w.Closes.After(now))
}

// forSale finds a plan for somebody who may buy.
func (s *Service) forSale(tx *db.Tx, person, plan string) (plans []planRow, p planRow, err error) {
	if person != "" {
		if blocked, err := s.people.Blocked(tx, person); err != nil || blocked {
			return nil, p, errs.Or(err, ErrBlocked)
		}
	}
	if plans, err = activePlans(tx); err != nil {
		return nil, p, err
	}
	i := slices.IndexFunc(plans, func(x planRow) bool { return x.Name == plan })
	if i < 0 {
		return nil, p, ErrUnknownPlan.With("plan", plan)
	}
	return plans, plans[i], nil
}

// Reserve is ReserveTx in a transaction of its own.
func (s *Service) Reserve(ctx context.Context, community, person, plan string, ttl time.Duration) (t Term, err error) {
	err = s.db.Do(ctx, community, func(tx *db.Tx) (err error) {
		t, err = s.ReserveTx(tx, person, plan, ttl)
		return err
	})
	return t, err
}

// ReserveTx keeps a term for a person until it is paid (BuyTx), given up (DropTx), or ttl has passed: its price, a place in the
// wave and one under the community's cap. Asked again before the end it gives the same one. A refusal writes nothing; see
// QuoteTx, and seat.ErrGone for a community that is full.
func (s *Service) ReserveTx(tx *db.Tx, person, plan string, ttl time.Duration) (Term, error) {
	return s.ReserveForTx(tx, person, "", plan, ttl)
}

// ReserveForTx is ReserveTx for a company: the term is its own, and the person its contact, which the caller has made sure of. Also
// ErrPersonsOnly.
func (s *Service) ReserveForTx(tx *db.Tx, person, organisation, plan string, ttl time.Duration) (Term, error) {
	x, err := s.lock(tx, person)
	if err == nil {
		x, err = x.with(tx, organisation)
	}
	if err != nil {
		return Term{}, err
	}
	plans, p, err := s.forSale(tx, x.person, plan)
	if err == nil && organisation != "" && p.Seats == 0 {
		err = ErrPersonsOnly
	}
	if err != nil {
		return Term{}, err
	}
	q, replaced, err := s.quote(tx, x, organisation, plans, p.Plan)
	if err != nil {
		return Term{}, err
	}
	var quoted []credited
	for _, r := range replaced {
		quoted = append(quoted, r.credited())
	}
	if was, found, err := heldTerm(tx, x.ids, plan, organisation); err != nil {
		return Term{}, err
	} else if found {
		if was.at(tx.Now()) == Held && was.Kind == q.Kind && slices.Equal(was.quoted, quoted) {
			return was, nil
		}
		if err := s.drop(tx, was); err != nil {
			return Term{}, err
		}
	}
	t := Term{
		ID: tx.NewID(), Person: x.person, Plan: plan, Title: p.Title, Kind: q.Kind, State: Held, stored: Held, HeldUntil: tx.Now().Add(ttl),
		version: p.version, plan: p.Plan, quoted: quoted, Organisation: organisation,
	}
	if err := s.holdSeats(tx, x, &t, &q, ttl); err != nil {
		return Term{}, err
	}
	t.Price, t.Credit = q.Price, q.Credit
	return t, insertTerm(tx, t)
}

// holdSeats keeps a place in the wave, whose price counts, and one under the cap for who has none.
func (s *Service) holdSeats(tx *db.Tx, x standing, t *Term, q *Quote, ttl time.Duration) error {
	if t.Kind != KindRenewal && len(t.plan.Waves) > 0 {
		got, err := s.seats.HoldTx(tx, seat.Claim{Key: "term " + t.ID, Group: waveGroup(t.Plan), Holder: seat.Holder{ID: t.ID}, TTL: ttl})
		if err != nil {
			return err
		}
		w, err := waveByID(tx, got.Pool)
		if err != nil {
			return err
		}
		t.seat, t.Wave = got.ID, w.name
		q.settle(w.price)
	}
	got, err := s.seats.HoldTx(tx, seat.Claim{Key: "member " + t.ID, Group: capGroup, Holder: seat.Holder{ID: x.person, Person: true}, TTL: ttl})
	switch {
	case errors.Is(err, seat.ErrHolderFull): // is a member, or will be by another reservation
		return nil
	case err != nil && t.seat != "":
		if _, giveErr := s.seats.ReleaseTx(tx, t.seat); giveErr != nil {
			return giveErr
		}
		return err
	}
	t.memberSeat = got.ID
	return err
}

// DropTx gives a reservation up; one that has ended, or was bought, stays as it is.
func (s *Service) DropTx(tx *db.Tx, term string) error {
	if err := s.seats.LockTx(tx); err != nil {
		return err
	}
	t, err := termByID(tx, term)
	if err != nil || t.stored != Held {
		return err
	}
	return s.drop(tx, t)
}

func (s *Service) drop(tx *db.Tx, t Term) error {
	if err := endTerm(tx, t.ID, Held, Dropped, tx.Now(), ""); err != nil {
		return err
	}
	if t.memberSeat == "" {
		return s.giveBack(tx, t.seat)
	}
	// Another reservation may have shared the place under the cap, and been bought.
	place, err := s.seats.Seat(tx, t.memberSeat)
	if err != nil {
		return fmt.Errorf("read seat %s: %w", t.memberSeat, err)
	}
	if place.State == seat.StateTaken {
		return s.giveBack(tx, t.seat)
	}
	return s.giveBack(tx, t.seat, t.memberSeat)
}

func (s *Service) giveBack(tx *db.Tx, seats ...string) error {
	for _, id := range seats {
		if id == "" {
			continue
		}
		if _, err := s.seats.ReleaseTx(tx, id); err != nil {
			return fmt.Errorf("give seat %s back: %w", id, err)
		}
	}
	return nil
}
