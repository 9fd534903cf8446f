package goods

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/ledger"
	"github.com/qunce/qunce/internal/spine/seat"
)

// People is what goods ask about persons.
type People interface {
	// IDs lists every id of the one who stands for a person, that one's own first: a merge of persons moves no rows.
	IDs(tx *db.Tx, person string) ([]string, error)
	// Blocked tells whether a person must not buy.
	Blocked(tx *db.Tx, person string) (bool, error)
}

// Orders is what group-buys ask of the orders that their things are bought by.
type Orders interface {
	// ReadyTx lets the order of a thing that waited be given; asked again it changes nothing.
	ReadyTx(tx *db.Tx, item string) error
	// EndTx ends the order of a thing: what was paid goes back, and why is the code of a refusal. One that has ended stays as it is.
	EndTx(tx *db.Tx, item, why string) error
}

// Secrets keep addresses.
type Secrets interface {
	Encrypt(community, purpose, plaintext string) string
	Decrypt(community, purpose, ciphertext string) (string, error)
}

// Service keeps products, their stock and what is sold of it. Safe for concurrent use.
type Service struct {
	db     *db.DB
	seats  *seat.Service
	books  *ledger.Service
	people People
	keys   Secrets
	orders Orders
	desk   Desk
}

// New makes the service. Call Follow and Register before the first sale.
func New(d *db.DB, seats *seat.Service, books *ledger.Service, people People, keys Secrets) *Service {
	return &Service{db: d, seats: seats, books: books, people: people, keys: keys}
}

// Follow says whose orders things are bought by, and who answers complaints.
func (s *Service) Follow(o Orders, d Desk) { s.orders, s.desk = o, d }

// Kinds of timers and jobs.
const (
	closeTimer   = "goods.close"   // the time of a group-buy is over
	receiveTimer = "goods.receive" // what was shipped must have come
	settleJob    = "goods.settle"  // the orders of a group-buy that has ended are to be given, or paid back
)

// Register gives the runner what is to be done outside of requests.
func (s *Service) Register(r *job.Runner) {
	r.OnTimer(closeTimer, func(tx *db.Tx, t job.Timer) error { return s.closeGroup(tx, t.Ref) })
	r.OnTimer(receiveTimer, func(tx *db.Tx, t job.Timer) error { return s.ReceiveTx(tx, t.Ref) })
	r.OnJob(settleJob, job.Options{}, func(ctx context.Context, j job.Job) (func(*db.Tx) error, error) {
		return nil, s.settle(ctx, j.Community, j.Key)
	})
}

// staffPosition is where products stand that staff has added: behind the playbook's.
const staffPosition = 1 << 20

// DeclareTx makes the playbook's products and group-buys what is sold. One that staff has changed stays so until the playbook
// says something new of it; one that is named no longer is sold no more. Refusals: those of Check, ErrStrike, ErrStrikeNew.
func (s *Service) DeclareTx(tx *db.Tx, c Config) error {
	if err := c.Check(); err != nil {
		return err
	}
	if err := s.seats.LockTx(tx); err != nil {
		return err
	}
	named := map[string]bool{}
	for i, p := range c.Products {
		named[p.Name] = true
		was, found, err := productByName(tx, p.Name)
		if err != nil {
			return err
		}
		if found && alike(was.declared, p) {
			if err := placeProduct(tx, p.Name, i); err != nil {
				return err
			}
			continue
		}
		if _, err := s.put(tx, was, found, p, p, i, ""); err != nil {
			return errs.PointTo(err, fmt.Sprintf("/products/%d", i))
		}
	}
	if err := retireProducts(tx, named); err != nil {
		return fmt.Errorf("retire products: %w", err)
	}
	return s.declareOffers(tx, c.GroupBuys)
}

// alike compares what playbooks say.
func alike(a, b any) bool {
	x, err := json.Marshal(a)
	y, err2 := json.Marshal(b)
	return err == nil && err2 == nil && bytes.Equal(x, y)
}

// PutTx adds a product, or makes one as p says; version is the one that was read, 0 for a new one, else ErrVersion. How many
// there are of a SKU that stands already is changed by RestockTx. Refusals: those of Check at their fields, ErrStrike, ErrStrikeNew.
func (s *Service) PutTx(tx *db.Tx, p Product, version int, actor string) (Listed, error) {
	var bad problems
	bad.product(p, "")
	if err := bad.Err(); err != nil {
		return Listed{}, err
	}
	if err := s.seats.LockTx(tx); err != nil {
		return Listed{}, err
	}
	was, found, err := productByName(tx, p.Name)
	if err != nil {
		return was, err
	}
	if was.Version != version {
		return was, ErrVersion
	}
	for i := range p.SKUs {
		if old, err := was.sku(p.SKUs[i].Name); err == nil {
			p.SKUs[i].Stock = old.Stock
		}
	}
	return s.put(tx, was, found, p, was.declared, staffPosition, actor)
}

// put writes a product with its prices and its stock.
func (s *Service) put(tx *db.Tx, was Listed, found bool, p, declared Product, position int, actor string) (Listed, error) {
	now := Listed{Product: p, Version: was.Version + 1, CreatedAt: was.CreatedAt, declared: declared}
	if !found {
		now.CreatedAt = tx.Now()
	}
	for i, sku := range p.SKUs {
		if err := s.checkStrike(tx, was, p.Name, sku); err != nil {
			return now, errs.PointTo(err, fmt.Sprintf("/skus/%d/strike", i))
		}
	}
	if found && position == staffPosition {
		position = -1 // where it stands
	}
	if ok, err := putProduct(tx, now, position); err != nil || !ok {
		return now, errs.Or(err, ErrVersion)
	}
	if err := s.price(tx, was, now, actor); err != nil {
		return now, err
	}
	if err := s.stock(tx, was, now); err != nil {
		return now, err
	}
	_, err := fact.Append(tx, ProductChanged{Version: now.Version}, fact.Fact{Subject: p.Name, Actor: actor})
	return now, err
}

// RetireTx ends the selling of a product, or begins it again. Who has one kept for them may still pay for it.
func (s *Service) RetireTx(tx *db.Tx, product string, retired bool, actor string) error {
	version, found, err := retireProduct(tx, product, retired)
	if err != nil || !found {
		return errs.Or(err, ErrUnknownProduct.With("product", product))
	}
	_, err = fact.Append(tx, ProductChanged{Version: version}, fact.Fact{Subject: product, Actor: actor})
	return err
}

// ProductTx gives a product.
func (s *Service) ProductTx(tx *db.Tx, name string) (Listed, error) {
	p, found, err := productByName(tx, name)
	if err == nil && !found {
		err = ErrUnknownProduct.With("product", name)
	}
	return p, err
}

// micro is a time as the database keeps it.
func micro(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }
