package touch_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/domain/touch"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/test/testkit"
)

var news = touch.Campaign{
	Name: "春季", Rule: touch.Rule{Tag: "vip"}, Channel: touch.InApp,
	Message: touch.Template{Purpose: "marketing", Subject: text.Text{text.Hans: "新课"}, Body: text.Text{text.Hans: "{name}，新课来了：{link}"}, Link: "/me"},
}

// crowd makes n people who agree to marketing, with a tag and an email address.
func (w *world) crowd(n int) {
	w.Helper()
	for from := 0; from < n; from += 50 {
		w.do(func(tx *db.Tx) error {
			for i := from; i < min(n, from+50); i++ {
				name := fmt.Sprint("p", i)
				id, _, err := w.people.FindOrCreateTx(tx, []people.Identifier{{Kind: people.Email, Value: name + "@example.org", Verified: true}}, people.Seed{Nickname: name})
				if err != nil {
					return err
				}
				if _, err := w.people.TagTx(tx, id, "vip", "op"); err != nil {
					return err
				}
				if err := w.people.ConsentTx(tx, id, people.Consent{Purpose: people.ForMarketing, Given: true, Wording: "v1"}); err != nil {
					return err
				}
			}
			return nil
		})
	}
	w.Clock.Advance(time.Minute)
}

// launch creates, approves and starts a campaign.
func (w *world) launch(c touch.Campaign) (id string) {
	w.Helper()
	w.do(func(tx *db.Tx) error {
		c, err := w.touch.CreateTx(tx, c, "op")
		if err != nil {
			return err
		}
		id = c.ID
		if _, err = w.touch.ApproveTx(tx, id, c.Version, "lead"); err != nil {
			return err
		}
		_, err = w.touch.StartTx(tx, id, "op")
		return err
	})
	return id
}

func (w *world) results(id string) touch.Results {
	w.Helper()
	r, err := w.touch.Results(context.Background(), w.Community, id)
	w.must(err)
	return r
}

func (w *world) campaign(id string) (c touch.Campaign) {
	w.Helper()
	w.must(w.Read(context.Background(), w.Community, func(tx *db.Tx) (err error) {
		c, err = w.touch.Campaign(tx, id)
		return err
	}))
	return c
}

// touches counts a campaign's rows by state, and persons with more than one.
func (w *world) touches(id string) (states map[string]int, doubled int) {
	w.Helper()
	states = map[string]int{}
	w.must(w.Read(context.Background(), w.Community, func(tx *db.Tx) error {
		err := tx.Each(func(r *db.Row) error {
			var state string
			var n int
			err := r.Scan(&state, &n)
			states[state] = n
			return err
		}, `SELECT state, count(*) FROM touch WHERE community_id = $1 AND campaign = $2 GROUP BY state`, tx.Community(), id)
		if err != nil {
			return err
		}
		return tx.QueryRow(`SELECT count(*) FROM (SELECT person FROM touch WHERE community_id = $1 AND campaign = $2 GROUP BY person HAVING count(*) > 1) x`, tx.Community(), id).Scan(&doubled)
	}))
	return states, doubled
}

// O3: draft, approved by a second call, sent; each step only from the one before.
func TestCampaignGoesItsWay(t *testing.T) {
	each(t, func(w *world) {
		w.Clock.Set(at(8, 12, 0))
		w.crowd(20)
		var c touch.Campaign
		w.do(func(tx *db.Tx) (err error) { c, err = w.touch.CreateTx(tx, news, "op"); return err })
		refused := func(name string, err error, fn func(tx *db.Tx) (touch.Campaign, error)) {
			t.Helper()
			got := w.Do(t.Context(), w.Community, func(tx *db.Tx) error { _, err := fn(tx); return err })
			if !errors.Is(got, err) {
				t.Errorf("%s: %v, want %v", name, got, err)
			}
		}
		start := func(tx *db.Tx) (touch.Campaign, error) { return w.touch.StartTx(tx, c.ID, "op") }
		approve := func(version int64) func(tx *db.Tx) (touch.Campaign, error) {
			return func(tx *db.Tx) (touch.Campaign, error) { return w.touch.ApproveTx(tx, c.ID, version, "lead") }
		}
		edit := func(version int64) func(tx *db.Tx) (touch.Campaign, error) {
			return func(tx *db.Tx) (touch.Campaign, error) {
				x := news
				x.ID, x.Version, x.Name = c.ID, version, "夏季"
				return w.touch.EditTx(tx, x)
			}
		}
		refused("start a draft", touch.ErrCampaignState, start)
		w.do(func(tx *db.Tx) error { _, err := edit(1)(tx); return err })
		refused("edit what was changed", touch.ErrCampaignState, edit(1))
		refused("approve what was changed", touch.ErrCampaignState, approve(1))
		refused("what isn't there", touch.ErrCampaign, func(tx *db.Tx) (touch.Campaign, error) { return w.touch.StartTx(tx, "none", "op") })
		w.do(func(tx *db.Tx) error { _, err := approve(2)(tx); return err })
		refused("edit what was approved", touch.ErrCampaignState, edit(2))
		w.settle()
		if n, _ := w.touches(c.ID); len(n) != 0 {
			t.Errorf("it went out before it was started: %v", n)
		}
		w.do(func(tx *db.Tx) error { _, err := start(tx); return err })
		refused("start twice", touch.ErrCampaignState, start)
		w.settle()
		if got := w.campaign(c.ID); got.State != touch.Finished || got.ApprovedBy != "lead" || got.Name != "夏季" || got.EndedAt.IsZero() {
			t.Errorf("%+v", got)
		}
		if r := w.results(c.ID); r.Sent != 20 {
			t.Errorf("%+v", r)
		}
		w.must(w.Read(t.Context(), w.Community, func(tx *db.Tx) error {
			p, err := w.touch.Campaigns(tx, "", 10)
			if len(p.Items) != 1 {
				t.Error(p)
			}
			return err
		}))
	})
}

