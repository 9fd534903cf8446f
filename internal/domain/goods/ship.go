package goods

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/ledger"
)

// receiveDays is after how many days what was shipped counts as come, if its buyer says nothing.
const receiveDays = 10

// Shipment is how a thing was sent.
type Shipment struct {
	Carrier    string    `json:"carrier,omitempty"`
	Tracking   string    `json:"tracking,omitempty" doc:"the carrier's number"`
	ShippedAt  time.Time `json:"shipped_at,omitzero"`
	ReceivedAt time.Time `json:"received_at,omitzero" doc:"when its buyer said that it has come, or ten days after it was sent"`
}

// Address is where things are sent. It is kept encrypted.
type Address struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Phone  string `json:"phone"`
	Region string `json:"region" doc:"province, city, district"`
	Street string `json:"street"`
}

// addressPurpose binds what is encrypted to what it is.
const addressPurpose = "goods.address"

// Limits of addresses and shipments.
const (
	maxAddresses = 20
	maxPart      = 100
)

// Refusals about addresses and shipping.
var (
	ErrAddress        = errs.Define(errs.Invalid, "goods.address")    // "max"
	ErrAddresses      = errs.Define(errs.Conflict, "goods.addresses") // "max": one has so many already
	ErrUnknownAddress = errs.Define(errs.NotFound, "goods.unknown_address")
	ErrNoAddress      = errs.Define(errs.Conflict, "goods.no_address")  // nobody has said where to
	ErrNotToShip      = errs.Define(errs.Conflict, "goods.not_to_ship") // it isn't paid for, was sent already, or is nothing to send
	ErrShipment       = errs.Define(errs.Invalid, "goods.shipment")     // "max": carrier and number
)

// AddAddressTx keeps an address of a person. Refusals: ErrAddress at its field, ErrAddresses.
func (s *Service) AddAddressTx(tx *db.Tx, person string, a Address) (Address, error) {
	var p problems
	for _, f := range []struct {
		value *string
		at    string
	}{{&a.Name, "/name"}, {&a.Phone, "/phone"}, {&a.Region, "/region"}, {&a.Street, "/street"}} {
		clean, ok := text.Line(*f.value, maxPart)
		p.Refuse(!ok || clean == "", ErrAddress.With("max", maxPart), f.at)
		*f.value = clean
	}
	if err := p.Err(); err != nil {
		return a, err
	}
	if err := s.seats.LockTx(tx); err != nil { // so that nobody has more than they may
		return a, err
	}
	ids, err := s.people.IDs(tx, person)
	if err != nil {
		return a, err
	}
	was, err := addressesOf(tx, ids)
	if err == nil && len(was) >= maxAddresses {
		err = ErrAddresses.With("max", maxAddresses)
	}
	if err != nil {
		return a, err
	}
	a.ID = ""
	sealed, err := json.Marshal(a)
	if err != nil {
		return a, fmt.Errorf("encode an address: %w", err)
	}
	a.ID = tx.NewID()
	return a, insertAddress(tx, a.ID, ids[0], s.keys.Encrypt(tx.Community(), addressPurpose, string(sealed)))
}

// AddressesTx lists a person's addresses, the oldest first.
func (s *Service) AddressesTx(tx *db.Tx, person string) ([]Address, error) {
	ids, err := s.people.IDs(tx, person)
	if err != nil {
		return nil, err
	}
	rows, err := addressesOf(tx, ids)
	if err != nil {
		return nil, err
	}
	out := make([]Address, 0, len(rows))
	for _, r := range rows {
		a, err := s.open(tx, r.sealed)
		if err != nil {
			return nil, err
		}
		a.ID = r.id
		out = append(out, a)
	}
	return out, nil
}

func (s *Service) open(tx *db.Tx, sealed string) (a Address, err error) {
	if sealed == "" {
		return a, nil
	}
	plain, err := s.keys.Decrypt(tx.Community(), addressPurpose, sealed)
	if err == nil {
		err = json.Unmarshal([]byte(plain), &a)
	}
	if err != nil {
		return a, fmt.Errorf("read an address: %w", err)
	}
	return a, nil
}

// ForgetAddressTx deletes an address of a person. Where things were sent to before stays with those.
func (s *Service) ForgetAddressTx(tx *db.Tx, person, id string) error {
	ids, err := s.people.IDs(tx, person)
	if err != nil {
		return err
	}
	found, err := deleteAddress(tx, ids, id)
	if err == nil && !found {
		err = ErrUnknownAddress
	}
	return err
}

