package db_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/migrations"
	"github.com/qunce/qunce/test/testkit"
)

func TestMigratingAgainChangesNothing(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		if err := d.Migrate(t.Context(), migrations.Files); err != nil {
			t.Error(err)
		}
	})
}

// Two programs that start at once, on an empty database, both come up.
func TestTwoProgramsMigrateAtOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		files := fstest.MapFS{}
		for _, name := range []string{"9001_one", "9002_two", "9003_three"} {
			files[name+".sql"] = &fstest.MapFile{Data: []byte("CREATE TABLE " + name[5:] + " (community_id TEXT PRIMARY KEY);\nINSERT INTO " + name[5:] + " VALUES ('x');\n")}
		}
		nodes := []*testkit.DB{d, d.Again(t)}
		var wg sync.WaitGroup
		for _, n := range nodes {
			wg.Go(func() {
				if err := n.Migrate(context.Background(), files); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		err := d.Read(t.Context(), "", func(tx *db.Tx) error {
			return tx.QueryRow(`SELECT one.community_id FROM one, two, three`).Scan(new(string))
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func TestAFailedMigrationLeavesNothingOfItself(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		files := fstest.MapFS{"9001_bad.sql": {Data: []byte("CREATE TABLE half (community_id TEXT PRIMARY KEY);\nINSERT INTO nowhere VALUES (1);\n")}}
		if err := d.Migrate(t.Context(), files); err == nil || !strings.Contains(err.Error(), "9001_bad.sql") {
			t.Errorf("got %v", err)
		}
		files["9001_bad.sql"] = &fstest.MapFile{Data: []byte("CREATE TABLE half (community_id TEXT PRIMARY KEY);\n")}
		if err := d.Migrate(t.Context(), files); err != nil {
			t.Errorf("after mending it: %v", err)
		}
	})
}

func TestBlocksAreForOneEngine(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		files := fstest.MapFS{"9001_both.sql": {Data: []byte(`
CREATE TABLE engine (community_id TEXT PRIMARY KEY);
-- only sqlite
INSERT INTO engine VALUES ('sqlite');
-- end
-- only postgres
INSERT INTO engine VALUES ('postgres');
-- end
INSERT INTO engine VALUES ('both');
`)}}
		if err := d.Migrate(t.Context(), files); err != nil {
			t.Fatal(err)
		}
		var got []string
		err := d.Read(t.Context(), "", func(tx *db.Tx) (err error) {
			got, err = db.All(tx, db.Column[string], `SELECT community_id FROM engine ORDER BY community_id DESC`)
			return err
		})
		if err != nil || len(got) != 2 || got[0] != string(d.Dialect()) || got[1] != "both" {
			t.Errorf("%v, %v", got, err)
		}
	})
}
