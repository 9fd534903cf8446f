package task

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/spine/fact"
)

// dueTimer fires when a task becomes overdue.
const dueTimer = "task.due"

// Service opens tasks and moves them to their end. Safe for concurrent use.
type Service struct{ db *db.DB }

// New makes the service.
func New(d *db.DB) *Service { return &Service{db: d} }

// Register sets the handler of overdue tasks.
func (s *Service) Register(r *job.Runner) { r.OnTimer(dueTimer, escalate) }

// do runs a command in a transaction of its own.
func (s *Service) do(ctx context.Context, community string, fn func(*db.Tx) (Task, error)) (t Task, err error) {
	err = s.db.Do(ctx, community, func(tx *db.Tx) (err error) {
		t, err = fn(tx)
		return err
	})
	return t, err
}

// Open puts a task into its queue. With a Key used before for the same content it gives that task.
func (s *Service) Open(ctx context.Context, community string, t Task) (Task, error) {
	return s.do(ctx, community, func(tx *db.Tx) (Task, error) { return s.OpenTx(tx, t) })
}

// OpenTx is Open in the caller's transaction.
func (s *Service) OpenTx(tx *db.Tx, t Task) (Task, error) {
	if err := t.check(); err != nil {
		return t, err
	}
	hash := t.contentHash()
	t.ID, t.State, t.OpenedAt = tx.NewID(), StateOpen, tx.Now()
	if t.Assignee != "" {
		t.State, t.ClaimedAt = StateClaimed, tx.Now()
	}
	added, err := insert(tx, t, hash)
	if err != nil {
		return t, fmt.Errorf("open task %s: %w", t.Kind, err)
	}
	if !added {
		was, wasHash, err := byKey(tx, t.Key)
		if err == nil && (wasHash != hash || was.Note != "" && was.Note != t.Note) {
			err = ErrKeyReused.With("key", t.Key)
		}
		return was, err
	}
	if err := setTimer(tx, t); err != nil {
		return t, err
	}
	return t, tell(tx, t, "", Opened{Task: fact.ID(t.ID), Kind: t.Kind, Role: t.Role, To: fact.ID(t.Assignee)})
}

// Claim takes a task for the caller. Of two at once one gets it, the other ErrTaken; taking it again is harmless.
func (s *Service) Claim(ctx context.Context, community string, by Principal, id string) (Task, error) {
	return s.do(ctx, community, func(tx *db.Tx) (Task, error) { return s.ClaimTx(tx, by, id) })
}

// ClaimTx is Claim in the caller's transaction.
func (s *Service) ClaimTx(tx *db.Tx, by Principal, id string) (Task, error) {
	if by.ID == "" {
		return Task{}, errors.New("claim task: nobody claims it")
	}
	t, ok, err := claim(tx, by, id)
	if err != nil {
		return t, fmt.Errorf("claim task: %w", err)
	}
	if !ok {
		t, err := find(tx, by, id)
		switch {
		case err != nil:
			return t, err
		case t.State != StateClaimed:
			return t, ended(t)
		case t.Assignee != by.ID:
			return t, ErrTaken.With("by", t.Assignee)
		}
		return t, nil
	}
	return t, tell(tx, t, by.ID, Claimed{Task: fact.ID(t.ID), Kind: t.Kind})
}

// Finish ends a task with one of its outcomes, by whoever has it or, if nobody has, may take it. proof is a picture's
// reference or words. The same outcome a second time changes nothing; another is ErrEnded.
func (s *Service) Finish(ctx context.Context, community string, by Principal, id string, outcome Outcome, proof string) (Task, error) {
	return s.do(ctx, community, func(tx *db.Tx) (Task, error) { return s.FinishTx(tx, by, id, outcome, proof) })
}

// FinishTx is Finish in the caller's transaction.
func (s *Service) FinishTx(tx *db.Tx, by Principal, id string, outcome Outcome, proof string) (Task, error) {
	t, err := find(tx, by, id)
	if err != nil {
		return t, err
	}
	// What a task declares never changes, so it may be checked on what was read.
	if !slices.Contains(t.Outcomes, outcome) {
		return t, ErrOutcome.With("outcome", string(outcome)).At("/outcome")
	}
	if t.NeedsProof && proof == "" && t.State != StateFinished {
		return t, ErrProof.At("/proof")
	}
	was := t
	t, ok, err := finish(tx, by, id, outcome, proof)
	if err != nil {
		return was, fmt.Errorf("finish task: %w", err)
	}
	if !ok {
		t, err := find(tx, by, id)
		switch {
		case err != nil:
			return t, err
		case t.State == StateFinished && t.Outcome == outcome:
			return t, nil
		case t.State == StateClaimed:
			return t, ErrTaken.With("by", t.Assignee)
		}
		return t, ended(t)
	}
	if err := job.Clear(tx, dueTimer, id); err != nil {
		return t, err
	}
	return t, tell(tx, t, by.ID, Finished{Task: fact.ID(t.ID), Kind: t.Kind, Outcome: t.Outcome})
}

// Handover says where a task goes: to a person (To) or back into a queue (Role and/or Circle). A Due sets a new due time.
type Handover struct {
	To     string
	Role   RoleName
	Circle string
	Due    time.Time
}

// HandOver gives a task away. Whoever has it may, anybody in the queue while nobody has it, and the role it was escalated to.
func (s *Service) HandOver(ctx context.Context, community string, by Principal, id string, h Handover) (Task, error) {
	return s.do(ctx, community, func(tx *db.Tx) (Task, error) { return s.HandOverTx(tx, by, id, h) })
}

