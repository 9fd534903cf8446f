package shop

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/ledger"
)

// Where points go that something was had for, and where those come from that staff gives.
const (
	redeemed = "issued:redeemed"
	granted  = "issued:granted"
)

// maxGrant is how many points staff gives at once.
const maxGrant = 1_000_000

func purse(person string) string { return "points:" + person }

// redeem pays an order with points, at once and wholly.
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
	if err := s.enough(tx, o.Person, o.Points); err != nil {
		return err
	}
	o.Amount = 0
	e, err := s.books.PostTx(tx, ledger.Entry{Key: "points " + o.ID, Fact: cause, Subject: o.ID, Rule: o.rule(), Lines: []ledger.Line{
		{Account: purse(o.Person), Currency: ledger.Points, Amount: -o.Points}, {Account: redeemed, Currency: ledger.Points, Amount: o.Points},
	}})
	if err != nil {
		return fmt.Errorf("take the points for order %s: %w", o.ID, err)
	}
	o.pointsEntry = e.ID
	return nil
}

// GrantWhy is why staff gives points.
type GrantWhy string

// The reasons for which staff gives points, or takes some.
const (
	GrantGift       GrantWhy = "gift"
	GrantPrize      GrantWhy = "prize"
	GrantGoodwill   GrantWhy = "goodwill"   // for something that went wrong
	GrantCorrection GrantWhy = "correction" // of points that were given, or not
)

// GrantTx gives points to a person, or with a number below zero takes some of what they have. Refusals: ErrGrant, ErrFewPoints.
func (s *Service) GrantTx(tx *db.Tx, person string, points int64, why GrantWhy, actor string) error {
	if points == 0 || points > maxGrant || points < -maxGrant || !slices.Contains([]GrantWhy{GrantGift, GrantPrize, GrantGoodwill, GrantCorrection}, why) {
		return ErrGrant.With("max", maxGrant).At("/points")
	}
	if err := s.enough(tx, person, -points); err != nil {
		return err
	}
	id := tx.NewID()
	cause, err := fact.Append(tx, PointsGranted{Points: points, Why: why}, fact.Fact{Person: person, Subject: id, Actor: actor})
	if err != nil {
		return err
	}
	_, err = s.books.PostTx(tx, ledger.Entry{Key: "points granted " + id, Fact: cause, Subject: id, Rule: string(why), Lines: []ledger.Line{
		{Account: granted, Currency: ledger.Points, Amount: -points}, {Account: purse(person), Currency: ledger.Points, Amount: points},
	}})
	return err
}

// enough refuses what somebody has too few points for, and lets nobody else spend them until the commit.
func (s *Service) enough(tx *db.Tx, person string, needed int64) error {
	has, err := s.books.LockBalanceTx(tx, purse(person), ledger.Points)
	if err == nil && has < needed {
		err = ErrFewPoints.With("points", needed).With("has", has)
	}
	return err
}

// PointsTx is how many points a person has, by all the ids that one human has had.
func (s *Service) PointsTx(tx *db.Tx, ids []string) (sum int64, err error) {
	for _, id := range ids {
		n, err := s.books.BalanceTx(tx, purse(id), ledger.Points)
		if err != nil {
			return 0, err
		}
		sum += n
	}
	return sum, nil
}

// PointsKind is why somebody has other points than before.
type PointsKind string

// The kinds of movements of points.
const (
	PointsEarned   PointsKind = "earned"   // for somebody whom they brought
	PointsTaken    PointsKind = "taken"    // back, of what they earned
	PointsSpent    PointsKind = "spent"    // on an order
	PointsBack     PointsKind = "back"     // of an order that was given back
	PointsGift     PointsKind = "granted"  // by staff
	PointsWithdraw PointsKind = "withdrew" // by staff
)

// PointsRow is a movement of points.
type PointsRow struct {
	At      time.Time  `json:"at"`
	Kind    PointsKind `json:"kind" enum:"earned,taken,spent,back,granted,withdrew"`
	Points  int64      `json:"points" doc:"below zero where some went"`
	Balance int64      `json:"balance" doc:"after it"`
	Why     GrantWhy   `json:"why,omitempty" doc:"of staff: gift, prize, goodwill, correction"`
	Entry   string     `json:"entry" doc:"in the books"`
	Order   string     `json:"order,omitempty" doc:"for which they were spent, or came back"`
}

// Points lists how a person's points came and went, the newest first, of the id that stands for them.
func (s *Service) Points(ctx context.Context, community, person, cursor string, limit int) (out page.Page[PointsRow], err error) {
	p, err := s.books.History(ctx, community, purse(person), ledger.Points, cursor, limit)
	out.Next = p.Next
	for _, m := range p.Items {
		r := PointsRow{At: m.At, Points: m.Amount, Balance: m.Balance, Entry: m.Entry, Kind: PointsEarned}
		switch {
		case strings.HasPrefix(m.Key, "points granted "):
			r.Kind, r.Why = PointsGift, GrantWhy(m.Rule)
			if m.Amount < 0 {
				r.Kind = PointsWithdraw
			}
		case m.Key == "points "+m.Subject:
			r.Kind, r.Order = PointsSpent, m.Subject
		case m.Key == "points back "+m.Subject:
			r.Kind, r.Order = PointsBack, m.Subject
		case m.Amount < 0:
			r.Kind = PointsTaken
		}
		out.Items = append(out.Items, r)
	}
	return out, err
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
