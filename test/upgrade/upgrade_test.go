package upgrade

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/app"
	"github.com/qunce/qunce/internal/domain/circle"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/test/lived"
	"github.com/qunce/qunce/test/testkit"
)

const makeEnv = "QUNCE_FIXTURES"

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestMakeFixtures stores this version's community, when it is asked to.
func TestMakeFixtures(t *testing.T) {
	version := os.Getenv(makeEnv)
	if version == "" {
		t.Skip("set " + makeEnv + " to the version to store")
	}
	dir := filepath.Join("testdata", version)
	must(t, os.RemoveAll(dir))
	must(t, os.MkdirAll(dir, 0o755))
	lite, server := lived.SQLite(t), lived.Postgres(t)
	_, err := app.Backup(t.Context(), server.Config, filepath.Join(dir, "postgres.backup"), nil)
	must(t, err)
	_, err = lite.DB.SQL().ExecContext(t.Context(), `VACUUM INTO '`+filepath.Join(dir, "qunce.db")+`'`)
	must(t, err)
	pack(t, filepath.Join(dir, "qunce.db"))
	keys, err := os.ReadFile(filepath.Join(lite.Config.Data, "keys"))
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "keys"), keys, 0o600))
}

// pack puts a gzipped file in a file's place.
func pack(t *testing.T, file string) {
	t.Helper()
	content, err := os.ReadFile(file)
	must(t, err)
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	must(t, err)
	_, err = w.Write(content)
	must(t, err)
	must(t, w.Close())
	must(t, os.WriteFile(file+".gz", b.Bytes(), 0o600))
	must(t, os.Remove(file))
}

func unpack(t *testing.T, from, to string) {
	t.Helper()
	f, err := os.Open(from)
	must(t, err)
	defer f.Close()
	r, err := gzip.NewReader(f)
	must(t, err)
	content, err := io.ReadAll(r)
	must(t, err)
	must(t, os.WriteFile(to, content, 0o600))
}

// copyKeys copies the key file, which only its owner may read: a checkout doesn't keep that.
func copyKeys(t *testing.T, dir, to string) string {
	t.Helper()
	keys, err := os.ReadFile(filepath.Join(dir, "keys"))
	must(t, err)
	file := filepath.Join(to, "keys")
	must(t, os.WriteFile(file, keys, 0o600))
	return file
}

// later is when the upgraded programs start: after the fixtures were made.
var later = lived.Start.AddDate(0, 0, 20)

// This version starts from the databases of every earlier one, finds nothing off, and life goes on.
func TestStartsFromEarlierVersions(t *testing.T) {
	versions, err := filepath.Glob(filepath.Join("testdata", "*"))
	must(t, err)
	if len(versions) == 0 {
		t.Fatal("there are no fixtures: see doc.go")
	}
	for _, dir := range versions {
		t.Run(filepath.Base(dir)+"/sqlite", func(t *testing.T) {
			cfg := app.Config{Data: t.TempDir(), Scratch: true}
			copyKeys(t, dir, cfg.Data)
			unpack(t, filepath.Join(dir, "qunce.db.gz"), filepath.Join(cfg.Data, "qunce.db"))
			goesOn(t, lived.Open(t, cfg, later), false)
		})
		t.Run(filepath.Base(dir)+"/postgres", func(t *testing.T) {
			cfg := app.Config{Data: t.TempDir(), DatabaseURL: testkit.PostgresURL(t)}
			clear(t, cfg.DatabaseURL)
			_, err := app.Restore(context.Background(), cfg, filepath.Join(dir, "postgres.backup"), copyKeys(t, dir, t.TempDir()), nil)
			must(t, err)
			goesOn(t, lived.Open(t, cfg, later), true)
		})
	}
}

// clear empties a database of its tables too.
func clear(t *testing.T, url string) {
	t.Helper()
	d, err := db.Open(t.Context(), db.Config{URL: url})
	must(t, err)
	defer d.Close()
	_, err = d.SQL().ExecContext(t.Context(), `DROP SCHEMA public CASCADE; CREATE SCHEMA public`)
	must(t, err)
}

// goesOn lets time pass and somebody speak, and proves the community before and after. The SQLite file comes without its
// pictures.
func goesOn(t *testing.T, w *lived.World, files bool) {
	t.Helper()
	ctx := context.Background()
	sound := func() {
		t.Helper()
		r, err := w.Verify(ctx, w.Community)
		must(t, err)
		for _, f := range r.Flaws {
			if f.Kind != "blob.missing" || files {
				t.Errorf("%+v", f)
			}
		}
		if r.Checked["person"] < 20 || r.Checked["fact"] < 500 {
			t.Errorf("there are only %v", r.Checked)
		}
	}
	sound()
	w.Clock.Advance(time.Hour)
	must(t, w.Settle(ctx))
	members, err := w.Members(ctx)
	must(t, err)
	m := members[0]
	_, err = w.Circles.Post(ctx, w.Community, circle.Actor{ID: m.Person}, m.Circle, circle.Draft{Text: "还在", Key: "after"})
	must(t, err)
	must(t, w.Settle(ctx))
	sound()
}
