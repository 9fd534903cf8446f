package shop

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/channel"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/ledger"
	"github.com/qunce/qunce/internal/spine/seat"
)

// Service takes orders, payments and refunds. Safe for concurrent use.
type Service struct {
	db    *db.DB
	seats *seat.Service
	books *ledger.Service
	desk  Desk
	goods map[string]Goods
	pay   map[string]channel.Payments
	ways  []string // the names of pay
	may   func(tx *db.Tx, organisation, person string) error
	offer func(tx *db.Tx, origin, coupon, person string) (bool, error)
	hash  func(community, purpose, value string) string
}

// keepFor is how long an order keeps things unpaid.
const keepFor = 15 * time.Minute

// New makes the service; hash is keyed. Call Sell, Accept and Register before the first order.
func New(d *db.DB, seats *seat.Service, books *ledger.Service, desk Desk, hash func(community, purpose, value string) string) *Service {
	return &Service{db: d, seats: seats, books: books, desk: desk, hash: hash, goods: map[string]Goods{}, pay: map[string]channel.Payments{}}
}

// Sell registers a kind of things that orders may be for.
func (s *Service) Sell(kind string, g Goods) { s.goods[kind] = g }

// OnBehalf says who may order for a company, or why not; until then nobody may.
func (s *Service) OnBehalf(may func(tx *db.Tx, organisation, person string) error) { s.may = may }

// Offered tells whether what led a person to an order offers them a coupon now; until then nothing offers any.
func (s *Service) Offered(by func(tx *db.Tx, origin, coupon, person string) (bool, error)) {
	s.offer = by
}

// Accept registers a way to be paid, under a name that stays for ever: it stands in the books.
func (s *Service) Accept(name string, p channel.Payments) {
	s.pay[name] = p
	s.ways = append(s.ways, name)
}

// Kinds of jobs and timers.
const (
	orderTimer = "shop.order"   // an order's time is over
	deliverJob = "shop.deliver" // a paid order is to be given
	askJob     = "shop.ask"     // a channel is to be asked for a payment
	refundJob  = "shop.refund"  // money is to be given back at its channel

	redeliverJob = "shop.redeliver" // a paid order that waited is to be given
)

// Register gives the runner what is to be done outside of requests.
func (s *Service) Register(r *job.Runner) {
	r.OnTimer(orderTimer, func(tx *db.Tx, t job.Timer) error { return s.expire(tx, t.Ref) })
	r.OnJob(deliverJob, job.Options{}, func(ctx context.Context, j job.Job) (func(*db.Tx) error, error) {
		return nil, s.deliver(ctx, j.Community, j.Key, false)
	})
	r.OnJob(redeliverJob, job.Options{}, func(ctx context.Context, j job.Job) (func(*db.Tx) error, error) {
		return nil, s.deliver(ctx, j.Community, j.Key, true)
	})
	r.OnJob(askJob, job.Options{Attempts: askAttempts}, s.askFor)
	r.OnJob(refundJob, job.Options{Dead: func(tx *db.Tx, j job.Job, why error) error { return s.refundFailed(tx, j.Key, why) }}, s.giveBack)
}

// Checkout is CheckoutTx in a transaction of its own.
func (s *Service) Checkout(ctx context.Context, community string, c Checkout) (o Order, err error) {
	err = s.db.Do(ctx, community, func(tx *db.Tx) (err error) {
		o, err = s.CheckoutTx(tx, c)
		return err
	})
	return o, err
}

