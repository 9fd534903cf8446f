package ledger

import (
	"context"
	"fmt"
	"time"

	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/spine/fact"
)

// dueTimer fires when an entry is to be posted.
const dueTimer = "ledger.release"

// Due is an entry to post at a time: frozen money that becomes available. With Of, it takes from the accounts it shares with
// that entry no more than what is left of it then, so that what was refunded in the meantime isn't released.
type Due struct {
	Entry Entry
	At    time.Time
	Of    string
}

// PostAt sets an entry to be posted later and gives the due posting's id. The entry's key makes it idempotent. Taking
// the earlier entry (Of) back after the release needs the release to be reversed first.
func (s *Service) PostAt(ctx context.Context, community string, d Due) (string, error) {
	return do(ctx, s, community, func(tx *db.Tx) (string, error) { return s.PostAtTx(tx, d) })
}

// PostAtTx is PostAt in the caller's transaction.
func (s *Service) PostAtTx(tx *db.Tx, d Due) (string, error) {
	if d.Entry.Key == "" || d.Entry.Fact == "" {
		return "", fmt.Errorf("due posting: an entry needs a key and the fact that caused it")
	}
	lines, err := s.normal(d.Entry.Lines, false)
	if err != nil {
		return "", err
	}
	d.Entry.Lines, d.Entry.Reverses = lines, ""
	if d.Of != "" {
		if _, err := entryByID(tx, d.Of); err != nil {
			return "", err
		}
	}
	id := tx.NewID()
	hash := fmt.Sprint(d.Entry.contentHash(), " ", d.Of, " ", db.Micros(d.At))
	n, err := tx.Exec(`INSERT INTO ledger_due (community_id, id, key, hash, of_entry, due_at, entry) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (community_id, key) DO NOTHING`,
		tx.Community(), id, d.Entry.Key, hash, d.Of, d.At, db.JSON[Entry]{V: d.Entry})
	if err != nil {
		return "", fmt.Errorf("set due posting: %w", err)
	}
	if n == 1 {
		return id, job.At(tx, dueTimer, id, d.At)
	}
	var was string
	if err := tx.QueryRow(`SELECT id, hash FROM ledger_due WHERE community_id = $1 AND key = $2`, tx.Community(), d.Entry.Key).Scan(&id, &was); err != nil {
		return "", fmt.Errorf("look up due posting: %w", err)
	}
	if was != hash {
		return "", ErrKeyReused.With("key", d.Entry.Key)
	}
	return id, nil
}

// CancelDueTx calls a due posting off; ErrNoDue if it isn't waiting.
func (s *Service) CancelDueTx(tx *db.Tx, id string) error {
	n, err := tx.Exec(`UPDATE ledger_due SET state = 'void' WHERE community_id = $1 AND id = $2 AND state IN ('waiting', 'refused')`, tx.Community(), id)
	if err != nil {
		return fmt.Errorf("call off due posting: %w", err)
	}
	if n == 0 {
		return ErrNoDue
	}
	return job.Clear(tx, dueTimer, id)
}

// release is the due timer's effect.
func (s *Service) release(tx *db.Tx, t job.Timer) error {
	var of string
	e, found, err := db.One(tx, func(r *db.Row) (Entry, error) {
		var e db.JSON[Entry]
		err := r.Scan(&e, &of)
		return e.V, err
	}, `UPDATE ledger_due SET state = 'posted' WHERE community_id = $1 AND id = $2 AND state = 'waiting' RETURNING entry, of_entry`, tx.Community(), t.Ref)
	if err != nil || !found {
		return err // called off
	}
	if of != "" {
		if e.Lines, err = s.stillLeft(tx, of, e.Lines); err != nil {
			return err
		}
		if len(e.Lines) == 0 {
			return endDue(tx, t.Ref, "void", "")
		}
	}
	fits, err := s.fits(tx, e.Lines)
	if err != nil {
		return err
	}
	if !fits {
		if err := endDue(tx, t.Ref, "refused", ""); err != nil {
			return err
		}
		return tell(tx, e, laneOf(t.Ref), ReleaseRefused{Due: fact.ID(t.Ref)})
	}
	if e, err = s.post(tx, e, t.Ref, false); err != nil {
		return err
	}
	return endDue(tx, t.Ref, "posted", e.ID)
}

func endDue(tx *db.Tx, id, state, entry string) error {
	return tx.Put(`UPDATE ledger_due SET state = $3, entry_id = $4 WHERE community_id = $1 AND id = $2`, tx.Community(), id, state, entry)
}

// stillLeft cuts lines down to what is left of an entry: what they take from its accounts first, then, in proportion, what
// they give to others.
func (s *Service) stillLeft(tx *db.Tx, of string, lines []Line) ([]Line, error) {
	old, err := entryByID(tx, of)
	if err != nil {
		return nil, err
	}
	left, err := lockLeft(tx, old)
	if err != nil {
		return nil, err
	}
	var out []Line
	for _, c := range []Currency{CNY, Points} {
		var total int64
		var to []Line
		var weights []int64
		for _, l := range lines {
			if l.Currency != c {
				continue
			}
			if l.Amount > 0 {
				to, weights = append(to, l), append(weights, l.Amount)
				continue
			}
			if i := find(left, l); i >= 0 {
				l.Amount = -min(-l.Amount, max(left[i].Amount, 0))
			}
			if total -= l.Amount; l.Amount != 0 {
				out = append(out, l)
			}
		}
		if total == 0 {
			continue
		}
		for i, amount := range money.Share(money.Fen(total), weights...) {
			if to[i].Amount = int64(amount); amount != 0 {
				out = append(out, to[i])
			}
		}
	}
	return out, nil
}

// fits tells whether lines keep every floor, and locks the balances they lower, so that the answer holds until the commit.
func (s *Service) fits(tx *db.Tx, lines []Line) (bool, error) {
	for _, l := range lines {
		k, _ := s.kindOf(l.Account)
		if !k.Floored || l.Amount > 0 {
			continue
		}
		has, _, err := db.One(tx, db.Column[int64], `SELECT balance FROM ledger_balance WHERE community_id = $1 AND account = $2 AND currency = $3 AND slot = 0`+tx.ForUpdate(),
			tx.Community(), l.Account, string(l.Currency))
		if err != nil || has+l.Amount < k.Floor {
			return false, err
		}
	}
	return true, nil
}
