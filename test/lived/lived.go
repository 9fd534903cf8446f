// Package lived gives tests a community that people have lived in: simulated ones came by every entry, and staff and
// members did what those don't do, so that most tables have rows.
package lived

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/app"
	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/internal/kit/id"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/replay"
	"github.com/qunce/qunce/test/testkit"
)

// Slug is the community's.
const Slug = "mothers"

// Start is when life begins: a Monday morning in Shanghai.
var Start = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

// World is an installation with a community in it.
type World struct {
	*app.App
	Clock     *clock.Manual
	Community string
}

// Open opens an installation on a manual clock, in the sandbox. It closes with the test.
func Open(t testing.TB, cfg app.Config, now time.Time) *World {
	t.Helper()
	w, err := open(cfg, now)
	must(t, err)
	t.Cleanup(func() { w.Close() })
	if c, err := w.Communities.BySlug(context.Background(), Slug); err == nil {
		w.Community = c.ID
	}
	return w
}

func open(cfg app.Config, now time.Time) (w *World, err error) {
	w = &World{Clock: clock.NewManual(now)}
	cfg.Clock, cfg.Sandbox, cfg.Ordered = w.Clock, true, true
	w.App, err = app.New(context.Background(), cfg)
	return w, err
}

// Each runs a test on a lived-in community in each of the two databases.
func Each(t *testing.T, fn func(t *testing.T, w *World)) {
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

// SQLite gives a lived-in community in a file.
func SQLite(t testing.TB) *World { return Restored(t, app.Config{Data: t.TempDir(), Scratch: true}) }

// Postgres gives one in a database of its own.
func Postgres(t testing.TB) *World {
	return Restored(t, app.Config{Data: t.TempDir(), DatabaseURL: testkit.PostgresURL(t)})
}

// Restored opens a copy of the one community that all tests of a package share. cfg names an empty folder or database.
func Restored(t testing.TB, cfg app.Config) *World {
	t.Helper()
	l, err := life()
	must(t, err)
	dir := t.TempDir()
	file, keys := filepath.Join(dir, "backup"), filepath.Join(dir, "keys")
	must(t, os.WriteFile(file, l.backup, 0o600))
	must(t, os.WriteFile(keys, l.keys, 0o600))
	_, err = app.Restore(context.Background(), cfg, file, keys, nil)
	must(t, err)
	return Open(t, cfg, l.now)
}

// copied is a lived-in community as a backup.
type copied struct {
	backup, keys []byte
	now          time.Time
}

// life lives through once and keeps what came of it.
var life = sync.OnceValues(func() (c copied, err error) {
	dir, err := os.MkdirTemp("", "qunce-lived-")
	if err != nil {
		return c, err
	}
	defer os.RemoveAll(dir)
	cfg := app.Config{Data: filepath.Join(dir, "data"), Scratch: true, IDs: id.NewSeeded(1)}
	if c.now, err = live(cfg); err != nil {
		return c, err
	}
	if _, err := app.Backup(context.Background(), cfg, filepath.Join(dir, "backup"), nil); err != nil {
		return c, err
	}
	if c.backup, err = os.ReadFile(filepath.Join(dir, "backup")); err != nil {
		return c, err
	}
	c.keys, err = os.ReadFile(filepath.Join(cfg.Data, "keys"))
	return c, err
})

func live(cfg app.Config) (now time.Time, err error) {
	w, err := open(cfg, Start)
	if err != nil {
		return now, err
	}
	defer w.Close()
	ctx := context.Background()
	_, err = replay.Run(ctx, w.World(w.Clock), "mothers", replay.Options{Seed: 1, Set: map[string]string{"people": "6", "days": "1"}})
	if err != nil {
		return now, err
	}
	c, err := w.Communities.BySlug(ctx, Slug)
	if err != nil {
		return now, err
	}
	w.Community = c.ID
	for _, part := range []func(context.Context) error{w.staff, w.ways, w.talk, w.buying, w.events, w.reading, w.growing, w.leading, w.launching, w.money, w.selling, w.employing, w.reconciling, w.lines, w.campaign, w.change} {
		if err := part(ctx); err != nil {
			return now, err
		}
		if err := w.Settle(ctx); err != nil {
			return now, err
		}
	}
	return w.Clock.Now(), nil
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Do runs a command in the community.
func (w *World) Do(ctx context.Context, fn func(tx *db.Tx) error) error {
	return w.DB.Do(ctx, w.Community, fn)
}
