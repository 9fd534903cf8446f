package goods

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/seat"
)

// GroupState is what became of a group-buy.
type GroupState string

// The states of a group.
const (
	GroupOpen    GroupState = "open"
	GroupSuccess GroupState = "full"   // every place is paid for
	GroupShort   GroupState = "failed" // its time ended before
)

// Group is a number of buyers who get a price together, or nothing.
type Group struct {
	ID       string     `json:"id"`
	Offer    string     `json:"offer"`
	Product  string     `json:"product"`
	SKU      string     `json:"sku"`
	Size     int        `json:"size"`
	Price    money.Fen  `json:"price" doc:"fen, of one"`
	State    GroupState `json:"state"`
	Starter  string     `json:"starter,omitempty" doc:"person; empty when staff started it"`
	Follows  string     `json:"follows,omitempty" doc:"the group that had no place left for who started it"`
	OpenedAt time.Time  `json:"opened_at"`
	ClosesAt time.Time  `json:"closes_at"`
	EndedAt  time.Time  `json:"ended_at,omitzero"`
}

// slots is the group, and its only pool, of a group-buy's places. A thing holds its place, not its buyer.
func slots(group string) string { return "groupbuy:" + group }

// Refusals about group-buys.
var (
	ErrUnknownGroup = errs.Define(errs.NotFound, "goods.unknown_group")
	ErrInGroup      = errs.Define(errs.Conflict, "goods.in_group")   // each has one place
	ErrGroupFull    = errs.Define(errs.Conflict, "goods.group_full") // every place is taken or kept
	ErrGroupOver    = errs.Define(errs.Gone, "goods.group_over")     // it is full, or its time is over
	ErrGroupShort   = errs.Define(errs.Gone, "goods.group_short")    // "size": why money goes back
)

// NextGroup stands at the end of what is asked for by who rather starts the next group than gets the money back when the place is
// gone by the time it is paid.
const NextGroup = "next"

// HoldInGroupTx keeps units and a place in a group-buy for a buyer. The item is the offer, to start a group, or the offer and the
// group with a slash between, to join; and "/next" behind it. Who has a place kept already gets that. Refusals: those of HoldTx, ErrUnknownOffer,
// ErrUnknownGroup, ErrGroupOver, ErrGroupFull, ErrInGroup.
func (s *Service) HoldInGroupTx(tx *db.Tx, w Want) (Kept, error) {
	if err := s.comes(tx, &w); err != nil {
		return Kept{}, err
	}
	item, next := strings.CutSuffix(w.Item, "/"+NextGroup)
	name, id, joins := strings.Cut(item, "/")
	o, found, err := offerByName(tx, name)
	if err != nil || !found || !joins && o.Retired {
		return Kept{}, errs.Or(err, ErrUnknownOffer.With("offer", name).At("/item"))
	}
	g := Group{}
	if joins {
		g, err = s.GroupTx(tx, id)
		if err == nil && g.Offer != name {
			err = ErrUnknownGroup
		}
	} else if g, err = s.ownGroup(tx, o, w.Person); err == nil && g.ID == "" {
		g, err = s.start(tx, o.Offer, w.Person, "", "")
	}
	if err != nil {
		return Kept{}, err
	}
	return s.holdIn(tx, o, g, w, next)
}

// ownGroup is the group that somebody has started and still has a place kept in, so that asking again starts no other.
func (s *Service) ownGroup(tx *db.Tx, o ListedOffer, person string) (Group, error) {
	g, _, err := startedGroup(tx, o.Name, person)
	return g, err
}

func (s *Service) holdIn(tx *db.Tx, o ListedOffer, g Group, w Want, next bool) (Kept, error) {
	if g.State != GroupOpen || !g.ClosesAt.After(tx.Now()) {
		return Kept{}, ErrGroupOver
	}
	p, err := s.ProductTx(tx, g.Product)
	if err != nil {
		return Kept{}, err
	}
	sku, err := p.sku(g.SKU)
	if err != nil {
		return Kept{}, err
	}
	if g.ClosesAt.Before(w.Until) {
		w.Until = g.ClosesAt
	}
	k := Kept{Item: p.item(sku, w), Title: p.title(sku), Name: g.Offer + "/" + g.ID, Rule: fmt.Sprintf("%s@%d", o.Name, o.Version)}
	k.Price, k.Group, k.next = g.Price, g.ID, next
	was, found, err := heldItem(tx, k.Item)
	if found || err != nil {
		k.Item = was
		return k, err
	}
	k.ID = tx.NewID()
	got, err := s.seats.HoldTx(tx, seat.Claim{Key: "slot " + k.ID, Group: slots(g.ID), Holder: seat.Holder{ID: k.ID}, TTL: w.Until.Sub(tx.Now())})
	if err != nil {
		return k, noPlace(err)
	}
	k.slot = got.ID
	return k, s.keep(tx, &k.Item, p)
}

