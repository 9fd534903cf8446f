package ledger

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/db"
)

// Movement is a line of an account's statement.
type Movement struct {
	Entry      string    `json:"entry"`
	Key        string    `json:"key"`
	Fact       string    `json:"fact"`
	Subject    string    `json:"subject,omitempty" doc:"what it is about: an order, a thing that was sent"`
	Rule       string    `json:"rule,omitempty"`
	Reverses   string    `json:"reverses,omitempty"`
	At         time.Time `json:"at"`
	RecordedAt time.Time `json:"recorded_at"`
	Amount     int64     `json:"amount"`
	Balance    int64     `json:"balance" doc:"the account's balance after it"`
	slot       int
	n          int64
}

// History reads an account's lines, newest first, each with the balance after it. Its cursor remembers how far each slot
// had come at the first page, so that what is posted while one reads moves nothing.
func (s *Service) History(ctx context.Context, community, account string, c Currency, cursor string, limit int) (p page.Page[Movement], err error) {
	err = s.db.Snapshot(ctx, community, func(tx *db.Tx) (err error) {
		p, err = history(tx, account, c, cursor, page.Limit(limit))
		return err
	})
	return p, err
}

// mark is where a statement goes on: the balance before the last line shown, and each slot's next line.
type mark struct {
	balance int64
	next    map[int]int64
}

func history(tx *db.Tx, account string, c Currency, cursor string, limit int) (page.Page[Movement], error) {
	var m mark
	more, err := page.Parse(cursor, &m.balance, &m.next)
	if err == nil && !more {
		m, err = newest(tx, account, c)
	}
	if err != nil {
		return page.Page[Movement]{}, err
	}
	ahead := map[int][]Movement{}
	for slot, n := range m.next {
		rows, err := movements(tx, account, c, slot, n, limit+1)
		if err != nil {
			return page.Page[Movement]{}, fmt.Errorf("read lines of an account: %w", err)
		}
		ahead[slot] = rows
	}
	var rows []Movement
	for len(rows) <= limit {
		best := -1
		for slot, a := range ahead {
			if len(a) > 0 && (best < 0 || a[0].after(ahead[best][0])) {
				best = slot
			}
		}
		if best < 0 {
			break
		}
		x := ahead[best][0]
		ahead[best] = ahead[best][1:]
		if len(rows) < limit {
			x.Balance = m.balance
			m.balance -= x.Amount
			m.next[best] = x.n - 1
		}
		rows = append(rows, x)
	}
	return page.Cut(rows, limit, func(Movement) string { return page.Cursor(m.balance, m.next) }), nil
}

// after tells whether x comes later than o; within one slot their numbers decide.
func (x Movement) after(o Movement) bool {
	if !x.RecordedAt.Equal(o.RecordedAt) {
		return x.RecordedAt.After(o.RecordedAt)
	}
	return x.Entry > o.Entry
}

func newest(tx *db.Tx, account string, c Currency) (mark, error) {
	m := mark{next: map[int]int64{}}
	err := tx.Each(func(r *db.Row) error {
		var slot int
		var n, balance int64
		err := r.Scan(&slot, &n, &balance)
		m.next[slot] = n
		m.balance += balance
		return err
	}, `SELECT slot, n, balance FROM ledger_balance WHERE community_id = $1 AND account = $2 AND currency = $3`, tx.Community(), account, string(c))
	return m, err
}

func movements(tx *db.Tx, account string, c Currency, slot int, n int64, limit int) ([]Movement, error) {
	return db.All(tx, scanMovement, selectMovement+` AND l.slot = $4 AND l.n <= $5 ORDER BY l.n DESC LIMIT $6`, tx.Community(), account, string(c), slot, n, limit)
}

const selectMovement = `SELECT l.slot, l.n, l.amount, l.balance, e.id, e.key, e.fact, e.subject, e.rule, e.reverses, e.at, e.recorded_at
	FROM ledger_line l JOIN ledger_entry e ON e.community_id = l.community_id AND e.id = l.entry_id
	WHERE l.community_id = $1 AND l.account = $2 AND l.currency = $3`

