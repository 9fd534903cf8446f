package room_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"github.com/qunce/qunce/internal/domain/room"
	"github.com/qunce/qunce/internal/platform/bus"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/test/testkit"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var bg = context.Background()

// house stands for events: who has no ticket, and who came.
type house struct {
	mu      sync.Mutex
	without map[string]bool
	came    map[string]int
	merged  map[string]string // into whom
}

func (h *house) MayEnterTx(_ *db.Tx, _, person string) error {
	if h.without[person] {
		return room.ErrNoTicket
	}
	return nil
}

func (h *house) CameTx(tx *db.Tx, _, person string) error {
	tx.AfterCommit(func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.came[person]++
	})
	return nil
}

func (h *house) IDs(_ *db.Tx, person string) ([]string, error) {
	if into := h.merged[person]; into != "" {
		return []string{into, person}, nil
	}
	ids := []string{person}
	for from, into := range h.merged {
		if into == person {
			ids = append(ids, from)
		}
	}
	return ids, nil
}

// album counts the uses of pictures.
type album struct{ uses map[string]int }

func (a *album) UseTx(tx *db.Tx, hash string) error {
	if !strings.HasPrefix(hash, "slide") {
		return errors.New("no such picture")
	}
	tx.AfterCommit(func() { a.uses[hash]++ })
	return nil
}

func (a *album) DropTx(tx *db.Tx, hash string) error {
	tx.AfterCommit(func() { a.uses[hash]-- })
	return nil
}

type world struct {
	*room.Service
	*house
	*album
	t      testing.TB
	d      *testkit.DB
	runner *job.Runner
	event  string
}

func newWorld(t testing.TB, d *testkit.DB) *world {
	t.Helper()
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	w := &world{t: t, d: d, house: &house{without: map[string]bool{}, came: map[string]int{}, merged: map[string]string{}}, album: &album{uses: map[string]int{}}, event: "e"}
	w.runner = job.NewRunner(d.DB, quiet)
	fact.NewLog(d.DB, bus.NewLocal(), quiet)
	w.Service = room.New(d.DB, bus.NewLocal(), w.house, w.album)
	w.Register(w.runner)
	return w
}

func (w *world) do(fn func(*db.Tx) error) {
	w.t.Helper()
	if err := w.d.Do(bg, w.d.Community, fn); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) try(fn func(*db.Tx) error) error { return w.d.Do(bg, w.d.Community, fn) }

// pass lets time go by.
func (w *world) pass(d time.Duration) {
	w.t.Helper()
	w.d.Clock.Advance(d)
	for {
		if worked, err := w.runner.Step(bg); err != nil {
			w.t.Fatal(err)
		} else if !worked {
			return
		}
	}
}

func (w *world) room() (r room.Room) {
	w.t.Helper()
	w.do(func(tx *db.Tx) (err error) { r, err = w.RoomTx(tx, w.event); return err })
	return r
}

func (w *world) shown(from int) (out []string) {
	w.t.Helper()
	w.do(func(tx *db.Tx) error {
		r, err := w.RoomTx(tx, w.event)
		if err != nil {
			return err
		}
		list, err := w.ShownTx(tx, r, from)
		out = nil
		for _, p := range list {
			out = append(out, p.Text)
		}
		return err
	})
	return out
}

func (w *world) sound() {
	w.t.Helper()
	w.do(func(tx *db.Tx) error {
		bad, err := room.Verify(tx)
		if len(bad) > 0 {
			w.t.Errorf("verify: %+v", bad)
		}
		return err
	})
}

func script(n int) (out []room.Paragraph) {
	for i := range n {
		out = append(out, room.Paragraph{Text: fmt.Sprintf("第 %d 段。", i+1) + strings.Repeat("字", 95)})
	}
	return out
}

func (w *world) write(s []room.Paragraph) {
	w.t.Helper()
	w.do(func(tx *db.Tx) error { _, err := w.WriteTx(tx, w.event, s, "host"); return err })
}

