package event

import (
	"cmp"
	"regexp"
	"time"

	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/db"
)

// Sale is what an event leads to (E8): a thing that who has a ticket is offered from when it begins until some time after its end.
type Sale struct {
	Item   string         `json:"item,omitempty" doc:"plan/vip, goods/book or group/three; nothing is offered if empty"`
	Coupon string         `json:"coupon,omitempty" doc:"code of a coupon that only offers give"`
	For    clock.Duration `json:"for,omitempty" doc:"how long after the end the offer stands; two days if not given"`
}

const offerStands = 48 * time.Hour

var (
	soldItem   = regexp.MustCompile(`^(plan|goods|group)/[a-z0-9-]{1,40}(/[a-z0-9-]{1,40})?$`)
	soldCoupon = regexp.MustCompile(`^[A-Z0-9][A-Z0-9-]{0,39}$`)
)

// Refusals of what an event sells.
var (
	ErrSells  = errs.Define(errs.Invalid, "event.sells")
	ErrOffers = errs.Define(errs.Invalid, "event.sells_coupon")
)

func (p *problems) sale(x Sale, at string) {
	p.Refuse(x.Item != "" && !soldItem.MatchString(x.Item) || x.Item == "" && x != Sale{}, ErrSells, at+"/item")
	p.Refuse(x.Coupon != "" && !soldCoupon.MatchString(x.Coupon), ErrOffers, at+"/coupon")
	p.Refuse(x.For < 0 || time.Duration(x.For) > maxDays*24*time.Hour, ErrTime.With("days", maxDays), at+"/for")
}

// OfferEnds is when what an event sells is offered no longer.
func (e Event) OfferEnds() time.Time {
	return e.Ends.Add(cmp.Or(time.Duration(e.Sells.For), offerStands))
}

// Offers tells whether an event offers what it sells at a time.
func (e Event) Offers(at time.Time) bool {
	return e.Sells.Item != "" && e.State == StatePlanned && !e.Starts.After(at) && e.OfferEnds().After(at)
}

// Origin is what orders say that were led to by an event.
func (e Event) Origin() string { return "event/" + e.ID }

// OfferedTx tells whether a person is offered what an event sells now: who has a ticket is.
func (s *Service) OfferedTx(tx *db.Tx, e Event, person string) (bool, error) {
	if !e.Offers(tx.Now()) || person == "" {
		return false, nil
	}
	t, found, err := s.TicketOfTx(tx, e.ID, person)
	return found && t.State == Valid, err
}

// Stay is how long somebody with a ticket was there.
type Stay string

// The stays. Who was let in at a door has stayed: nobody is seen going.
const (
	Stayed    Stay = "stayed"
	LeftEarly Stay = "left"
	Absent    Stay = "absent"
	HasNone   Stay = "none" // they had one, and gave it back
)

// leaves is how long before the last was seen somebody must have been seen last, to have left early.
const leaves = 10 * time.Minute

// Stays counts an event's valid tickets by how long their holders were there.
type Stays struct {
	Stayed int `json:"stayed"`
	Left   int `json:"left" doc:"online, ten minutes or more before the last"`
	Absent int `json:"absent"`
}

// SeenTx notes that people follow an event online now.
func (s *Service) SeenTx(tx *db.Tx, event string, persons []string) error {
	if len(persons) == 0 {
		return nil
	}
	return see(tx, event, persons)
}

// StayTx tells how long a human with a ticket was there.
func (s *Service) StayTx(tx *db.Tx, event, person string) (Stay, error) {
	w, err := s.who(tx, person)
	if err != nil {
		return "", err
	}
	until, came, err := seenUntil(tx, event, w.ids)
	if err != nil || !came {
		return Absent, err
	}
	last, err := lastSeen(tx, event)
	return stay(until, last), err
}

// leftWith tells paths how long somebody was there, and whether they bought.
func (s *Service) leftWith(tx *db.Tx, e Event, w who) (there Stay, bought bool, err error) {
	if e.Sells.Item == "" || e.Starts.After(tx.Now()) {
		return Absent, false, nil
	}
	if there, err = s.StayTx(tx, e.ID, w.root()); err != nil {
		return there, false, err
	}
	if there == Absent {
		t, found, err := s.TicketOfTx(tx, e.ID, w.root())
		if err != nil {
			return there, false, err
		}
		if !found || t.State != Valid {
			there = HasNone
		}
	}
	if s.sold != nil {
		bought, err = s.sold(tx, e.Origin(), w.ids)
	}
	return there, bought, err
}

func stay(until, last time.Time) Stay {
	if !until.IsZero() && last.Sub(until) >= leaves {
		return LeftEarly
	}
	return Stayed
}

// StaysTx counts how long an event's ticket holders were there; with persons, only those of them who came.
func (s *Service) StaysTx(tx *db.Tx, event string, persons ...string) (x Stays, err error) {
	last, err := lastSeen(tx, event)
	if err != nil {
		return x, err
	}
	if x.Stayed, x.Left, err = countStays(tx, event, last.Add(-leaves), persons); err != nil || len(persons) > 0 {
		return x, err
	}
	c, err := s.seats.Count(tx, house(event))
	x.Absent = max(0, c.Taken-x.Stayed-x.Left)
	return x, err
}

// Sold tells paths whether a human has bought by what an event offered.
func (s *Service) Sold(to func(tx *db.Tx, origin string, persons []string) (bool, error)) {
	s.sold = to
}
