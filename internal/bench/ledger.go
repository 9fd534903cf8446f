package bench

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/ledger"
)

const ledgerClients = 32

// workload makes the lines of an entry; each entry takes cents from one account and gives them to others.
type workload struct {
	name, did string
	target    float64
	lines     func(r *rand.Rand) []ledger.Line
}

func move(from, to string) []ledger.Line {
	return []ledger.Line{{Account: from, Currency: ledger.CNY, Amount: -1}, {Account: to, Currency: ledger.CNY, Amount: 1}}
}

var workloads = []workload{
	{"W1", "one hot account, kept in slots as the standard kinds have it, against 10,000", 2, func(r *rand.Rand) []ledger.Line {
		return move("cash:hot", fmt.Sprint("supplier:", r.IntN(10000)))
	}},
	{"W1 row", "one hot account in a single row, against 10,000", 2, func(r *rand.Rand) []ledger.Line {
		return move("supplier:hot", fmt.Sprint("supplier:", r.IntN(10000)))
	}},
	{"W2", "10,000 accounts against 10,000", 0.7, func(r *rand.Rand) []ledger.Line {
		return move(fmt.Sprint("supplier:a", r.IntN(10000)), fmt.Sprint("supplier:b", r.IntN(10000)))
	}},
	{"W3", "a sale in three lines: cash, revenue, and the commission of one of 10,000", 2, func(r *rand.Rand) []ledger.Line {
		return []ledger.Line{
			{Account: "cash:wechatpay", Currency: ledger.CNY, Amount: -100},
			{Account: "revenue:membership", Currency: ledger.CNY, Amount: 80},
			{Account: fmt.Sprint("commission:frozen:", r.IntN(10000)), Currency: ledger.CNY, Amount: 20},
		}
	}},
}

// postings writes entries into the books beside double entry in one SQL statement.
func postings(ctx context.Context, r *run) error {
	post, err := r.bareBooks(ctx)
	if err != nil {
		return err
	}
	for _, w := range workloads {
		r.say("ledger: %s", w.name)
		if err := r.post(ctx, w, post); err != nil {
			return err
		}
	}
	report, err := r.app.Ledger.Verify(ctx, r.community)
	if err != nil {
		return err
	}
	sum := report.Sums[ledger.CNY]
	r.check("the books sum to zero", sum == 0 && len(report.Flaws) == 0, "%d entries, sum %d, %d flaws", report.Entries, sum, len(report.Flaws))
	return nil
}

// tenths is into how many rounds a workload is cut: the last tells whether the books slow down as they grow.
const tenths = 10

func (r *run) post(ctx context.Context, w workload, bareEntry func(ctx context.Context, key string, lines []ledger.Line) error) error {
	n := r.scaled(20000, 10*ledgerClients) / tenths
	var bare, ours times
	var took [tenths]float64
	lines := func(i int) []ledger.Line { return w.lines(rand.New(rand.NewPCG(uint64(i), 7))) }
	err := turns(ctx, tenths, func(ctx context.Context, round int) error {
		return bare.clients(ctx, ledgerClients, n, func(ctx context.Context, i int) error {
			i += round * n
			return bareEntry(ctx, fmt.Sprint(w.name, " ", i), lines(i))
		})
	}, func(ctx context.Context, round int) error {
		before := ours.spent
		err := ours.clients(ctx, ledgerClients, n, func(ctx context.Context, i int) error {
			i += round * n
			_, err := r.app.Ledger.Post(ctx, r.community, ledger.Entry{Key: fmt.Sprint(w.name, " ", i), Fact: "bench", Lines: lines(i)})
			return err
		})
		took[round] = (ours.spent - before).Seconds()
		return err
	})
	if err != nil {
		return err
	}
	rate := bare.rate("entries")
	m := r.measured(Measure{
		Name: w.name, Did: fmt.Sprintf("%d entries by %d clients, %s", n*tenths, ledgerClients, w.did), Ours: ours.rate("entries"),
		What: "double entry in one SQL statement per entry, unique key, balances at once, the same clients", Reference: &rate,
	}, w.target)
	m.Notes = append(m.Notes, Note{"the last tenth's rate to the first's", took[0] / took[tenths-1], "×"})
	return nil
}

const bareTables = `
	CREATE TABLE bare_balance (account TEXT PRIMARY KEY, balance BIGINT NOT NULL);
	CREATE TABLE bare_line (entry TEXT NOT NULL, account TEXT NOT NULL, amount BIGINT NOT NULL, PRIMARY KEY (entry, account));
	CREATE TABLE bare_entry (key TEXT PRIMARY KEY, lines TEXT NOT NULL);`

// On SQLite a trigger is the way to have a double entry in one statement.
const bareTrigger = `CREATE TRIGGER bare_post AFTER INSERT ON bare_entry BEGIN
		INSERT INTO bare_line SELECT new.key, value ->> 'account', value ->> 'amount' FROM json_each(new.lines);
		INSERT INTO bare_balance SELECT value ->> 'account', value ->> 'amount' FROM json_each(new.lines) WHERE TRUE
			ON CONFLICT (account) DO UPDATE SET balance = balance + excluded.balance;
	END`

const (
	bareSQLite   = `INSERT INTO bare_entry (key, lines) VALUES ($1, $2)`
	barePostgres = `WITH e AS (INSERT INTO bare_entry (key, lines) VALUES ($1, '') ON CONFLICT DO NOTHING RETURNING key),
		l AS (INSERT INTO bare_line SELECT e.key, v.account, v.amount FROM e, jsonb_to_recordset(CAST($2 AS JSONB)) v (account TEXT, amount BIGINT) RETURNING account, amount)
		INSERT INTO bare_balance SELECT account, amount FROM l ORDER BY account ON CONFLICT (account) DO UPDATE SET balance = bare_balance.balance + excluded.balance`
)

// bareBooks makes the reference's tables and gives what posts into them.
func (r *run) bareBooks(ctx context.Context) (func(ctx context.Context, key string, lines []ledger.Line) error, error) {
	pool := r.plain()
	texts, insert := []string{bareTables, bareTrigger}, bareSQLite
	if r.bare.Dialect() == db.Postgres {
		texts, insert = texts[:1], barePostgres
	}
	for _, text := range texts {
		if _, err := pool.ExecContext(ctx, text); err != nil {
			return nil, fmt.Errorf("make the reference's tables: %w", err)
		}
	}
	stmt, err := pool.PrepareContext(ctx, insert)
	if err != nil {
		return nil, fmt.Errorf("prepare the reference: %w", err)
	}
	r.later(stmt.Close)
	return func(ctx context.Context, key string, lines []ledger.Line) error {
		text, err := json.Marshal(lines)
		if err != nil {
			return fmt.Errorf("encode lines: %w", err)
		}
		res, err := stmt.ExecContext(ctx, key, string(text))
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, sql.ErrNoRows)
		}
		return nil
	}, nil
}