// CheckoutTx makes an order and keeps its things for its buyer; one that costs nothing is paid at once, and delivered by a job.
// Refusals: ErrNoItems, ErrKind, ErrQty, ErrKeyReused, ErrAlone, those of coupons and points, and those of
// the goods; they end the caller's transaction. Who has an order open for the very thing gets that one, or ErrOpen with others in
// it; with another coupon than before it is made anew.
func (s *Service) CheckoutTx(tx *db.Tx, c Checkout) (Order, error) {
	if err := s.check(&c); err != nil {
		return Order{}, err
	}
	// Things are kept by seats; so their lock comes first, also before the order's key.
	if err := s.seats.LockTx(tx); err != nil {
		return Order{}, err
	}
	if was, found, err := orderByKey(tx, c.Key); err != nil || found {
		if err == nil && was.hash != c.hash() {
			err = ErrKeyReused
		}
		return was, err
	}
	if c.Organisation != "" {
		if s.may == nil {
			return Order{}, ErrOnBehalf.At("/organisation")
		}
		if err := s.may(tx, c.Organisation, c.Person); err != nil {
			return Order{}, errs.PointTo(err, "/organisation")
		}
	}
	o := Order{ID: tx.NewID(), Person: c.Person, Organisation: c.Organisation, Origin: c.Origin, State: Created, CreatedAt: tx.Now(), ExpiresAt: tx.Now().Add(keepFor), hash: c.hash()}
	for i, item := range c.Items {
		l, was, err := s.reserve(tx, c, item, o.ExpiresAt)
		if err == nil && was.ID != "" && len(c.Items) > 1 {
			err = ErrOpen.With("order", was.ID)
		}
		if err == nil && l.Alone && len(c.Items) > 1 {
			err = ErrAlone
		}
		if err != nil {
			return o, errs.PointTo(err, fmt.Sprintf("/items/%d", i))
		}
		if was.ID != "" {
			return was, nil
		}
		o.Lines = append(o.Lines, l)
		o.Amount += l.Amount
	}
	if err := s.discount(tx, c, &o); err != nil {
		return o, err
	}
	cause, err := fact.Append(tx, OrderCreated{Amount: int64(o.Amount)}, o.about())
	if err != nil {
		return o, err
	}
	if err := s.redeem(tx, c, &o, cause); err != nil {
		return o, err
	}
	if err := insertOrder(tx, o, c.Key); err != nil {
		return o, fmt.Errorf("write order: %w", err)
	}
	if o.Amount == 0 {
		return s.paid(tx, o, Payment{})
	}
	return o, job.At(tx, orderTimer, o.ID, o.ExpiresAt)
}

// reserve keeps a thing for its buyer. What the goods keep for them already belongs to an order that is open, which is given: another
// one would be paid for nothing. One with another coupon is closed first.
func (s *Service) reserve(tx *db.Tx, c Checkout, item Item, until time.Time) (l Line, was Order, err error) {
	if l, err = s.goods[item.Kind].Reserve(tx, c.Person, item, until); err != nil || l.Fresh {
		return l, was, err
	}
	was, found, err := openOrderOf(tx, l.Ref)
	if err != nil || !found {
		return l, Order{}, err
	}
	if was.Organisation == c.Organisation && was.Coupon == c.Coupon && !c.Points || len(was.Lines) > 1 || len(c.Items) > 1 {
		if was.Origin == "" && c.Origin != "" {
			was.Origin, err = c.Origin, setOrigin(tx, was.ID, c.Origin)
		}
		return l, was, err
	}
	if err := s.close(tx, was); err != nil {
		return l, was, err
	}
	l, err = s.goods[item.Kind].Reserve(tx, c.Person, item, until)
	return l, Order{}, err
}

func (s *Service) check(c *Checkout) error {
	if len(c.Items) == 0 || c.Key == "" || c.Person == "" {
		return ErrNoItems.At("/items")
	}
	if c.Origin != "" && !originPattern.MatchString(c.Origin) {
		return ErrOrigin.At("/origin")
	}
	c.Coupon = couponCode(c.Coupon)
	if c.Points && c.Coupon != "" {
		return ErrCoupon.With("coupon", c.Coupon).At("/coupon")
	}
	for i := range c.Items {
		x := &c.Items[i]
		x.Organisation = c.Organisation
		if x.Qty == 0 {
			x.Qty = 1
		}
		if x.Qty < 0 || x.Qty > 1000 {
			return ErrQty.At(fmt.Sprintf("/items/%d/qty", i))
		}
		if s.goods[x.Kind] == nil {
			return ErrKind.With("kind", x.Kind).At(fmt.Sprintf("/items/%d/kind", i))
		}
	}
	return nil
}

