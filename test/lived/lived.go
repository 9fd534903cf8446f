// Package lived gives tests a community that people have lived in: simulated ones came by every entry, and staff and
// members did what those don't do, so that most tables have rows.
package lived

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/app"
	"github.com/qunce/qunce/internal/domain/circle"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/domain/touch"
	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/internal/kit/id"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/authn"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/replay"
	"github.com/qunce/qunce/internal/spine/ledger"
	"github.com/qunce/qunce/internal/spine/task"
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
	w := &World{Clock: clock.NewManual(now)}
	cfg.Clock, cfg.Sandbox, cfg.Ordered = w.Clock, true, true
	var err error
	if w.App, err = app.New(context.Background(), cfg); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	if c, err := w.Communities.BySlug(context.Background(), Slug); err == nil {
		w.Community = c.ID
	}
	return w
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
func SQLite(t testing.TB) *World { return live(t, app.Config{Data: t.TempDir(), Scratch: true}) }

// Postgres gives one in a database of its own.
func Postgres(t testing.TB) *World {
	return live(t, app.Config{Data: t.TempDir(), DatabaseURL: testkit.PostgresURL(t)})
}

func live(t testing.TB, cfg app.Config) *World {
	t.Helper()
	cfg.IDs = id.NewSeeded(1)
	w := Open(t, cfg, Start)
	ctx := context.Background()
	_, err := replay.Run(ctx, w.World(w.Clock), "mothers", replay.Options{Seed: 1, Set: map[string]string{"people": "6", "days": "1"}})
	must(t, err)
	c, err := w.Communities.BySlug(ctx, Slug)
	must(t, err)
	w.Community = c.ID
	for _, part := range []func(context.Context) error{w.staff, w.talk, w.money, w.change} {
		must(t, part(ctx))
		must(t, w.Settle(ctx))
	}
	return w
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

// staff are an owner and a token.
func (w *World) staff(ctx context.Context) error {
	_, err := w.Auth.CreateOperator(ctx, w.Community, authn.NewOperator{Email: "owner@qunce.example", Name: "群主", Password: "correct horse battery staple", Installer: true}, access.Owner)
	if err != nil {
		return err
	}
	system := access.Principal{Kind: access.System, Community: w.Community}
	_, _, err = w.Auth.CreateToken(ctx, system, authn.NewToken{Name: "board", Scopes: []access.Scope{access.Read}})
	return err
}

// Members gives the persons in circles, with their circles.
func (w *World) Members(ctx context.Context) (out []circle.Member, err error) {
	list, err := w.Circles.List(ctx, w.Community, circle.Filter{}, "", 50)
	if err != nil {
		return nil, err
	}
	for _, c := range list.Items {
		p, err := w.Circles.Roster(ctx, w.Community, c.ID, circle.RosterFilter{}, "", 50)
		if err != nil {
			return nil, err
		}
		out = append(out, p.Items...)
	}
	if len(out) < 6 {
		return nil, fmt.Errorf("only %d people have joined", len(out))
	}
	return out, nil
}

// Picture is a small JPEG; n makes it another one.
func Picture(n int) []byte {
	img := image.NewGray(image.Rect(0, 0, 500, 400))
	img.SetGray(n%500, n/500, color.Gray{200})
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// talk lets members write, answer, show a picture and take something back.
func (w *World) talk(ctx context.Context) error {
	members, err := w.Members(ctx)
	if err != nil {
		return err
	}
	pic, err := w.Blobs.AddPicture(ctx, w.Community, members[0].Person, bytes.NewReader(Picture(1)))
	if err != nil {
		return err
	}
	for i, m := range members {
		by, said := circle.Actor{ID: m.Person}, circle.Draft{Text: fmt.Sprintf("大家好 👋 %d <b>&</b> \u2028", i), Key: fmt.Sprint("hello", i)}
		if i == 0 {
			said.Text, said.Picture = "", pic.Hash
		}
		posted, err := w.Circles.Post(ctx, w.Community, by, m.Circle, said)
		if err != nil {
			return err
		}
		if i == 2 {
			if err := w.Circles.Withdraw(ctx, w.Community, by, m.Circle, posted.ID); err != nil {
				return err
			}
		}
		w.Clock.Advance(time.Minute)
	}
	return nil
}

// money posts, takes back, and sets something aside.
func (w *World) money(ctx context.Context) error {
	paid, err := w.Ledger.Post(ctx, w.Community, ledger.Entry{Key: "order 1", Fact: "order", Lines: []ledger.Line{
		{Account: "cash:wechatpay", Currency: ledger.CNY, Amount: 99900}, {Account: "revenue:membership", Currency: ledger.CNY, Amount: -99900},
	}})
	if err != nil {
		return err
	}
	_, err = w.Ledger.Reverse(ctx, w.Community, ledger.Reversal{Key: "refund 1", Fact: "refund", Of: paid.ID})
	return err
}

// change lets somebody leave, be blocked, merged, tagged, written to and erased, and a task stay open.
func (w *World) change(ctx context.Context) error {
	members, err := w.Members(ctx)
	if err != nil {
		return err
	}
	if _, err := w.Circles.Leave(ctx, w.Community, members[1].Circle, members[1].Person, circle.ReasonLeft, ""); err != nil {
		return err
	}
	if _, err := w.People.Merge(ctx, w.Community, members[2].Person, members[3].Person, "op"); err != nil {
		return err
	}
	return w.Do(ctx, func(tx *db.Tx) error {
		if _, err := w.People.TagTx(tx, members[4].Person, people.Tag("vip"), "op"); err != nil {
			return err
		}
		if err := w.People.EraseTx(tx, members[5].Person, "op"); err != nil {
			return err
		}
		if _, err := w.Touch.SendTx(tx, touch.Touch{Key: "hello", Person: members[4].Person, Template: "welcome"}); err != nil {
			return err
		}
		_, err := w.Tasks.OpenTx(tx, task.Task{Kind: "call", Person: members[4].Person, Role: "service", Due: tx.Now().Add(time.Hour), Outcomes: []task.Outcome{"done"}})
		return err
	})
}
