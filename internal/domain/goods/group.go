package goods

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/kit/clock"
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
	k := Kept{Item: p.item(sku, w), Title: p.title(sku), Rule: fmt.Sprintf("%s@%d", o.Name, o.Version)}
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

// GatherTx notes that a thing is paid. ready tells whether it can be given: a thing of a group-buy is when its group is full. Refusals, after
// which what was paid is owed back: ErrGroupOver and ErrGroupFull when the place is gone, those of TakeTx.
func (s *Service) GatherTx(tx *db.Tx, id string) (ready bool, err error) {
	x, err := s.itemTx(tx, id)
	if err != nil || x.Group == "" || x.State == Bought || x.State == Back {
		return true, err
	}
	g, err := s.GroupTx(tx, x.Group)
	if err != nil || x.State == Waiting {
		return g.State == GroupSuccess, err
	}
	was := x.State
	if g, err = s.place(tx, &x, g); err != nil {
		return false, err
	}
	if err := s.takeSeats(tx, &x); err != nil {
		return false, err
	}
	x.State, x.JoinedAt, x.EndedAt = Waiting, tx.Now(), time.Time{}
	if err := updateItem(tx, x, was); err != nil {
		return false, err
	}
	if _, err := fact.Append(tx, GroupJoined{Item: fact.ID(x.ID)}, fact.Fact{Person: x.Person, Subject: g.ID}); err != nil {
		return false, err
	}
	return s.fill(tx, g)
}

// place takes a thing's place in its group, or else in the next one if its buyer wants that.
func (s *Service) place(tx *db.Tx, x *Item, g Group) (Group, error) {
	err := ErrGroupOver.At("") // a copy
	if g.State == GroupOpen && g.ClosesAt.After(tx.Now()) {
		if x.State == Dropped { // closed unpaid, and somebody of the same may have come since
			if twice, err := inGroup(tx, g.ID, x.Person); err != nil || twice {
				return g, errs.Or(err, ErrInGroup)
			}
		}
		got, taken := s.take(tx, x.slot, "slot again "+x.ID)
		if taken == nil {
			x.slot = got
			return g, nil
		}
		refusal := errs.As(noPlace(taken))
		if refusal == nil || !errors.Is(refusal, ErrGroupFull) {
			return g, taken
		}
		err = refusal
	}
	if !x.next {
		return g, err
	}
	return s.placeInNext(tx, x, g)
}

// placeInNext takes a place in a group that follows one, or starts it.
func (s *Service) placeInNext(tx *db.Tx, x *Item, g Group) (Group, error) {
	if err := s.release(tx, x.slot); err != nil {
		return g, err
	}
	following, err := groupsAfter(tx, g)
	if err != nil {
		return g, err
	}
	claim := seat.Claim{Holder: seat.Holder{ID: x.ID}}
	for _, n := range following {
		if twice, err := inGroup(tx, n.ID, x.Person); err != nil || twice || !n.ClosesAt.After(tx.Now()) {
			if err != nil {
				return g, err
			}
			continue
		}
		claim.Key, claim.Group = "slot "+x.ID+" "+n.ID, slots(n.ID)
		got, err := s.seats.HoldTx(tx, claim)
		if err == nil {
			x.Group, x.slot = n.ID, got.ID
			return n, nil
		}
		if !errors.Is(noPlace(err), ErrGroupFull) {
			return g, err
		}
	}
	o := Offer{Name: g.Offer, Item: g.Product + "/" + g.SKU, Size: g.Size, Price: g.Price}
	o.Window = clock.Duration(g.ClosesAt.Sub(g.OpenedAt))
	n, err := s.start(tx, o, x.Person, g.ID, "")
	if err != nil {
		return g, err
	}
	claim.Key, claim.Group = "slot "+x.ID+" "+n.ID, slots(n.ID)
	got, err := s.seats.HoldTx(tx, claim)
	x.Group, x.slot = n.ID, got.ID
	return n, err
}

// fill ends a group whose every place is paid for; the orders of the others are given by a job.
func (s *Service) fill(tx *db.Tx, g Group) (full bool, err error) {
	pool, err := s.seats.Pool(tx, slots(g.ID))
	if err != nil || pool.Taken < g.Size {
		return false, err
	}
	if err := s.end(tx, g, GroupSuccess); err != nil {
		return false, err
	}
	_, err = fact.Append(tx, GroupFull{Size: g.Size}, fact.Fact{Subject: g.ID})
	return true, err
}

// closeGroup is the timer of a group: its time is over, and it is short.
func (s *Service) closeGroup(tx *db.Tx, id string) error {
	if err := s.seats.LockTx(tx); err != nil {
		return err
	}
	g, err := s.GroupTx(tx, id)
	if err != nil || g.State != GroupOpen {
		return err
	}
	return s.fail(tx, g)
}

