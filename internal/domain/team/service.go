package team

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/spine/ledger"
)

// People is what the team asks about persons, and tells them.
type People interface {
	// IDs lists every id of the one who stands for a person, that one's own first: a merge of persons moves no rows.
	IDs(tx *db.Tx, person string) ([]string, error)
	// Own writes on a person's profile who looks after them on a side; "" is nobody.
	Own(tx *db.Tx, person string, side Side, staff string) error
}

// Deps are what the service stands on.
type Deps struct {
	DB     *db.DB
	Ledger *ledger.Service
	People People
	Zone   func(ctx context.Context, community string) *time.Location
	// Holders lists the operators who hold a role, in order.
	Holders func(tx *db.Tx, role access.Role) ([]string, error)
}

// Service gives people owners and sales their credit, and writes statements. Safe for concurrent use.
type Service struct{ Deps }

// New makes the service.
func New(d Deps) *Service { return &Service{d} }

const (
	turnTimer = "team.turn"  // somebody waits in the pool, or an untouched contact goes back there
	closeJob  = "team.close" // the statements of a month are to be written
)

// Register gives the runner what is done when time has come.
func (s *Service) Register(r *job.Runner) {
	r.OnTimer(turnTimer, func(tx *db.Tx, t job.Timer) error { return s.due(tx, t.Ref) })
	r.OnJob(closeJob, job.Options{}, s.closeAll)
	r.OnJob(leaveJob, job.Options{}, s.leave)
}

// Rules are the rules as one of their versions says.
type Rules struct {
	Config
	Version int       `json:"version"`
	At      time.Time `json:"at"`
}

// DeclareTx makes the rules those by which owners and credits are given from now on; the same again changes nothing. What they gave
// before stays. Refusals: those of Config.Check.
func (s *Service) DeclareTx(tx *db.Tx, c Config) error {
	if err := c.Check(); err != nil {
		return err
	}
	was, err := rulesNow(tx)
	if err != nil {
		return err
	}
	if was.Version > 0 && same(was.Config, c) {
		return nil
	}
	return insertRules(tx, Rules{c, was.Version + 1, tx.Now()})
}

func same(a, b Config) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

// RulesTx gives the rules that are in force.
func (s *Service) RulesTx(tx *db.Tx) (Rules, error) { return rulesNow(tx) }

// RulesAtTx gives the rules as a version said.
func (s *Service) RulesAtTx(tx *db.Tx, version int) (Rules, error) { return rulesAt(tx, version) }

// DepartmentNow is a department with its staff.
type DepartmentNow struct {
	Department
	Members []Member `json:"members"`
}

// DepartmentsTx lists the departments with who is in them and what they have in hand.
func (s *Service) DepartmentsTx(tx *db.Tx) (out []DepartmentNow, err error) {
	rules, err := rulesNow(tx)
	if err != nil {
		return nil, err
	}
	for _, d := range rules.Departments {
		members, err := s.members(tx, d)
		if err != nil {
			return nil, err
		}
		d.Role = d.role()
		out = append(out, DepartmentNow{d, members})
	}
	return out, nil
}

// PlaceTx says how much one of a department's staff is given, and when. Refusals: ErrNoDepartment, ErrNotInDepartment, ErrMost,
// ErrMemberHours.
func (s *Service) PlaceTx(tx *db.Tx, m Member) (Member, error) {
	rules, err := rulesNow(tx)
	if err != nil {
		return m, err
	}
	d, known := rules.named(m.Department)
	if !known {
		return m, ErrNoDepartment.With("department", m.Department)
	}
	if err := s.mustHold(tx, d, m.Staff); err != nil {
		return m, err
	}
	if m.Most < 0 || m.Most > maxMost {
		return m, ErrMost.With("max", maxMost).At("/most")
	}
	if m.From < 0 || m.To > dayMinutes || m.From > m.To || m.To > 0 && m.From == m.To {
		return m, ErrMemberHours.At("/from")
	}
	return putMember(tx, m)
}

// mustHold refuses staff who are not in a department.
func (s *Service) mustHold(tx *db.Tx, d Department, staff string) error {
	ids, err := s.Holders(tx, d.role())
	if err != nil {
		return err
	}
	for _, id := range ids {
		if id == staff {
			return nil
		}
	}
	return ErrNotInDepartment.With("staff", staff).At("/staff")
}

// members are a department's staff: everybody who holds its role now.
func (s *Service) members(tx *db.Tx, d Department) ([]Member, error) {
	ids, err := s.Holders(tx, d.role())
	if err != nil {
		return nil, fmt.Errorf("read the staff of %s: %w", d.Name, err)
	}
	known, err := membersOf(tx, d.Name)
	if err != nil {
		return nil, err
	}
	out := make([]Member, 0, len(ids))
	for _, id := range ids {
		m, ok := known[id]
		if !ok {
			m = Member{Department: d.Name, Staff: id}
		}
		out = append(out, m)
	}
	return out, nil
}

// root is the one who stands for a person.
func (s *Service) root(tx *db.Tx, person string) (string, error) {
	ids, err := s.People.IDs(tx, person)
	if err != nil {
		return "", err
	}
	return ids[0], nil
}

// zone is where the community's days and months end.
func (s *Service) zone(tx *db.Tx) *time.Location { return s.Zone(context.Background(), tx.Community()) }

const monthForm = "2006-01"

// monthOf is the month in which something happened.
func (s *Service) monthOf(tx *db.Tx, at time.Time) string { return at.In(s.zone(tx)).Format(monthForm) }

// span is when a month begins and ends. Refusals: ErrMonth.
func (s *Service) span(tx *db.Tx, month string) (from, to time.Time, err error) {
	from, err = time.ParseInLocation(monthForm, month, s.zone(tx))
	if err != nil || from.Format(monthForm) != month {
		return from, to, ErrMonth.At("/month")
	}
	return from, from.AddDate(0, 1, 0), nil
}

// after is the month that follows; "" is followed by none.
func after(month string) string {
	t, err := time.Parse(monthForm, month)
	if err != nil {
		return ""
	}
	return t.AddDate(0, 1, 0).Format(monthForm)
}

// standing is the department that a turn belongs to by these rules: its own, or where that is no more, the one that has its people now.
func (r Rules) standing(t Turn) string {
	if d, known := r.named(t.Department); known && d.Side == t.Side {
		return d.Name
	}
	if d, known := r.department(t.Side, t.Source); known {
		return d.Name
	}
	return t.Department
}

// payOf is what a department paid by these rules.
func (r Rules) payOf(department string) Pay {
	d, _ := r.named(department)
	return d.Pay
}

// rateAt is the rate at a volume, and where the next step begins; 0 for none.
func (p Pay) rateAt(volume money.Fen) (rate int, next money.Fen) {
	for _, s := range p.Steps {
		if s.From > volume {
			return rate, s.From
		}
		rate = s.RateBP
	}
	return rate, 0
}