// E3: the host plays, pauses and sets the pace; the audience has what was shown and no more, and all of it in the end.
func TestAScriptIsPlayed(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		lead := func(fn func(tx *db.Tx) (room.Room, error)) {
			t.Helper()
			w.do(func(tx *db.Tx) error { _, err := fn(tx); return err })
		}
		expect := func(what string, state room.State, n int) {
			t.Helper()
			if r := w.room(); r.State != state || r.Shown != n || len(w.shown(0)) != n {
				t.Errorf("%s: %s, %d shown, want %s, %d", what, r.State, r.Shown, state, n)
			}
			w.sound()
		}
		w.write([]room.Paragraph{{Text: "旧稿", Slide: "slide-1"}})
		s := script(4)
		s[0].Slide, s[2].Slide = "slide-1", "slide-2"
		w.write(s)
		w.write(s)
		if w.uses["slide-1"] != 1 || w.uses["slide-2"] != 1 || w.room().Version != 2 {
			t.Errorf("slides in use: %v, version %d", w.uses, w.room().Version)
		}
		var news []room.News
		defer w.Subscribe(w.event, func(n room.News) { news = append(news, n) })()
		expect("written", room.Waiting, 0)
		w.do(func(tx *db.Tx) error { _, err := w.EnterTx(tx, w.event, "ann"); return err })
		if w.came["ann"] != 0 {
			t.Error("who comes before it plays counts as having come")
		}
		if err := w.try(func(tx *db.Tx) error { _, err := w.NextTx(tx, w.event); return err }); !errors.Is(err, room.ErrState) {
			t.Errorf("the next of what has not begun: %v", err)
		}
		lead(func(tx *db.Tx) (room.Room, error) { return w.PlayTx(tx, w.event, "host") })
		lead(func(tx *db.Tx) (room.Room, error) { return w.PlayTx(tx, w.event, "host") }) // a second click
		expect("played", room.Playing, 1)
		w.pass(14 * time.Second)
		expect("before its time", room.Playing, 1)
		w.pass(2 * time.Second)
		expect("100 characters at 400 a minute", room.Playing, 2)
		w.do(func(tx *db.Tx) error { _, err := w.EnterTx(tx, w.event, "ann"); return err })
		w.without["eve"] = true
		if err := w.try(func(tx *db.Tx) error { _, err := w.EnterTx(tx, w.event, "eve"); return err }); !errors.Is(err, room.ErrNoTicket) {
			t.Errorf("without a ticket: %v", err)
		}
		if w.came["ann"] != 1 {
			t.Errorf("who came: %v", w.came)
		}
		lead(func(tx *db.Tx) (room.Room, error) { return w.PauseTx(tx, w.event) })
		w.pass(time.Hour)
		expect("paused", room.Paused, 2)
		lead(func(tx *db.Tx) (room.Room, error) { return w.NextTx(tx, w.event) })
		expect("by hand", room.Paused, 3)
		if err := w.try(func(tx *db.Tx) error { _, err := w.WriteTx(tx, w.event, script(2), "host"); return err }); !errors.Is(err, room.ErrBegun) {
			t.Errorf("another script in the middle: %v", err)
		}
		lead(func(tx *db.Tx) (room.Room, error) { return w.PaceTx(tx, w.event, 3000) })
		lead(func(tx *db.Tx) (room.Room, error) { return w.PlayTx(tx, w.event, "host") })
		w.pass(3 * time.Second)
		expect("the end", room.Ended, 4)
		if got := w.shown(2); len(got) != 2 || !strings.HasPrefix(got[0], "第 3 段") {
			t.Errorf("who has two gets %v", got)
		}
		if err := w.try(func(tx *db.Tx) error { _, err := w.PlayTx(tx, w.event, "host"); return err }); !errors.Is(err, room.ErrState) {
			t.Errorf("played after its end: %v", err)
		}
		for i, n := range news {
			if i > 0 && n.Shown < news[i-1].Shown {
				t.Errorf("news go back: %+v", news)
			}
		}
	})
}

