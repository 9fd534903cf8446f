package team

import (
	"context"
	"fmt"

	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/ledger"
)

// CloseTx closes a month that has ended: nothing is credited to it any more, and a job writes its statements. Closed again it is as
// it was. Refusals: ErrMonth, ErrMonthRuns, ErrMonthCloses, ErrEarlier.
func (s *Service) CloseTx(tx *db.Tx, actor, month string) (Month, error) {
	_, ends, err := s.span(tx, month)
	if err != nil {
		return Month{}, err
	}
	if tx.Now().Before(ends) {
		return Month{}, ErrMonthRuns.With("month", month)
	}
	closed, err := lockBook(tx)
	if err != nil {
		return Month{}, fmt.Errorf("lock the team's book: %w", err)
	}
	if month <= closed {
		m, found, err := monthRow(tx, month, "")
		if err == nil && !found { // one without sales, before one that was closed
			m = Month{Month: month, State: Closed}
		}
		return m, err
	}
	if before, found, err := monthRow(tx, closed, ""); err != nil || found && before.State == Closing {
		if err == nil { // its statements are what this one's debts and returns rest on
			err = ErrMonthCloses.With("month", closed)
		}
		return Month{}, err
	}
	first, err := firstCredited(tx, closed)
	if err != nil {
		return Month{}, err
	}
	if first != "" && first < month {
		return Month{}, ErrEarlier.With("month", first)
	}
	if err := closeBook(tx, month); err != nil {
		return Month{}, err
	}
	m := Month{Month: month, State: Closing, ClosedBy: actor, BegunAt: tx.Now()}
	if err := insertMonth(tx, m); err != nil {
		return m, fmt.Errorf("close %s: %w", month, err)
	}
	if _, err := fact.Append(tx, MonthClosing{MonthName(month)}, fact.Fact{Subject: month, Actor: actor}); err != nil {
		return m, err
	}
	return m, job.Enqueue(tx, closeJob, month, tx.Now(), nil)
}

