package ledger

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
)

// Reversal takes an entry back. Lines name a part: each an account of the entry with an amount of the other sign. Without
// them everything that is left goes back.
type Reversal struct {
	Key     string
	Of      string // the entry's id
	Lines   []Line
	Fact    string
	Subject string
	Rule    string
	At      time.Time
}

// request hashes what was asked: the lines of a whole reversal depend on what is left.
func (r Reversal) request() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q %q %d %v", r.Of, r.Fact, r.Subject, r.Rule, db.Micros(r.At), r.Lines))
	return hex.EncodeToString(sum[:16])
}

// Reverse takes an entry back by a new one that names it. Refusals: ErrNoEntry, ErrReversal (it is a reversal itself),
// ErrNothing (all of it was taken back), ErrTooMuch (more than is left), ErrFloor (the money has moved on).
func (s *Service) Reverse(ctx context.Context, community string, r Reversal) (Entry, error) {
	return do(ctx, s, community, func(tx *db.Tx) (Entry, error) { return s.ReverseTx(tx, r) })
}

// ReverseTx is Reverse in the caller's transaction.
func (s *Service) ReverseTx(tx *db.Tx, r Reversal) (Entry, error) {
	old, err := entryByID(tx, r.Of)
	if err != nil {
		return old, err
	}
	if old.Reverses != "" || touchesPayouts(old) {
		return old, ErrReversal
	}
	left, err := lockLeft(tx, old)
	if err != nil {
		return old, fmt.Errorf("look what is left of entry %s: %w", old.ID, err)
	}
	// Under those locks a repeat of this very reversal is known by its key.
	e := Entry{Key: r.Key, Fact: r.Fact, Subject: r.Subject, Rule: r.Rule, At: r.At, Reverses: old.ID}
	if _, _, found, err := entryByKey(tx, r.Key); err != nil {
		return e, err
	} else if found {
		return s.known(tx, e, r.request())
	}
	if e.Lines, err = part(left, r.Lines); err != nil {
		return e, err
	}
	if err := take(tx, old.ID, e.Lines); err != nil {
		return e, err
	}
	if e.Subject == "" {
		e.Subject = old.Subject
	}
	if e, err = s.post(tx, e, r.request(), false); err != nil {
		return e, err
	}
	return e, tell(tx, e, laneOf(e.ID), Reversed{Entry: fact.ID(old.ID), By: fact.ID(e.ID)})
}

func touchesPayouts(e Entry) bool {
	for _, l := range e.Lines {
		if l.Account == payoutReserved {
			return true
		}
	}
	return false
}

// part gives the lines that take back what was asked of what is left, or all of it.
func part(left, asked []Line) ([]Line, error) {
	var out []Line
	if asked == nil {
		for _, l := range left {
			if l.Amount != 0 {
				l.Amount = -l.Amount
				out = append(out, l)
			}
		}
		if out == nil {
			return nil, ErrNothing
		}
		return out, nil
	}
	for _, a := range asked {
		if a.Currency == "" {
			a.Currency = CNY
		}
		i := find(left, a)
		if i < 0 || a.Amount > 0 == (left[i].Amount > 0) || abs(a.Amount) > abs(left[i].Amount) {
			return nil, ErrTooMuch.With("account", a.Account).At("/lines")
		}
		left[i].Amount += a.Amount
		out = append(out, a)
	}
	return out, nil
}

func find(lines []Line, l Line) int {
	for i := range lines {
		if lines[i].compare(l) == 0 {
			return i
		}
	}
	return -1
}

func abs(n int64) int64 {
	if n < 0 {
		return -n
	}
	return n
}

// lockLeft gives the lines of an entry less what was taken back, and keeps others from taking until the commit.
func lockLeft(tx *db.Tx, e Entry) ([]Line, error) {
	for _, l := range e.Lines {
		if err := tx.Put(`INSERT INTO ledger_taken (community_id, entry_id, account, currency, amount) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
			tx.Community(), e.ID, l.Account, string(l.Currency), abs(l.Amount)); err != nil {
			return nil, err
		}
	}
	left, err := db.All(tx, func(r *db.Row) (l Line, err error) {
		var taken int64
		err = r.Scan(&l.Account, &l.Currency, &l.Amount, &taken)
		l.Amount -= taken
		return l, err
	}, `SELECT account, currency, amount, taken FROM ledger_taken WHERE community_id = $1 AND entry_id = $2 ORDER BY account, currency`+tx.ForUpdate(),
		tx.Community(), e.ID)
	for i, l := range left {
		if j := find(e.Lines, l); j >= 0 && e.Lines[j].Amount < 0 {
			left[i].Amount = -l.Amount
		}
	}
	return left, err
}

// take notes what goes back; its guard is what keeps reversals within the entry.
func take(tx *db.Tx, entry string, lines []Line) error {
	for _, l := range lines {
		n, err := tx.Exec(`UPDATE ledger_taken SET taken = taken + $5 WHERE community_id = $1 AND entry_id = $2 AND account = $3 AND currency = $4 AND taken + $5 <= amount`,
			tx.Community(), entry, l.Account, string(l.Currency), abs(l.Amount))
		if err != nil {
			return fmt.Errorf("take back of entry %s: %w", entry, err)
		}
		if n == 0 {
			return ErrTooMuch.With("account", l.Account).At("/lines")
		}
	}
	return nil
}
