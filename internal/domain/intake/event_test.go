package intake_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/test/testkit"
)

var readers = intake.Source{Name: "老王的读者群", Kind: "person"}

// openClass stands for an event; which there are is proven where all parts may be named.
const openClass = "an-open-class"

// proven proves the rows of this part.
func (w *world) proven() {
	w.t.Helper()
	w.read(func(tx *db.Tx) error {
		found, err := intake.Verify(tx)
		for _, x := range found {
			w.t.Errorf("%+v", x)
		}
		return err
	})
}

// brings makes an event a placement at a source of its own.
func (w *world) brings(d intake.EventPlacement) (p intake.Placement, by intake.Entry, err error) {
	err = w.DB.Do(w.t.Context(), w.Community, func(tx *db.Tx) error {
		s, err := w.Intake.EnsureSourceTx(tx, readers)
		if err != nil {
			return err
		}
		if d.Source == "" {
			d.Source = s.ID
		}
		p, by, err = w.Intake.PlaceEventTx(tx, openClass, d, "boss")
		return err
	})
	return p, by, err
}

// E9, G7: an event that is a placement has an entry of its own; who signs up by it is a lead of the placement, and what they buy pays it
// back. Who was known before is nobody's lead, and nor is a stranger who only looks.
func TestAnEventIsAPlacement(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.do(func(tx *db.Tx) error { _, err := w.Intake.EnsureSourceTx(tx, readers); return err })
		old, err := w.signUp("9", w.signs("13800000009"))
		w.must(err)
		p, by, err := w.brings(intake.EventPlacement{Name: "老王的读者", Pool: "同类号", Cost: 500_00, Partner: old.Person})
		w.must(err)
		if p.Event != openClass || by.Path != "" || by.Placement != p.ID || by.Owner != old.Person {
			t.Fatalf("%+v by %+v", p, by)
		}
		w.must(w.Intake.View(t.Context(), w.Community, by.ID, "somebody"))
		sign := func(account, phone string) (r intake.Registration) {
			t.Helper()
			w.Clock.Advance(2 * time.Minute)
			f := w.signs(phone)
			for range 2 { // a second tap
				r, err = w.Intake.SignUp(t.Context(), w.Community, by.Code, visitor(account), f)
				w.must(err)
			}
			w.settle()
			return r
		}
		ann := sign("1", "13800000001")
		if ann.Entry != by.ID {
			t.Errorf("signed up by %+v", ann)
		}
		sign("2", "13800000009") // known by the phone
		v := visitor("3")
		v.Person = old.Person
		for range 2 {
			_, _, err = w.Intake.Arrive(t.Context(), w.Community, by.Code, v, "")
			w.must(err)
		}
		w.settle()
		w.counts(p, "1 1 0 0 0.00")
		w.proven()
		w.Clock.Advance(2 * 24 * time.Hour)
		w.pays("o1", ann.Person, 800_00, 100_00)
		w.pays("o2", old.Person, 800_00, 0)
		w.counts(p, "1 1 1 1 700.00")
		if f := w.figures(p); f.PaybackDays == nil || *f.PaybackDays != 2 || *f.ROIBP != 4_000 || f.Event != openClass {
			t.Errorf("%+v", f)
		}
		w.read(func(tx *db.Tx) error {
			for person, want := range map[string]bool{ann.Person: true, old.Person: true, "": false} {
				if came, err := w.Intake.CameToTx(tx, openClass, person); err != nil || came != want {
					t.Errorf("%q has come by it: %v %v", person, came, err)
				}
			}
			if n, err := w.Intake.OriginatedTx(tx, p.ID, []string{ann.Person, old.Person}); n != 1 || err != nil {
				t.Errorf("%d originated, %v", n, err)
			}
			days, err := w.Intake.Days(tx, by.ID, w.Clock.Now().Add(-72*time.Hour), w.Clock.Now())
			if got := fmt.Sprint(days[0].Counts["intake.viewed"], days[0].Counts["intake.registered"], days[0].Counts["intake.arrived"]); got != "1 2 2" {
				t.Errorf("viewed, registered and arrived: %s", got)
			}
			return err
		})
	})
}

