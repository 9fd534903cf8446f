package circle_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/circle"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/bus"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/internal/spine/seat"
	"github.com/qunce/qunce/test/testkit"
)

var (
	quiet    = slog.New(slog.NewTextHandler(io.Discard, nil))
	shanghai = time.FixedZone("CST", 8*3600)
	errNoPic = errs.Define(errs.NotFound, "blob.not_found")
)

// crowd stands for people and blobs: who is blocked, merged or erased, and how often each picture is used.
type crowd struct {
	mu      sync.Mutex
	blocked map[string]bool
	erased  map[string]bool
	merged  map[string][]string // by the one who stands for them
	uses    map[string]int
}

func newCrowd() *crowd {
	return &crowd{blocked: map[string]bool{}, erased: map[string]bool{}, merged: map[string][]string{}, uses: map[string]int{}}
}

func (c *crowd) IDs(_ *db.Tx, person string) ([]string, error) {
	return append([]string{person}, c.merged[person]...), nil
}

func (c *crowd) Blocked(_ *db.Tx, person string) (bool, error) { return c.blocked[person], nil }

func (c *crowd) Inside(*db.Tx, string, string, bool) error { return nil }

func (c *crowd) Cards(_ *db.Tx, ids []string) (map[string]circle.Card, error) {
	out := map[string]circle.Card{}
	for _, id := range ids {
		out[id] = circle.Card{Name: "nick " + id[len(id)-4:], Erased: c.erased[id]}
	}
	return out, nil
}

func (c *crowd) KeepTx(_ *db.Tx, hash string) (circle.Picture, error) {
	if hash == "none" {
		return circle.Picture{}, errNoPic
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.uses[hash]++
	return circle.Picture{Hash: hash, Thumb: "thumb-" + hash, Width: 40, Height: 30}, nil
}

func (c *crowd) DropTx(_ *db.Tx, hash string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.uses[hash]--
	return nil
}

func (c *crowd) Render(_ *db.Tx, name string, lang text.Lang, params map[string]any) (string, error) {
	return text.Fill(fmt.Sprintf("%s %s {name} in {circle}: {rules}", name, lang), nil, params), nil
}

// node is one program on the database.
type node struct {
	circles *circle.Service
	seats   *seat.Service
	log     *fact.Log
	runner  *job.Runner
	bus     *bus.Local
	db      *db.DB
}

func newNode(d *db.DB, c *crowd) *node {
	n := &node{db: d, bus: bus.NewLocal(), seats: seat.New(d, quiet), runner: job.NewRunner(d, quiet)}
	n.log = fact.NewLog(d, n.bus, quiet)
	n.seats.Register(n.runner)
	n.circles = circle.New(d, n.bus, n.seats, circle.Options{
		People: c, Pictures: c, Templates: c, Zone: func(context.Context, string) *time.Location { return shanghai },
	})
	return n
}

// world is a node and the people on it.
type world struct {
	*node
	*crowd
	t *testing.T
	d *testkit.DB
}

func newWorld(t *testing.T, d *testkit.DB) *world {
	t.Helper()
	w := &world{crowd: newCrowd(), t: t, d: d}
	w.node = newNode(d.DB, w.crowd)
	if err := w.log.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return w
}

// scene is one story; each has a community of its own on the database that all share.
type scene struct {
	name string
	play func(*world)
}

func play(t *testing.T, scenes ...scene) {
	t.Helper()
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		whole := newWorld(t, d)
		for _, s := range scenes {
			t.Run(s.name, func(t *testing.T) {
				w, own := *whole, *d
				own.Community = d.NewID()
				w.t, w.d = t, &own
				s.play(&w)
			})
		}
	})
}

// second opens another node on the same database.
func (w *world) second() *node {
	w.t.Helper()
	d, err := db.Open(w.t.Context(), w.d.Config)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { d.Close() })
	return newNode(d, w.crowd)
}

