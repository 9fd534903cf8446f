package ledger

import (
	"time"

	"github.com/qunce/qunce/internal/platform/db"
)

func eachEntry(tx *db.Tx, fn func(Entry) error) error {
	return tx.Each(func(r *db.Row) error {
		e, err := scanEntry(r)
		if err != nil {
			return err
		}
		return fn(e)
	}, `SELECT `+entryColumns+` FROM ledger_entry WHERE community_id = $1 ORDER BY id`, tx.Community())
}

func eachReversal(tx *db.Tx, fn func(Entry) error) error {
	return tx.Each(func(r *db.Row) error {
		e, err := scanEntry(r)
		if err != nil {
			return err
		}
		return fn(e)
	}, `SELECT `+entryColumns+` FROM ledger_entry WHERE community_id = $1 AND reverses <> ''`, tx.Community())
}

func eachLine(tx *db.Tx, order string, fn func(account string, slot int, n, balance int64, entry string, l Line) error) error {
	return tx.Each(func(r *db.Row) error {
		var l Line
		var slot int
		var n, balance int64
		var entry string
		if err := r.Scan(&l.Account, &l.Currency, &slot, &n, &entry, &l.Amount, &balance); err != nil {
			return err
		}
		return fn(l.Account, slot, n, balance, entry, l)
	}, `SELECT account, currency, slot, n, entry_id, amount, balance FROM ledger_line WHERE community_id = $1`+order, tx.Community())
}

func allBalances(tx *db.Tx) ([]balanceRow, error) {
	return db.All(tx, func(r *db.Row) (b balanceRow, err error) {
		err = r.Scan(&b.account, &b.currency, &b.slot, &b.n, &b.balance, &b.floor)
		return b, err
	}, `SELECT account, currency, slot, n, balance, floor FROM ledger_balance WHERE community_id = $1 ORDER BY account, currency, slot`, tx.Community())
}

// eachSeal goes along the chain; an entry that is gone comes without a hash.
func eachSeal(tx *db.Tx, fn func(link, Entry) error) error {
	return tx.Each(func(r *db.Row) error {
		var l link
		var e Entry
		if err := r.Scan(&l.n, &l.month, &l.hash, &e.ID, &e.Hash, &e.RecordedAt); err != nil {
			return err
		}
		return fn(l, e)
	}, `SELECT s.n, s.month, s.hash, s.entry_id, COALESCE(e.hash, ''), COALESCE(e.recorded_at, 0)
		FROM ledger_seal s LEFT JOIN ledger_entry e ON e.community_id = s.community_id AND e.id = s.entry_id
		WHERE s.community_id = $1 ORDER BY s.n`, tx.Community())
}

func allHeads(tx *db.Tx) ([]link, error) {
	return db.All(tx, func(r *db.Row) (l link, err error) {
		err = r.Scan(&l.month, &l.n, &l.hash)
		return l, err
	}, `SELECT month, n, hash FROM ledger_head WHERE community_id = $1 AND month <> '' ORDER BY month`, tx.Community())
}

// tail counts the entries that were not sealed yet.
func tail(tx *db.Tx) (n int64, oldest time.Time, err error) {
	err = tx.QueryRow(`SELECT count(*), COALESCE(min(e.recorded_at), 0) FROM ledger_entry e LEFT JOIN ledger_seal s ON s.community_id = e.community_id AND s.entry_id = e.id
		WHERE e.community_id = $1 AND s.entry_id IS NULL`, tx.Community()).Scan(&n, &oldest)
	return n, oldest, err
}

func eachTaken(tx *db.Tx, fn func(entry string, l Line, taken int64) error) error {
	return tx.Each(func(r *db.Row) error {
		var entry string
		var l Line
		var taken int64
		if err := r.Scan(&entry, &l.Account, &l.Currency, &l.Amount, &taken); err != nil {
			return err
		}
		return fn(entry, l, taken)
	}, `SELECT entry_id, account, currency, amount, taken FROM ledger_taken WHERE community_id = $1`, tx.Community())
}

func reservedSum(tx *db.Tx, c Currency) (n int64, err error) {
	err = tx.QueryRow(`SELECT CAST(COALESCE(sum(amount), 0) AS BIGINT) FROM ledger_payout WHERE community_id = $1 AND currency = $2 AND state = 'reserved'`,
		tx.Community(), string(c)).Scan(&n)
	return n, err
}
