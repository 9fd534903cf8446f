package shop

import (
	"errors"
	"fmt"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/ledger"
)

// redeemed is where points go that something was had for.
const redeemed = "issued:redeemed"

func purse(person string) string { return "points:" + person }

// redeem pays an order with points, at once and wholly; the floor of the buyer's points refuses what they have not.
func (s *Service) redeem(tx *db.Tx, c Checkout, o *Order, cause string) error {
	for i, l := range o.Lines {
		at := fmt.Sprintf("/items/%d", i)
		switch {
		case c.Points && l.Points <= 0:
			return ErrNoPoints.At(at)
		case c.Points:
			o.Points += l.Points
			o.Lines[i].Amount = 0
		case l.Points > 0 && l.Amount == 0 && l.Discount == 0:
			return ErrPointsOnly.At(at)
		default:
			o.Lines[i].Points = 0
		}
	}
	if !c.Points {
		return nil
	}
	o.Amount = 0
	e, err := s.books.PostTx(tx, ledger.Entry{Key: "points " + o.ID, Fact: cause, Subject: o.ID, Rule: o.rule(), Lines: []ledger.Line{
		{Account: purse(o.Person), Currency: ledger.Points, Amount: -o.Points}, {Account: redeemed, Currency: ledger.Points, Amount: o.Points},
	}})
	if errors.Is(err, ledger.ErrFloor) {
		has, readErr := s.books.BalanceTx(tx, purse(o.Person), ledger.Points)
		if readErr != nil {
			return readErr
		}
		return ErrFewPoints.With("points", o.Points).With("has", has).Because(err)
	}
	if err != nil {
		return fmt.Errorf("take the points for order %s: %w", o.ID, err)
	}
	o.pointsEntry = e.ID
	return nil
}

// pointsOwn tells whether an order has points of its buyer that can be given back.
func (o Order) pointsOwn() bool { return o.Points > 0 && (o.State == Paid || o.State == Fulfilled) }

// giveBackPoints ends an order that was paid with points: they are its buyer's again.
func (s *Service) giveBackPoints(tx *db.Tx, o Order) error {
	cause, err := fact.Append(tx, PointsReturned{Points: o.Points}, o.about())
	if err != nil {
		return err
	}
	if _, err := s.books.ReverseTx(tx, ledger.Reversal{Key: "points back " + o.ID, Of: o.pointsEntry, Fact: cause, Subject: o.ID, Rule: o.rule()}); err != nil {
		return fmt.Errorf("give the points of order %s back: %w", o.ID, err)
	}
	o.State = Refunded
	return setRefunded(tx, o)
}
