package team

import (
	"fmt"

	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
)

// CreditTx credits a sale to one department and hands its buyer to service. An order told twice is credited once; one that was paid
// in a month that is closed counts in the next. Where there are no departments nothing is credited.
func (s *Service) CreditTx(tx *db.Tx, x Sale) error {
	rules, err := rulesNow(tx)
	if err != nil || len(rules.Departments) == 0 || x.Paid <= 0 {
		return err
	}
	if x.ids, err = s.People.IDs(tx, x.Buyer); err != nil {
		return err
	}
	x.Buyer = x.ids[0]
	c := Credit{Order: x.Order, Person: x.Buyer, Kind: x.Kind, Version: rules.Version, Fact: x.Fact, Amount: x.Paid, At: x.PaidAt}
	if err := s.assign(tx, rules, x, &c); err != nil || c.Department == "" {
		return err
	}
	closed, err := lockBook(tx)
	if err != nil {
		return fmt.Errorf("lock the team's book: %w", err)
	}
	c.Month = max(s.monthOf(tx, x.PaidAt), after(closed))
	fresh, err := insertCredit(tx, c)
	if err != nil || !fresh {
		return err
	}
	_, err = fact.Append(tx, Credited{c.Kind, DepartmentName(c.Department), fact.ID(c.Staff), c.Reason, c.Version, int64(c.Amount), MonthName(c.Month)}, c.about())
	if err != nil {
		return err
	}
	if x.HandsOver {
		if err := s.pass(tx, rules, x.Buyer, x.Source, x.Fact); err != nil {
			return fmt.Errorf("hand %s to service: %w", x.Buyer, err)
		}
	}
	return s.RefundTx(tx, x.Order, x.Back, x.Fact)
}

func (c Credit) about() fact.Fact { return fact.Fact{Person: c.Person, Subject: c.Order} }

// assign says whose sale it is: who is asked first is the rules', and the first of them who has somebody gets it.
func (s *Service) assign(tx *db.Tx, rules Rules, x Sale, c *Credit) error {
	if x.Kind == KindNew {
		_, served, err := openTurn(tx, x.Buyer, SideService, "")
		if err != nil {
			return err
		}
		if served { // who is service's already buys again
			c.Kind = KindRenewal
		} else if done, err := s.toPromoters(tx, rules, x, c); err != nil || done {
			return err
		}
	}
	side := rules.Credits.side(c.Kind)
	other := SideService
	if side == SideService {
		other = SideSales
	}
	for _, try := range []struct {
		side   Side
		reason CreditReason
	}{{side, OfOwner}, {other, OfOther}} {
		t, found, err := lastTurn(tx, x.ids, try.side)
		if err != nil {
			return err
		}
		if found && (t.End == "" || t.End == Handed) {
			c.Department, c.Staff, c.Reason, c.Turn = rules.standing(t), t.Staff, try.reason, t.ID
			return nil
		}
	}
	d, known := rules.department(side, x.Source)
	if !known {
		d, known = rules.department(other, x.Source)
	}
	if known {
		c.Department, c.Reason = d.Name, OfNobody
	}
	return nil
}

// toPromoters credits a sale to who looks after the promoter, where the rules say so.
func (s *Service) toPromoters(tx *db.Tx, rules Rules, x Sale, c *Credit) (bool, error) {
	if x.Promoter == "" || rules.Credits.side(KindReferral) != SideService {
		return false, nil
	}
	promoter, err := s.root(tx, x.Promoter)
	if err != nil {
		return false, err
	}
	t, found, err := openTurn(tx, promoter, SideService, "")
	if err != nil || !found || t.Staff == "" {
		return false, err
	}
	c.Kind, c.Department, c.Staff, c.Reason, c.Turn, c.Promoter = KindReferral, rules.standing(t), t.Staff, OfPromoter, t.ID, promoter
	return true, nil
}

// RefundTx takes what went back of an order, in all, off its credit: in the month of the sale while that is open, else in the next
// that is. Told twice it changes nothing.
func (s *Service) RefundTx(tx *db.Tx, order string, back money.Fen, cause string) error {
	if back <= 0 {
		return nil
	}
	closed, err := lockBook(tx)
	if err != nil {
		return fmt.Errorf("lock the team's book: %w", err)
	}
	c, found, err := creditOf(tx, order, tx.ForUpdate())
	if err != nil || !found {
		return err
	}
	r := Return{Fact: cause, Amount: min(back, c.Amount) - c.Refunded, Month: max(c.Month, after(closed)), At: tx.Now()}
	if r.Amount <= 0 {
		return nil
	}
	if err := reduce(tx, order, r); err != nil {
		return fmt.Errorf("reduce the credit of order %s: %w", order, err)
	}
	_, err = fact.Append(tx, Reduced{int64(r.Amount), MonthName(r.Month)}, c.about())
	return err
}

// Why tells why a sale is credited to whom, and what it earned.
type Why struct {
	Credit  Credit   `json:"credit"`
	Rules   Rules    `json:"rules" doc:"as they were when it was credited"`
	Turn    Turn     `json:"turn,omitzero" doc:"by which the staff had the buyer, or the promoter"`
	Returns []Return `json:"returns"`
	Lines   []Earned `json:"lines" doc:"of statements"`
}

// Earned is a line of a statement with which statement that is.
type Earned struct {
	Line
	Statement string `json:"statement"`
	Month     string `json:"month"`
}

// WhyTx explains the credit of an order. Refusals: ErrNoCredit.
func (s *Service) WhyTx(tx *db.Tx, order string) (w Why, err error) {
	var found bool
	if w.Credit, found, err = creditOf(tx, order, ""); err != nil || !found {
		if err == nil {
			err = ErrNoCredit
		}
		return w, err
	}
	if w.Rules, err = rulesAt(tx, w.Credit.Version); err != nil {
		return w, err
	}
	if w.Turn, _, err = turnByID(tx, w.Credit.Turn, ""); err != nil {
		return w, err
	}
	if w.Returns, err = returnsOf(tx, order); err != nil {
		return w, err
	}
	w.Lines, err = earnedBy(tx, order)
	return w, err
}

// CreditFilter says which credits a list has.
type CreditFilter struct {
	Staff string // "" is everybody
}

// CreditsTx lists credits, the latest paid first.
func (s *Service) CreditsTx(tx *db.Tx, f CreditFilter, cursor string, limit int) (page.Page[Credit], error) {
	at, order := int64(1)<<62, ""
	if _, err := page.Parse(cursor, &at, &order); err != nil {
		return page.Page[Credit]{}, err
	}
	limit = page.Limit(limit)
	rows, err := creditsBefore(tx, f, at, order, limit+1)
	return page.Cut(rows, limit, func(c Credit) string { return page.Cursor(db.Micros(c.At), c.Order) }), err
}