// scanMovement reads a line with the balance of its slot after it.
func scanMovement(r *db.Row) (m Movement, err error) {
	err = r.Scan(&m.slot, &m.n, &m.Amount, &m.Balance, &m.Entry, &m.Key, &m.Fact, &m.Subject, &m.Rule, &m.Reverses, &m.At, &m.RecordedAt)
	if m.At.IsZero() {
		m.At = m.RecordedAt
	}
	return m, err
}

// Span is what went through an account that is not spread within a time.
type Span struct {
	Opening int64 `json:"opening" doc:"the balance before"`
	In      int64 `json:"in" doc:"sum of the lines above zero"`
	Out     int64 `json:"out" doc:"sum of the lines below zero, as a positive amount"`
}

// SpanTx sums the lines of an account, that is not spread, by when they were recorded.
func (s *Service) SpanTx(tx *db.Tx, account string, c Currency, from, to time.Time) (x Span, err error) {
	err = tx.QueryRow(`SELECT CAST(COALESCE(sum(CASE WHEN recorded_at < $4 THEN amount ELSE 0 END), 0) AS BIGINT),
			CAST(COALESCE(sum(CASE WHEN recorded_at >= $4 AND amount > 0 THEN amount ELSE 0 END), 0) AS BIGINT),
			CAST(COALESCE(sum(CASE WHEN recorded_at >= $4 AND amount < 0 THEN -amount ELSE 0 END), 0) AS BIGINT)
		FROM ledger_line WHERE community_id = $1 AND account = $2 AND currency = $3 AND slot = 0 AND recorded_at < $5`, tx.Community(), account, string(c), from, to).Scan(&x.Opening, &x.In, &x.Out)
	return x, err
}

// LinesTx lists the lines of an account, that is not spread, which were recorded within a time, the oldest first, each with the balance after it.
func (s *Service) LinesTx(tx *db.Tx, account string, c Currency, from, to time.Time, cursor string, limit int) (page.Page[Movement], error) {
	after := int64(0)
	if _, err := page.Parse(cursor, &after); err != nil {
		return page.Page[Movement]{}, err
	}
	limit = page.Limit(limit)
	rows, err := db.All(tx, scanMovement, selectMovement+` AND l.slot = 0 AND l.n > $4 AND l.recorded_at >= $5 AND l.recorded_at < $6 ORDER BY l.n LIMIT $7`,
		tx.Community(), account, string(c), after, from, to, limit+1)
	return page.Cut(rows, limit, func(m Movement) string { return page.Cursor(m.n) }), err
}

// Total is what an account came to.
type Total struct {
	Account  string   `json:"account"`
	Currency Currency `json:"currency"`
	Debit    int64    `json:"debit" doc:"sum of the lines below zero, as a positive amount"`
	Credit   int64    `json:"credit" doc:"sum of the lines above zero"`
	Balance  int64    `json:"balance"`
}

// TrialBalance sums every account (of a kind, if a prefix is given) over what was recorded until a time. What was recorded
// later about an earlier day isn't in it: a trial balance, once read, reads the same for ever.
func (s *Service) TrialBalance(ctx context.Context, community, prefix string, until time.Time) (out []Total, err error) {
	err = s.db.Read(ctx, community, func(tx *db.Tx) (err error) {
		out, err = db.All(tx, func(r *db.Row) (t Total, err error) {
			err = r.Scan(&t.Account, &t.Currency, &t.Debit, &t.Credit)
			t.Balance = t.Credit - t.Debit
			return t, err
		}, `SELECT account, currency, CAST(-sum(CASE WHEN amount < 0 THEN amount ELSE 0 END) AS BIGINT), CAST(sum(CASE WHEN amount > 0 THEN amount ELSE 0 END) AS BIGINT)
			FROM ledger_line WHERE community_id = $1 AND recorded_at <= $2 AND (account = $3 OR $3 = '' OR substr(account, 1, length($3) + 1) = $4)
			GROUP BY account, currency ORDER BY account, currency`, tx.Community(), until, prefix, strings.TrimSuffix(prefix, ":")+":")
		return err
	})
	return out, err
}
