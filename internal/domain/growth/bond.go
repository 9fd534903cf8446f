package growth

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/task"
)

// Kinds of tasks, and how they end.
const (
	ReviewBond   task.Kind    = "review-bond"
	ReviewReward task.Kind    = "review-reward"
	GiveService  task.Kind    = "give-service"
	Allow        task.Outcome = "allow"
	Refuse       task.Outcome = "refuse"
	Given        task.Outcome = "given"
)

// reviewIn is how long a review may take.
const reviewIn = 3 * 24 * time.Hour

// BindTx binds a guest by every programme that a touch of this sort binds in. What comes of it is kept in any case: active, lost
// against another bond, refused, or pending until somebody has looked at it. A touch told twice binds once.
func (s *Service) BindTx(tx *db.Tx, t Touch) ([]Bond, error) {
	list, err := programmes(tx, true)
	if err != nil {
		return nil, err
	}
	var out []Bond
	for _, p := range list {
		if p.Binds != t.Binds || t.Product != "" && !p.sellsProduct(t.Product) {
			continue
		}
		b, err := s.bind(tx, p, t)
		if err != nil {
			return nil, fmt.Errorf("bind by programme %s: %w", p.Name, err)
		}
		out = append(out, b)
	}
	return out, nil
}

// party is one human in a programme.
type party []string

func (x party) id() string { return x[0] }

func (x party) is(id string) bool { return slices.Contains(x, id) }

func (s *Service) parties(tx *db.Tx, promoter, guest string) (p, g party, err error) {
	if p, err = s.People.IDs(tx, promoter); err == nil {
		g, err = s.People.IDs(tx, guest)
	}
	return p, g, err
}

func (s *Service) bind(tx *db.Tx, p programme, t Touch) (Bond, error) {
	promoter, guest, err := s.parties(tx, t.Promoter, t.Guest)
	if err != nil {
		return Bond{}, err
	}
	if t.At.IsZero() {
		t.At = tx.Now()
	}
	b := Bond{
		ID: tx.NewID(), Programme: p.Name, Version: p.version, Binds: t.Binds, Promoter: promoter.id(), Guest: guest.id(), Subject: t.Subject,
		BoundAt: t.At, ValidUntil: until(t.At, p.ValidDays), ProtectUntil: until(t.At, p.ProtectDays), Fact: t.Fact,
	}
	b.made = b.ID
	if was, found, err := bondByFact(tx, p.Name, guest, t.Fact); err != nil || found {
		return was, err
	}
	if b.Reason, err = s.refusal(tx, p, promoter, guest, t.At); err != nil {
		return b, err
	}
	if b.Reason != "" {
		b.stored = Refused
		return s.keep(tx, b, promoter, guest, BondRefused{Reason: b.Reason, Promoter: fact.ID(b.Promoter)})
	}
	if b.Reason, err = s.suspicion(tx, promoter, guest); err != nil {
		return b, err
	}
	if b.Reason != "" {
		return s.hold(tx, b, promoter, guest)
	}
	return s.contend(tx, p, b, promoter, guest)
}

// barred is why a promoter can't have a guest whatever the programme says, and whoever has looked at it.
func (s *Service) barred(tx *db.Tx, promoter, guest party) (Reason, error) {
	if promoter.is(guest.id()) {
		return OneHuman, nil
	}
	if gone, err := s.People.Gone(tx, promoter.id()); err != nil || gone {
		return IsGone, err
	}
	return "", nil
}

// refusal is why a touch binds nobody.
func (s *Service) refusal(tx *db.Tx, p programme, promoter, guest party, at time.Time) (Reason, error) {
	if why, err := s.barred(tx, promoter, guest); err != nil || why != "" {
		return why, err
	}
	return s.unfit(tx, p, promoter, guest, at)
}

// unfit is why the rules of a programme bind nobody by a touch.
func (s *Service) unfit(tx *db.Tx, p programme, promoter, guest party, at time.Time) (Reason, error) {
	if !p.Staff {
		if staff, err := s.People.Staff(tx, promoter.id()); err != nil || staff != "" {
			return IsStaff, err
		}
	}
	if p.Promoters == MembersOnly {
		if member, err := s.People.Member(tx, promoter.id(), at); err != nil || !member {
			return NotMember, err
		}
	}
	if p.Guests == NewOnly {
		if member, err := s.People.Member(tx, guest.id(), at); err != nil || member {
			return IsMember, err
		}
	}
	return "", nil
}

// suspicion is why two persons may be one human.
func (s *Service) suspicion(tx *db.Tx, promoter, guest party) (Reason, error) {
	for _, x := range []party{promoter, guest} {
		phones, err := s.People.Phones(tx, x.id())
		if err != nil {
			return "", err
		}
		for _, phone := range phones {
			if err := s.mark(tx, x.id(), string(SamePhone), phone); err != nil {
				return "", err
			}
		}
	}
	if shared, found, err := sharedMark(tx, promoter, guest); err != nil || found {
		return Reason(shared), err
	}
	alike, err := s.People.Alike(tx, promoter.id(), guest.id())
	if err == nil && alike {
		return LooksAlike, nil
	}
	return "", err
}

