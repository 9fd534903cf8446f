// Package backup_test moves a lived-in community between databases and files.
package backup_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/qunce/qunce/internal/app"
	"github.com/qunce/qunce/internal/backup"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/secret"
	"github.com/qunce/qunce/internal/spine/ledger"
	"github.com/qunce/qunce/test/lived"
	"github.com/qunce/qunce/test/testkit"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// same compares what two backups hold.
func same(t *testing.T, a, b backup.Manifest) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(a.Tables)) {
		if a.Tables[name] != b.Tables[name] {
			t.Errorf("table %s differs: %+v and %+v", name, a.Tables[name], b.Tables[name])
		}
	}
	if len(a.Tables) != len(b.Tables) || a.Files != b.Files || a.Bytes != b.Bytes {
		t.Errorf("%d tables, %d files and %d tables, %d files", len(a.Tables), a.Files, len(b.Tables), b.Files)
	}
}

// X4: what is moved from SQLite to PostgreSQL and back is the same to the byte, and lives on.
func TestMovesBetweenDatabasesWithNothingLost(t *testing.T) {
	w := lived.SQLite(t)
	must(t, w.Close())
	ctx, dir := context.Background(), t.TempDir()
	a := w.Config
	first, err := app.Backup(ctx, a, filepath.Join(dir, "first"), nil)
	must(t, err)
	if first.Rows() < 2000 || first.Files != lived.Files || first.Tables["session"].Rows != 0 || len(first.Keys) != 2 {
		t.Errorf("it holds %d rows, %d files, keys %v", first.Rows(), first.Files, first.Keys)
	}
	b := app.Config{Data: t.TempDir(), DatabaseURL: testkit.PostgresURL(t)}
	_, err = app.Restore(ctx, b, filepath.Join(dir, "first"), filepath.Join(a.Data, "keys"), nil)
	must(t, err)
	second, err := app.Backup(ctx, b, filepath.Join(dir, "second"), nil)
	must(t, err)
	same(t, first, second)

	c := app.Config{Data: t.TempDir()}
	third, err := app.Move(ctx, b, c, nil)
	must(t, err)
	same(t, first, third)
	for _, cfg := range []app.Config{b, c} {
		again := lived.Open(t, cfg, w.Clock.Now())
		must(t, again.Settle(ctx))
		r, err := again.Verify(ctx, again.Community)
		must(t, err)
		if !r.OK() || r.Checked["person"] == 0 {
			t.Errorf("%+v", r)
		}
	}
}

// A backup shows one moment: what is written meanwhile is in it wholly or not at all.
func TestBackupWhileWritesGoOn(t *testing.T) {
	lived.Each(t, func(t *testing.T, w *lived.World) {
		ctx, stop := context.WithCancel(context.Background())
		var wg sync.WaitGroup
		var posted atomic.Int64
		for i := range 4 {
			wg.Go(func() {
				for n := 0; ctx.Err() == nil; n++ {
					_, err := w.Ledger.Post(context.Background(), w.Community, ledger.Entry{Key: fmt.Sprint("busy ", i, n), Fact: "busy", Lines: []ledger.Line{
						{Account: "cash:wechatpay", Currency: ledger.CNY, Amount: 1}, {Account: "revenue:membership", Currency: ledger.CNY, Amount: -1},
					}})
					if err != nil {
						t.Error(err)
						return
					}
					posted.Add(1)
				}
			})
		}
		defer wg.Wait()
		defer stop()
		file := filepath.Join(t.TempDir(), "busy")
		before := posted.Load()
		m, err := app.Backup(context.Background(), w.Config, file, nil)
		must(t, err)
		if posted.Load() == before {
			t.Error("nothing was written meanwhile")
		}
		stop()
		wg.Wait()
		cfg := app.Config{Data: t.TempDir(), Scratch: true}
		_, err = app.Restore(context.Background(), cfg, file, filepath.Join(w.Config.Data, "keys"), nil)
		must(t, err)
		again := lived.Open(t, cfg, w.Clock.Now())
		r, err := again.Verify(context.Background(), again.Community)
		must(t, err)
		if !r.OK() || int64(r.Checked["ledger"]) != m.Tables["ledger_entry"].Rows {
			t.Errorf("%d entries of %d, %+v", r.Checked["ledger"], m.Tables["ledger_entry"].Rows, r.Flaws)
		}
	})
}

