package shop

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/bits"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/seat"
)

// Coupon takes something off what an order costs.
type Coupon struct {
	Code      string    `json:"code" doc:"A–Z, 0–9, -; buyers may write it in small letters"`
	Title     text.Text `json:"title"`
	Off       money.Fen `json:"off,omitempty" doc:"fen taken off; in a playbook yuan"`
	OffBP     int       `json:"off_bp,omitempty" doc:"taken off in basis points: 1000 is 10 %"`
	Min       money.Fen `json:"min,omitempty" doc:"what the things that it is for must cost together"`
	For       []string  `json:"for,omitempty" doc:"what it is for: a kind, or kind and item as goods/tea or goods/tea/box; all that takes coupons if not given"`
	Quota     int       `json:"quota,omitempty" doc:"how often it can be used; any number if not given"`
	PerPerson int       `json:"per_person,omitempty" doc:"how often by one; any number if not given"`
	Opens     time.Time `json:"opens,omitzero" doc:"not before"`
	Closes    time.Time `json:"closes,omitzero" doc:"not from then on"`
	Offered   bool      `json:"offered,omitempty" doc:"only for who buys by the offer of an event, while that stands"`
}

// ListedCoupon is a coupon as it stands in the shop.
type ListedCoupon struct {
	Coupon
	Retired bool `json:"retired,omitempty" doc:"can be used no more"`
	Version int  `json:"version"`
	Used    int  `json:"used" doc:"by orders that are paid"`
	Kept    int  `json:"kept" doc:"by orders that are not paid"`

	declared Coupon
}

// Limits of a coupon.
const (
	maxCode    = 40
	maxTitle   = 100
	maxOff     = money.Fen(1_000_000_00)
	maxQuota   = 100_000_000
	wholeBP    = 10_000
	anyMany    = 1 << 40
	maxTargets = 100
)

var codePattern = regexp.MustCompile(`^[A-Z0-9][A-Z0-9-]*$`)

// couponCode is a code as it is kept.
func couponCode(s string) string { return strings.ToUpper(strings.TrimSpace(s)) }

func couponGroup(code string) string { return "coupon:" + code }

// Refusals about coupons.
var (
	ErrCode          = errs.Define(errs.Invalid, "shop.coupon_code")     // "max"
	ErrCouponTwice   = errs.Define(errs.Invalid, "shop.coupon_twice")    // "coupon"
	ErrCouponTitle   = errs.Define(errs.Invalid, "shop.coupon_title")    // "max"
	ErrCouponOff     = errs.Define(errs.Invalid, "shop.coupon_off")      // neither an amount nor a share, or both
	ErrCouponLimit   = errs.Define(errs.Invalid, "shop.coupon_limit")    // "max"
	ErrCouponWindow  = errs.Define(errs.Invalid, "shop.coupon_window")   // it would close before it opens
	ErrCouponVersion = errs.Define(errs.Conflict, "shop.coupon_version") // somebody else has changed it
	ErrCoupon        = errs.Define(errs.NotFound, "shop.coupon")         // "coupon": there is none, or it is for nothing in the order
	ErrCouponEarly   = errs.Define(errs.Conflict, "shop.coupon_early")   // "opens"
	ErrCouponOver    = errs.Define(errs.Gone, "shop.coupon_over")
	ErrCouponMin     = errs.Define(errs.Conflict, "shop.coupon_min")   // "min"
	ErrCouponGone    = errs.Define(errs.Conflict, "shop.coupon_gone")  // it was used as often as it can be
	ErrCouponOffer   = errs.Define(errs.Conflict, "shop.coupon_offer") // nothing offers it to this buyer, or no longer
	ErrCouponUsed    = errs.Define(errs.Conflict, "shop.coupon_used")  // "limit": by this buyer
)

// OfCoupon tells whether a refusal is about an order's coupon.
func OfCoupon(e *errs.Error) bool {
	return slices.ContainsFunc([]*errs.Error{ErrCoupon, ErrCouponEarly, ErrCouponOver, ErrCouponMin, ErrCouponGone, ErrCouponOffer, ErrCouponUsed}, func(x *errs.Error) bool { return errors.Is(e, x) })
}

// Open tells whether a coupon can be used at a time by whoever has a use of it.
func (c ListedCoupon) Open(at time.Time) bool {
	return !c.Retired && !c.Opens.After(at) && (c.Closes.IsZero() || c.Closes.After(at))
}

// CheckCoupons refuses coupons that can't be.
func CheckCoupons(list []Coupon) error {
	var bad []*errs.Error
	codes := map[string]bool{}
	for i, c := range list {
		at := fmt.Sprintf("/%d", i)
		bad = append(bad, c.problems(at)...)
		if codes[c.Code] {
			bad = append(bad, ErrCouponTwice.With("coupon", c.Code).At(at+"/code"))
		}
		codes[c.Code] = true
	}
	return errs.Join(bad...)
}