func pregnancy(capacity int) circle.Group {
	return circle.Group{
		Name: "stage:pregnancy", Kind: circle.KindStage, NamePattern: text.Text{text.Hans: "孕期 {n} 群", text.En: "Pregnancy {n}"}, Capacity: capacity,
		Growable: true, Attributes: map[string]string{"stage": "pregnancy"}, Rules: text.Text{text.Hans: "友善", text.En: "Be kind"}, Welcome: "hello",
		StaffRoles: []string{"monitor"},
	}
}

func (w *world) do(fn func(tx *db.Tx) error) {
	w.t.Helper()
	if err := w.d.Do(w.t.Context(), w.d.Community, fn); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) read(fn func(tx *db.Tx) error) {
	w.t.Helper()
	if err := w.d.Read(w.t.Context(), w.d.Community, fn); err != nil {
		w.t.Fatal(err)
	}
}

// declare makes a group and gives its circles.
func (w *world) declare(g circle.Group) []circle.Circle {
	w.t.Helper()
	w.do(func(tx *db.Tx) error { return w.circles.DeclareGroupTx(tx, g) })
	return w.list(circle.Filter{Group: g.Name})
}

func (w *world) list(f circle.Filter) []circle.Circle {
	w.t.Helper()
	var all []circle.Circle
	for cursor := ""; ; {
		p, err := w.circles.List(w.t.Context(), w.d.Community, f, cursor, 7)
		if err != nil {
			w.t.Fatal(err)
		}
		all = append(all, p.Items...)
		if cursor = p.Next; cursor == "" {
			return all
		}
	}
}

func (w *world) get(id string) circle.Circle {
	w.t.Helper()
	c, err := w.circles.Get(w.t.Context(), w.d.Community, id)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

// hold keeps a place for a person for a quarter of an hour.
func (n *node) hold(ctx context.Context, community, group, person string, want seat.Want) (seat.Seat, error) {
	if want.Attributes == nil {
		want.Attributes = map[string]string{"stage": "pregnancy"}
	}
	return n.seats.Hold(ctx, community, seat.Claim{
		Key: "k:" + group + person, Group: group, Holder: seat.Holder{ID: person, Person: true}, Want: want, TTL: 15 * time.Minute,
	})
}

func (w *world) held(group, person string) seat.Seat {
	w.t.Helper()
	x, err := w.hold(w.t.Context(), w.d.Community, group, person, seat.Want{})
	if err != nil {
		w.t.Fatal(err)
	}
	return x
}

func (w *world) join(circleID, person string) (circle.Member, error) {
	return w.circles.Join(w.t.Context(), w.d.Community, circle.Join{Circle: circleID, Person: person, Entry: "entry"})
}

// member holds a place in a group and joins.
func (w *world) member(group string) string {
	w.t.Helper()
	p := w.d.NewID()
	if _, err := w.join(w.held(group, p).Circle, p); err != nil {
		w.t.Fatal(err)
	}
	return p
}

func (w *world) wantErr(got error, want error) {
	w.t.Helper()
	if !errors.Is(got, want) {
		w.t.Errorf("got %v, want %v", got, want)
	}
}

func (w *world) kinds(person string) (out []string) {
	w.t.Helper()
	w.read(func(tx *db.Tx) error {
		facts, err := fact.Timeline(tx, []string{person}, nil, time.Time{}, "", 100)
		for _, f := range facts {
			out = append(out, f.Kind)
		}
		return err
	})
	return out
}

func (w *world) count(person, kind string) (n int) {
	w.t.Helper()
	for _, k := range w.kinds(person) {
		if k == kind {
			n++
		}
	}
	return n
}

// sound fails the test when anything that must stay true does not.
func (w *world) sound() {
	w.t.Helper()
	w.read(func(tx *db.Tx) error {
		seats, err := seat.Verify(tx)
		if err != nil {
			return err
		}
		mine, err := w.circles.Verify(tx)
		if len(seats) > 0 || len(mine) > 0 {
			w.t.Errorf("off: %+v %+v", seats, mine)
		}
		return err
	})
}
