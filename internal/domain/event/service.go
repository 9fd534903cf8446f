package event

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/seat"
	"github.com/qunce/qunce/internal/spine/task"
)

// People is what events ask about persons.
type People interface {
	// IDs lists every id of the one who stands for a person, that one's own first: a merge of persons moves no rows.
	IDs(tx *db.Tx, person string) ([]string, error)
	// Blocked tells whether a person must not get in.
	Blocked(tx *db.Tx, person string) (bool, error)
}

// Members is what events ask about memberships.
type Members interface {
	// CoversTx names the plans that a person may call theirs now, also by one that includes them.
	CoversTx(tx *db.Tx, person string) ([]string, error)
	// MembershipsTx lists what a person has, also what begins later.
	MembershipsTx(tx *db.Tx, person string) ([]membership.Tenure, error)
	// MembersAtTx counts who was a member at each of some times.
	MembersAtTx(tx *db.Tx, at []time.Time) ([]int, error)
	// MayUseTx tells whether a person has one left of a benefit: nil, or a refusal.
	MayUseTx(tx *db.Tx, person, benefit string) error
	// UseTx uses one, once a key; ReturnTx takes it back by its key.
	UseTx(tx *db.Tx, u membership.Usage) (membership.Use, error)
	ReturnTx(tx *db.Tx, key, actor string) (membership.Use, error)
	// KeepUseTx lets another term stand for a use whose own is over, or refuses as MayUseTx does.
	KeepUseTx(tx *db.Tx, key string) error
	// Plans lists the memberships that are sold.
	Plans(tx *db.Tx) ([]membership.Offer, error)
}

// Secrets hides how guests are reached.
type Secrets interface {
	Encrypt(community, purpose, plaintext string) string
	Decrypt(community, purpose, ciphertext string) (string, error)
}

// Cashier gives the money for a ticket back.
type Cashier interface {
	// RefundTx gives back what the ticket cost, and takes the ticket back by TakeBackTx. paid is false for one that was never paid for.
	RefundTx(tx *db.Tx, ticket, key, why string) (paid bool, err error)
}

// Service plans events and keeps their tickets. Safe for concurrent use.
type Service struct {
	db      *db.DB
	seats   *seat.Service
	people  People
	members Members
	tasks   *task.Service
	secrets Secrets
	zone    func(ctx context.Context, community string) *time.Location
	cashier Cashier
	moved   func(ctx context.Context, community string) error
	sold    func(tx *db.Tx, origin string, persons []string) (bool, error)
	came    func(tx *db.Tx, event, person string) (bool, error)
}

// New makes the service. Call Cash before tickets are paid for, and Register before the first event.
func New(d *db.DB, seats *seat.Service, tasks *task.Service, people People, members Members, secrets Secrets, zone func(ctx context.Context, community string) *time.Location) *Service {
	return &Service{db: d, seats: seats, tasks: tasks, people: people, members: members, secrets: secrets, zone: zone}
}

// Cash says who gives money back.
func (s *Service) Cash(c Cashier) { s.cashier = c }

// Kinds of jobs.
const (
	cancelJob = "event.cancel" // tickets of a cancelled event go back
	moveJob   = "event.move"   // what waits for the time of an event waits for another one
)

// Register gives the runner what is to be done outside of requests.
func (s *Service) Register(r *job.Runner) {
	r.OnJob(cancelJob, job.Options{}, func(ctx context.Context, j job.Job) (func(*db.Tx) error, error) {
		return nil, s.clear(ctx, j.Community, j.Key)
	})
	r.OnJob(moveJob, job.Options{}, func(ctx context.Context, j job.Job) (func(*db.Tx) error, error) {
		if s.moved == nil {
			return nil, nil
		}
		return nil, s.moved(ctx, j.Community)
	})
	r.OnJob(tellJob, job.Options{}, s.tellMoved)
	r.OnJob(tellSummaryJob, job.Options{}, s.tellSummary)
	r.OnTimer(slotsTimer, func(tx *db.Tx, _ job.Timer) error { return s.sweep(tx) })
}

// DeclareTx makes the templates those that events are made from; events that were made keep what they have.
func (s *Service) DeclareTx(tx *db.Tx, c Config) error {
	if err := c.Check(); err != nil {
		return err
	}
	if err := deleteTemplates(tx, c.Templates); err != nil {
		return fmt.Errorf("retire templates of events: %w", err)
	}
	for i, t := range c.Templates {
		if err := putTemplate(tx, t, i); err != nil {
			return fmt.Errorf("declare template %s of events: %w", t.Name, err)
		}
	}
	return watchSlots(tx)
}

// TemplatesTx lists the templates in the playbook's order.
func (s *Service) TemplatesTx(tx *db.Tx) ([]Template, error) { return templates(tx) }

// Plan is PlanTx in a transaction of its own.
func (s *Service) Plan(ctx context.Context, community string, d Draft, actor string) (e Event, err error) {
	err = s.db.Do(ctx, community, func(tx *db.Tx) (err error) {
		e, err = s.PlanTx(tx, d, actor)
		return err
	})
	return e, err
}

