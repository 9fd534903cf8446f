package h5_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/platform/db"
)

// brings makes an event a placement with some places for its audience, and gives the page of its entry.
func (w walker) brings(e event.Event, places int) (entry string, p intake.Placement) {
	w.Helper()
	w.must(w.app.DB.Do(w.Context(), w.community, func(tx *db.Tx) error {
		s, err := w.app.Intake.EnsureSourceTx(tx, intake.Source{Name: "老王的读者群", Kind: "person"})
		if err != nil {
			return err
		}
		var by intake.Entry
		if p, by, err = w.app.Intake.PlaceEventTx(tx, e.ID, intake.EventPlacement{Source: s.ID, Name: "老王的读者", Cost: 500_00}, ""); err != nil {
			return err
		}
		entry = "/e/" + by.Code
		now, err := w.app.Events.GetTx(tx, e.ID)
		if err == nil {
			_, err = w.app.Events.SetAsideTx(tx, now, places, 0, p.Name, "")
		}
		return err
	}))
	return entry, p
}

func (w walker) placed(p intake.Placement) (f intake.PlacementFigures) {
	w.Helper()
	w.settle()
	w.must(w.app.DB.Read(w.Context(), w.community, func(tx *db.Tx) (err error) { f, err = w.app.Intake.FiguresTx(tx, p.ID); return err }))
	return f
}

// E9: the entry of a placement leads to its event: a stranger sees the tickets for its audience, signs up, comes back there, and is a lead of
// it. To whoever comes to the event by another way these tickets are not shown, and not given.
func TestAnEntryLeadsToItsEvent(t *testing.T) {
	a, community, clk, p := serve(t, "operators")
	ann := walker{t, a, community, clk, p}.member("13900000041", "林一")
	e := ann.plans("salon", "老王的专场", 48*time.Hour)
	entry, placement := ann.brings(e, 1)
	here := "/events/" + e.Code

	bob := ann.stranger()
	page := bob.see(entry, "老王的专场", "老王的读者", "免费", "2026-03-09 周一")
	if !strings.HasSuffix(page.Path, entry) || !strings.Contains(page.HTML, "/sign-up?to=/operators"+entry) || !strings.Contains(page.HTML, `og:title" content="老王的专场"`) {
		t.Errorf("%s: %s", page.Path, page.HTML)
	}
	if words := bob.see(here, "老王的专场").Words(); strings.Contains(words, "老王的读者") {
		t.Errorf("everybody sees it: %s", words)
	}
	if to := bob.send(entry+"/arrive", nil); to != entry { // an address that only a script would send to
		t.Errorf("it leads to %s", to)
	}
	bob.see(entry, "老王的专场")
	if page := bob.see("/me"); page.Path == "/me" {
		t.Errorf("a stranger is signed in: %s", page.Words())
	}
	if f := ann.placed(placement); f.Came+f.Contacts != 0 {
		t.Errorf("who only looks is counted: %+v", f)
	}
	if to := bob.signUp("/sign-up", "13900000042", url.Values{"to": {"/operators" + entry}}); to != entry {
		t.Errorf("signing up leads to %s, not %s", to, entry)
	}
	bob.see(entry, "老王的读者")
	bob.see(here, "老王的读者") // it is known by now how he came
	if f := ann.placed(placement); f.Came != 1 || f.Contacts != 1 {
		t.Errorf("a lead is not counted: %+v", f)
	}

	// A member who never came by it is told so, and is no lead when they do.
	ann.refused(here+"/claim", url.Values{"type": {"audience"}}, "只给通过合作方链接来的人")
	if words := ann.see(here).Words(); strings.Contains(words, "老王的读者") {
		t.Errorf("a member sees it: %s", words)
	}
	ann.see(entry, "老王的读者")
	ann.see(entry+"?lang=en", "in English")
	ann.see(entry+"?lang=zh-Hans", "老王的专场")
	if f := ann.placed(placement); f.Came != 1 {
		t.Errorf("who was known before is a lead: %+v", f)
	}

	ticket := bob.send(here+"/claim", url.Values{"type": {"audience"}})
	bob.see(ticket, "已有票", "老王的读者")
	bob.see(entry, "已有票")
	ann.refused(here+"/claim", url.Values{"type": {"audience"}}, "老王的读者")
	ann.must(a.DB.Do(t.Context(), community, func(tx *db.Tx) error { _, err := a.Events.CancelTx(tx, e.ID, ""); return err }))
	ann.stranger().see(entry, "取消")
}

// What an audience pays for its tickets is ordered by them alone.
func TestAnAudienceBuys(t *testing.T) {
	a, community, clk, p := serve(t, "operators")
	ann := walker{t, a, community, clk, p}.member("13900000043", "林一")
	e := ann.plans("salon", "老王的专场", 48*time.Hour)
	entry, _ := ann.brings(e, 5)
	ann.must(a.DB.Do(t.Context(), community, func(tx *db.Tx) error {
		now, err := a.Events.GetTx(tx, e.ID)
		if err == nil {
			_, err = a.Events.SetAsideTx(tx, now, 5, 99_00, "老王的读者", "")
		}
		return err
	}))
	buy := url.Values{"type": {"audience"}, "key": {"1"}}
	ann.refused("/events/"+e.Code+"/buy", buy, "只给通过合作方链接来的人")
	ann.see(entry, "¥99")
	if to := ann.send("/events/"+e.Code+"/buy", buy); !strings.HasPrefix(to, "/orders/") {
		t.Errorf("buying leads to %s", to)
	}
}
