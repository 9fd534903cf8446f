package ledger

import (
	"github.com/qunce/qunce/internal/platform/db"
)

// DueState is what became of a due posting.
type DueState string

// The states of a due posting.
const (
	DueWaiting DueState = "waiting"
	DuePosted  DueState = "posted"
	DueVoid    DueState = "void"    // nothing was left, or it was called off
	DueRefused DueState = "refused" // below a floor
)

// DueNow is a due posting as it stands.
type DueNow struct {
	State DueState
	Entry string // that was posted
}

// DueTx tells what became of a due posting. ErrNoDue if there is none.
func (s *Service) DueTx(tx *db.Tx, id string) (DueNow, error) { return dueNow(tx, id, "") }

// LockDueTx is DueTx, and keeps it so until the commit.
func (s *Service) LockDueTx(tx *db.Tx, id string) (DueNow, error) {
	return dueNow(tx, id, tx.ForUpdate())
}

func dueNow(tx *db.Tx, id, lock string) (DueNow, error) {
	d, found, err := db.One(tx, func(r *db.Row) (d DueNow, err error) {
		err = r.Scan(&d.State, &d.Entry)
		return d, err
	}, `SELECT state, entry_id FROM ledger_due WHERE community_id = $1 AND id = $2`+lock, tx.Community(), id)
	if err == nil && !found {
		err = ErrNoDue
	}
	return d, err
}

// LockBalanceTx gives the balance of an account with a floor, and lets nobody else change it until the commit. An account that
// nobody posted to has none, and isn't locked.
func (s *Service) LockBalanceTx(tx *db.Tx, account string, c Currency) (int64, error) {
	n, _, err := db.One(tx, db.Column[int64], `SELECT balance FROM ledger_balance WHERE community_id = $1 AND account = $2 AND currency = $3 AND slot = 0`+tx.ForUpdate(),
		tx.Community(), account, string(c))
	return n, err
}

// EntryTx reads an entry with those that take it back, oldest first; ErrNoEntry if there is none.
func (s *Service) EntryTx(tx *db.Tx, id string) ([]Entry, error) {
	e, err := entryByID(tx, id)
	if err != nil {
		return nil, err
	}
	back, err := db.All(tx, scanEntry, `SELECT `+entryColumns+` FROM ledger_entry WHERE community_id = $1 AND reverses = $2 AND reverses <> '' ORDER BY id`, tx.Community(), id)
	return append([]Entry{e}, back...), err
}

// EntryByKeyTx finds an entry by the key that it was posted with.
func (s *Service) EntryByKeyTx(tx *db.Tx, key string) (Entry, bool, error) {
	e, _, found, err := entryByKey(tx, key)
	return e, found, err
}

// Holding is what an account has.
type Holding struct {
	Account string
	Balance int64
}

// HoldingsTx lists accounts with a floor whose key begins with a kind's prefix and a colon, in the order of their keys, after one
// ("" is the beginning), and of them those that have at least some. Nobody else changes those it looked at until the commit. Looked is the last account that was looked at, "" at the end.
func (s *Service) HoldingsTx(tx *db.Tx, prefix string, c Currency, least int64, after string, limit int) (out []Holding, looked string, err error) {
	prefix += ":"
	n := 0
	err = tx.Each(func(r *db.Row) error {
		var h Holding
		err := r.Scan(&h.Account, &h.Balance)
		if n++; h.Balance >= least {
			out = append(out, h)
		}
		looked = h.Account
		return err
	}, holdings+tx.ForUpdate(), tx.Community(), max(after, prefix), string(c), prefix, limit)
	if n < limit {
		looked = ""
	}
	return out, looked, err
}

// holdings reads on from a key. It asks for the prefix itself: where one ends is for the database's order of texts to say.
const holdings = `SELECT account, balance FROM ledger_balance WHERE community_id = $1 AND account > $2 AND currency = $3 AND slot = 0
	AND substr(account, 1, length($4)) = $4 ORDER BY account LIMIT $5`

// BalancesTx gives the balances of those accounts with a floor that somebody posted to.
func (s *Service) BalancesTx(tx *db.Tx, accounts []string, c Currency) (map[string]int64, error) {
	out := make(map[string]int64, len(accounts))
	for len(accounts) > 0 {
		n := min(len(accounts), 64)
		args := []any{tx.Community(), string(c)}
		err := tx.Each(func(r *db.Row) error {
			var account string
			var balance int64
			err := r.Scan(&account, &balance)
			out[account] = balance
			return err
		}, `SELECT account, balance FROM ledger_balance WHERE community_id = $1 AND currency = $2 AND slot = 0 AND account IN `+db.In(&args, accounts[:n]), args...)
		if err != nil {
			return nil, err
		}
		accounts = accounts[n:]
	}
	return out, nil
}
