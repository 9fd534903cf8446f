package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
)

// Subscription is the subscriber that seals: it chains the hashes of entries in the order their facts reach it.
func (s *Service) Subscription() fact.Subscription {
	return fact.Subscription{Name: "ledger.seal", Kinds: []string{fact.KindOf(Posted{})}, Handle: seal}
}

// link is one seal of the chain.
type link struct {
	n     int64
	month string
	hash  string
}

// next chains an entry behind a link. An entry recorded in a month whose chain has ended already goes into the latest one:
// a chain is never opened again.
func (l link) next(e Entry) link {
	month := max(l.month, e.RecordedAt.UTC().Format("2006-01"))
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d %s %s %s %d", l.hash, l.n+1, month, e.ID, e.Hash, db.Micros(e.RecordedAt)))
	return link{n: l.n + 1, month: month, hash: hex.EncodeToString(sum[:])}
}

func seal(tx *db.Tx, facts []fact.Fact) error {
	ids := make([]string, 0, len(facts))
	for _, f := range facts {
		var p Posted
		if err := f.Into(&p); err != nil {
			return err
		}
		ids = append(ids, string(p.Entry))
	}
	at, err := lockHead(tx)
	if err != nil {
		return fmt.Errorf("lock the chain's head: %w", err)
	}
	entries, err := unsealed(tx, ids)
	if err != nil || len(entries) == 0 {
		return err
	}
	heads := map[string]link{}
	rows := make([][]any, 0, len(entries))
	for _, id := range ids {
		e, ok := entries[id]
		if !ok {
			continue // sealed before: the log is being read again
		}
		at = at.next(e)
		heads[at.month] = at
		rows = append(rows, []any{tx.Community(), at.n, at.month, e.ID, at.hash})
	}
	if err := tx.Insert("ledger_seal", []string{"community_id", "n", "month", "entry_id", "hash"}, rows); err != nil {
		return fmt.Errorf("seal entries: %w", err)
	}
	for _, h := range heads {
		if err := setHead(tx, h); err != nil {
			return fmt.Errorf("move the chain's head: %w", err)
		}
	}
	return nil
}

// lockHead gives the chain's last link, and keeps others from sealing until the commit. The row without a month is the
// community's lock, there from its first seal.
func lockHead(tx *db.Tx) (link, error) {
	if err := setHead(tx, link{}); err != nil {
		return link{}, err
	}
	l, _, err := db.One(tx, func(r *db.Row) (l link, err error) {
		err = r.Scan(&l.month, &l.n, &l.hash)
		return l, err
	}, `SELECT month, n, hash FROM ledger_head WHERE community_id = $1 ORDER BY month DESC LIMIT 1`, tx.Community())
	return l, err
}

func setHead(tx *db.Tx, l link) error {
	return tx.Put(`INSERT INTO ledger_head (community_id, month, n, hash) VALUES ($1, $2, $3, $4)
		ON CONFLICT (community_id, month) DO UPDATE SET n = excluded.n, hash = excluded.hash`, tx.Community(), l.month, l.n, l.hash)
}

func unsealed(tx *db.Tx, ids []string) (map[string]Entry, error) {
	args := []any{tx.Community()}
	marks := make([]string, 0, len(ids))
	for _, id := range ids {
		args = append(args, id)
		marks = append(marks, fmt.Sprintf("$%d", len(args)))
	}
	out := map[string]Entry{}
	err := tx.Each(func(r *db.Row) error {
		var e Entry
		err := r.Scan(&e.ID, &e.Hash, &e.RecordedAt)
		out[e.ID] = e
		return err
	}, `SELECT e.id, e.hash, e.recorded_at FROM ledger_entry e LEFT JOIN ledger_seal s ON s.community_id = e.community_id AND s.entry_id = e.id
		WHERE e.community_id = $1 AND e.id IN (`+strings.Join(marks, ", ")+`) AND s.entry_id IS NULL`, args...)
	return out, err
}

// Flaw is a row that breaks a promise of the books.
type Flaw struct {
	Row  string `json:"row" doc:"the entry, account, payout or seal"`
	What string `json:"what"`
}

// Report is what Verify found.
type Report struct {
	Entries  int64              `json:"entries"`
	Lines    int64              `json:"lines"`
	Sealed   int64              `json:"sealed"`
	Unsealed int64              `json:"unsealed" doc:"entries behind the chain's head, which a change could not be found in"`
	Oldest   time.Time          `json:"oldest_unsealed,omitzero"`
	Sums     map[Currency]int64 `json:"sums" doc:"of all balances; zero"`
	Flaws    []Flaw             `json:"flaws"`
}

// maxFlaws bounds a report: damage everywhere needs no full list.
const maxFlaws = 1000

var errEnough = errors.New("enough flaws were found")

func (r *Report) flaw(row, format string, args ...any) error {
	r.Flaws = append(r.Flaws, Flaw{row, fmt.Sprintf(format, args...)})
	if len(r.Flaws) >= maxFlaws {
		return errEnough
	}
	return nil
}