// keep writes a bond down that binds nobody; one like it that is there already is enough.
func (s *Service) keep(tx *db.Tx, b Bond, promoter, guest party, tell any) (Bond, error) {
	if was, found, err := bondLike(tx, b, promoter, guest); err != nil || found {
		return was, err
	}
	b.State = b.stored
	if err := insertBond(tx, b); err != nil {
		return b, err
	}
	_, err := fact.Append(tx, tell, fact.Fact{Person: b.Guest, Subject: b.ID, At: b.BoundAt})
	return b, err
}

// hold leaves a bond to somebody who looks at it.
func (s *Service) hold(tx *db.Tx, b Bond, promoter, guest party) (Bond, error) {
	b.stored = Pending
	kept, err := s.keep(tx, b, promoter, guest, BondHeld{Reason: b.Reason, Promoter: fact.ID(b.Promoter)})
	if err != nil || kept.ID != b.ID {
		return kept, err
	}
	if kept.task, err = s.review(tx, ReviewBond, b.ID, "bond", b.Guest, b.Promoter, b.Reason); err != nil {
		return kept, err
	}
	return kept, setBondTask(tx, b.ID, kept.task)
}

// review opens a task for whoever answers for the money.
func (s *Service) review(tx *db.Tx, k task.Kind, subject, subjectKind, person, other string, why Reason) (string, error) {
	context, err := json.Marshal(map[string]string{"promoter": other, "reason": string(why)})
	if err != nil {
		return "", fmt.Errorf("encode a task's context: %w", err)
	}
	t, err := s.Tasks.OpenTx(tx, task.Task{
		Kind: k, Person: person, Subject: subject, SubjectKind: subjectKind, Role: task.RoleName(access.Admin), Due: tx.Now().Add(reviewIn),
		EscalateTo: task.RoleName(access.Owner), Outcomes: []task.Outcome{Allow, Refuse}, Context: context, Key: fmt.Sprintf("%s %s %s", k, subject, tx.NewID()),
	})
	return t.ID, err
}

// contendTries bounds how often others may come in between.
const contendTries = 8

// contend makes a bond the guest's active one, or keeps it as lost. The index of active bonds decides who is first; the row of the
// one that stands is locked before it is judged. Where a bond is of one order alone, no other stands against it, whichever is told first.
func (s *Service) contend(tx *db.Tx, p programme, b Bond, promoter, guest party) (Bond, error) {
	for range contendTries {
		stands, err := activeBonds(tx, p.Name, guest)
		if err != nil {
			return b, err
		}
		gone, keeper, why := p.contest(stands, b, promoter)
		for _, x := range gone {
			if err := s.giveWay(tx, x.bond, x.why, b.ID); err != nil {
				return b, err
			}
		}
		switch {
		case keeper != nil && why == "":
			return *keeper, nil
		case keeper != nil:
			return s.lose(tx, b, promoter, guest, why, keeper.ID)
		}
		b.stored, b.State, b.Reason = Active, Active, ""
		won, err := insertActive(tx, b)
		if err != nil {
			return b, err
		}
		if won {
			return b, s.tellBound(tx, b)
		}
	}
	return b, db.ErrBusy
}

func (s *Service) tellBound(tx *db.Tx, b Bond) error {
	_, err := fact.Append(tx, Bound{Programme: ProgrammeName(b.Programme), Version: b.Version, Binds: b.Binds, Promoter: fact.ID(b.Promoter)},
		fact.Fact{Person: b.Guest, Subject: b.ID, At: b.BoundAt})
	return err
}

func (s *Service) lose(tx *db.Tx, b Bond, promoter, guest party, why Reason, winner string) (Bond, error) {
	b.stored, b.Reason, b.Winner = Lost, why, winner
	return s.keep(tx, b, promoter, guest, BondLost{Reason: why, Winner: fact.ID(winner), Promoter: fact.ID(b.Promoter)})
}

// giveWay ends an active bond for another.
func (s *Service) giveWay(tx *db.Tx, old Bond, why Reason, winner string) error {
	if err := loseBond(tx, old.ID, why, winner); err != nil {
		return err
	}
	_, err := fact.Append(tx, BondLost{Reason: why, Winner: fact.ID(winner), Promoter: fact.ID(old.Promoter)}, fact.Fact{Person: old.Guest, Subject: old.ID})
	return err
}

// sellsProduct is sells for a product's whole name.
func (p Programme) sellsProduct(name string) bool {
	kind, item := cut(name)
	return p.sells(kind, item)
}
