package ledger

import (
	"context"
	"fmt"

	"github.com/qunce/qunce/internal/platform/db"
)

// Payout is money on its way out: set aside first, then paid or given back, each once.
type Payout struct {
	Key      string      `json:"key"`
	Account  string      `json:"account" doc:"whose money it is"`
	Currency Currency    `json:"currency" doc:"CNY if not given"`
	Amount   int64       `json:"amount" doc:"fen or points, above zero"`
	Fact     string      `json:"-"` // what caused this step
	Rule     string      `json:"-"`
	State    PayoutState `json:"state"`
	PaidTo   string      `json:"paid_to,omitempty" doc:"the account it was paid to"`
	Entry    string      `json:"entry" doc:"the entry of its latest step"`
}

// PayoutState is how far a payout has come.
type PayoutState string

// The states of a payout.
const (
	PayoutReserved PayoutState = "reserved"
	PayoutDone     PayoutState = "done"
	PayoutReturned PayoutState = "returned"
)

// Reserve sets an amount of an account aside; ErrFloor if it isn't there. The key makes it idempotent.
func (s *Service) Reserve(ctx context.Context, community string, p Payout) (Payout, error) {
	return do(ctx, s, community, func(tx *db.Tx) (Payout, error) { return s.ReserveTx(tx, p) })
}

// ReserveTx is Reserve in the caller's transaction.
func (s *Service) ReserveTx(tx *db.Tx, p Payout) (Payout, error) {
	if p.Currency == "" {
		p.Currency = CNY
	}
	if p.Amount <= 0 {
		return p, ErrAmount.With("account", p.Account).At("/amount")
	}
	e, err := s.post(tx, Entry{Key: p.Key + "/reserve", Fact: p.Fact, Subject: p.Key, Rule: p.Rule, Lines: []Line{
		{p.Account, p.Currency, -p.Amount}, {payoutReserved, p.Currency, p.Amount},
	}}, "", true)
	if err != nil {
		return p, err
	}
	n, err := tx.Exec(`INSERT INTO ledger_payout (community_id, key, hash, account, currency, amount, state, reserved_by, reserved_at)
		VALUES ($1, $2, $3, $4, $5, $6, 'reserved', $7, $8) ON CONFLICT DO NOTHING`,
		tx.Community(), p.Key, e.Hash, p.Account, string(p.Currency), p.Amount, e.ID, tx.Now())
	if err != nil {
		return p, fmt.Errorf("reserve payout: %w", err)
	}
	if n == 0 { // the entry was known by its key, so this is a repeat
		return payoutByKey(tx, p.Key)
	}
	p.State, p.Entry = PayoutReserved, e.ID
	return p, nil
}

// Done pays a reserved payout to an account (cash:wechatpay). A second time with the same account it changes nothing; after
// it was given back it is ErrPayout.
func (s *Service) Done(ctx context.Context, community, key, to, fact string) (Payout, error) {
	return do(ctx, s, community, func(tx *db.Tx) (Payout, error) { return s.DoneTx(tx, key, to, fact) })
}

// DoneTx is Done in the caller's transaction.
func (s *Service) DoneTx(tx *db.Tx, key, to, fact string) (Payout, error) {
	return s.endPayout(tx, key, PayoutDone, to, fact)
}

// GiveBack returns a reserved payout to its account. A second time it changes nothing; after it was paid it is ErrPayout.
func (s *Service) GiveBack(ctx context.Context, community, key, fact string) (Payout, error) {
	return do(ctx, s, community, func(tx *db.Tx) (Payout, error) { return s.GiveBackTx(tx, key, fact) })
}

// GiveBackTx is GiveBack in the caller's transaction.
func (s *Service) GiveBackTx(tx *db.Tx, key, fact string) (Payout, error) {
	return s.endPayout(tx, key, PayoutReturned, "", fact)
}

const payoutColumns = `key, account, currency, amount, state, paid_to, CASE WHEN ended_by = '' THEN reserved_by ELSE ended_by END`

func scanPayout(r *db.Row) (p Payout, err error) {
	err = r.Scan(&p.Key, &p.Account, &p.Currency, &p.Amount, &p.State, &p.PaidTo, &p.Entry)
	return p, err
}

func payoutByKey(tx *db.Tx, key string) (Payout, error) {
	p, found, err := db.One(tx, scanPayout, `SELECT `+payoutColumns+` FROM ledger_payout WHERE community_id = $1 AND key = $2`, tx.Community(), key)
	if err == nil && !found {
		err = ErrNoPayout
	}
	return p, err
}

// endPayout makes the second step, once.
func (s *Service) endPayout(tx *db.Tx, key string, state PayoutState, to, fact string) (Payout, error) {
	p, ok, err := db.One(tx, scanPayout, `UPDATE ledger_payout SET state = $3, paid_to = $4 WHERE community_id = $1 AND key = $2 AND state = 'reserved' RETURNING `+payoutColumns,
		tx.Community(), key, string(state), to)
	if err != nil {
		return p, fmt.Errorf("end payout: %w", err)
	}
	if !ok {
		p, err := payoutByKey(tx, key)
		if err == nil && (p.State != state || p.PaidTo != to) {
			err = ErrPayout.With("state", string(p.State))
		}
		return p, err
	}
	account := to
	if state == PayoutReturned {
		account = p.Account
	}
	e, err := s.post(tx, Entry{Key: key + "/" + string(state), Fact: fact, Subject: key, Lines: []Line{
		{payoutReserved, p.Currency, -p.Amount}, {account, p.Currency, p.Amount},
	}}, "", true)
	if err != nil {
		return p, err
	}
	p.Entry = e.ID
	err = tx.Put(`UPDATE ledger_payout SET ended_by = $3 WHERE community_id = $1 AND key = $2`, tx.Community(), key, e.ID)
	return p, err
}

// Payout reads a payout by its key.
func (s *Service) Payout(ctx context.Context, community, key string) (p Payout, err error) {
	err = s.db.Read(ctx, community, func(tx *db.Tx) (err error) {
		p, err = payoutByKey(tx, key)
		return err
	})
	return p, err
}