// SendToTx says where a thing is to be sent, by an address of its buyer; it can be said anew until it is sent. Refusals: ErrUnknownItem,
// ErrUnknownAddress, ErrNotToShip.
func (s *Service) SendToTx(tx *db.Tx, item, address string) error {
	x, err := s.itemTx(tx, item)
	if err != nil {
		return err
	}
	if !x.Ships || !x.ShippedAt.IsZero() || x.State == Dropped || x.State == Back {
		return ErrNotToShip
	}
	ids, err := s.people.IDs(tx, x.Person)
	if err != nil {
		return err
	}
	rows, err := addressesOf(tx, ids)
	if err != nil {
		return err
	}
	for _, r := range rows {
		if r.id == address {
			return setAddress(tx, item, r.sealed)
		}
	}
	return ErrUnknownAddress
}

// AddressOfTx is where a thing is to be sent, or was; an empty one when nobody has said.
func (s *Service) AddressOfTx(tx *db.Tx, item string) (Address, error) {
	x, err := s.ItemTx(tx, item)
	if err != nil {
		return Address{}, err
	}
	return s.open(tx, x.address)
}

// ShipTx notes that a thing was sent: its supplier is owed what it costs. Refusals: ErrUnknownItem, ErrNotToShip, ErrNoAddress,
// ErrShipment.
func (s *Service) ShipTx(tx *db.Tx, item, carrier, tracking, actor string) (Item, error) {
	x, err := s.itemTx(tx, item)
	if err != nil {
		return x, err
	}
	var ok, also bool
	x.Carrier, ok = text.Line(carrier, maxPart)
	x.Tracking, also = text.Line(tracking, maxPart)
	switch {
	case !ok || !also || x.Carrier == "":
		return x, ErrShipment.With("max", maxPart).At("/carrier")
	case !x.Ships || x.State != Bought || !x.ShippedAt.IsZero():
		return x, ErrNotToShip
	case x.address == "":
		return x, ErrNoAddress
	}
	x.ShippedAt = tx.Now()
	if err := setShipped(tx, x); err != nil {
		return x, err
	}
	cause, err := fact.Append(tx, Shipped(x.piece()), fact.Fact{Person: x.Person, Subject: x.ID, Actor: actor})
	if err != nil {
		return x, err
	}
	if cost := int64(x.Cost) * int64(x.Qty); x.Supplier != "" && cost > 0 {
		_, err = s.books.PostTx(tx, ledger.Entry{Key: "goods cost " + x.ID, Fact: cause, Subject: x.ID, Rule: x.Product + "/" + x.SKU, Lines: []ledger.Line{
			{Account: "expense:goods", Amount: -cost}, {Account: "supplier:" + x.Supplier, Amount: cost},
		}})
		if err != nil {
			return x, fmt.Errorf("post the cost of %s: %w", x.ID, err)
		}
	}
	return x, job.At(tx, receiveTimer, x.ID, x.ShippedAt.AddDate(0, 0, receiveDays))
}

// ReceiveTx notes that what was shipped has come, once: the days for giving it back begin. Refusals: ErrUnknownItem; what was not
// shipped, or went back, stays as it is.
func (s *Service) ReceiveTx(tx *db.Tx, item string) error {
	x, err := s.itemTx(tx, item)
	if err != nil || x.State != Bought || x.ShippedAt.IsZero() || !x.ReceivedAt.IsZero() {
		return err
	}
	at := x.ShippedAt.AddDate(0, 0, receiveDays) // the timer may be late
	if at.After(tx.Now()) {
		at = tx.Now()
	}
	if err := setReceived(tx, x.ID, at); err != nil {
		return err
	}
	if err := job.Clear(tx, receiveTimer, x.ID); err != nil {
		return err
	}
	return x.tell(tx, Received(x.piece()))
}

// ShippedState is how far a thing has come on its way.
type ShippedState string

// The states of shipments.
const (
	ToShip  ShippedState = "waits" // is paid for, and was not sent
	OnWay   ShippedState = "sent"
	Arrived ShippedState = "come"
)

// ShipmentFilter narrows a list of shipments.
type ShipmentFilter struct {
	State    ShippedState
	Supplier string // of any if empty
}

// ShipmentsTx lists things that are to be sent, the oldest first, or were, the last sent first. What went back is not among them.
func (s *Service) ShipmentsTx(tx *db.Tx, f ShipmentFilter, cursor string, limit int) (page.Page[Item], error) {
	var us int64
	var id string
	found, err := page.Parse(cursor, &us, &id)
	if err != nil {
		return page.Page[Item]{}, err
	}
	from := db.FromMicros(us)
	if !found && f.State != ToShip {
		from = tx.Now().Add(time.Microsecond)
	}
	limit = page.Limit(limit)
	list, err := shipments(tx, f, from, id, limit+1)
	return page.Cut(list, limit, func(x Item) string {
		if f.State == ToShip {
			return page.Cursor(db.Micros(x.SoldAt), x.ID)
		}
		return page.Cursor(db.Micros(x.ShippedAt), x.ID)
	}), err
}

// EraseTx forgets a person's addresses, also those that things were sent to.
func (s *Service) EraseTx(tx *db.Tx, person string) error { return eraseAddresses(tx, person) }