func (c Coupon) problems(at string) (bad []*errs.Error) {
	refuse := func(wrong bool, e *errs.Error, field string) {
		if wrong {
			bad = append(bad, e.At(at+field))
		}
	}
	refuse(len(c.Code) > maxCode || !codePattern.MatchString(c.Code), ErrCode.With("max", maxCode), "/code")
	titled := c.Title.In(text.Hans) != ""
	for _, t := range c.Title {
		_, ok := text.Line(t, maxTitle)
		titled = titled && ok
	}
	refuse(!titled, ErrCouponTitle.With("max", maxTitle), "/title")
	refuse((c.Off > 0) == (c.OffBP > 0) || c.Off < 0 || c.Off > maxOff || c.OffBP < 0 || c.OffBP > wholeBP, ErrCouponOff, "/off")
	refuse(c.Min < 0 || c.Min > maxOff, ErrCouponLimit.With("max", maxOff), "/min")
	refuse(c.Quota < 0 || c.Quota > maxQuota, ErrCouponLimit.With("max", maxQuota), "/quota")
	refuse(c.PerPerson < 0 || c.PerPerson > maxQuota, ErrCouponLimit.With("max", maxQuota), "/per_person")
	refuse(len(c.For) > maxTargets, ErrCouponLimit.With("max", maxTargets), "/for")
	refuse(!c.Closes.IsZero() && !c.Closes.After(c.Opens), ErrCouponWindow, "/closes")
	return bad
}

// isFor tells whether a coupon changes what a line costs.
func (c Coupon) isFor(l Line) bool {
	if l.Amount == 0 || l.Fixed && len(c.For) == 0 {
		return false
	}
	name := l.Kind + "/" + l.Item + "/"
	return len(c.For) == 0 || slices.ContainsFunc(c.For, func(f string) bool { return strings.HasPrefix(name, f+"/") })
}

// off is what is taken off an amount, never more than that.
func (c Coupon) off(sum money.Fen) money.Fen {
	if c.OffBP > 0 {
		high, low := bits.Mul64(uint64(sum), uint64(c.OffBP))
		n, _ := bits.Div64(high, low, wholeBP)
		return money.Fen(n)
	}
	return min(c.Off, sum)
}

// discount takes a coupon off an order's lines, of each by its share, and keeps one use of it for the buyer.
func (s *Service) discount(tx *db.Tx, c Checkout, o *Order) error {
	if c.Coupon == "" {
		return nil
	}
	found, err := s.usable(tx, c.Coupon)
	if err != nil {
		return errs.PointTo(err, "/coupon")
	}
	if found.Offered {
		ok := false
		if s.offer != nil {
			ok, err = s.offer(tx, c.Origin, found.Code, c.Person)
		}
		if err != nil || !ok {
			return errs.Or(err, ErrCouponOffer.At("/coupon"))
		}
	}
	weights, sum := make([]int64, len(o.Lines)), money.Fen(0)
	for i, l := range o.Lines {
		if found.isFor(l) {
			weights[i] = int64(l.Amount)
			sum += l.Amount
		}
	}
	off := found.off(sum)
	switch {
	case sum == 0:
		return ErrCoupon.With("coupon", c.Coupon).At("/coupon")
	case sum < found.Min:
		return ErrCouponMin.With("min", found.Min.String()).At("/coupon")
	}
	for i, part := range money.Share(off, weights...) {
		o.Lines[i].Amount -= part
		o.Lines[i].Discount = part
		if d, asks := s.goods[o.Lines[i].Kind].(Discounter); asks && part > 0 {
			if err := d.Discounted(tx, o.Lines[i].Ref, part); err != nil {
				return err
			}
		}
	}
	o.Amount, o.Discount, o.Coupon = o.Amount-off, off, found.Code
	got, err := s.seats.HoldTx(tx, seat.Claim{
		Key: "coupon " + o.ID, Group: couponGroup(found.Code), Holder: seat.Holder{ID: o.Person, Person: true}, TTL: o.ExpiresAt.Sub(tx.Now()),
	})
	o.couponSeat = got.ID
	return errs.PointTo(usedUp(err), "/coupon")
}

// usable is a coupon that can be used now.
func (s *Service) usable(tx *db.Tx, code string) (ListedCoupon, error) {
	c, found, err := couponByCode(tx, code)
	switch {
	case err != nil:
		return c, err
	case !found || c.Retired:
		return c, ErrCoupon.With("coupon", code)
	case c.Opens.After(tx.Now()):
		return c, ErrCouponEarly.With("opens", c.Opens)
	case !c.Closes.IsZero() && !c.Closes.After(tx.Now()):
		return c, ErrCouponOver
	}
	return c, nil
}

// usedUp says why there is no use of a coupon left.
func usedUp(err error) error {
	switch {
	case errors.Is(err, seat.ErrHolderFull):
		return ErrCouponUsed.With("limit", errs.As(err).Params["limit"]).Because(err)
	case errors.Is(err, seat.ErrGone), errors.Is(err, seat.ErrMayComeBack), errors.Is(err, seat.ErrLapsed):
		return ErrCouponGone.Because(err)
	}
	return err
}

// useCoupon uses a paid order's coupon up. An order that was closed had given its use back: it needs another.
func (s *Service) useCoupon(tx *db.Tx, o Order) error {
	if o.couponSeat == "" {
		return nil
	}
	_, err := s.seats.TakeTx(tx, o.couponSeat)
	if errors.Is(err, seat.ErrReleased) {
		got, err := s.seats.HoldTx(tx, seat.Claim{Key: "coupon again " + o.ID, Group: couponGroup(o.Coupon), Holder: seat.Holder{ID: o.Person, Person: true}})
		if err != nil {
			return usedUp(err)
		}
		return setCouponSeat(tx, o.ID, got.ID)
	}
	return usedUp(err)
}

// freeCoupon gives the use of a coupon back for which nothing was paid.
func (s *Service) freeCoupon(tx *db.Tx, o Order) error {
	if o.couponSeat == "" {
		return nil
	}
	_, err := s.seats.ReleaseTx(tx, o.couponSeat)
	return err
}

// DeclareCouponsTx makes the playbook's coupons usable. One that staff has changed stays so until the playbook says something new of it;
// one that is named no longer can be used no more.
func (s *Service) DeclareCouponsTx(tx *db.Tx, list []Coupon) error {
	if err := CheckCoupons(list); err != nil {
		return err
	}
	named := map[string]bool{}
	for i, c := range list {
		named[c.Code] = true
		was, found, err := couponByCode(tx, c.Code)
		if err != nil {
			return err
		}
		if found && alike(was.declared, c) {
			continue
		}
		if _, err := s.putCoupon(tx, was, c, c, i, ""); err != nil {
			return errs.PointTo(err, fmt.Sprintf("/%d", i))
		}
	}
	return retireCoupons(tx, named)
}

func alike(a, b any) bool {
	x, err := json.Marshal(a)
	y, err2 := json.Marshal(b)
	return err == nil && err2 == nil && bytes.Equal(x, y)
}

// PutCouponTx adds a coupon, or makes one as c says; version is the one that was read, 0 for a new one, else ErrCouponVersion.
func (s *Service) PutCouponTx(tx *db.Tx, c Coupon, version int, actor string) (ListedCoupon, error) {
	c.Code = couponCode(c.Code)
	if err := errs.Join(c.problems("")...); err != nil {
		return ListedCoupon{}, err
	}
	was, _, err := couponByCode(tx, c.Code)
	if err == nil && was.Version != version {
		err = ErrCouponVersion
	}
	if err != nil {
		return was, err
	}
	return s.putCoupon(tx, was, c, was.declared, -1, actor)
}

func (s *Service) putCoupon(tx *db.Tx, was ListedCoupon, c, declared Coupon, position int, actor string) (ListedCoupon, error) {
	now := ListedCoupon{Coupon: c, Version: was.Version + 1, Used: was.Used, Kept: was.Kept, declared: declared}
	if err := s.seats.LockTx(tx); err != nil {
		return now, err
	}
	if ok, err := putCoupon(tx, now, position); err != nil || !ok {
		return now, errs.Or(err, ErrCouponVersion)
	}
	many := func(n int) int {
		if n == 0 {
			return anyMany
		}
		return n
	}
	group := couponGroup(c.Code)
	if err := s.seats.DeclareGroupTx(tx, seat.Group{Name: group, PerHolder: many(c.PerPerson)}); err != nil {
		return now, errs.PointTo(err, "/per_person")
	}
	p, err := s.seats.AddPoolTx(tx, seat.Pool{ID: group, Group: group, Capacity: many(c.Quota), Subject: c.Code})
	if err == nil && p.Capacity != many(c.Quota) {
		_, err = s.seats.SetCapacityTx(tx, group, many(c.Quota))
	}
	if err != nil {
		return now, errs.PointTo(err, "/quota")
	}
	_, err = fact.Append(tx, CouponChanged{Version: now.Version}, fact.Fact{Subject: c.Code, Actor: actor})
	return now, err
}

// RetireCouponTx ends the use of a coupon, or begins it again. Orders that have it keep it.
func (s *Service) RetireCouponTx(tx *db.Tx, code string, retired bool, actor string) error {
	version, found, err := retireCoupon(tx, couponCode(code), retired)
	if err != nil || !found {
		return errs.Or(err, ErrCoupon.With("coupon", code))
	}
	_, err = fact.Append(tx, CouponChanged{Version: version}, fact.Fact{Subject: couponCode(code), Actor: actor})
	return err
}

// CouponTx gives a coupon with its uses.
func (s *Service) CouponTx(tx *db.Tx, code string) (ListedCoupon, error) {
	c, found, err := couponByCode(tx, couponCode(code))
	if err != nil || !found {
		return c, errs.Or(err, ErrCoupon.With("coupon", code))
	}
	p, err := s.seats.Pool(tx, couponGroup(c.Code))
	c.Used, c.Kept = p.Taken, p.Held
	return c, err
}
