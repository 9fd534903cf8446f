package touch_test

import (
	"maps"
	"testing"

	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/domain/touch"
	"github.com/qunce/qunce/internal/platform/db"
)

func (w *world) forecast(c touch.Campaign) touch.Forecast {
	w.Helper()
	f, err := w.touch.Forecast(w.Context(), w.Community, c)
	w.must(err)
	return f
}

// O1, O4: what is foreseen is what the sending then finds, reason by reason, and foreseeing reserves nothing.
func TestAForecastIsWhatTheGateThenSays(t *testing.T) {
	each(t, func(w *world) {
		w.crowd(12)
		ids := w.look(touch.Rule{Tag: "vip"})
		for _, id := range ids[:3] {
			w.consent(id, people.ForMarketing, "", false)
		}
		w.do(func(tx *db.Tx) error { return w.people.BlockTx(tx, ids[3], "x", "op") })
		for _, id := range ids[4:6] {
			w.send(touch.Touch{Person: id, Template: "offer", Channel: touch.InApp}) // the day's one
		}
		c := news
		c.NotAfter = w.Clock.Now().Add(1) // no later window
		before := w.used()
		f := w.forecast(c)
		want := map[touch.Reason]int{touch.NoConsent: 3, touch.IsBlocked: 1, touch.OverBudget: 2}
		if f.Looked != 12 || !f.Whole || f.Now != 6 || f.Later != 0 || f.Held != 6 || !maps.Equal(f.Reasons, want) || f.Channels[touch.InApp] != 6 {
			w.Errorf("%+v", f)
		}
		if again := w.forecast(c); again.Now != f.Now || w.used() != before {
			w.Errorf("foreseeing took room: %+v, %d used, %d before", again, w.used(), before)
		}
		id := w.launch(c)
		w.settle()
		r := w.results(id)
		if r.Sent != f.Now || r.Held != f.Held || !maps.Equal(r.Reasons, want) {
			w.Errorf("it was %+v, foreseen %+v", r, f)
		}

		// Without an end, those who had theirs today wait for tomorrow.
		if f := w.forecast(news); f.Later != 8 || f.Now != 0 {
			w.Errorf("after the campaign: %+v", f)
		}
		if _, err := w.touch.Forecast(w.Context(), w.Community, touch.Campaign{Channel: "pigeon", Message: news.Message}); err == nil {
			w.Error("a channel that isn't there is foreseen")
		}
	})
}

// O3: every number of a campaign has its rows.
func TestRowsBehindACampaignsNumbers(t *testing.T) {
	each(t, func(w *world) {
		w.crowd(5)
		ids := w.look(touch.Rule{Tag: "vip"})
		w.consent(ids[0], people.ForMarketing, "", false)
		id := w.launch(news)
		w.settle()
		rows := func(state touch.State, reason touch.Reason) (n int) {
			w.must(w.Read(w.Context(), w.Community, func(tx *db.Tx) error {
				p, err := w.touch.CampaignTouches(tx, id, state, reason, "", 0)
				n = len(p.Items)
				return err
			}))
			return n
		}
		r := w.results(id)
		if rows(touch.Done, "") != r.Sent || r.Sent != 4 || rows(touch.Held, touch.NoConsent) != 1 || rows("", "") != 5 || rows(touch.Held, touch.IsBlocked) != 0 {
			w.Errorf("%d sent, %d held, %d in all; results %+v", rows(touch.Done, ""), rows(touch.Held, ""), rows("", ""), r)
		}
		w.must(w.Read(w.Context(), w.Community, func(tx *db.Tx) error {
			if _, err := w.touch.CampaignTouches(tx, w.NewID(), "", "", "", 0); err == nil {
				w.Error("a campaign that isn't there has rows")
			}
			rules, err := w.touch.Rules(tx)
			if len(rules.Channels) != 3 || rules.Quiet.From != "21:00" || len(rules.Budgets) != 1 {
				w.Errorf("%+v", rules)
			}
			return err
		}))
	})
}
