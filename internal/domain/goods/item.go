package goods

import (
	"errors"
	"fmt"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/seat"
)

// State is what became of a thing.
type State string

// The states of a thing.
const (
	Held    State = "held"     // kept for its buyer, who has not paid
	Dropped State = "dropped"  // was not paid, or its money went back before it was given
	Waiting State = "waits"    // paid, and its group is not full
	Bought  State = "sold"     // the buyer's
	Back    State = "returned" // given back
)

// Item is a thing that somebody buys: a number of one SKU.
type Item struct {
	ID        string    `json:"id"`
	Person    string    `json:"person"`
	Product   string    `json:"product"`
	SKU       string    `json:"sku"`
	Qty       int       `json:"qty"`
	Price     money.Fen `json:"price" doc:"fen, of one"`
	Cost      money.Fen `json:"-"`
	Supplier  string    `json:"-"`
	Ships     bool      `json:"ships" doc:"it has to be sent"`
	State     State     `json:"state"`
	Group     string    `json:"group,omitempty" doc:"the group-buy it is part of"`
	HeldUntil time.Time `json:"held_until"`
	CreatedAt time.Time `json:"created_at"`
	JoinedAt  time.Time `json:"joined_at,omitzero" doc:"when it was paid for a group-buy"`
	SoldAt    time.Time `json:"sold_at,omitzero"`
	EndedAt   time.Time `json:"ended_at,omitzero" doc:"when it was given back"`
	Shipment

	Addressed bool   `json:"addressed,omitempty" doc:"its buyer has said where it is to be sent"`
	Complaint string `json:"complaint,omitempty" doc:"the task in which staff is asked about it"`

	returnDays            int
	address               string
	seat, allowance, slot string
	next                  bool
}

func (x Item) amount() money.Fen { return x.Price * money.Fen(x.Qty) }

// Want is what somebody would buy.
type Want struct {
	Person string
	Item   string // of goods product/sku; of a group-buy see HoldInGroupTx
	Qty    int
	Until  time.Time // how long it is kept unpaid
}

// Kept is a thing that is kept for a buyer, as a line of an order says it.
type Kept struct {
	Item
	Title  string
	Name   string // product/sku; in a group-buy offer/group
	Points int64  // for how many points all of it can be had; 0 if it can't
	Rule   string // by which it costs that, with its version
}

// Refusals about what is sold.
var (
	ErrBlocked     = errs.Define(errs.Forbidden, "goods.blocked")   // the person must not buy
	ErrRetired     = errs.Define(errs.Gone, "goods.retired")        // it is sold no more: "product"
	ErrPerPerson   = errs.Define(errs.Conflict, "goods.per_person") // "limit"
	ErrSoldOut     = errs.Define(errs.Conflict, "goods.sold_out")   // fewer are left: "left"
	ErrUnknownItem = errs.Define(errs.NotFound, "goods.unknown_item")
	ErrReturned    = errs.Define(errs.Gone, "goods.returned") // it was given back
)

// HoldTx keeps units for a buyer. Who has as many of it kept already gets those. Refusals, which end the caller's transaction:
// ErrBlocked, ErrUnknownProduct, ErrUnknownSKU, ErrRetired, ErrSoldOut, ErrPerPerson.
func (s *Service) HoldTx(tx *db.Tx, w Want) (Kept, error) {
	product, name, err := cut(w.Item)
	if err != nil {
		return Kept{}, err
	}
	if err := s.comes(tx, &w); err != nil {
		return Kept{}, err
	}
	p, sku, err := s.forSale(tx, product, name)
	if err != nil {
		return Kept{}, err
	}
	k := Kept{Item: p.item(sku, w), Title: p.title(sku), Name: w.Item, Points: sku.Points * int64(w.Qty), Rule: fmt.Sprintf("%s@%d", w.Item, p.Version)}
	was, found, err := heldItem(tx, k.Item)
	if found || err != nil {
		k.Item = was
		return k, err
	}
	return k, s.keep(tx, &k.Item, p)
}