// originPattern is a kind of thing and its id.
var originPattern = regexp.MustCompile(`^[a-z]+/[0-9a-hjkmnp-tv-z]{20}$`)

func (c Checkout) hash() string {
	text := fmt.Appendf(nil, "%q", c.Person)
	for _, x := range c.Items {
		text = fmt.Appendf(text, " %q %q %d", x.Kind, x.Item, x.Qty)
	}
	if c.Coupon != "" || c.Points {
		text = fmt.Appendf(text, " %q %t", c.Coupon, c.Points)
	}
	if c.Organisation != "" {
		text = fmt.Appendf(text, " for %q", c.Organisation)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16])
}

func (o Order) about() fact.Fact { return fact.Fact{Person: o.Person, Subject: o.ID} }

// expire closes an order whose time is over.
func (s *Service) expire(tx *db.Tx, id string) error {
	o, err := s.locked(tx, id)
	if err != nil || o.State != Created {
		return err
	}
	return s.close(tx, o)
}

// CancelTx ends an order that is not paid; one that ended already stays as it is. ErrPaid for a paid one.
func (s *Service) CancelTx(tx *db.Tx, id string) (Order, error) {
	o, err := s.locked(tx, id)
	if err != nil || o.State == Closed {
		return o, err
	}
	if o.State != Created {
		return o, ErrPaid
	}
	if err := s.close(tx, o); err != nil {
		return o, err
	}
	return s.GetTx(tx, id)
}

func (s *Service) close(tx *db.Tx, o Order) error {
	for _, l := range o.Lines {
		if err := s.goods[l.Kind].Drop(tx, l.Ref); err != nil {
			return fmt.Errorf("drop what order %s kept: %w", o.ID, err)
		}
	}
	if err := setState(tx, o.ID, Created, Closed); err != nil {
		return err
	}
	if err := s.freeCoupon(tx, o); err != nil {
		return err
	}
	if err := voidPayments(tx, o.ID); err != nil {
		return err
	}
	if err := job.Clear(tx, orderTimer, o.ID); err != nil {
		return err
	}
	_, err := fact.Append(tx, OrderClosed{}, o.about())
	return err
}

// locked gives an order under the seats' lock, which orders all changes of orders: what they keep are seats.
func (s *Service) locked(tx *db.Tx, id string) (Order, error) {
	if err := s.seats.LockTx(tx); err != nil {
		return Order{}, err
	}
	return s.GetTx(tx, id)
}

// Get reads an order.
func (s *Service) Get(ctx context.Context, community, id string) (o Order, err error) {
	err = s.db.Read(ctx, community, func(tx *db.Tx) (err error) {
		o, err = s.GetTx(tx, id)
		return err
	})
	return o, err
}

// GetTx is Get in the caller's transaction.
func (s *Service) GetTx(tx *db.Tx, id string) (Order, error) {
	o, found, err := orderByID(tx, id)
	if err == nil && !found {
		err = ErrUnknownOrder
	}
	if err != nil {
		return o, err
	}
	o.Lines, err = linesOf(tx, id)
	return o, err
}

// left is what of a paid order has not gone back.
func (o Order) left() money.Fen { return o.Paid - o.Refunded }

func (l Line) left() money.Fen { return l.Amount - l.returned }

// rule names the rules by which the order costs what it does, for its entries in the books.
func (o Order) rule() string {
	var rules []string
	for _, l := range o.Lines {
		if l.Rule != "" && !slices.Contains(rules, l.Rule) {
			rules = append(rules, l.Rule)
		}
	}
	return strings.Join(rules, " ")
}