// What an event's placement costs and how it is called can be changed; it has one placement and one entry, whoever asks at once.
func TestAnEventIsOnePlacement(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.do(func(tx *db.Tx) error { _, err := w.Intake.EnsureSourceTx(tx, readers); return err })
		for want, d := range map[error]intake.EventPlacement{
			intake.ErrUnknownSource: {Name: "甲", Source: "none"}, intake.ErrName: {}, intake.ErrCost: {Name: "甲", Cost: -1}, intake.ErrUnknownOwner: {Name: "甲", Partner: "none"},
		} {
			_, _, err := w.brings(d)
			w.wants(err, want)
		}
		if _, _, err := w.brings(intake.EventPlacement{Name: "甲", Partner: "none"}); fieldsOf(err) != "/partner intake.unknown_owner" {
			t.Errorf("the refusal points to %s", fieldsOf(err))
		}
		var wg sync.WaitGroup
		for i := range 2 {
			wg.Go(func() {
				_, _, err := w.brings(intake.EventPlacement{Name: "老王的读者", Cost: 500_00})
				if err != nil {
					w.wants(err, intake.ErrPlaced)
					t.Logf("number %d came second", i)
				}
			})
		}
		wg.Wait()
		p, by, err := w.brings(intake.EventPlacement{Name: "老王和老李的读者", Cost: 600_00})
		w.must(err)
		q, same, err := w.brings(intake.EventPlacement{Name: "老王和老李的读者", Cost: 600_00})
		w.must(err)
		if q != p || same != by || by.Title != p.Name || p.Cost != 600_00 {
			t.Errorf("%+v by %+v", q, same)
		}
		w.settle()
		w.read(func(tx *db.Tx) error {
			var placements, entries, told int
			if err := tx.QueryRow(`SELECT count(*) FROM intake_placement WHERE community_id = $1`, w.Community).Scan(&placements); err != nil {
				return err
			}
			if err := tx.QueryRow(`SELECT count(*) FROM intake_entry WHERE community_id = $1 AND path = ''`, w.Community).Scan(&entries); err != nil {
				return err
			}
			err := tx.QueryRow(`SELECT count(*) FROM fact WHERE community_id = $1 AND kind = 'intake.event_placed'`, w.Community).Scan(&told)
			if placements != 1 || entries != 1 || told != 2 {
				t.Errorf("%d placements, %d entries, told %d times", placements, entries, told)
			}
			return err
		})
		w.proven()
	})
}

// An entry without a path leads to its placement's event, or nowhere: then there is none.
func TestAnEntryLeadsSomewhere(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.do(func(tx *db.Tx) error { _, err := w.Intake.EnsureSourceTx(tx, readers); return err })
		_, by, err := w.brings(intake.EventPlacement{Name: "老王的读者"})
		w.must(err)
		w.read(func(tx *db.Tx) error {
			if id, err := w.Intake.EventOfTx(tx, by); id != openClass || err != nil {
				t.Errorf("leads to %q, %v", id, err)
			}
			if id, err := w.Intake.EventOfTx(tx, w.entry("open")); id != "" || err != nil {
				t.Errorf("a path's leads to %q, %v", id, err)
			}
			_, _, err := w.Intake.PlacementOfTx(tx, "none")
			w.wants(err, intake.ErrNoPlacement)
			return nil
		})
		free := w.place("free-one", "", 0)
		for _, x := range []intake.Entry{{Title: "无处可去"}, {Title: "无处可去", Placement: free.ID}} {
			err := w.DB.Do(t.Context(), w.Community, func(tx *db.Tx) error { _, err := w.Intake.AddEntryTx(tx, x); return err })
			w.wants(err, intake.ErrUnknownPath)
		}
		for fields, to := range map[string]intake.Entry{ // it keeps leading to its event, which would have no link any more
			"/path intake.event_entry":                                {Path: w.entry("open").Path, Placement: by.Placement},
			"/placement intake.event_entry":                           {Placement: free.ID},
			"/path intake.event_entry, /placement intake.event_entry": {Path: w.entry("open").Path},
		} {
			x := by
			x.Path, x.Placement = to.Path, to.Placement
			err := w.DB.Do(t.Context(), w.Community, func(tx *db.Tx) error { _, err := w.Intake.SetEntryTx(tx, x); return err })
			if got := fieldsOf(err); got != fields {
				t.Errorf("%+v: %s, want %s", to, got, fields)
			}
		}
		for _, code := range []string{"open", "nothing"} { // no ways in of an event
			r, err := w.Intake.SignUp(t.Context(), w.Community, code, visitor("1"), w.signs("13800000001"))
			w.must(err)
			if r.Entry != "" {
				t.Errorf("%q is the way in of %+v", code, r)
			}
			w.Clock.Advance(2 * time.Minute)
		}
		w.proven()
	})
}

// Who only sends the form of an entry that leads to an event leaves nothing behind: no person, no fact, no lead. Nor does one who was erased.
func TestNobodyComesByAnEventsEntryUnasked(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p, by, err := w.brings(intake.EventPlacement{Name: "老王的读者"})
		w.must(err)
		gone, err := w.signUp("9", w.signs("13800000009"))
		w.must(err)
		w.must(w.People.Erase(t.Context(), w.Community, gone.Person, "op"))
		w.settle()
		rows := func() (persons, came int) {
			w.read(func(tx *db.Tx) error {
				err := tx.QueryRow(`SELECT count(*) FROM person WHERE community_id = $1`, w.Community).Scan(&persons)
				if err == nil {
					err = tx.QueryRow(`SELECT count(*) FROM fact WHERE community_id = $1 AND kind = 'intake.arrived' AND entry = $2`, w.Community, by.ID).Scan(&came)
				}
				return err
			})
			return persons, came
		}
		were, _ := rows()
		for i := range 3 {
			person, e, err := w.Intake.Arrive(t.Context(), w.Community, by.Code, visitor(fmt.Sprint(i)), "")
			if w.must(err); person != "" || e.ID != by.ID {
				t.Errorf("a stranger is %q, come by %+v", person, e)
			}
		}
		for _, code := range []string{by.Code, "open"} {
			v := visitor("9")
			v.Person = gone.Person
			_, _, err := w.Intake.Arrive(t.Context(), w.Community, code, v, "")
			w.wants(err, people.ErrErased)
		}
		w.settle()
		if persons, came := rows(); persons != were || came != 0 || w.figures(p).Came != 0 {
			t.Errorf("%d persons, were %d; %d came, figures %+v", persons, were, came, w.figures(p))
		}
		w.proven()
	})
}

