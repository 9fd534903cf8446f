package h5_test

import (
	"errors"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/growth"
	"github.com/qunce/qunce/internal/domain/launch"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
)

// goes lets a member come to a salon in three hours and say that they would recommend it.
func (w walker) goes(person string) {
	w.Helper()
	e := w.plans("salon", "沙龙", 3*time.Hour)
	_, err := w.app.Events.Claim(w.Context(), w.community, e.ID, "member", person)
	w.must(err)
	w.settle()
	w.clock.Set(e.Starts)
	w.write(func(tx *db.Tx) error { return w.app.Events.AttendTx(tx, e.ID, person) })
	w.clock.Set(e.Ends.Add(time.Minute))
	w.settle()
	w.must(w.app.Events.Answer(w.Context(), w.community, e.ID, person, event.Answer{Score: 10}))
	w.settle()
}

// G6: a member is asked to share once in 30 days, whether by a launch or by somebody after an event; a launch's second needs an
// acknowledgement.
func TestNobodyIsAskedToShareTwiceInAMonth(t *testing.T) {
	a, community, clk, p := serve(t, "operators")
	w := walker{t, a, community, clk, p}
	who := w.comes(a)
	w.buys(a, who, "annual")
	began := clk.Now()
	asked := func(title string, again bool) (err error) {
		return a.DB.Do(t.Context(), community, func(tx *db.Tx) error {
			l, err := a.Launches.OpenTx(tx, launch.Launch{Title: title, Product: "plan:annual", Begins: tx.Now().AddDate(0, 0, 1), Ends: tx.Now().AddDate(0, 0, 8)}, "op")
			if err == nil {
				_, err = a.Launches.AskTx(tx, l.ID, who, audit.Actor{Kind: access.Operator, ID: "op"}, again)
			}
			return err
		})
	}
	w.must(asked("春季开放", false))
	w.goes(who) // liked it, and was asked for the launch
	w.ends(a, "ticket", who, "asked-lately")
	w.until(a, "asked for a launch")
	clk.Set(began.AddDate(0, 0, 31))
	w.goes(who)
	w.until(a, "a month later", "ask-for-poster")
	w.goes(who)
	w.ends(a, "ticket", who, "asked-lately")
	w.until(a, "after the next one", "ask-for-poster")
	if err := asked("夏季开放", false); !errors.Is(err, growth.ErrAskedLately) {
		t.Errorf("asked for a launch as well: %v", err)
	}
	w.must(asked("秋季开放", true))
}