// PlanTx puts an event in the calendar, with the tickets of its template. Refusals: ErrUnknownTemplate, and of single fields
// ErrTitle, ErrText, ErrLink, ErrTime, ErrCapacity.
func (s *Service) PlanTx(tx *db.Tx, d Draft, actor string) (Event, error) {
	all, err := templates(tx)
	if err != nil {
		return Event{}, err
	}
	i := slices.IndexFunc(all, func(t Template) bool { return t.Name == d.Template })
	if i < 0 {
		return Event{}, ErrUnknownTemplate.With("template", d.Template).At("/template")
	}
	t := all[i]
	e := Event{
		ID: tx.NewID(), Kind: t.Kind, State: StatePlanned, Template: t.Name, Title: d.Title, About: d.About, Starts: micro(d.Starts), Ends: micro(d.Ends),
		City: d.City, Place: d.Place, Link: d.Link, Series: d.Series, Host: d.Host, Capacity: d.Capacity, Terms: t.terms(), Version: 1, CreatedAt: tx.Now(),
	}
	if e.Ends.IsZero() && !e.Starts.IsZero() {
		e.Ends = e.Starts.Add(time.Duration(t.Lasts))
	}
	if e.Capacity == 0 {
		e.Capacity = t.Capacity
	}
	if err := s.checked(tx, &e); err != nil {
		return e, err
	}
	if err := s.seats.LockTx(tx); err != nil {
		return e, err
	}
	if err := insertEvent(tx, &e); err != nil {
		return e, fmt.Errorf("plan an event: %w", err)
	}
	if err := s.declare(tx, e, e); err != nil {
		return e, err
	}
	if err := rewatchSlots(tx); err != nil {
		return e, err
	}
	_, err = fact.Append(tx, Planned{Kind: e.Kind, Starts: db.Micros(e.Starts), Ends: db.Micros(e.Ends)}, fact.Fact{Subject: e.ID, Actor: actor})
	return e, err
}

// micro is a time as the database keeps it.
func micro(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.UTC().Truncate(time.Microsecond)
}

// checked is check, and that the host is somebody.
func (s *Service) checked(tx *db.Tx, e *Event) error {
	if err := e.check(); err != nil || e.Host == "" {
		return err
	}
	ids, err := s.people.IDs(tx, e.Host)
	if err != nil {
		return errs.PointTo(err, "/host")
	}
	e.Host = ids[0]
	return nil
}

// ChangeTx makes an event as e says; its Version is the one that was read, else ErrVersion. Places that a lower capacity no
// longer has stay with who has them, and are not given again. Refusals: those of PlanTx, ErrUnknown, ErrCancelled,
// seat.ErrBelowHolders for fewer friend tickets than somebody has given.
func (s *Service) ChangeTx(tx *db.Tx, e Event, actor string) (Event, error) {
	if err := s.seats.LockTx(tx); err != nil {
		return e, err
	}
	was, err := s.GetTx(tx, e.ID)
	if err != nil {
		return was, err
	}
	switch {
	case was.State == StateCancelled:
		return was, ErrCancelled
	case was.Version != e.Version:
		return was, ErrVersion
	}
	now := was
	now.Title, now.About, now.Starts, now.Ends = e.Title, e.About, micro(e.Starts), micro(e.Ends)
	now.City, now.Place, now.Link, now.Series, now.Host, now.Capacity, now.Terms = e.City, e.Place, e.Link, e.Series, e.Host, e.Capacity, e.Terms
	now.Version++
	if err := s.checked(tx, &now); err != nil {
		return was, err
	}
	if ok, err := updateEvent(tx, now); err != nil || !ok {
		return was, errs.Or(err, ErrVersion)
	}
	if err := s.declare(tx, now, was); err != nil {
		return was, err
	}
	f := fact.Fact{Subject: now.ID, Actor: actor}
	if now.Starts.Equal(was.Starts) && now.Ends.Equal(was.Ends) {
		_, err = fact.Append(tx, Changed{Version: now.Version}, f)
		return now, err
	}
	if _, err := fact.Append(tx, Moved{Starts: db.Micros(now.Starts), Ends: db.Micros(now.Ends), Was: db.Micros(was.Starts)}, f); err != nil {
		return now, err
	}
	return now, s.movedTx(tx, now, was.Starts)
}

// GetTx gives an event.
func (s *Service) GetTx(tx *db.Tx, id string) (Event, error) {
	e, found, err := eventBy(tx, "id", id)
	if err == nil && !found {
		err = ErrUnknown
	}
	return e, err
}

// ByCodeTx gives the event of a link.
func (s *Service) ByCodeTx(tx *db.Tx, code string) (Event, error) {
	e, found, err := eventBy(tx, "code", strings.ToLower(code))
	if err == nil && !found {
		err = ErrUnknown
	}
	return e, err
}

// secret is what nobody can guess.
func secret() string { return strings.ToLower(rand.Text()) }

// who is a human by all the ids they have had, their own first.
type who struct{ ids []string }

func (w who) root() string { return w.ids[0] }

func (w who) is(person string) bool { return slices.Contains(w.ids, person) }

func (s *Service) who(tx *db.Tx, person string) (who, error) {
	ids, err := s.people.IDs(tx, person)
	return who{ids}, err
}

// comer is who under the seats' lock, of somebody who may get in.
func (s *Service) comer(tx *db.Tx, person string) (who, error) {
	if err := s.seats.LockTx(tx); err != nil {
		return who{}, err
	}
	blocked, err := s.people.Blocked(tx, person)
	if err == nil && blocked {
		err = ErrBlocked
	}
	if err != nil {
		return who{}, err
	}
	return s.who(tx, person)
}
