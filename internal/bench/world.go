package bench

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/qunce/qunce/internal/app"
	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/internal/kit/id"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/migrations"
)

// world is an installation on a fresh database, and beside it a database with the same tables for the references.
type world struct {
	app       *app.App
	bare      *db.DB
	community string
	closers   []func() error
}

// connections is how many connections a reference on PostgreSQL may use: as a pool in front of it would have.
const connections = 32

func open(ctx context.Context, o Options) (w *world, err error) {
	w = &world{}
	defer func() {
		if err != nil {
			w.close()
		}
	}()
	dir, err := os.MkdirTemp(o.Data, "qunce-bench-")
	if err != nil {
		return nil, fmt.Errorf("make a folder for the benchmark: %w", err)
	}
	w.later(func() error { return os.RemoveAll(dir) })
	cfg := app.Config{
		Data: filepath.Join(dir, "data"), Log: slog.New(slog.DiscardHandler), PublicURL: "http://127.0.0.1",
		TrustedProxy: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, // visitors come through one, each with an address of their own
	}
	bare := db.Config{Path: filepath.Join(dir, "bare.db")}
	if o.DatabaseURL != "" {
		if cfg.DatabaseURL, err = w.freshDatabase(ctx, o.DatabaseURL); err != nil {
			return nil, err
		}
		if bare.URL, err = w.freshDatabase(ctx, o.DatabaseURL); err != nil {
			return nil, err
		}
	}
	if w.app, err = app.New(ctx, cfg); err != nil {
		return nil, err
	}
	w.later(w.app.Close)
	if w.bare, err = db.Open(ctx, bare); err != nil {
		return nil, err
	}
	w.later(w.bare.Close)
	if err := w.bare.Migrate(ctx, migrations.Files); err != nil {
		return nil, err
	}
	w.community = w.app.DB.NewID()
	return w, nil
}

// plain gives the references' database as a pool without anything of ours: SQLite has one writer, so one connection.
func (w *world) plain() *sql.DB {
	n := 1
	if w.bare.Dialect() == db.Postgres {
		n = connections
	}
	pool := w.bare.SQL()
	n += pool.Stats().InUse // what the bare database's own writers have connected by now
	pool.SetMaxOpenConns(n)
	pool.SetMaxIdleConns(n)
	return pool
}

// freshDatabase makes a database on a PostgreSQL server, which goes when the benchmark ends.
func (w *world) freshDatabase(ctx context.Context, server string) (string, error) {
	u, err := url.Parse(server)
	if err != nil {
		return "", fmt.Errorf("database URL: %w", err)
	}
	pool, err := sql.Open("pgx", server)
	if err != nil {
		return "", fmt.Errorf("database URL: %w", err)
	}
	name := "qunce_bench_" + id.NewSource().New(clock.System{}.Now())
	if _, err := pool.ExecContext(ctx, `CREATE DATABASE `+name); err != nil {
		return "", errors.Join(fmt.Errorf("make a database for the benchmark: %w", err), pool.Close())
	}
	w.later(func() error {
		_, err := pool.ExecContext(context.WithoutCancel(ctx), `DROP DATABASE IF EXISTS `+name+` WITH (FORCE)`)
		return errors.Join(err, pool.Close())
	})
	u.Path = "/" + name
	return u.String(), nil
}

func (w *world) later(fn func() error) { w.closers = append(w.closers, fn) }

func (w *world) close() {
	for i := len(w.closers) - 1; i >= 0; i-- {
		if err := w.closers[i](); err != nil {
			fmt.Fprintln(os.Stderr, "qunce bench: clean up:", err)
		}
	}
}

// version names the engine, for instance "PostgreSQL 17.2" or "SQLite 3.51.0".
func (w *world) version(ctx context.Context) (v string, err error) {
	if w.app.DB.Dialect() == db.Postgres {
		err = w.app.DB.SQL().QueryRowContext(ctx, `SELECT current_setting('server_version')`).Scan(&v)
		v, _, _ = strings.Cut(v, " ")
		return "PostgreSQL " + v, err
	}
	err = w.app.DB.SQL().QueryRowContext(ctx, `SELECT sqlite_version()`).Scan(&v)
	return "SQLite " + v, err
}

// number reads one integer from the installation's database.
func (w *world) number(ctx context.Context, query string, args ...any) (n int, err error) {
	err = w.app.DB.SQL().QueryRowContext(ctx, query, args...).Scan(&n)
	return n, err
}
