package community_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/bus"
	"github.com/qunce/qunce/internal/platform/community"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/test/testkit"
)

func named(slug string) community.Draft {
	return community.Draft{Slug: slug, Name: text.Text{text.Hans: "孕妈群", text.En: "Mothers"}}
}

func TestCreateFindChange(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		b := bus.NewLocal()
		here, there := community.New(d.DB, b), community.New(d.DB, b) // two nodes on one bus
		made, err := here.Create(t.Context(), named("mothers"))
		if err != nil {
			t.Fatal(err)
		}
		if made.Zone != "Asia/Shanghai" || made.Lang != text.Hans || made.Location().String() != made.Zone {
			t.Errorf("defaults: %+v", made)
		}
		if _, err := here.Create(t.Context(), named("mothers")); !errors.Is(err, community.ErrSlugTaken) {
			t.Errorf("a taken slug: %v", err)
		}
		if c, err := there.BySlug(t.Context(), "mothers"); err != nil || c.ID != made.ID || c.Name[text.Hans] != "孕妈群" {
			t.Fatalf("%+v, %v", c, err)
		}
		zone, slug, settings := "America/New_York", "mums", json.RawMessage(`{"theme": "pine"}`)
		changed, err := here.Update(t.Context(), made.ID, 1, community.Change{Zone: &zone, Slug: &slug, Settings: settings})
		if err != nil || changed.Revision != 2 {
			t.Fatalf("%+v, %v", changed, err)
		}
		if _, err := here.Update(t.Context(), made.ID, 1, community.Change{Zone: &zone}); !errors.Is(err, community.ErrChanged) {
			t.Errorf("an old revision: %v", err)
		}
		if c, err := there.BySlug(t.Context(), "mums"); err != nil || c.Zone != zone || !strings.Contains(string(c.Settings), "pine") {
			t.Errorf("the other node sees %+v, %v", c, err)
		}
		if _, err := there.BySlug(t.Context(), "mothers"); !errors.Is(err, community.ErrUnknown) {
			t.Errorf("the old slug: %v", err)
		}
		if _, err := here.Create(t.Context(), named("fathers")); err != nil {
			t.Fatal(err)
		}
		taken := "fathers"
		if _, err := here.Update(t.Context(), made.ID, 0, community.Change{Slug: &taken}); !errors.Is(err, community.ErrSlugTaken) {
			t.Errorf("another's slug: %v", err)
		}
	})
}

// A node that missed the message is right again after ten seconds.
func TestALostMessageOnlyDelays(t *testing.T) {
	d := testkit.SQLite(t)
	here, deaf := community.New(d.DB, bus.NewLocal()), community.New(d.DB, bus.NewLocal())
	c, err := here.Create(t.Context(), named("mothers"))
	if err != nil {
		t.Fatal(err)
	}
	lang := func() text.Lang {
		found, err := deaf.ByID(t.Context(), c.ID)
		if err != nil {
			t.Fatal(err)
		}
		return found.Lang
	}
	if lang() != text.Hans {
		t.Fatal("wrong from the start")
	}
	en := text.En
	if _, err := here.Update(t.Context(), c.ID, 0, community.Change{Lang: &en}); err != nil {
		t.Fatal(err)
	}
	if lang() != text.Hans {
		t.Error("the control fails: nothing is cached")
	}
	d.Clock.Advance(11 * time.Second)
	if lang() != text.En {
		t.Error("the old row is kept for ever")
	}
}

func TestRefusals(t *testing.T) {
	d := testkit.SQLite(t)
	s := community.New(d.DB, bus.NewLocal())
	for slug, want := range map[string]*errs.Error{
		"ab": community.ErrSlugInvalid, "-abc": community.ErrSlugInvalid, "abc-": community.ErrSlugInvalid, "Abc": community.ErrSlugInvalid,
		"a--b": community.ErrSlugInvalid, "妈妈": community.ErrSlugInvalid, strings.Repeat("a", 41): community.ErrSlugInvalid, "a/b": community.ErrSlugInvalid,
		"api": community.ErrSlugReserved, "console": community.ErrSlugReserved, "setup": community.ErrSlugReserved, "healthz": community.ErrSlugReserved,
	} {
		_, err := s.Create(t.Context(), named(slug))
		if e := errs.As(err); e == nil || e.Code != want.Code || e.Field != "/slug" {
			t.Errorf("slug %q: %v", slug, err)
		}
	}
	for name, n := range map[string]community.Draft{
		"/name":     {Slug: "good", Name: text.Text{text.En: " "}},
		"/zone":     {Slug: "good", Name: text.Text{text.En: "x"}, Zone: "Mars/Olympus"},
		"/lang":     {Slug: "good", Name: text.Text{text.En: "x"}, Lang: "de"},
		"/settings": {Slug: "good", Name: text.Text{text.En: "x"}, Settings: json.RawMessage(`[1]`)},
	} {
		_, err := s.Create(t.Context(), n)
		if e := errs.As(err); e == nil || e.Field != name {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err := s.Create(t.Context(), community.Draft{Slug: "x", Zone: "y"})
	if e := errs.As(err); e == nil || len(e.Fields) != 3 {
		t.Errorf("several at once: %v", err)
	}
}

// Of several that want one slug at once, one gets it.
func TestSlugRace(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		s := community.New(d.DB, bus.NewLocal())
		var (
			wg  sync.WaitGroup
			mu  sync.Mutex
			got int
		)
		for range 8 {
			wg.Go(func() {
				_, err := s.Create(context.Background(), named("mothers"))
				if err != nil && !errors.Is(err, community.ErrSlugTaken) {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					got++
				}
			})
		}
		wg.Wait()
		if got != 1 {
			t.Errorf("%d got the slug", got)
		}
	})
}

func TestListPages(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		s := community.New(d.DB, bus.NewLocal())
		for i := range 5 {
			if _, err := s.Create(t.Context(), named(fmt.Sprintf("club-%d", i))); err != nil {
				t.Fatal(err)
			}
			if i%2 == 0 {
				d.Clock.Advance(time.Second)
			}
		}
		var slugs []string
		for cursor := ""; ; {
			p, err := s.List(t.Context(), cursor, 2)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range p.Items {
				slugs = append(slugs, c.Slug)
			}
			if cursor = p.Next; cursor == "" {
				break
			}
		}
		if len(slugs) != 5 || slugs[0] != "club-0" {
			t.Errorf("listed %v", slugs)
		}
	})
}

// Each community and the installation are swept, again and again, and sooner while there is more.
func TestSweep(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		s := community.New(d.DB, bus.NewLocal())
		swept := map[string]int{}
		s.OnSweep(func(tx *db.Tx) (bool, error) {
			swept[tx.Community()]++
			return swept[tx.Community()] == 1, nil
		})
		r := job.NewRunner(d.DB, slog.New(slog.DiscardHandler))
		r.Ordered = true
		s.Register(r)
		c, err := s.Create(t.Context(), named("mothers"))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if _, err := r.Step(t.Context()); err != nil {
				t.Fatal(err)
			}
			next, err := r.NextDue(t.Context())
			if err != nil || next.IsZero() {
				t.Fatalf("no next sweep: %v", err)
			}
			d.Clock.Set(next)
		}
		if swept[""] < 2 || swept[c.ID] < 1 {
			t.Errorf("swept %v", swept)
		}
	})
}
