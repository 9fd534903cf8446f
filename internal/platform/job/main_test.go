package job_test

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/test/testkit"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// node is one program with its runner.
type node struct {
	*testkit.DB
	*job.Runner
}

func on(d *testkit.DB) *node {
	return &node{d, job.NewRunner(d.DB, slog.New(slog.DiscardHandler))}
}

// nodes gives two nodes of one database; on SQLite both are in one program.
func nodes(t *testing.T, d *testkit.DB) []*node {
	if d.Dialect() == db.Postgres {
		return []*node{on(d), on(d.Again(t))}
	}
	return []*node{on(d), on(d)}
}

func (n *node) do(t testing.TB, fn func(tx *db.Tx) error) {
	t.Helper()
	if err := n.Do(context.Background(), n.Community, fn); err != nil {
		t.Fatal(err)
	}
}

func (n *node) step(t testing.TB) {
	t.Helper()
	if _, err := n.Step(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func (n *node) number(t testing.TB, query string, args ...any) (out int) {
	t.Helper()
	err := n.Read(context.Background(), n.Community, func(tx *db.Tx) error { return tx.QueryRow(query, args...).Scan(&out) })
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// effects makes the table in which handlers write what they did; a thing done twice is refused.
func effects(t testing.TB, d *testkit.DB) {
	t.Helper()
	err := d.Do(context.Background(), "", func(tx *db.Tx) error {
		_, err := tx.Exec(`CREATE TABLE effect (what TEXT PRIMARY KEY, n BIGINT NOT NULL DEFAULT 1)`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func effect(tx *db.Tx, what string) error {
	_, err := tx.Exec(`INSERT INTO effect (what) VALUES ($1)`, what)
	return err
}

// order collects what happened, from any goroutine.
type order struct {
	mu   sync.Mutex
	list []string
}

func (o *order) add(format string, args ...any) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.list = append(o.list, fmt.Sprintf(format, args...))
}
