package audit_test

import (
	"errors"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/test/testkit"
)

func record(t *testing.T, d *testkit.DB, community, actor, action, target string, detail audit.Detail) error {
	t.Helper()
	by := audit.By(access.Principal{Kind: access.Operator, ID: actor, Address: "192.0.2.1", Request: "r1"})
	return d.Do(t.Context(), community, func(tx *db.Tx) error {
		return audit.Record(tx, by, action, audit.Target{Kind: "person", ID: target}, detail)
	})
}

func list(t *testing.T, d *testkit.DB, community string, f audit.Filter) (p page.Page[audit.Entry]) {
	t.Helper()
	err := d.Read(t.Context(), community, func(tx *db.Tx) (err error) {
		p, err = audit.List(tx, f)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// X2, P9: acts are listed newest first, by filter, page by page, and never across communities.
func TestRecordAndList(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		acts := []struct{ actor, action, target string }{
			{"anna", "people.reveal", "p1"}, {"anna", "people.write", "p1"}, {"ben", "people.reveal", "p2"}, {"ben", "playbook.apply", ""}, {"ben", "peoplex.read", "p1"},
		}
		for i, a := range acts {
			if err := record(t, d, d.Community, a.actor, a.action, a.target, audit.Detail{"fields": []string{"phone"}, "n": 2, "kind": access.Operator}); err != nil {
				t.Fatal(err)
			}
			if i%2 == 1 {
				d.Clock.Advance(time.Hour)
			}
		}
		if err := record(t, d, "other", "anna", "people.reveal", "p1", nil); err != nil {
			t.Fatal(err)
		}
		for name, c := range map[string]struct {
			f    audit.Filter
			want int
		}{
			"all":       {audit.Filter{}, 5},
			"actor":     {audit.Filter{ActorID: "anna"}, 2},
			"action":    {audit.Filter{Action: "people.reveal"}, 2},
			"area":      {audit.Filter{Action: "people."}, 3},
			"target":    {audit.Filter{TargetID: "p1", Action: "people."}, 2},
			"from":      {audit.Filter{From: testkit.Start.Add(time.Hour)}, 3},
			"to":        {audit.Filter{To: testkit.Start.Add(time.Hour)}, 2},
			"everybody": {audit.Filter{ActorID: "ben", From: testkit.Start.Add(2 * time.Hour)}, 1},
		} {
			if got := list(t, d, d.Community, c.f); len(got.Items) != c.want {
				t.Errorf("%s: %d entries, want %d", name, len(got.Items), c.want)
			}
		}
		seen := map[string]bool{}
		var last time.Time
		for f := (audit.Filter{Limit: 2}); ; {
			p := list(t, d, d.Community, f)
			for _, e := range p.Items {
				if seen[e.ID] || !last.IsZero() && e.At.After(last) {
					t.Errorf("entry %s twice or out of order", e.ID)
				}
				seen[e.ID], last = true, e.At
			}
			if f.Cursor = p.Next; f.Cursor == "" {
				break
			}
		}
		if len(seen) != 5 {
			t.Errorf("%d entries on the pages", len(seen))
		}
		e := list(t, d, d.Community, audit.Filter{Limit: 1, TargetID: "p2"}).Items[0]
		if e.ActorID != "ben" || e.Address != "192.0.2.1" || e.Request != "r1" || e.TargetKind != "person" || e.Detail["n"] != 2.0 {
			t.Errorf("got %+v", e)
		}
	})
}

// P9: no personal value gets into the log.
func TestDetailsHoldNoValues(t *testing.T) {
	d := testkit.SQLite(t)
	for _, v := range []any{"王小明", "Anna Smith", "13800000001", "138-0000-0001", "a@b.example", 3.5, map[string]string{"a": "b"}, []string{"ok", "王"}, struct{}{}, nil} {
		if record(t, d, d.Community, "anna", "people.write", "p1", audit.Detail{"v": v}) == nil {
			t.Errorf("%v was taken", v)
		}
	}
	for _, v := range []any{"01jd0abcde0123456789", "", "read:people", []access.Role{access.Owner}, int64(7), true} {
		if err := record(t, d, d.Community, "anna", "people.write", "p1", audit.Detail{"v": v}); err != nil {
			t.Errorf("%v: %v", v, err)
		}
	}
	if got := list(t, d, d.Community, audit.Filter{}); len(got.Items) != 6 {
		t.Errorf("%d entries; a refused one must not stay", len(got.Items))
	}
}

func TestKeptHalfAYear(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		if _, err := audit.NewPurger(180 * 24 * time.Hour); !errors.Is(err, audit.ErrRetention) {
			t.Fatalf("180 days: %v", err)
		}
		p, err := audit.NewPurger(audit.MinKeep)
		if err != nil {
			t.Fatal(err)
		}
		err = d.Do(t.Context(), d.Community, func(tx *db.Tx) error {
			for range 700 {
				if err := audit.Record(tx, audit.Actor{}, "people.read", audit.Target{}, nil); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		left := func() (n int, more bool) {
			err := d.Do(t.Context(), d.Community, func(tx *db.Tx) (err error) {
				if more, err = p.Sweep(tx); err != nil {
					return err
				}
				return tx.QueryRow(`SELECT count(*) FROM audit WHERE community_id = $1`, tx.Community()).Scan(&n)
			})
			if err != nil {
				t.Fatal(err)
			}
			return n, more
		}
		d.Clock.Advance(audit.MinKeep)
		if n, _ := left(); n != 700 {
			t.Errorf("%d left at the day, want all", n)
		}
		d.Clock.Advance(time.Second)
		if n, more := left(); n != 200 || !more {
			t.Errorf("%d left, more %v", n, more)
		}
		if n, more := left(); n != 0 || more {
			t.Errorf("%d left, more %v", n, more)
		}
	})
}
