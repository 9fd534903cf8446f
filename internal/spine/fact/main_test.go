package fact_test

import (
	"context"
	"fmt"
	"log/slog"
	"testing"

	"go.uber.org/goleak"

	"github.com/qunce/qunce/internal/platform/bus"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/test/testkit"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type Joined struct {
	N int `json:"n"`
}

type Left struct {
	N int `json:"n"`
}

// node is one program with its log.
type node struct {
	*testkit.DB
	log *fact.Log
}

func start(t testing.TB, d *testkit.DB, subs ...fact.Subscription) *node {
	t.Helper()
	n := &node{d, fact.NewLog(d.DB, bus.NewLocal(), slog.New(slog.DiscardHandler))}
	for _, s := range subs {
		n.log.Subscribe(s)
	}
	if err := n.log.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	return n
}

func (n *node) append(t testing.TB, person string, payload any) {
	t.Helper()
	err := n.Do(context.Background(), n.Community, func(tx *db.Tx) error {
		_, err := fact.Append(tx, payload, fact.Fact{Person: person})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (n *node) step(t testing.TB) {
	t.Helper()
	if _, err := n.log.Step(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// run runs the log's workers until the function it gives is called.
func (n *node) run() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { n.log.Run(ctx); close(ended) }() //nolint:errcheck // gives nil
	return func() { cancel(); <-ended }
}

// ledgerOf makes the tables in which subscribers write down what they saw.
func ledgerOf(t testing.TB, d *testkit.DB) {
	t.Helper()
	for _, q := range []string{
		`CREATE TABLE saw (community_id TEXT, sub TEXT, shard BIGINT, pos BIGINT, kind TEXT, subject TEXT, n BIGINT, PRIMARY KEY (community_id, sub, shard, pos))`,
		`CREATE TABLE latest (community_id TEXT, sub TEXT, subject TEXT, pos BIGINT, PRIMARY KEY (community_id, sub, subject))`,
	} {
		if err := d.Do(context.Background(), "", func(tx *db.Tx) error { _, err := tx.Exec(q); return err }); err != nil {
			t.Fatal(err)
		}
	}
}

// note writes facts down. The database refuses one that comes twice, and one that comes after a later one of its subject.
func note(tx *db.Tx, sub string, facts []fact.Fact) error {
	for _, f := range facts {
		var p Joined
		if err := f.Into(&p); err != nil {
			return err
		}
		if _, err := tx.Exec(`INSERT INTO saw (community_id, sub, shard, pos, kind, subject, n) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			tx.Community(), sub, f.Shard, f.Pos, f.Kind, f.SubjectKey(), p.N); err != nil {
			return err
		}
		n, err := tx.Exec(`INSERT INTO latest (community_id, sub, subject, pos) VALUES ($1, $2, $3, $4)
			ON CONFLICT (community_id, sub, subject) DO UPDATE SET pos = excluded.pos WHERE latest.pos < excluded.pos`,
			tx.Community(), sub, f.SubjectKey(), f.Pos)
		if err != nil {
			return err
		}
		if n == 0 {
			return fmt.Errorf("%s: fact %d of %s came after a later one", sub, f.Pos, f.SubjectKey())
		}
	}
	return nil
}

func noting(name string, kinds ...string) fact.Subscription {
	return fact.Subscription{Name: name, Kinds: kinds, Handle: func(tx *db.Tx, facts []fact.Fact) error { return note(tx, name, facts) }}
}

func (n *node) number(t testing.TB, query string, args ...any) (out int) {
	t.Helper()
	err := n.Read(context.Background(), n.Community, func(tx *db.Tx) error { return tx.QueryRow(query, args...).Scan(&out) })
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// saw gives the numbers of the facts that a subscriber saw of a subject, in order.
func (n *node) saw(t testing.TB, sub, subject string) (out []int) {
	t.Helper()
	err := n.Read(context.Background(), n.Community, func(tx *db.Tx) (err error) {
		out, err = db.All(tx, db.Column[int], `SELECT n FROM saw WHERE community_id = $1 AND sub = $2 AND subject = $3 ORDER BY pos`, tx.Community(), sub, subject)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (n *node) parked(t testing.TB) (out []fact.Parked) {
	t.Helper()
	err := n.Read(context.Background(), n.Community, func(tx *db.Tx) (err error) {
		out, err = fact.ListParked(tx, 100)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
