package ledger_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/stdlib"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/ledger"
	"github.com/qunce/qunce/migrations"
	"github.com/qunce/qunce/test/testkit"
)

// The ledger against double entry in one SQL statement an entry, with the same 32 clients on the same database. Both have a
// unique key, durable commits and balances at once. The ratio is what counts; rounds alternate so that both see the same machine.

const (
	clients = 32
	round   = 1500 * time.Millisecond
	rounds  = 2
)

// workload makes the lines of an entry.
type workload func(r *rand.Rand) []ledger.Line

var workloads = map[string]workload{
	"W1-hot-spread": func(r *rand.Rand) []ledger.Line { // everybody's account, as declared in the standard kinds
		return move("cash:hot", fmt.Sprint("supplier:", r.IntN(10000)), 1)
	},
	"W1-hot-row": func(r *rand.Rand) []ledger.Line { // one row that everybody wants
		return move("supplier:hot", fmt.Sprint("supplier:", r.IntN(10000)), 1)
	},
	"W2-10000x10000": func(r *rand.Rand) []ledger.Line {
		return move(fmt.Sprint("supplier:a", r.IntN(10000)), fmt.Sprint("supplier:b", r.IntN(10000)), 1)
	},
	"W3-commission": func(r *rand.Rand) []ledger.Line {
		return []ledger.Line{line("cash:wechatpay", -100), line("revenue:membership", 80), line(fmt.Sprint("commission:frozen:", r.IntN(10000)), 20)}
	},
}

func BenchmarkLedger(b *testing.B) {
	for _, name := range []string{"W1-hot-spread", "W1-hot-row", "W2-10000x10000", "W3-commission"} {
		for _, engine := range []db.Dialect{db.SQLite, db.Postgres} {
			b.Run(fmt.Sprint(name, "/", engine), func(b *testing.B) { compare(b, engine, workloads[name]) })
		}
	}
}

func compare(b *testing.B, engine db.Dialect, load workload) {
	var cfg db.Config
	var ref *sql.DB
	if engine == db.SQLite {
		cfg.Path = filepath.Join(b.TempDir(), "ledger.db")
		ref = sqliteReference(b)
	} else {
		cfg.URL = testkit.PostgresURL(b)
		ref = postgresReference(b, testkit.PostgresURL(b))
	}
	d, err := db.Open(b.Context(), cfg)
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	if err := d.Migrate(b.Context(), migrations.Files); err != nil {
		b.Fatal(err)
	}
	books, _ := node(b, d)
	var ours, theirs float64
	for i := range rounds + 1 {
		if i == 1 {
			ours, theirs = 0, 0 // the first round warms both up
		}
		ours += clientsRun(b, load, func(ctx context.Context, key string, lines []ledger.Line) error {
			_, err := books.Post(ctx, "c", ledger.Entry{Key: key, Fact: "f", Lines: lines})
			return err
		}) / rounds
		theirs += clientsRun(b, load, func(ctx context.Context, key string, lines []ledger.Line) error {
			return refPost(ctx, ref, engine, key, lines)
		}) / rounds
	}
	r, err := books.Verify(b.Context(), "c")
	if err != nil || len(r.Flaws) > 0 {
		b.Fatal(err, r.Flaws)
	}
	batches, _, _, reruns := d.Counts()
	b.ReportMetric(ours, "entries/s")
	b.ReportMetric(theirs, "reference/s")
	b.ReportMetric(ours/theirs, "ratio")
	b.ReportMetric(float64(r.Entries)/float64(batches), "entries/commit")
	b.ReportMetric(float64(reruns), "reruns")
	b.ReportMetric(0, "ns/op")
}

var keys atomic.Int64

// clientsRun lets the clients post for a round and gives entries a second.
func clientsRun(b *testing.B, load workload, post func(ctx context.Context, key string, lines []ledger.Line) error) float64 {
	var n atomic.Int64
	var wg sync.WaitGroup
	began := b.Elapsed()
	for c := range clients {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(uint64(c), 7))
			for b.Elapsed()-began < round {
				if err := post(context.Background(), fmt.Sprint("key", keys.Add(1)), load(r)); err != nil {
					b.Error(err)
					return
				}
				n.Add(1)
			}
		})
	}
	wg.Wait()
	return float64(n.Load()) / (b.Elapsed() - began).Seconds()
}

const refTables = `
	CREATE TABLE ref_balance (account TEXT PRIMARY KEY, balance BIGINT NOT NULL);
	CREATE TABLE ref_line (entry TEXT NOT NULL, account TEXT NOT NULL, amount BIGINT NOT NULL, PRIMARY KEY (entry, account));
	CREATE TABLE ref_entry (key TEXT PRIMARY KEY, at BIGINT NOT NULL, lines TEXT NOT NULL);`

// sqliteReference does the double entry in a trigger: SQLite's way to have it in one statement. One connection, since it has one writer.
func sqliteReference(b *testing.B) *sql.DB {
	ref, err := sql.Open("sqlite", "file:"+filepath.Join(b.TempDir(), "ref.db")+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=cache_size(-16000)")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { ref.Close() })
	ref.SetMaxOpenConns(1)
	_, err = ref.ExecContext(b.Context(), refTables+`
		CREATE TRIGGER ref_post AFTER INSERT ON ref_entry BEGIN
			INSERT INTO ref_line SELECT new.key, value ->> 'account', value ->> 'amount' FROM json_each(new.lines);
			INSERT INTO ref_balance SELECT value ->> 'account', value ->> 'amount' FROM json_each(new.lines) WHERE TRUE
				ON CONFLICT (account) DO UPDATE SET balance = balance + excluded.balance;
		END`)
	if err != nil {
		b.Fatal(err)
	}
	return ref
}

func postgresReference(b *testing.B, url string) *sql.DB {
	ref, err := sql.Open("pgx", url)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { ref.Close() })
	ref.SetMaxOpenConns(clients)
	ref.SetMaxIdleConns(clients)
	if _, err := ref.ExecContext(b.Context(), refTables); err != nil {
		b.Fatal(err)
	}
	return ref
}

var _ = stdlib.GetDefaultDriver // the driver "pgx"

const refStatement = `WITH e AS (INSERT INTO ref_entry (key, at, lines) VALUES ($1, $2, '') ON CONFLICT DO NOTHING RETURNING key),
	l AS (INSERT INTO ref_line SELECT e.key, v.account, v.amount FROM e, jsonb_to_recordset($3::jsonb) v (account TEXT, amount BIGINT) RETURNING account, amount)
	INSERT INTO ref_balance SELECT account, amount FROM l ORDER BY account ON CONFLICT (account) DO UPDATE SET balance = ref_balance.balance + excluded.balance`

var refStatements sync.Map // *sql.DB → *sql.Stmt

func refPost(ctx context.Context, ref *sql.DB, engine db.Dialect, key string, lines []ledger.Line) error {
	text, err := json.Marshal(lines)
	if err != nil {
		return err
	}
	if engine == db.Postgres {
		_, err = ref.ExecContext(ctx, refStatement, key, keys.Load(), string(text))
		return err
	}
	s, ok := refStatements.Load(ref)
	if !ok {
		prepared, err := ref.PrepareContext(ctx, `INSERT INTO ref_entry (key, at, lines) VALUES ($1, $2, $3)`)
		if err != nil {
			return err
		}
		s, _ = refStatements.LoadOrStore(ref, prepared)
	}
	_, err = s.(*sql.Stmt).ExecContext(ctx, key, keys.Load(), string(text))
	return err
}