// comes takes the seats' lock and puts the buyer in the place of who asks.
func (s *Service) comes(tx *db.Tx, w *Want) error {
	if err := s.seats.LockTx(tx); err != nil {
		return err
	}
	ids, err := s.people.IDs(tx, w.Person)
	if err != nil {
		return err
	}
	w.Person, w.Until = ids[0], micro(w.Until)
	blocked, err := s.people.Blocked(tx, w.Person)
	if err == nil && blocked {
		err = ErrBlocked
	}
	return err
}

func (s *Service) forSale(tx *db.Tx, product, name string) (p Listed, sku SKU, err error) {
	if p, err = s.ProductTx(tx, product); err != nil {
		return p, sku, err
	}
	if p.Retired {
		return p, sku, ErrRetired.With("product", p.Title)
	}
	sku, err = p.sku(name)
	return p, sku, err
}

func (p Listed) item(sku SKU, w Want) Item {
	return Item{
		Person: w.Person, Product: p.Name, SKU: sku.Name, Qty: w.Qty, Price: sku.Price, Cost: sku.Cost, Supplier: p.Supplier, Ships: p.Kind.ships(),
		State: Held, HeldUntil: w.Until, returnDays: p.Return,
	}
}

// keep holds the seats of a new thing and writes it down.
func (s *Service) keep(tx *db.Tx, x *Item, p Listed) error {
	x.ID, x.CreatedAt = tx.NewID(), tx.Now()
	ttl := x.HeldUntil.Sub(tx.Now())
	got, err := s.seats.HoldTx(tx, seat.Claim{
		Key: "goods " + x.ID, Group: stockGroup(x.Product), Holder: seat.Holder{ID: x.ID}, Qty: x.Qty, Want: seat.Want{Pool: stockPool(x.Product, x.SKU)}, TTL: ttl,
	})
	if err != nil {
		return s.soldOut(tx, *x, err)
	}
	x.seat = got.ID
	if p.PerPerson > 0 {
		own, err := s.seats.HoldTx(tx, seat.Claim{Key: "allowance " + x.ID, Group: allowance(x.Product), Holder: seat.Holder{ID: x.Person, Person: true}, Qty: x.Qty, TTL: ttl})
		if err != nil {
			return tooMany(err, p.PerPerson)
		}
		x.allowance = own.ID
	}
	if ok, err := insertItem(tx, *x); err != nil || !ok {
		return errs.Or(err, ErrInGroup)
	}
	return nil
}

// tooMany says how many one may buy.
func tooMany(err error, limit int) error {
	if errors.Is(err, seat.ErrHolderFull) {
		return ErrPerPerson.With("limit", limit).Because(err)
	}
	return err
}

// soldOut says how many are left where that are fewer than were asked for.
func (s *Service) soldOut(tx *db.Tx, x Item, why error) error {
	pool, err := s.seats.Pool(tx, stockPool(x.Product, x.SKU))
	if err != nil {
		return err
	}
	if left := max(pool.Room(), 0); errors.Is(why, seat.ErrGone) || left > 0 && errors.Is(why, seat.ErrMayComeBack) {
		return ErrSoldOut.With("left", left).Because(why)
	}
	return why
}

// itemTx reads a thing under the seats' lock.
func (s *Service) itemTx(tx *db.Tx, id string) (Item, error) {
	if err := s.seats.LockTx(tx); err != nil {
		return Item{}, err
	}
	return s.ItemTx(tx, id)
}

// ItemTx gives a thing.
func (s *Service) ItemTx(tx *db.Tx, id string) (Item, error) {
	x, found, err := itemByID(tx, id)
	if err == nil && !found {
		err = ErrUnknownItem
	}
	return x, err
}