// A file that is cut off, changed in any part or no backup at all is refused, and nothing is written.
func TestDamagedArchivesAreRefused(t *testing.T) {
	w := lived.SQLite(t)
	dir := t.TempDir()
	file, keys := filepath.Join(dir, "whole"), filepath.Join(w.Config.Data, "keys")
	m, err := app.Backup(t.Context(), w.Config, file, nil)
	must(t, err)
	whole, err := os.ReadFile(file)
	must(t, err)
	plain := unzip(t, whole)
	change := func(from, to string) []byte {
		if !bytes.Contains(plain, []byte(from)) {
			t.Fatalf("the archive has no %q", from)
		}
		return zip(t, bytes.Replace(plain, []byte(from), []byte(to), 1))
	}
	for name, bad := range map[string]struct {
		content []byte
		want    error
	}{
		"empty":           {nil, backup.ErrNotBackup},
		"text":            {[]byte("hello"), backup.ErrNotBackup},
		"another tar":     {change("qunce backup 1", "qunce backup 9"), backup.ErrNotBackup},
		"half":            {whole[:len(whole)/2], backup.ErrDamaged},
		"without its end": {whole[:len(whole)-20], backup.ErrDamaged},
		"a changed row":   {change("大家好", "大家坏"), backup.ErrDamaged},
		"a changed name":  {change("tables/community/columns", "tables/communities/colum"), backup.ErrDamaged},
		"no manifest":     {change("manifest\x00", "manifesx\x00"), backup.ErrDamaged},
		"a changed count": {change(fmt.Sprintf(`"files": %d`, lived.Files), `"files": 3`), backup.ErrDamaged},
		"newer":           {change(`"schema": `+strconv.FormatInt(m.Schema, 10)[:1], `"schema": 9`), backup.ErrNewer},
	} {
		must(t, os.WriteFile(filepath.Join(dir, "bad"), bad.content, 0o600))
		to := filepath.Join(t.TempDir(), "to")
		if _, err := app.Restore(t.Context(), app.Config{Data: to}, filepath.Join(dir, "bad"), keys, nil); !errors.Is(err, bad.want) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := os.Stat(to); err == nil {
			t.Errorf("%s: something was written", name)
		}
	}
}

func unzip(t *testing.T, b []byte) []byte {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(b))
	must(t, err)
	out, err := io.ReadAll(r)
	must(t, err)
	return out
}

func zip(t *testing.T, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, err := w.Write(b)
	must(t, errors.Join(err, w.Close()))
	return out.Bytes()
}

// The keys are not in a backup. It names those it needs, also one that encrypts no longer, and is not restored without them.
func TestTheMissingKeyIsNamed(t *testing.T) {
	w := lived.SQLite(t)
	keys, dir := filepath.Join(w.Config.Data, "keys"), t.TempDir()
	old := w.Keys.IDs()
	must(t, secret.Rotate(keys))
	file := filepath.Join(dir, "b")
	m, err := app.Backup(t.Context(), w.Config, file, nil)
	must(t, err)
	if len(m.Keys) != 3 || !slices.Contains(m.Keys, old[0]) || !slices.Contains(m.Keys, old[1]) {
		t.Errorf("it names %v, it needs %v and a new one", m.Keys, old)
	}
	text, err := os.ReadFile(keys)
	must(t, err)
	raw, err := os.ReadFile(file)
	must(t, err)
	for _, line := range bytes.Split(text, []byte("\n")) {
		if words := bytes.Fields(line); len(words) == 3 && words[0][0] != '#' && bytes.Contains(unzip(t, raw), words[2]) {
			t.Error("a key is in the backup")
		}
	}
	other := filepath.Join(dir, "other")
	must(t, secret.Create(other))
	to := filepath.Join(dir, "to")
	_, err = app.Restore(t.Context(), app.Config{Data: to}, file, other, nil)
	if e := errs.As(err); e == nil || !errors.Is(err, secret.ErrKeyMissing) || !slices.Contains(m.Keys, fmt.Sprint(e.Params["key"])) {
		t.Errorf("with other keys: %v", err)
	}
	if _, err = app.Restore(t.Context(), app.Config{Data: to}, file, "", nil); !errors.Is(err, app.ErrKeysNeeded) {
		t.Errorf("without keys: %v", err)
	}
	if _, err := os.Stat(to); err == nil {
		t.Error("something was written")
	}
}

// What is there is not written over, and a file that is lost is told of without losing the rest.
func TestNothingIsOverwritten(t *testing.T) {
	lived.Each(t, func(t *testing.T, w *lived.World) {
		file := filepath.Join(t.TempDir(), "b")
		must(t, os.RemoveAll(filepath.Join(w.Config.Data, "blobs", w.Community)))
		m, err := app.Backup(t.Context(), w.Config, file, nil)
		must(t, err)
		if len(m.Missing) != lived.Files || m.Files != 0 {
			t.Errorf("%d files, missing %v", m.Files, m.Missing)
		}
		if _, err := app.Backup(t.Context(), w.Config, file, nil); !errors.Is(err, app.ErrFileExists) {
			t.Errorf("a second backup: %v", err)
		}
		if _, err := app.Restore(t.Context(), w.Config, file, "", nil); !errors.Is(err, backup.ErrNotEmpty) {
			t.Errorf("over itself: %v", err)
		}
		r, err := w.Verify(t.Context(), w.Community)
		must(t, err)
		if len(r.Flaws) != lived.Files {
			t.Errorf("%+v", r.Flaws)
		}
	})
}
