// Package testkit gives tests the real parts: both databases, migrated and empty, on a clock that stands still until it is set.
package testkit

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"

	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/internal/kit/id"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/migrations"
)

// PostgresEnv names the variable with the URL of a PostgreSQL server on which databases may be made; `make test` sets it.
const PostgresEnv = "QUNCE_TEST_DATABASE_URL"

// Start is the time that a test's clock shows at first: a Saturday noon in Shanghai.
var Start = time.Date(2026, 3, 7, 4, 0, 0, 0, time.UTC)

// DB is a migrated, empty database of a test.
type DB struct {
	*db.DB
	Clock     *clock.Manual
	Community string    // a community id to use where one is enough
	Config    db.Config // how to open it again
}

// Each runs a test on SQLite and on PostgreSQL, each with a database of its own.
func Each(t *testing.T, fn func(t *testing.T, d *DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		fn(t, SQLite(t))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		fn(t, Postgres(t))
	})
}

// SQLite opens a migrated SQLite database that ends with the test.
func SQLite(t testing.TB) *DB {
	t.Helper()
	return open(t, db.Config{Path: filepath.Join(t.TempDir(), "qunce.db")})
}

// Postgres opens a migrated PostgreSQL database that ends with the test. Without a server the test is skipped, but in CI it fails.
func Postgres(t testing.TB) *DB {
	t.Helper()
	return open(t, db.Config{URL: PostgresURL(t), Readers: 2, Writers: 2})
}

func open(t testing.TB, cfg db.Config) *DB {
	t.Helper()
	clk := clock.NewManual(Start)
	cfg.Clock = clk
	d, err := db.Open(context.Background(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	if cfg.URL == "" {
		if err := d.Migrate(context.Background(), migrations.Files); err != nil {
			t.Fatal(err)
		}
	}
	return &DB{DB: d, Clock: clk, Community: id.NewSource().New(Start), Config: cfg}
}

// PostgresURL makes a migrated PostgreSQL database that ends with the test and gives its URL.
func PostgresURL(t testing.TB) string {
	t.Helper()
	server := os.Getenv(PostgresEnv)
	if server == "" {
		if os.Getenv("CI") != "" {
			t.Fatalf("%s is not set: run `make test`", PostgresEnv)
		}
		t.Skipf("%s is not set: `make test` runs this on PostgreSQL too", PostgresEnv)
	}
	from, err := templateOf(server)
	if err != nil {
		t.Fatal(err)
	}
	name := "qunce_t_" + id.NewSource().New(time.Now())
	if err := admin(server, fmt.Sprintf(`CREATE DATABASE %s TEMPLATE %s`, name, from)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := admin(server, fmt.Sprintf(`DROP DATABASE IF EXISTS %s WITH (FORCE)`, name)); err != nil {
			t.Error(err)
		}
	})
	return withDatabase(server, name)
}

func withDatabase(server, name string) string {
	u, err := url.Parse(server)
	if err != nil {
		return server
	}
	u.Path = "/" + name
	return u.String()
}

// admin runs a statement on the server.
func admin(server, query string) error {
	pool, err := sql.Open("pgx", server)
	if err != nil {
		return err
	}
	defer pool.Close()
	if _, err := pool.ExecContext(context.Background(), query); err != nil {
		return fmt.Errorf("%s: %w", query, err)
	}
	return nil
}

var (
	templateOnce sync.Once
	templateName string
	errTemplate  error
)

// templateOf makes the migrated database that tests copy, once per set of migrations, and names it with how it is copied.
func templateOf(server string) (string, error) {
	templateOnce.Do(func() { templateName, errTemplate = makeTemplate(server) })
	return templateName, errTemplate
}

func makeTemplate(server string) (from string, err error) {
	sum := sha256.New()
	names, err := fs.Glob(migrations.Files, "*.sql")
	if err != nil {
		return "", err
	}
	for _, n := range names {
		b, err := fs.ReadFile(migrations.Files, n)
		if err != nil {
			return "", err
		}
		sum.Write(b)
	}
	name := "qunce_template_" + hex.EncodeToString(sum.Sum(nil)[:6])
	pool, err := sql.Open("pgx", server)
	if err != nil {
		return "", err
	}
	defer pool.Close()
	conn, err := pool.Conn(context.Background())
	if err != nil {
		return "", fmt.Errorf("connect to the test server: %w", err)
	}
	defer conn.Close()
	ctx := context.Background()
	if _, err := conn.ExecContext(ctx, `SELECT pg_advisory_lock(71183)`); err != nil {
		return "", err
	}
	var there bool
	version := 0
	if err := conn.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1), CAST(current_setting('server_version_num') AS INTEGER)`, name).Scan(&there, &version); err != nil {
		return "", err
	}
	from = name
	if version >= 150_000 { // copying the files takes a fifth of the time that the way by the log does, which is the default since then
		from += " STRATEGY file_copy"
	}
	if there {
		return from, nil
	}
	if _, err := conn.ExecContext(ctx, `CREATE DATABASE `+name+`_new`); err != nil {
		return "", err
	}
	d, err := db.Open(ctx, db.Config{URL: withDatabase(server, name+"_new")})
	if err != nil {
		return "", err
	}
	err = d.Migrate(ctx, migrations.Files)
	d.Close()
	if err != nil {
		return "", err
	}
	_, err = conn.ExecContext(ctx, `ALTER DATABASE `+name+`_new RENAME TO `+name)
	return from, err
}