// E9: when an event's entry is retired in favour of another one, that one is shown, changed and printed from then on; what was seen of both
// counts.
func TestAnotherEntryOfAnEvent(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		p, by, err := w.brings(intake.EventPlacement{Name: "老王的读者"})
		w.must(err)
		var anew intake.Entry
		w.Clock.Advance(time.Hour)
		w.do(func(tx *db.Tx) (err error) {
			if anew, err = w.Intake.AddEntryTx(tx, intake.Entry{Title: "新海报", Source: p.Source, Placement: p.ID}); err != nil {
				return err
			}
			by.State, by.Successor = intake.Retired, anew.ID
			_, err = w.Intake.SetEntryTx(tx, by)
			return err
		})
		for _, seen := range [][2]string{{by.ID, "a"}, {anew.ID, "b"}, {anew.ID, "b"}, {anew.ID, "c"}, {w.entry("open").ID, "a"}} {
			w.must(w.Intake.View(t.Context(), w.Community, seen[0], seen[1]))
		}
		w.settle()
		w.read(func(tx *db.Tx) error {
			_, e, err := w.Intake.PlacementOfTx(tx, openClass)
			if err != nil || e.ID != anew.ID {
				t.Errorf("shown %+v, %v", e, err)
			}
			n, err := w.Intake.OpenedTx(tx, p.ID)
			if n != 3 {
				t.Errorf("%d saw it", n)
			}
			return err
		})
		if _, e, err := w.brings(intake.EventPlacement{Name: "老王和老李的读者"}); err != nil || e.ID != anew.ID || e.State != intake.Active || e.Title != "老王和老李的读者" {
			t.Errorf("changed %+v, %v", e, err)
		}
		w.do(func(tx *db.Tx) error { // one that has none that takes people in is shown as it is
			anew.State = intake.Retired
			_, err := w.Intake.SetEntryTx(tx, anew)
			return err
		})
		w.read(func(tx *db.Tx) error {
			_, e, err := w.Intake.PlacementOfTx(tx, openClass)
			if e.ID != anew.ID || e.State != intake.Retired {
				t.Errorf("shown %+v", e)
			}
			return err
		})
		w.proven()
	})
}

func TestReadsOfPlacedEventsUseIndexes(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.do(func(tx *db.Tx) error {
			var placements, entries, origins [][]any
			for i := range 3000 {
				n := fmt.Sprintf("%05d", i)
				at := w.Clock.Now().Add(time.Duration(i) * time.Minute)
				placements = append(placements, []any{tx.Community(), "l" + n, "s", "x", 100, "v" + n, at})
				entries = append(entries, []any{tx.Community(), "e" + n, "c" + n, "x", "", "active", "l" + n, at})
				origins = append(origins, []any{tx.Community(), "p" + n, "l00005", "e" + n, at})
			}
			err := tx.Insert("intake_placement", []string{"community_id", "id", "source", "name", "cost", "event", "created_at"}, placements)
			if err == nil {
				err = tx.Insert("intake_entry", []string{"community_id", "id", "code", "title", "path", "state", "placement", "created_at"}, entries)
			}
			if err == nil {
				err = tx.Insert("intake_origin", []string{"community_id", "person", "placement", "entry", "at"}, origins)
			}
			return err
		})
		if _, err := w.DB.SQL().ExecContext(t.Context(), `ANALYZE`); err != nil {
			t.Fatal(err)
		}
		d := &testkit.DB{DB: w.DB, Clock: w.Clock, Community: w.Community}
		someone := w.come("open", "1")
		for name, read := range map[string]func(tx *db.Tx) error{
			"event":  func(tx *db.Tx) error { _, _, err := w.Intake.PlacementOfTx(tx, "v00005"); return err },
			"opened": func(tx *db.Tx) error { _, err := w.Intake.OpenedTx(tx, "l00005"); return err },
			"came":   func(tx *db.Tx) error { _, err := w.Intake.CameToTx(tx, "v00005", someone); return err },
			"first": func(tx *db.Tx) error {
				_, err := w.Intake.OriginatedTx(tx, "l00005", []string{"p00001", "p00002"})
				return err
			},
		} {
			plan := testkit.Plan(t, d, read)
			for _, table := range []string{"intake_placement", "intake_entry", "intake_origin"} {
				if strings.Contains(plan, "Seq Scan on "+table) || strings.Contains(plan, "SCAN "+table) || !strings.Contains(plan, "intake_") {
					t.Errorf("%s reads all of %s: %s", name, table, plan)
				}
			}
		}
	})
}
