package event

import (
	"context"
	"errors"
	"fmt"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/path"
)

// SendSummary is the kind of task by which a path wants the summary of an event; Sent ends it, for an event that has one.
const (
	SendSummary = "send-summary"
	Sent        = "sent"
)

// ErrNoSummary refuses to send what nobody has written.
var ErrNoSummary = errs.Define(errs.Conflict, "event.no_summary")

const maxSummary = 10_000

// SummariseTx keeps what an event came to, as plain lines; empty takes it away. It needs no version: nothing else changes it.
// Refusals: ErrUnknown, ErrCancelled, ErrText.
func (s *Service) SummariseTx(tx *db.Tx, event, words string) (Event, error) {
	clean, ok := text.Lines(words, maxSummary)
	if !ok {
		return Event{}, ErrText.With("max", maxSummary).At("/text")
	}
	set, err := setSummary(tx, event, clean)
	if err != nil {
		return Event{}, fmt.Errorf("keep the summary of event %s: %w", event, err)
	}
	e, err := s.GetTx(tx, event)
	if err == nil && !set {
		err = ErrCancelled
	}
	return e, err
}

// NeedSummaryTx refuses with ErrNoSummary while an event has none.
func (s *Service) NeedSummaryTx(tx *db.Tx, event string) error {
	e, err := s.GetTx(tx, event)
	if err == nil && e.Summary == "" {
		err = ErrNoSummary
	}
	return err
}

// tellSummaryJob tells some of the holders of an event's tickets that it has a summary.
const tellSummaryJob = "event.tell_summary"

// summaryTelling is how far that has come.
type summaryTelling struct {
	Event string `json:"event"`
	After string `json:"after"` // the ticket that was told of last
}

func (t summaryTelling) enqueue(tx *db.Tx) error {
	return job.Enqueue(tx, tellSummaryJob, t.Event+" "+t.After, tx.Now(), t)
}

// noSummary is the outcome of event.tell_summary for an event without one.
const noSummary = "no_summary"

// summaryAction lets paths tell the holders.
func (s *Service) summaryAction() path.Action {
	return path.Action{
		Name: "event.tell_summary", Doc: "Tells each holder of a ticket to the run's event of its summary, by the fact event.summary_told.", Outcomes: []string{noSummary},
		Run: func(c *path.Call) (string, error) {
			e, err := s.OfTx(c.Tx, c.Run)
			if err != nil || e.Summary == "" {
				return noSummary, err
			}
			return path.OK, summaryTelling{Event: e.ID}.enqueue(c.Tx)
		},
	}
}

// tellSummary makes the next holders' facts as the job ends, so that each is told once however often the job begins.
func (s *Service) tellSummary(_ context.Context, j job.Job) (func(*db.Tx) error, error) {
	var t summaryTelling
	if err := j.Into(&t); err != nil {
		return nil, err
	}
	return func(tx *db.Tx) error {
		e, err := s.GetTx(tx, t.Event)
		if errors.Is(err, ErrUnknown) {
			return nil
		}
		if err != nil || e.State == StateCancelled || e.Summary == "" { // taken away again: there is nothing to read
			return err
		}
		list, err := validAfter(tx, t.Event, t.After, tellAtOnce)
		if err != nil {
			return fmt.Errorf("list who is told of the summary of event %s: %w", t.Event, err)
		}
		for _, x := range list {
			if err := x.tell(tx, SummaryTold{Ticket: fact.ID(x.ID), Event: fact.ID(x.Event)}); err != nil {
				return err
			}
			t.After = x.ID
		}
		if len(list) < tellAtOnce {
			return nil
		}
		return t.enqueue(tx)
	}, nil
}
