package membership

import (
	"errors"
	"slices"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/spine/seat"
)

// due tells what a term has come to, and sets its next timer. It is the timer's effect, and may run again.
func (s *Service) due(tx *db.Tx, term string) error {
	if err := s.seats.LockTx(tx); err != nil {
		return err
	}
	t, err := termByID(tx, term)
	if errors.Is(err, ErrUnknownTerm) {
		return nil
	}
	if err != nil || t.stored != bought {
		return err
	}
	x, err := s.standing(tx, t.Person)
	if err == nil {
		x, err = x.with(tx, t.Organisation)
	}
	if err == nil {
		err = s.seatColleagues(tx, t.Organisation)
	}
	if err != nil {
		return err
	}
	plan, now := PlanName(t.Plan), tx.Now()
	state := t.at(now)
	if state != Pending {
		// With keys: a timer may come late, and find two of these at once.
		if err := t.tell(tx, TermStarted{Plan: plan, Kind: t.Kind, Ends: db.Micros(t.Ends)}, "started"); err != nil {
			return err
		}
	}
	followed := x.followed(t)
	if (state == Grace || state == Expired && t.plan.Grace > 0) && !followed {
		if err := t.tell(tx, GraceBegan{Plan: plan, Until: db.Micros(t.GraceUntil)}, "grace"); err != nil {
			return err
		}
	}
	next := map[State]time.Time{Pending: t.Starts, Active: t.Ends, Grace: t.GraceUntil}[state]
	goesOn := followed && x.followedByOwn(t)
	if !next.IsZero() && (state != Grace || !goesOn) {
		return job.At(tx, termTimer, t.ID, next)
	}
	if goesOn {
		return nil
	}
	if followed { // a company's run goes on, with another contact
		return s.leaveIfOver(tx, x.person)
	}
	if err := t.tell(tx, TermExpired{Plan: plan}, "expired"); err != nil {
		return err
	}
	return s.leaveIfOver(tx, x.person)
}

// followedByOwn tells whether one of those is this person's.
func (x standing) followedByOwn(t Term) bool {
	x.terms = slices.DeleteFunc(slices.Clone(x.terms), func(o Term) bool { return !slices.Contains(x.ids, o.Person) })
	return x.followed(t)
}

// followed tells whether another bought term of the plan goes on where this one ends.
func (x standing) followed(t Term) bool {
	return slices.ContainsFunc(x.terms, t.followedBy)
}

// followedBy tells whether another term is a bought one of the plan that goes on where this one ends.
func (t Term) followedBy(o Term) bool {
	return o.ID != t.ID && o.Plan == t.Plan && o.Organisation == t.Organisation && o.stored == bought && !o.Starts.Before(t.Ends) && o.Starts.Compare(t.GraceUntil) <= 0
}

// leaveIfOver frees the place under the cap of a person who has no membership any more.
func (s *Service) leaveIfOver(tx *db.Tx, person string) error {
	x, err := s.standing(tx, person)
	if err != nil {
		return err
	}
	if member, err := s.isMember(tx, x); err != nil || member {
		return err
	}
	has, found, err := s.seats.LiveSeatOf(tx, capGroup, x.person)
	if err != nil || !found || has.State != seat.StateTaken {
		return err
	}
	return s.giveBack(tx, has.ID)
}

// MembershipsTx lists what a person has now, by plan.
func (s *Service) MembershipsTx(tx *db.Tx, person string) ([]Tenure, error) {
	x, err := s.standing(tx, person)
	if err != nil {
		return nil, err
	}
	since, err := memberSince(tx, x.ids)
	if err != nil {
		return nil, err
	}
	plans, err := activePlans(tx)
	if err != nil {
		return nil, err
	}
	given, err := s.given(tx, x)
	if err != nil {
		return nil, err
	}
	var out []Tenure
	at := map[string]int{}
	for _, t := range append(slices.Clone(x.terms), given...) {
		if !t.live(tx.Now()) {
			continue
		}
		i, seen := at[t.Plan+" "+t.Organisation]
		if !seen {
			i = len(out)
			at[t.Plan+" "+t.Organisation] = i
			out = append(out, Tenure{
				Plan: t.Plan, Title: t.Title, Company: t.Organisation, Colleague: !slices.Contains(x.ids, t.Person), Term: t.ID, Number: t.Number, State: t.at(tx.Now()), MemberSince: since, RunStart: t.RunStart, Renewal: t.plan.RenewalPrice(),
			})
		}
		m := &out[i]
		if m.State == Grace { // a term that follows: the run goes on
			m.Term, m.State = t.ID, t.at(tx.Now())
		}
		m.Ends, m.GraceUntil = t.Ends, t.GraceUntil
	}
	for i := range out {
		for _, p := range plans {
			if p.Name == out[i].Plan {
				out[i].Title, out[i].Renewal = p.Title, p.RenewalPrice()
			}
		}
	}
	return out, nil
}

// TermTx gives a term.
func (s *Service) TermTx(tx *db.Tx, id string) (Term, error) {
	t, err := termByID(tx, id)
	if err != nil {
		return t, err
	}
	t.State = t.at(tx.Now())
	return t, nil
}

// TermsTx lists what a person ever bought, in the order in which the terms begin.
func (s *Service) TermsTx(tx *db.Tx, person string) ([]Term, error) {
	x, err := s.standing(tx, person)
	for i := range x.terms {
		x.terms[i].State = x.terms[i].at(tx.Now())
	}
	return x.terms, err
}

// EraseTx frees the place under the cap of a person who is erased. Their terms stay in the books; nobody will use the place.
func (s *Service) EraseTx(tx *db.Tx, person string) error {
	if err := s.seats.LockTx(tx); err != nil {
		return err
	}
	if err := s.eraseColleague(tx, person); err != nil {
		return err
	}
	if err := eraseUses(tx, person); err != nil {
		return err
	}
	has, found, err := s.seats.LiveSeatOf(tx, capGroup, person)
	if err != nil || !found {
		return err
	}
	return s.giveBack(tx, has.ID)
}

// FollowTx makes the place under the cap agree with what a person has, after a merge of persons or the end of one: then rows
// of terms stay where they are, but the seats have moved. app calls it after the seats have followed.
func (s *Service) FollowTx(tx *db.Tx, person string) error {
	if err := s.seats.LockTx(tx); err != nil {
		return err
	}
	x, err := s.standing(tx, person)
	if err != nil {
		return err
	}
	if err := s.followColleagues(tx, x); err != nil {
		return err
	}
	if member, err := s.isMember(tx, x); err != nil {
		return err
	} else if !member {
		return s.leaveIfOver(tx, x.person)
	}
	if _, found, err := s.seats.LiveSeatOf(tx, capGroup, x.person); err != nil || found {
		return err
	}
	_, err = s.seats.HoldTx(tx, seat.Claim{Key: "member " + tx.NewID(), Group: capGroup, Holder: seat.Holder{ID: x.person, Person: true}})
	if errs.As(err) != nil {
		return nil // the community is full: whoever is a member stays one
	}
	return err
}
