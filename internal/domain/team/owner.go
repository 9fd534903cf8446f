package team

import (
	"fmt"
	"time"

	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/spine/fact"
)

// Arrival is somebody who became a contact.
type Arrival struct {
	Person string
	Source string // the source's name
	Fact   string
}

// WelcomeTx gives a contact an owner in sales, or lets them wait in the pool until somebody has hours and room. Who is looked after
// already stays with whom they have; the turn is empty where service has them, or no department sells.
func (s *Service) WelcomeTx(tx *db.Tx, a Arrival) (Turn, error) {
	rules, err := rulesNow(tx)
	if err != nil {
		return Turn{}, err
	}
	d, sells := rules.department(SideSales, a.Source)
	if !sells {
		return Turn{}, nil
	}
	if a.Person, err = s.root(tx, a.Person); err != nil {
		return Turn{}, err
	}
	if _, served, err := openTurn(tx, a.Person, SideService, ""); err != nil || served {
		return Turn{}, err
	}
	t, made, err := s.begin(tx, rules, Turn{Person: a.Person, Side: SideSales, Department: d.Name, Source: a.Source, fact: a.Fact})
	if err != nil || !made {
		return t, err
	}
	return s.give(tx, rules, t)
}

// end ends a turn and takes it off the load.
func (s *Service) end(tx *db.Tx, t *Turn, why End, actor string) error {
	if err := endTurn(tx, *t, why); err != nil {
		return fmt.Errorf("end turn %s: %w", t.ID, err)
	}
	t.EndedAt, t.End = tx.Now(), why
	if err := job.Clear(tx, turnTimer, t.ID); err != nil {
		return err
	}
	_, err := fact.Append(tx, TurnEnded{t.Side, fact.ID(t.Staff), why}, fact.Fact{Person: t.Person, Subject: t.ID, Actor: actor})
	return err
}

// toPool takes a person from who has them and gives them anew.
func (s *Service) toPool(tx *db.Tx, rules Rules, t Turn, actor string) (Turn, error) {
	if err := s.end(tx, &t, Returned, actor); err != nil {
		return t, err
	}
	next, _, err := s.begin(tx, rules, Turn{Person: t.Person, Side: t.Side, Department: t.Department, Source: t.Source, Before: t.Staff})
	if err != nil {
		return next, err
	}
	if next, err = s.give(tx, rules, next); err != nil || next.Staff != "" {
		return next, err
	}
	return next, s.People.Own(tx, next.Person, next.Side, "")
}

// ReturnTx puts a contact back into the pool; somebody else is given them. Refusals: ErrNoOwner.
func (s *Service) ReturnTx(tx *db.Tx, actor, person string) (Turn, error) {
	t, rules, err := s.turnOf(tx, person, SideSales)
	if err != nil || t.Staff == "" {
		return t, err
	}
	return s.toPool(tx, rules, t, actor)
}

// OwnerTx gives who looks after a person on a side. Refusals: ErrNoOwner.
func (s *Service) OwnerTx(tx *db.Tx, person string, side Side) (Turn, error) {
	person, err := s.root(tx, person)
	if err != nil {
		return Turn{}, err
	}
	t, found, err := openTurn(tx, person, side, "")
	if err == nil && !found {
		err = ErrNoOwner
	}
	return t, err
}

// turnOf is the open turn of a person, locked. Refusals: ErrNoOwner.
func (s *Service) turnOf(tx *db.Tx, person string, side Side) (t Turn, rules Rules, err error) {
	if rules, err = rulesNow(tx); err != nil {
		return t, rules, err
	}
	if person, err = s.root(tx, person); err != nil {
		return t, rules, err
	}
	t, found, err := openTurn(tx, person, side, tx.ForUpdate())
	if err == nil && !found {
		err = ErrNoOwner
	}
	return t, rules, err
}

// HandTx gives a person to one of the staff by somebody's decision, whatever they have in hand. Refusals: ErrSideOfPerson,
// ErrNotInDepartment, ErrNoDepartment.
func (s *Service) HandTx(tx *db.Tx, actor, person string, side Side, staff string) (Turn, error) {
	if side != SideSales && side != SideService {
		return Turn{}, ErrSideOfPerson.At("/side")
	}
	rules, err := rulesNow(tx)
	if err != nil {
		return Turn{}, err
	}
	if person, err = s.root(tx, person); err != nil {
		return Turn{}, err
	}
	t, found, err := openTurn(tx, person, side, tx.ForUpdate())
	if err != nil || found && t.Staff == staff {
		return t, err
	}
	d, err := s.holds(tx, rules, side, staff, t.Source)
	if err != nil {
		return t, err
	}
	if found {
		if err := s.end(tx, &t, Moved, actor); err != nil {
			return t, err
		}
	}
	t, made, err := s.begin(tx, rules, Turn{Person: person, Side: side, Department: d.Name, Source: t.Source})
	if err != nil || !made {
		return t, err
	}
	if _, err := takeLoad(tx, Member{Department: d.Name, Staff: staff}, 0); err != nil {
		return t, err
	}
	t.Staff, t.Reason, t.Department = staff, OfHand, d.Name
	return t, s.given(tx, rules, &t, actor)
}

// holds finds the department of a side that one of the staff is in: rather the one for a source.
func (s *Service) holds(tx *db.Tx, rules Rules, side Side, staff, source string) (Department, error) {
	usual, known := rules.department(side, source)
	if !known {
		return usual, ErrNoDepartment.With("department", string(side))
	}
	for _, d := range append([]Department{usual}, rules.Departments...) {
		if d.Side == side && s.mustHold(tx, d, staff) == nil {
			return d, nil
		}
	}
	return usual, s.mustHold(tx, usual, staff)
}

