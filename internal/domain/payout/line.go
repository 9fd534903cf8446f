package payout

import (
	"context"
	"fmt"
	"strings"

	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/ledger"
)

// maxReason bounds why a payment failed, in letters.
const maxReason = 200

// lockLine gives a line with its batch, which orders all that happens to its lines.
func (s *Service) lockLine(tx *db.Tx, id string) (Line, Batch, error) {
	l, found, err := lineByID(tx, id)
	if err == nil && !found {
		err = ErrUnknownLine
	}
	if err != nil {
		return l, Batch{}, err
	}
	b, err := s.lock(tx, l.Batch)
	if err != nil {
		return l, b, err
	}
	if b.State != IsApproved && b.State != Paying && b.State != IsDone {
		return l, b, ErrState.With("state", string(b.State))
	}
	l, _, err = lineByID(tx, id) // once more under the lock
	return l, b, err
}

// fact is what happens to a line, by somebody. Who is paid wages is no person but an operator: the line names them.
func (l Line) fact(by audit.Actor) fact.Fact {
	f := fact.Fact{Person: l.Person, Subject: l.Batch, Actor: by.ID}
	if strings.HasPrefix(l.Account, wages+":") {
		f.Person = ""
	}
	return f
}

// PaidTx notes that a payee has their money: told twice it changes nothing. Refusals: ErrUnknownLine, ErrState (it isn't approved),
// ErrEnded (it was given back).
func (s *Service) PaidTx(tx *db.Tx, by audit.Actor, line string) (Line, error) {
	l, b, err := s.lockLine(tx, line)
	if err != nil || l.State == IsPaid {
		return l, err
	}
	if l.State != Reserved {
		return l, ErrEnded.With("state", string(l.State))
	}
	cause, err := fact.Append(tx, Paid{Line: fact.ID(l.ID), Gross: int64(l.Gross), Withheld: int64(l.Withheld), Net: int64(l.Net)}, l.fact(by))
	if err != nil {
		return l, err
	}
	if _, err := s.Ledger.DoneTx(tx, l.key(), cashAccount, cause); err != nil {
		return l, err
	}
	if l.Withheld > 0 { // the payee has had less than what left their account: the rest is the tax office's
		_, err := s.Ledger.PostTx(tx, ledger.Entry{Key: "withheld " + l.key(), Fact: cause, Subject: l.key(), Lines: []ledger.Line{
			{Account: cashAccount, Amount: -int64(l.Withheld)}, {Account: taxAccount, Amount: int64(l.Withheld)},
		}})
		if err != nil {
			return l, fmt.Errorf("post what is withheld of line %s: %w", l.ID, err)
		}
	}
	if err := endLine(tx, l, IsPaid, ""); err != nil {
		return l, err
	}
	l.State, l.EndedAt = IsPaid, tx.Now()
	return l, s.finish(tx, b)
}

// FailedTx notes that a payee could not be paid: they have the amount at hand again, and RetryTx or the next batch pays it.
// Told twice it changes nothing. Refusals: ErrUnknownLine, ErrState, ErrEnded (it was paid), ErrReason.
func (s *Service) FailedTx(tx *db.Tx, by audit.Actor, line, reason string) (Line, error) {
	reason, ok := text.Line(reason, maxReason)
	if !ok || reason == "" {
		return Line{}, ErrReason.At("/reason")
	}
	l, b, err := s.lockLine(tx, line)
	if err != nil || l.State == IsFailed {
		return l, err
	}
	if l.State != Reserved {
		return l, ErrEnded.With("state", string(l.State))
	}
	cause, err := fact.Append(tx, Failed{Line: fact.ID(l.ID), Gross: int64(l.Gross)}, l.fact(by))
	if err != nil {
		return l, err
	}
	if _, err := s.Ledger.GiveBackTx(tx, l.key(), cause); err != nil {
		return l, err
	}
	if err := endLine(tx, l, IsFailed, reason); err != nil {
		return l, err
	}
	l.State, l.Reason, l.EndedAt = IsFailed, reason, tx.Now()
	return l, s.finish(tx, b)
}