// closeAll writes the statements of a month, each in a transaction of its own: after a kill the next one goes on where it was.
func (s *Service) closeAll(ctx context.Context, j job.Job) (func(*db.Tx) error, error) {
	for more := true; more; {
		err := s.DB.Alone(ctx, j.Community, func(tx *db.Tx) (err error) {
			more, err = s.closeSome(tx, j.Key)
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("close %s: %w", j.Key, err)
		}
	}
	return nil, nil
}

// closeSome writes the next statement of a month, or ends the closing.
func (s *Service) closeSome(tx *db.Tx, month string) (more bool, err error) {
	m, found, err := monthRow(tx, month, tx.ForUpdate())
	if err != nil || !found || m.State == Closed {
		return false, err
	}
	department, staff, found, err := nextEarner(tx, month)
	if err != nil {
		return false, err
	}
	if found {
		return true, s.write(tx, m, department, staff)
	}
	if err := endMonth(tx, month, tx.Now()); err != nil {
		return false, err
	}
	n, total, err := sumOf(tx, month)
	if err != nil {
		return false, err
	}
	_, err = fact.Append(tx, MonthClosed{MonthName(month), n, total}, fact.Fact{Subject: month})
	return false, err
}

// write writes a statement.
func (s *Service) write(tx *db.Tx, m Month, department, staff string) error {
	sales, err := s.salesOf(tx, m.Month, department, staff)
	if err != nil {
		return err
	}
	x := Statement{ID: tx.NewID(), Month: m.Month, Department: department, Staff: staff, State: Draft, ClosedBy: m.ClosedBy, At: tx.Now()}
	var lines []Line
	lines, x.Volume, x.Commission = commission(sales)
	taken, err := takebacks(tx, m.Month, department, staff)
	if err != nil {
		return err
	}
	for _, l := range taken {
		x.Taken += l.Fen
		lines = append(lines, l)
	}
	owed, err := owedBy(tx, staff)
	if err != nil {
		return err
	}
	if owed < 0 {
		x.Carried = owed
		lines = append(lines, Line{Kind: FromEarlier, Fen: owed})
	}
	x.Total = x.Commission + x.Taken + x.Carried
	if err := insertStatement(tx, x, lines); err != nil {
		return fmt.Errorf("write the statement of %s for %s: %w", staff, m.Month, err)
	}
	_, err = fact.Append(tx, StatementWritten{fact.ID(staff), MonthName(m.Month), int64(x.Total)}, fact.Fact{Subject: x.ID, Actor: m.ClosedBy})
	return err
}

// salesOf are somebody's sales of a month without what went back in it, in the order in which they were paid, each with the rules by
// which it was credited.
func (s *Service) salesOf(tx *db.Tx, month, department, staff string) ([]sold, error) {
	sales, err := salesIn(tx, month, department, staff)
	if err != nil {
		return nil, err
	}
	pays := map[int]Pay{}
	for i, x := range sales {
		p, known := pays[x.version]
		if !known {
			rules, err := rulesAt(tx, x.version)
			if err != nil {
				return nil, err
			}
			p = rules.payOf(department)
			pays[x.version] = p
		}
		sales[i].pay = p
	}
	return sales, nil
}

// takebacks are the lines that take back what orders of closed months have earned, as far as they went back since: in proportion, to
// the fen, and with the whole order all of it.
func takebacks(tx *db.Tx, month, department, staff string) (lines []Line, err error) {
	back, err := wentBack(tx, month, department, staff)
	if err != nil {
		return nil, err
	}
	for _, b := range back {
		due := part(b.earned, b.all, b.base)
		lines = append(lines, Line{Kind: ForRefund, Order: b.order, Base: -b.now, Version: b.version, Fen: -(due - b.taken)})
	}
	return lines, nil
}

// gone is what went back of an order after its month was closed.
type gone struct {
	order        string
	version      int
	now, all     money.Fen // in the month, and up to it
	base, earned money.Fen // what the order's statement paid for, and how much
	taken        money.Fen // by earlier statements
}

// ApproveTx lets a statement be paid: it is posted to the wages of its staff, from which payouts pay. Approved by the same person
// again it changes nothing. Refusals: ErrUnknownStatement, ErrSamePerson, ErrOwnStatement, ErrApproved.
func (s *Service) ApproveTx(tx *db.Tx, actor, id string) (Statement, error) {
	x, found, err := statementByID(tx, id, tx.ForUpdate())
	switch {
	case err != nil:
		return x, err
	case !found:
		return x, ErrUnknownStatement
	case x.State == Approved && x.ApprovedBy == actor:
		return x, nil
	case x.State == Approved:
		return x, ErrApproved
	case x.ClosedBy == actor || actor == "":
		return x, ErrSamePerson
	case x.Staff == actor:
		return x, ErrOwnStatement
	}
	x.State, x.ApprovedBy, x.ApprovedAt = Approved, actor, tx.Now()
	cause, err := fact.Append(tx, StatementApproved{fact.ID(x.Staff), int64(x.Total)}, fact.Fact{Subject: x.ID, Actor: actor})
	if err != nil {
		return x, err
	}
	if x.Total > 0 {
		e, err := s.Ledger.PostTx(tx, ledger.Entry{Key: "statement " + x.ID, Fact: cause, Subject: x.ID, Rule: "statement@" + x.Month, Lines: []ledger.Line{
			{Account: wageFrom, Amount: -int64(x.Total)}, {Account: wageTo + x.Staff, Amount: int64(x.Total)},
		}})
		if err != nil {
			return x, fmt.Errorf("post statement %s: %w", x.ID, err)
		}
		x.Entry = e.ID
	}
	return x, approve(tx, x)
}

// The accounts of statements.
const (
	wageFrom = "expense:wage"
	wageTo   = "wage:"
)

// StatementTx reads a statement. Refusals: ErrUnknownStatement.
func (s *Service) StatementTx(tx *db.Tx, id string) (Statement, error) {
	x, found, err := statementByID(tx, id, "")
	if err == nil && !found {
		err = ErrUnknownStatement
	}
	return x, err
}

// LinesTx lists what a statement is made of.
func (s *Service) LinesTx(tx *db.Tx, statement, cursor string, limit int) (page.Page[Line], error) {
	n := 0
	if _, err := page.Parse(cursor, &n); err != nil {
		return page.Page[Line]{}, err
	}
	limit = page.Limit(limit)
	rows, err := linesAfter(tx, statement, n, limit+1)
	return page.Cut(rows, limit, func(l Line) string { return page.Cursor(l.N) }), err
}

// StatementFilter says which statements a list has: those of a month, or of one of the staff, or all.
type StatementFilter struct {
	Month string
	Staff string
}

// StatementsTx lists statements, the latest month first.
func (s *Service) StatementsTx(tx *db.Tx, f StatementFilter, cursor string, limit int) (page.Page[Statement], error) {
	month, department, staff := "", "", ""
	if _, err := page.Parse(cursor, &month, &department, &staff); err != nil {
		return page.Page[Statement]{}, err
	}
	limit = page.Limit(limit)
	rows, err := statementsAfter(tx, f, month, department, staff, limit+1)
	return page.Cut(rows, limit, func(x Statement) string { return page.Cursor(x.Month, x.Department, x.Staff) }), err
}

// MonthsTx lists the months that are closed, the latest first, and how far credits are closed in all.
func (s *Service) MonthsTx(tx *db.Tx, cursor string, limit int) (page.Page[Month], error) {
	before := ""
	if _, err := page.Parse(cursor, &before); err != nil {
		return page.Page[Month]{}, err
	}
	limit = page.Limit(limit)
	rows, err := monthsBefore(tx, before, limit+1)
	return page.Cut(rows, limit, func(m Month) string { return page.Cursor(m.Month) }), err
}