// noPlace says that a group has no place, for now or for good.
func noPlace(err error) error {
	if errors.Is(err, seat.ErrGone) || errors.Is(err, seat.ErrMayComeBack) || errors.Is(err, seat.ErrLapsed) {
		return ErrGroupFull.Because(err)
	}
	return err
}

// StartTx starts a group for whoever joins it; staff does.
func (s *Service) StartTx(tx *db.Tx, offer, actor string) (Group, error) {
	if err := s.seats.LockTx(tx); err != nil {
		return Group{}, err
	}
	o, found, err := offerByName(tx, offer)
	if err != nil || !found || o.Retired {
		return Group{}, errs.Or(err, ErrUnknownOffer.With("offer", offer))
	}
	return s.start(tx, o.Offer, "", "", actor)
}

func (s *Service) start(tx *db.Tx, o Offer, starter, follows, actor string) (Group, error) {
	product, name, err := cut(o.Item)
	if err != nil {
		return Group{}, err
	}
	if _, _, err := s.forSale(tx, product, name); err != nil {
		return Group{}, err
	}
	g := Group{
		ID: tx.NewID(), Offer: o.Name, Product: product, SKU: name, Size: o.Size, Price: o.Price, State: GroupOpen, Starter: starter, Follows: follows,
		OpenedAt: tx.Now(), ClosesAt: micro(tx.Now().Add(time.Duration(o.Window))),
	}
	if err := insertGroup(tx, g); err != nil {
		return g, fmt.Errorf("start a group-buy of %s: %w", o.Name, err)
	}
	if err := s.seats.DeclareGroupTx(tx, seat.Group{Name: slots(g.ID)}); err != nil {
		return g, err
	}
	if _, err := s.seats.AddPoolTx(tx, seat.Pool{ID: slots(g.ID), Group: slots(g.ID), Capacity: g.Size, Subject: g.ID}); err != nil {
		return g, err
	}
	if err := job.At(tx, closeTimer, g.ID, g.ClosesAt); err != nil {
		return g, err
	}
	_, err = fact.Append(tx, GroupStarted{Offer: OfferName(g.Offer), Size: g.Size}, fact.Fact{Person: starter, Subject: g.ID, Actor: actor})
	return g, err
}

// GroupTx gives a group-buy.
func (s *Service) GroupTx(tx *db.Tx, id string) (Group, error) {
	g, found, err := groupByID(tx, id)
	if err == nil && !found {
		err = ErrUnknownGroup
	}
	return g, err
}

// Progress is how far a group-buy has come.
type Progress struct {
	Group
	Paid int `json:"paid"`
	Kept int `json:"kept" doc:"places kept for orders that are not paid"`
}

// ProgressTx tells how many places of a group-buy are paid for, by its seats.
func (s *Service) ProgressTx(tx *db.Tx, id string) (p Progress, err error) {
	if p.Group, err = s.GroupTx(tx, id); err != nil {
		return p, err
	}
	pool, err := s.seats.Pool(tx, slots(id))
	p.Paid, p.Kept = pool.Taken, pool.Held
	return p, err
}

// GroupItemsTx lists the things that have a place in a group-buy, or one kept, in the order in which they were asked for; also those of a
// group that has failed, whose money went back.
func (s *Service) GroupItemsTx(tx *db.Tx, group, cursor string, limit int) (page.Page[Item], error) {
	after := ""
	if _, err := page.Parse(cursor, &after); err != nil {
		return page.Page[Item]{}, err
	}
	limit = page.Limit(limit)
	list, err := itemsIn(tx, group, []State{Held, Waiting, Bought, Back, Dropped}, after, limit+1)
	return page.Cut(list, limit, func(x Item) string { return page.Cursor(x.ID) }), err
}

// ItemInGroupTx finds the last thing with which one human, by any of their ids, took part in a group-buy, whatever became of it.
func (s *Service) ItemInGroupTx(tx *db.Tx, group string, persons []string) (Item, bool, error) {
	return lastInGroup(tx, group, persons)
}

// GroupFilter narrows a list of group-buys; what is empty doesn't.
type GroupFilter struct {
	Offer string
	State GroupState
}

// GroupsTx lists group-buys, the newest first.
func (s *Service) GroupsTx(tx *db.Tx, f GroupFilter, cursor string, limit int) (page.Page[Group], error) {
	var us int64
	var id string
	found, err := page.Parse(cursor, &us, &id)
	if err != nil {
		return page.Page[Group]{}, err
	}
	before := db.FromMicros(us)
	if !found {
		before = tx.Now().Add(time.Microsecond)
	}
	limit = page.Limit(limit)
	list, err := groupsBefore(tx, f.Offer, f.State, before, id, limit+1)
	return page.Cut(list, limit, func(g Group) string { return page.Cursor(db.Micros(g.OpenedAt), g.ID) }), err
}