// HandOverTx is HandOver in the caller's transaction.
func (s *Service) HandOverTx(tx *db.Tx, by Principal, id string, h Handover) (Task, error) {
	if h.To == "" && h.Role == "" && h.Circle == "" {
		return Task{}, ErrNobody
	}
	t, ok, err := handOver(tx, by, id, h)
	if err != nil {
		return t, fmt.Errorf("hand task over: %w", err)
	}
	if !ok {
		return refused(tx, by, id)
	}
	if !h.Due.IsZero() {
		if err := setTimer(tx, t); err != nil {
			return t, err
		}
	}
	return t, tell(tx, t, by.ID, HandedOver{Task: fact.ID(t.ID), Kind: t.Kind, Role: t.Role, To: fact.ID(t.Assignee)})
}

// Snooze hides a claimed task until a time, or until it is overdue: its due time stands. One that nobody has isn't put off:
// that would hide it from everybody.
func (s *Service) Snooze(ctx context.Context, community string, by Principal, id string, until time.Time) (Task, error) {
	return s.do(ctx, community, func(tx *db.Tx) (Task, error) { return s.SnoozeTx(tx, by, id, until) })
}

// SnoozeTx is Snooze in the caller's transaction.
func (s *Service) SnoozeTx(tx *db.Tx, by Principal, id string, until time.Time) (Task, error) {
	if !until.After(tx.Now()) {
		return Task{}, ErrPast.At("/until")
	}
	t, ok, err := snooze(tx, by, id, until)
	if err != nil {
		return t, fmt.Errorf("snooze task: %w", err)
	}
	if !ok {
		t, err := refused(tx, by, id)
		if t.State == StateOpen {
			err = ErrUnclaimed
		}
		return t, err
	}
	return t, tell(tx, t, by.ID, Snoozed{Task: fact.ID(t.ID), Kind: t.Kind})
}

// Cancel calls a task off; one that was called off already stays so.
func (s *Service) Cancel(ctx context.Context, community string, by Principal, id string) (Task, error) {
	return s.do(ctx, community, func(tx *db.Tx) (Task, error) { return s.CancelTx(tx, by, id) })
}

// CancelTx is Cancel in the caller's transaction.
func (s *Service) CancelTx(tx *db.Tx, by Principal, id string) (Task, error) {
	t, ok, err := cancel(tx, by, id)
	if err != nil {
		return t, fmt.Errorf("cancel task: %w", err)
	}
	if !ok {
		t, err := refused(tx, by, id)
		if t.State == StateCancelled {
			return t, nil
		}
		return t, err
	}
	if err := job.Clear(tx, dueTimer, id); err != nil {
		return t, err
	}
	return t, tell(tx, t, by.ID, Cancelled{Task: fact.ID(t.ID), Kind: t.Kind})
}

// escalate is the due timer's effect: once per due time the declared role is told.
func escalate(tx *db.Tx, timer job.Timer) error {
	t, ok, err := markOverdue(tx, timer.Ref)
	if err != nil || !ok || t.EscalatedTo == "" {
		return err // it has ended, its due time was moved, or nobody was declared
	}
	return tell(tx, t, "", Escalated{Task: fact.ID(t.ID), Kind: t.Kind, Role: t.EscalatedTo})
}

func setTimer(tx *db.Tx, t Task) error {
	if t.Due.IsZero() {
		return nil
	}
	return job.At(tx, dueTimer, t.ID, t.Due)
}

// tell appends a fact about the task's person and subject, so that a path waiting for it is found.
func tell(tx *db.Tx, t Task, actor string, payload any) error {
	f := fact.Fact{Person: t.Person, Subject: t.Subject, Circle: t.Circle, Actor: actor}
	if f.SubjectKey() == "" {
		f.Subject = t.ID
	}
	_, err := fact.Append(tx, payload, f)
	return err
}

// refused says why a guarded change of a task did not happen.
func refused(tx *db.Tx, by Principal, id string) (Task, error) {
	t, err := find(tx, by, id)
	switch {
	case err != nil:
		return t, err
	case t.State == StateClaimed:
		return t, ErrTaken.With("by", t.Assignee)
	}
	return t, ended(t)
}

func ended(t Task) error {
	return ErrEnded.With("state", string(t.State)).With("outcome", string(t.Outcome))
}

// Get reads a task that the caller may see; ErrNotFound for any other.
func (s *Service) Get(ctx context.Context, community string, by Principal, id string) (t Task, err error) {
	err = s.db.Read(ctx, community, func(tx *db.Tx) (err error) {
		t, err = s.GetTx(tx, by, id)
		return err
	})
	return t, err
}

// GetTx is Get in the caller's transaction.
func (s *Service) GetTx(tx *db.Tx, by Principal, id string) (Task, error) { return find(tx, by, id) }

// List reads the caller's queue, or what a filter names of what they may see, in order of due time.
func (s *Service) List(ctx context.Context, community string, by Principal, f Filter, cursor string, limit int) (p page.Page[Task], err error) {
	err = s.db.Read(ctx, community, func(tx *db.Tx) (err error) {
		p, err = list(tx, by, f, cursor, page.Limit(limit))
		return err
	})
	return p, err
}

// Counts counts the caller's queue.
func (s *Service) Counts(ctx context.Context, community string, by Principal) (c Counts, err error) {
	err = s.db.Read(ctx, community, func(tx *db.Tx) (err error) {
		c, err = counts(tx, by)
		return err
	})
	return c, err
}

// ErasePersonTx blanks the words in the tasks about a person.
func (s *Service) ErasePersonTx(tx *db.Tx, person string) error { return erase(tx, person) }