func TestCampaignsThatCannotBeSent(t *testing.T) {
	w := open(t, testkit.SQLite(t))
	w.Clock.Set(at(8, 12, 0))
	for at, change := range map[string]func(c *touch.Campaign){
		"/name": func(c *touch.Campaign) { c.Name = " " }, "/channel": func(c *touch.Campaign) { c.Channel = "pigeon" },
		"/message": func(c *touch.Campaign) { c.Message.Body = nil }, "/holdout": func(c *touch.Campaign) { c.Holdout = 51 },
		"/not_after": func(c *touch.Campaign) { c.NotAfter = w.Clock.Now().Add(-time.Hour) }, "/rule/all/0": func(c *touch.Campaign) {
			c.Rule = touch.Rule{All: []touch.Rule{{Field: "phone", Is: []string{"1"}}}}
		},
	} {
		c := news
		change(&c)
		err := w.Do(t.Context(), w.Community, func(tx *db.Tx) error { _, err := w.touch.CreateTx(tx, c, "op"); return err })
		if e := errs.As(err); e == nil || e.Field != at {
			t.Errorf("%s: %v", at, err)
		}
	}
}

// Broken off in the middle of a chunk, and taken up by another node: everybody once, and the counts are those of the rows.
func TestCampaignKilledHalfWay(t *testing.T) {
	each(t, func(w *world) {
		w.Clock.Set(at(8, 12, 0))
		const n = 620
		w.crowd(n)
		c := news
		c.Holdout = 20
		id := w.launch(c)
		var written atomic.Int64
		w.placed = func() {
			if written.Add(1) == 300 {
				panic("the process ends here")
			}
		}
		w.settle()
		if states, _ := w.touches(id); states["sent"] == 0 || states["sent"] > 300 || w.campaign(id).State != touch.Sending {
			t.Fatalf("it should be half-way: %v", states)
		}
		w.Clock.Advance(time.Minute)
		other := job.NewRunner(w.DB.DB, slog.New(slog.DiscardHandler))
		w.second().Jobs(other)
		if _, err := other.Step(t.Context()); err != nil {
			t.Fatal(err)
		}
		states, doubled := w.touches(id)
		r := w.results(id)
		if doubled != 0 || states["sent"]+states["held"] != n || r.Sent != states["sent"] || r.HeldOut != states["held"] || r.Held != 0 || w.campaign(id).State != touch.Finished {
			t.Errorf("%v, %d twice; counted %+v", states, doubled, r)
		}
		if r.HeldOut < n/10 || r.HeldOut > n*3/10 {
			t.Errorf("%d of %d are held out of 20%%", r.HeldOut, n)
		}
		w.must(w.Read(t.Context(), w.Community, func(tx *db.Tx) error {
			p, err := w.touch.Stuck(tx, "", 200)
			if len(p.Items) != 0 {
				t.Error("who is held out counts as stuck")
			}
			return err
		}))
	})
}