// TakeTx makes a thing its buyer's, once: asked again it gives it as it is. What was not paid in time is honoured while there
// are units left, at its price. Refusals, after which what was paid is owed back: seat.ErrLapsed, seat.ErrGone,
// seat.ErrMayComeBack, ErrPerPerson, ErrReturned, and of a group-buy ErrGroupShort.
func (s *Service) TakeTx(tx *db.Tx, id string) (Item, error) {
	x, err := s.itemTx(tx, id)
	switch {
	case err != nil || x.State == Bought:
		return x, err
	case x.State == Back:
		return x, ErrReturned
	case x.Group != "":
		g, err := s.GroupTx(tx, x.Group)
		if err != nil {
			return x, err
		}
		if x.State != Waiting || g.State != GroupSuccess {
			return x, ErrGroupShort.With("size", g.Size)
		}
	default:
		if err := s.takeSeats(tx, &x); err != nil {
			return x, err
		}
	}
	was := x.State
	x.State, x.SoldAt, x.EndedAt = Bought, tx.Now(), time.Time{}
	if err := updateItem(tx, x, was); err != nil {
		return x, err
	}
	return x, x.tell(tx, Sold(x.piece()))
}

// takeSeats makes what is kept the thing's for good.
func (s *Service) takeSeats(tx *db.Tx, x *Item) (err error) {
	if x.seat, err = s.take(tx, x.seat, "goods again "+x.ID); err != nil || x.allowance == "" {
		return err
	}
	x.allowance, err = s.take(tx, x.allowance, "allowance again "+x.ID)
	if errors.Is(err, seat.ErrHolderFull) {
		return ErrPerPerson.With("limit", errs.As(err).Params["limit"]).Because(err)
	}
	return err
}

// DropTx ends the keeping of a thing that was not given; one that is the buyer's, or has ended, stays as it is.
func (s *Service) DropTx(tx *db.Tx, id string) error {
	x, err := s.itemTx(tx, id)
	if err != nil || x.State != Held && x.State != Waiting {
		return err
	}
	was := x.State
	if err := s.release(tx, x.seat, x.allowance); err != nil {
		return err
	}
	if x.Group != "" {
		if err := s.leaveGroup(tx, &x); err != nil {
			return err
		}
	}
	x.State, x.EndedAt = Dropped, tx.Now()
	return updateItem(tx, x, was)
}

// TakeBackTx undoes TakeTx: units that were not shipped are for sale again. One that was not sold, or went back already, stays as it is.
func (s *Service) TakeBackTx(tx *db.Tx, id string) error {
	x, err := s.itemTx(tx, id)
	if err != nil || x.State != Bought {
		return err
	}
	back := []string{x.allowance}
	if x.ShippedAt.IsZero() { // what was shipped is not in the stock again before somebody puts it there
		back = append(back, x.seat)
	}
	if err := s.release(tx, back...); err != nil {
		return err
	}
	if err := job.Clear(tx, receiveTimer, x.ID); err != nil {
		return err
	}
	x.State, x.EndedAt = Back, tx.Now()
	if err := updateItem(tx, x, Bought); err != nil {
		return err
	}
	return x.tell(tx, Returned(x.piece()))
}

// RefundableTx is how much of what a thing cost its buyer can have back by themselves, now.
func (s *Service) RefundableTx(tx *db.Tx, id string) (money.Fen, error) {
	x, err := s.ItemTx(tx, id)
	if err != nil || x.State != Bought || !x.returnUntil(tx.Now()).After(tx.Now()) {
		return 0, err
	}
	return x.amount(), nil
}

// RefundUntilTx is when a thing can't be given back by its buyer any more, as far as is known now.
func (s *Service) RefundUntilTx(tx *db.Tx, id string) (time.Time, error) {
	x, err := s.ItemTx(tx, id)
	return x.returnUntil(tx.Now()), err
}

// returnUntil is the end of the days for giving a thing back, which begin when it has come. While it has not it may be given back.
func (x Item) returnUntil(now time.Time) time.Time {
	switch {
	case !x.Ships:
		return x.SoldAt.AddDate(0, 0, x.returnDays)
	case x.ReceivedAt.IsZero():
		return now.AddDate(0, 0, receiveDays+x.returnDays)
	}
	return x.ReceivedAt.AddDate(0, 0, x.returnDays)
}

func (x Item) piece() Piece {
	return Piece{Item: fact.ID(x.ID), Product: ProductName(x.Product), SKU: SKUName(x.SKU), Qty: x.Qty}
}

func (x Item) tell(tx *db.Tx, payload any) error {
	_, err := fact.Append(tx, payload, fact.Fact{Person: x.Person, Subject: x.ID})
	return err
}