// AdoptTx follows a profile on which somebody wrote who looks after the person: what names none of the side's staff changes nothing.
func (s *Service) AdoptTx(tx *db.Tx, actor, person string, side Side, staff string) error {
	if staff == "" {
		return nil
	}
	rules, err := rulesNow(tx)
	if err != nil {
		return err
	}
	ids, err := s.People.IDs(tx, person)
	if err != nil {
		return err
	}
	last, found, err := lastTurn(tx, ids, side)
	if err != nil || found && last.Staff == staff && last.End != Returned && last.End != Moved {
		return err
	}
	if _, err := s.holds(tx, rules, side, staff, last.Source); err != nil {
		return nil //nolint:nilerr // a name that is no operator's
	}
	_, err = s.HandTx(tx, actor, person, side, staff)
	return err
}

// TouchTx notes that the owner has spoken with a contact: they are not returned any more. A second time it changes nothing.
// Refusals: ErrNoOwner, ErrNotYours.
func (s *Service) TouchTx(tx *db.Tx, staff, person string) (Turn, error) {
	t, _, err := s.turnOf(tx, person, SideSales)
	if err != nil || !t.TouchedAt.IsZero() {
		return t, err
	}
	if t.Staff != staff {
		return t, ErrNotYours
	}
	return t, s.touch(tx, &t)
}

func (s *Service) touch(tx *db.Tx, t *Turn) error {
	t.TouchedAt, t.ReturnsAt = tx.Now(), time.Time{}
	if err := touchTurn(tx, *t); err != nil {
		return err
	}
	if err := job.Clear(tx, turnTimer, t.ID); err != nil {
		return err
	}
	_, err := fact.Append(tx, Touched{fact.ID(t.Staff)}, fact.Fact{Person: t.Person, Subject: t.ID, Actor: t.Staff})
	return err
}

// pass hands a buyer to service. Where no department serves, sales keeps them, and they are not returned any more.
func (s *Service) pass(tx *db.Tx, rules Rules, person, source, cause string) error {
	t, found, err := openTurn(tx, person, SideSales, tx.ForUpdate())
	if err != nil {
		return err
	}
	d, serves := rules.department(SideService, source)
	if !serves {
		if found && t.Staff != "" && t.TouchedAt.IsZero() {
			return s.touch(tx, &t)
		}
		return nil
	}
	if found {
		if err := s.end(tx, &t, Handed, ""); err != nil {
			return err
		}
	}
	next, made, err := s.begin(tx, rules, Turn{Person: person, Side: SideService, Department: d.Name, Source: source, fact: cause})
	if err != nil || !made {
		return err
	}
	_, err = s.give(tx, rules, next)
	return err
}

// MergeTx leaves one owner on each side to the one who stands for both: the one they have already, else the other's.
func (s *Service) MergeTx(tx *db.Tx, from, into string) error {
	for _, side := range []Side{SideSales, SideService} {
		t, found, err := openTurn(tx, from, side, tx.ForUpdate())
		if err != nil || !found {
			if err != nil {
				return err
			}
			continue
		}
		_, has, err := openTurn(tx, into, side, tx.ForUpdate())
		if err != nil {
			return err
		}
		if has {
			err = s.end(tx, &t, Merged, "")
		} else {
			err = moveTurn(tx, t.ID, into)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// DropTx ends the care for somebody who is erased or kept out.
func (s *Service) DropTx(tx *db.Tx, person string) error {
	for _, side := range []Side{SideSales, SideService} {
		t, found, err := openTurn(tx, person, side, tx.ForUpdate())
		if err != nil {
			return err
		}
		if found {
			if err := s.end(tx, &t, Erased, ""); err != nil {
				return err
			}
		}
	}
	return nil
}

// TurnFilter says which open turns a list has.
type TurnFilter struct {
	Staff string // "" is the pool
	Side  Side   // "" is both
}

// OpenTx lists the people whom somebody looks after, or who wait in the pool, the latest first.
func (s *Service) OpenTx(tx *db.Tx, f TurnFilter, cursor string, limit int) (page.Page[Turn], error) {
	before := ""
	if _, err := page.Parse(cursor, &before); err != nil {
		return page.Page[Turn]{}, err
	}
	limit = page.Limit(limit)
	rows, err := openTurns(tx, f, before, limit+1)
	if err != nil {
		return page.Page[Turn]{}, err
	}
	rules, err := rulesNow(tx)
	for i, t := range rows {
		if t.Side == SideSales && t.Staff != "" && t.TouchedAt.IsZero() {
			rows[i].ReturnsAt = t.GivenAt.Add(rules.Owners.returnAfter())
		}
	}
	return page.Cut(rows, limit, func(t Turn) string { return page.Cursor(t.ID) }), err
}

// TurnsTx lists who has looked after a person, the latest first.
func (s *Service) TurnsTx(tx *db.Tx, person, cursor string, limit int) (page.Page[Turn], error) {
	before := ""
	if _, err := page.Parse(cursor, &before); err != nil {
		return page.Page[Turn]{}, err
	}
	root, err := s.root(tx, person)
	if err != nil {
		return page.Page[Turn]{}, err
	}
	limit = page.Limit(limit)
	rows, err := turnsOf(tx, root, before, limit+1)
	return page.Cut(rows, limit, func(t Turn) string { return page.Cursor(t.ID) }), err
}