// A script that could not be read is refused where it is wrong, and changes nothing.
func TestScriptsThatAreRefused(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		for _, c := range []struct {
			script []room.Paragraph
			want   error
		}{
			{nil, room.ErrScript},
			{script(1001), room.ErrScript},
			{[]room.Paragraph{{Text: "好"}, {Text: "  "}}, room.ErrParagraph},
			{[]room.Paragraph{{Text: strings.Repeat("字", 2001)}}, room.ErrParagraph},
			{[]room.Paragraph{{Text: "好", Slide: "nothing"}}, room.ErrSlide},
		} {
			if err := w.try(func(tx *db.Tx) error { _, err := w.WriteTx(tx, w.event, c.script, ""); return err }); !errors.Is(err, c.want) {
				t.Errorf("%d paragraphs: %v, want %v", len(c.script), err, c.want)
			}
		}
		if err := w.try(func(tx *db.Tx) error { _, err := w.PlayTx(tx, w.event, ""); return err }); !errors.Is(err, room.ErrUnknown) {
			t.Errorf("without a script: %v", err)
		}
	})
}

// Two hosts at once, or a host and the timer, show a paragraph each and none twice.
func TestTwoHostsAtOnce(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.write(script(40))
		w.do(func(tx *db.Tx) error { _, err := w.PlayTx(tx, w.event, ""); return err })
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for range 3 {
					if err := w.try(func(tx *db.Tx) error { _, err := w.NextTx(tx, w.event); return err }); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		if r := w.room(); r.Shown != 25 {
			t.Errorf("%d shown after 25 were asked for", r.Shown)
		}
		w.sound()
	})
}

// Whatever a host does and whenever the timer comes, what the audience has only grows, and who follows by what they have gets each
// paragraph once, in order.
func TestNobodyMissesAParagraph(t *testing.T) {
	w, rooms := newWorld(t, testkit.SQLite(t)), 0
	rapid.Check(t, func(rt *rapid.T) {
		rooms++
		w.event = fmt.Sprint("e", rooms)
		n := rapid.IntRange(1, 12).Draw(rt, "paragraphs")
		w.write(script(n))
		var has []string
		for range rapid.IntRange(1, 40).Draw(rt, "steps") {
			switch rapid.IntRange(0, 5).Draw(rt, "what") {
			case 0:
				w.try(func(tx *db.Tx) error { _, err := w.PlayTx(tx, w.event, ""); return err }) //nolint:errcheck // refused after its end
			case 1:
				w.try(func(tx *db.Tx) error { _, err := w.PauseTx(tx, w.event); return err }) //nolint:errcheck // never
			case 2:
				w.try(func(tx *db.Tx) error { _, err := w.NextTx(tx, w.event); return err }) //nolint:errcheck // refused before its beginning
			case 3:
				pace := rapid.IntRange(60, 3000).Draw(rt, "pace")
				w.try(func(tx *db.Tx) error { _, err := w.PaceTx(tx, w.event, pace); return err }) //nolint:errcheck // never
			default:
				w.pass(time.Duration(rapid.IntRange(0, 120).Draw(rt, "seconds")) * time.Second)
			}
			if rapid.Bool().Draw(rt, "looks") {
				has = append(has, w.shown(len(has))...)
			}
			w.sound()
		}
		has = append(has, w.shown(len(has))...)
		for i, text := range has {
			if !strings.HasPrefix(text, fmt.Sprintf("第 %d 段", i+1)) {
				rt.Fatalf("paragraph %d is %q", i+1, text)
			}
		}
		if r := w.room(); r.State == room.Ended && len(has) != n {
			rt.Fatalf("%d of %d at the end", len(has), n)
		}
	})
}