// Two nodes at the same campaign, and its touches leaving by email while it goes on.
func TestCampaignOnTwoNodes(t *testing.T) {
	each(t, func(w *world) {
		w.Clock.Set(at(8, 12, 0))
		const n = 300
		w.crowd(n)
		var dropped atomic.Int64
		w.mail.fail = func(m touch.Outgoing) error {
			if m.To == "p7@example.org" && dropped.Add(1) == 1 {
				panic("the process ends here")
			}
			if m.To == "p8@example.org" {
				return job.Permanent(errors.New("no such mailbox"))
			}
			return nil
		}
		c := news
		c.Channel = "email"
		id := w.launch(c)
		other := job.NewRunner(w.DB.DB, slog.New(slog.DiscardHandler))
		w.second().Jobs(other)
		for range 3 {
			var wg sync.WaitGroup
			for _, r := range []*job.Runner{w.runner, other} {
				wg.Go(func() {
					if _, err := r.Step(context.Background()); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			w.Clock.Advance(time.Minute)
		}
		r := w.results(id)
		if r.Sent != n-2 || r.Unknown != 1 || r.Failed != 1 || r.Queued+r.Leaving+r.Held != 0 || r.Reasons[touch.Interrupted] != 1 || r.Reasons[touch.ChannelSays] != 1 {
			t.Errorf("%+v", r)
		}
		for i := range n {
			if got := w.mail.to(fmt.Sprintf("p%d@example.org", i)); got != 1 {
				t.Errorf("p%d got it %d times", i, got)
			}
		}
	})
}

// Stopped while everything waits for the morning: nothing leaves, and the room in budgets comes back.
func TestCampaignStopped(t *testing.T) {
	each(t, func(w *world) {
		w.Clock.Set(at(8, 21, 30))
		w.crowd(30)
		id := w.launch(news)
		w.settle()
		if r := w.results(id); r.Queued != 30 || w.used() != 30 {
			t.Fatalf("%+v, %d places taken", r, w.used())
		}
		stop := func(tx *db.Tx) error { _, err := w.touch.StopTx(tx, id, "op"); return err }
		w.do(stop)
		if err := w.Do(t.Context(), w.Community, stop); !errors.Is(err, touch.ErrCampaignState) {
			t.Errorf("stopped twice: %v", err)
		}
		w.settle()
		w.Clock.Set(at(9, 9, 0))
		w.settle()
		if r := w.results(id); r.Held != 30 || r.Reasons[touch.Stopped] != 30 || r.Sent+r.Queued != 0 || w.used() != 0 {
			t.Errorf("%+v, %d places taken", r, w.used())
		}
		later := news
		later.StartsAt = at(10, 10, 0)
		id = w.launch(later)
		w.settle()
		if states, _ := w.touches(id); len(states) != 0 {
			t.Errorf("it began before its time: %v", states)
		}
		w.do(func(tx *db.Tx) error { _, err := w.touch.StopTx(tx, id, "op"); return err })
		w.Clock.Set(at(10, 11, 0))
		w.settle()
		if states, _ := w.touches(id); len(states) != 0 {
			t.Errorf("it went out though it was stopped: %v", states)
		}
	})
}

func TestCampaignPreviewTestAndResults(t *testing.T) {
	each(t, func(w *world) {
		w.Clock.Set(at(8, 12, 0))
		w.crowd(3)
		me := w.person("me")
		var c touch.Campaign
		w.do(func(tx *db.Tx) (err error) { c, err = w.touch.CreateTx(tx, news, "op"); return err })
		want := "me，新课来了：https://q.example/m/me"
		w.must(w.Read(t.Context(), w.Community, func(tx *db.Tx) error {
			p, err := w.touch.PreviewTx(tx, c.ID, me)
			if p.Body != want || p.Subject != "新课" {
				t.Errorf("%+v", p)
			}
			return err
		}))
		var trial touch.Touch
		w.do(func(tx *db.Tx) (err error) { trial, err = w.touch.TestTx(tx, c.ID, me); return err })
		if trial.State != touch.Done || trial.Body != want {
			t.Errorf("%+v", trial)
		}
		w.do(func(tx *db.Tx) error { return w.touch.ReadTx(tx, me, trial.ID) })
		w.do(func(tx *db.Tx) error {
			if _, err := w.touch.ApproveTx(tx, c.ID, 1, "lead"); err != nil {
				return err
			}
			_, err := w.touch.StartTx(tx, c.ID, "op")
			return err
		})
		w.settle()
		if r := w.results(c.ID); r.Sent != 3 || r.Opened != 0 {
			t.Errorf("a test is counted: %+v", r)
		}
		var ids []string
		w.must(w.Read(t.Context(), w.Community, func(tx *db.Tx) (err error) {
			ids, err = db.All(tx, db.Column[string], `SELECT id FROM touch WHERE community_id = $1 AND campaign = $2 AND trial = FALSE ORDER BY id`, tx.Community(), c.ID)
			return err
		}))
		for _, e := range []touch.Echo{touch.EchoOpened, touch.EchoOpened, touch.EchoClicked} {
			w.do(func(tx *db.Tx) error { return w.touch.EchoTx(tx, ids[0], e) })
		}
		w.do(func(tx *db.Tx) error { return w.touch.EchoTx(tx, ids[1], touch.EchoBounced) })
		if r := w.results(c.ID); r.Sent != 2 || r.Failed != 1 || r.Opened != 1 || r.Clicked != 1 || r.Reasons[touch.Bounced] != 1 {
			t.Errorf("%+v", r)
		}
	})
}