func (s *Service) fail(tx *db.Tx, g Group) error {
	pool, err := s.seats.Pool(tx, slots(g.ID))
	if err != nil {
		return err
	}
	if err := s.end(tx, g, GroupShort); err != nil {
		return err
	}
	_, err = fact.Append(tx, GroupFailed{Size: g.Size, Paid: pool.Taken}, fact.Fact{Subject: g.ID})
	return err
}

func (s *Service) end(tx *db.Tx, g Group, state GroupState) error {
	if err := endGroup(tx, g.ID, state); err != nil {
		return err
	}
	if _, err := s.seats.ClosePoolTx(tx, slots(g.ID)); err != nil {
		return err
	}
	if err := job.Clear(tx, closeTimer, g.ID); err != nil {
		return err
	}
	return job.Enqueue(tx, settleJob, g.ID, tx.Now(), nil)
}

// settle sees to the orders of a group that has ended, each by itself. Done again it changes nothing.
func (s *Service) settle(ctx context.Context, community, group string) error {
	for after := ""; ; {
		var items []Item
		var g Group
		err := s.db.Read(ctx, community, func(tx *db.Tx) (err error) {
			if g, err = s.GroupTx(tx, group); err == nil {
				items, err = itemsIn(tx, group, []State{Held, Waiting}, after, settleBatch)
			}
			return err
		})
		if err != nil || len(items) == 0 {
			return err
		}
		for _, x := range items {
			err := s.db.Do(ctx, community, func(tx *db.Tx) error { return s.settleOne(tx, g, x) })
			if err != nil {
				return fmt.Errorf("settle %s of group-buy %s: %w", x.ID, group, err)
			}
		}
		after = items[len(items)-1].ID
	}
}

const settleBatch = 100

func (s *Service) settleOne(tx *db.Tx, g Group, was Item) error {
	x, err := s.itemTx(tx, was.ID)
	switch {
	case err != nil || x.Group != g.ID || x.State != was.State: // it was paid, dropped or given meanwhile
		return err
	case g.State == GroupSuccess && x.State == Waiting:
		return s.orders.ReadyTx(tx, x.ID)
	case g.State == GroupSuccess && x.next: // what is kept is paid for in the next group
		return nil
	case g.State == GroupSuccess:
		return s.orders.EndTx(tx, x.ID, ErrGroupOver.Code)
	}
	return s.orders.EndTx(tx, x.ID, ErrGroupShort.Code)
}

// leaveGroup gives the place of a thing back whose order has ended. A group that somebody started and that nobody is in ends with it.
func (s *Service) leaveGroup(tx *db.Tx, x *Item) error {
	g, err := s.GroupTx(tx, x.Group)
	if err != nil || g.State == GroupSuccess {
		return err // what was paid when it became full stays counted
	}
	if err := s.release(tx, x.slot); err != nil {
		return err
	}
	x.JoinedAt = time.Time{}
	if g.State != GroupOpen {
		return nil
	}
	pool, err := s.seats.Pool(tx, slots(g.ID))
	if err != nil || g.Starter == "" || pool.Held+pool.Taken > 0 {
		return err
	}
	return s.fail(tx, g)
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

// declareOffers makes the playbook's group-buys those that may be started, as DeclareTx does products.
func (s *Service) declareOffers(tx *db.Tx, offers []Offer) error {
	named := map[string]bool{}
	for i, o := range offers {
		named[o.Name] = true
		was, found, err := offerByName(tx, o.Name)
		if err != nil || found && alike(was.declared, o) {
			if err != nil {
				return err
			}
			continue
		}
		if _, err := putOffer(tx, ListedOffer{Offer: o, Version: was.Version + 1, declared: o}, i); err != nil {
			return err
		}
	}
	return retireOffers(tx, named)
}

// PutOfferTx adds a group-buy that may be started, or makes one as o says; version is the one that was read, 0 for a new one, else
// ErrVersion. Groups that were started keep what they have.
func (s *Service) PutOfferTx(tx *db.Tx, o Offer, version int) (ListedOffer, error) {
	var bad problems
	bad.offer(o, "")
	if err := errs.Join(bad.bad...); err != nil {
		return ListedOffer{}, err
	}
	product, name, err := cut(o.Item)
	if err != nil {
		return ListedOffer{}, err
	}
	if _, _, err := s.forSale(tx, product, name); err != nil {
		return ListedOffer{}, errs.PointTo(err, "/item")
	}
	was, _, err := offerByName(tx, o.Name)
	if err != nil {
		return was, err
	}
	now := ListedOffer{Offer: o, Version: was.Version + 1, declared: was.declared}
	if was.Version != version {
		return was, ErrVersion
	}
	ok, err := putOffer(tx, now, -1)
	if err == nil && !ok {
		err = ErrVersion
	}
	return now, err
}

// OffersTx lists what group-buys may be started.
func (s *Service) OffersTx(tx *db.Tx) ([]ListedOffer, error) {
	list, err := offers(tx)
	return slices.DeleteFunc(list, func(o ListedOffer) bool { return o.Retired }), err
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