// RetryTx sets the amount of a line that failed aside again. One that is set aside already stays so. Refusals: ErrUnknownLine,
// ErrState, ErrEnded (it was paid), ledger.ErrFloor (the payee no longer has it: another batch may have it).
func (s *Service) RetryTx(tx *db.Tx, by audit.Actor, line string) (Line, error) {
	l, b, err := s.lockLine(tx, line)
	if err != nil || l.State == Reserved {
		return l, err
	}
	if l.State != IsFailed {
		return l, ErrEnded.With("state", string(l.State))
	}
	l.Attempt++
	cause, err := fact.Append(tx, Retried{Line: fact.ID(l.ID), Attempt: l.Attempt}, l.fact(by))
	if err != nil {
		return l, err
	}
	if err := s.reserve(tx, l, cause); err != nil {
		return l, err
	}
	l.State, l.Reason = Reserved, ""
	if err := retryLine(tx, l); err != nil || b.State != IsDone {
		return l, err
	}
	return l, setState(tx, b.ID, IsDone, Paying)
}

// finish ends a batch whose lines have all ended.
func (s *Service) finish(tx *db.Tx, b Batch) error {
	open, err := linesOf(tx, b.ID, Reserved, "", 1)
	if err != nil || len(open) > 0 {
		return err
	}
	if err := setState(tx, b.ID, b.State, IsDone); err != nil {
		return err
	}
	sums, err := totals(tx, b.ID)
	if err != nil {
		return err
	}
	_, err = fact.Append(tx, Done{Paid: sumOf(sums, IsPaid).Lines, Failed: sumOf(sums, IsFailed).Lines}, fact.Fact{Subject: b.ID})
	return err
}

// exportSome is how many lines one transaction reads.
const exportSome = 1000

// Export gives every line that is to be paid, with names and phones, and writes into the audit log that somebody took them. From
// then on the batch can't be cancelled. Refusals: ErrUnknownBatch, ErrState (it isn't approved).
func (s *Service) Export(ctx context.Context, community string, by audit.Actor, batch string, put func(Row) error) error {
	if err := s.DB.Do(ctx, community, func(tx *db.Tx) error { return s.exporting(tx, by, batch) }); err != nil {
		return err
	}
	for after := ""; ; {
		var lines []Line
		err := s.DB.Read(ctx, community, func(tx *db.Tx) (err error) {
			lines, err = linesOf(tx, batch, Reserved, after, exportSome)
			return err
		})
		if err != nil {
			return fmt.Errorf("read lines of payout batch %s: %w", batch, err)
		}
		for _, l := range lines {
			r := Row{Line: l.ID, Gross: l.Gross, Withheld: l.Withheld, Net: l.Net}
			if r.Payee, err = s.Secrets.Decrypt(community, purposeName, l.name); err == nil {
				r.Phone, err = s.Secrets.Decrypt(community, purposePhone, l.phone)
			}
			if err != nil {
				return fmt.Errorf("decrypt line %s: %w", l.ID, err)
			}
			if err := put(r); err != nil {
				return err
			}
		}
		if len(lines) < exportSome {
			return nil
		}
		after = lines[len(lines)-1].ID
	}
}

func (s *Service) exporting(tx *db.Tx, by audit.Actor, batch string) error {
	b, err := s.lock(tx, batch)
	if err != nil {
		return err
	}
	if b.State != IsApproved && b.State != Paying {
		return ErrState.With("state", string(b.State))
	}
	if b.State == IsApproved {
		if err := setState(tx, b.ID, IsApproved, Paying); err != nil {
			return err
		}
	}
	sums, err := totals(tx, b.ID)
	if err != nil {
		return err
	}
	n := sumOf(sums, Reserved).Lines
	if err := audit.Record(tx, by, "payout.export", audit.Target{Kind: "payout", ID: b.ID}, audit.Detail{"lines": n}); err != nil {
		return err
	}
	_, err = fact.Append(tx, Exported{Lines: n}, fact.Fact{Subject: b.ID, Actor: by.ID})
	return err
}
