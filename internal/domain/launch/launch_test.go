package launch_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/launch"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/test/testkit"
)

// G5: who is asked, what they promise, what their links brought, and what is missing.
func TestABoardTellsWhatIsMissing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		l := w.spring()
		if l.Title != "春季招募" || l.Version != 1 {
			t.Errorf("%+v", l)
		}
		p, err := w.ask(l, "ann", false)
		w.Must(err)
		if p.State != launch.Asked || p.AskedBy != "boss" || p.Link != "" {
			t.Errorf("asked: %+v", p)
		}
		p, err = w.promise(l, "ann", 30, 2)
		w.Must(err)
		if p.State != launch.Promised || p.Link == "" || p.AskedAt.IsZero() {
			t.Errorf("promised: %+v", p)
		}
		_, err = w.promise(l, "bob", 20, 1) // of their own accord
		w.Must(err)
		w.sharing.reach["link of ann to plan:annual"] = launch.Reach{Views: 90, Visits: 60, Leads: 5, Orders: 2, Revenue: 1998_00}
		w.sharing.reach["link of bob to plan:annual"] = launch.Reach{Views: 10, Visits: 10}
		b := w.board(l)
		want := "[{pledges 2 3} {reach 70 100} {endorsers 0 2}]"
		if got := fmt.Sprint(b.Missing); got != want || b.Pledges.Contacts != 50 || b.Pledges.Shares != 3 || b.Reach.Revenue != 1998_00 || b.Reach.Leads != 5 {
			t.Errorf("board %+v: missing %s, want %s", b, got, want)
		}

		_, err = w.ask(l, "cat", false)
		w.Must(err)
		w.Do(func(tx *db.Tx) error { _, err := w.DeclineTx(tx, l.ID, "cat", ""); return err })
		_, err = w.ask(l, "cat", true)
		w.is(err, launch.ErrDeclined)
		_, err = w.ask(l, "ann", true)
		w.is(err, launch.ErrPledged)
		w.Refused(launch.ErrNotPromised, func(tx *db.Tx) error { _, err := w.DoneTx(tx, l.ID, "cat", ""); return err })
		w.Refused(launch.ErrUnknownPledge, func(tx *db.Tx) error { _, err := w.DoneTx(tx, l.ID, "dan", ""); return err })
		for range 2 {
			w.Do(func(tx *db.Tx) (err error) { p, err = w.DoneTx(tx, l.ID, "ann", ""); return err })
		}
		_, err = w.promise(l, "ann", 1, 1)
		w.is(err, launch.ErrDone)
		w.Refused(launch.ErrDone, func(tx *db.Tx) error { _, err := w.DeclineTx(tx, l.ID, "ann", ""); return err })
		if b = w.board(l); b.Pledges != (launch.PledgeCounts{Promised: 1, Declined: 1, Done: 1, Contacts: 50, Shares: 3}) {
			t.Errorf("%+v", b.Pledges)
		}
		w.told("ann", "[pledge_asked pledged pledge_done]")
		w.told("cat", "[pledge_asked pledge_declined]")
		w.Do(func(tx *db.Tx) error {
			list, err := w.PledgesTx(tx, l.ID, launch.Done, "", 10)
			if err == nil && (len(list.Items) != 1 || list.Items[0].Reach.Visits != 60) {
				t.Errorf("done: %+v", list.Items)
			}
			mine, err2 := w.MineTx(tx, "bob")
			if err2 == nil && (len(mine) != 1 || mine[0].Launch.Title != "春季招募" || mine[0].Pledge.Shares != 1) {
				t.Errorf("bob's: %+v", mine)
			}
			return err
		})
		w.Sound(launch.Verify)
	})
}

// G6: there is one asking budget. Who was asked lately is asked again only with an acknowledgement.
func TestAskingSpendsTheOneBudget(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		l := w.spring()
		w.sharing.asked["ann"] = 1
		_, err := w.ask(l, "ann", false)
		w.is(err, errLately)
		w.Do(func(tx *db.Tx) error {
			list, err := w.PledgesTx(tx, l.ID, "", "", 10)
			if err == nil && len(list.Items) != 0 {
				t.Errorf("who was not asked has a pledge: %+v", list.Items)
			}
			return err
		})
		_, err = w.ask(l, "ann", true)
		w.Must(err)
		if w.sharing.asked["ann"] != 2 {
			t.Errorf("the budget was spent %d times", w.sharing.asked["ann"])
		}
		_, err = w.promise(l, "bob", 0, 1) // nobody asked: nothing is spent
		w.Must(err)
		if w.sharing.asked["bob"] != 0 {
			t.Error("a promise spent the budget")
		}
	})
}

// When it begins, everybody who promised is told once, however many they are; who promises later is told at once.
func TestWhoPromisedIsToldWhenItBegins(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		l := w.spring()
		var many []string
		for i := range 230 {
			many = append(many, fmt.Sprintf("p%03d", i))
		}
		w.people(many...)
		for _, p := range append(many, "ann") {
			_, err := w.promise(l, p, 5, 1)
			w.Must(err)
		}
		_, err := w.ask(l, "cat", false)
		w.Must(err)
		// It is put off by a day: nobody is told before.
		l.Begins = l.Begins.AddDate(0, 0, 1)
		w.Do(func(tx *db.Tx) (err error) { l, err = w.EditTx(tx, l); return err })
		w.Days(10)
		w.told("ann", "[pledged]")
		w.Days(1)
		w.told("ann", "[pledged pledge_due]")
		w.told(many[0], "[pledged pledge_due]")
		w.told(many[229], "[pledged pledge_due]")
		w.told("cat", "[pledge_asked]")
		_, err = w.promise(l, "bob", 5, 1)
		w.Must(err)
		w.told("bob", "[pledged pledge_due]")
		_, err = w.promise(l, "ann", 6, 1)
		w.Must(err)
		// Put off again, and begun again: who was told is not told again.
		l.Begins = w.D.Clock.Now().Add(time.Hour)
		w.Do(func(tx *db.Tx) (err error) { l, err = w.EditTx(tx, l); return err })
		w.Days(1)
		w.told("ann", "[pledged pledge_due pledged]")
		w.Sound(launch.Verify)
	})
}

func TestALaunchEnds(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		l := w.spring()
		_, err := w.promise(l, "ann", 1, 1)
		w.Must(err)
		closed := w.spring()
		for range 2 {
			w.Do(func(tx *db.Tx) (err error) { closed, err = w.CloseTx(tx, closed.ID, "boss"); return err })
		}
		_, err = w.promise(closed, "ann", 1, 1)
		w.is(err, launch.ErrClosed)
		w.Refused(launch.ErrClosed, func(tx *db.Tx) error { _, err := w.EditTx(tx, closed); return err })
		w.Refused(launch.ErrStale, func(tx *db.Tx) error { x := l; x.Version = 7; _, err := w.EditTx(tx, x); return err })
		w.Refused(launch.ErrUnknown, func(tx *db.Tx) error { x := l; x.ID = "none"; _, err := w.EditTx(tx, x); return err })
		w.Days(20)
		_, err = w.ask(l, "bob", false)
		w.is(err, launch.ErrClosed)
		w.Do(func(tx *db.Tx) error { _, err := w.DoneTx(tx, l.ID, "ann", ""); return err }) // told afterwards
		bad := func(want error, change func(*launch.Launch)) {
			x := launch.Launch{Title: "x", Begins: w.D.Clock.Now(), Ends: w.D.Clock.Now().Add(time.Hour)}
			change(&x)
			w.Refused(want, func(tx *db.Tx) error { _, err := w.OpenTx(tx, x, "boss"); return err })
		}
		bad(launch.ErrTitle, func(l *launch.Launch) { l.Title = strings.Repeat("长", 81) })
		bad(launch.ErrDates, func(l *launch.Launch) { l.Ends = l.Begins })
		bad(launch.ErrDates, func(l *launch.Launch) { l.Begins, l.Ends = l.Begins.AddDate(0, 0, -9), l.Begins.AddDate(0, 0, -8) })
		bad(launch.ErrTarget, func(l *launch.Launch) { l.Target.Reach = -1 })
		bad(errProduct, func(l *launch.Launch) { l.Product = "every thing" })
		_, err = w.promise(l, "ann", 0, 0)
		w.is(err, launch.ErrPromise)
	})
}

// An endorser is shown with the words they agreed to, and with no others.
func TestOtherWordsTakeAnotherConsent(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		l := w.spring()
		var e launch.Endorser
		w.Do(func(tx *db.Tx) (err error) {
			e, err = w.AddEndorserTx(tx, launch.Endorser{Launch: l.ID, Person: "ann", Name: "安", Title: "运营总监"})
			return err
		})
		w.Refused(launch.ErrNoWords, func(tx *db.Tx) error { _, err := w.ConsentTx(tx, e.ID, true, "boss"); return err })
		e.Quote = "值得"
		w.Do(func(tx *db.Tx) (err error) {
			if e, err = w.EditEndorserTx(tx, e, "boss"); err == nil {
				e, err = w.ConsentTx(tx, e.ID, true, "boss")
			}
			return err
		})
		if !e.Agreed() || w.board(l).Endorsers != (launch.Progress{N: 1, Of: 1}) {
			t.Errorf("%+v on %+v", e, w.board(l))
		}
		e.Quote = "非常值得"
		w.Do(func(tx *db.Tx) (err error) { e, err = w.EditEndorserTx(tx, e, "boss"); return err })
		if e.Agreed() || w.board(l).Endorsers.N != 0 {
			t.Errorf("with other words: %+v", e)
		}
		w.told("ann", "[endorsed endorsement_withdrawn]")
		w.Refused(launch.ErrUnknownPerson, func(tx *db.Tx) error {
			_, err := w.AddEndorserTx(tx, launch.Endorser{Launch: l.ID, Person: "nobody", Name: "x"})
			return err
		})
		w.Do(func(tx *db.Tx) error { return w.EraseTx(tx, "ann") })
		if w.board(l).Endorsers.Of != 0 {
			t.Error("an erased person still stands on the board")
		}
		var r launch.Resource
		w.Do(func(tx *db.Tx) (err error) {
			r, err = w.AddResourceTx(tx, launch.Resource{Launch: l.ID, Kind: "picture", Title: "九宫格", Link: "https://example.com/9"})
			return err
		})
		if got := fmt.Sprint(w.board(l).Missing); !strings.Contains(got, "{resources 0 1}") {
			t.Errorf("missing %s", got)
		}
		r.Ready = true
		w.Do(func(tx *db.Tx) (err error) { r, err = w.EditResourceTx(tx, r); return err })
		if got := fmt.Sprint(w.board(l).Missing); strings.Contains(got, "resources") {
			t.Errorf("missing %s", got)
		}
		w.Refused(launch.ErrLink, func(tx *db.Tx) error { x := r; x.Link = "javascript:1"; _, err := w.EditResourceTx(tx, x); return err })
		w.Do(func(tx *db.Tx) error { return w.RemoveResourceTx(tx, r.ID) })
		w.Refused(launch.ErrUnknownResource, func(tx *db.Tx) error { return w.RemoveResourceTx(tx, r.ID) })
		w.Sound(launch.Verify)
	})
}

// Of two pledges of one human the one that came furthest stands.
func TestAMergedHumanHasOnePledge(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		l := w.spring()
		for _, p := range []string{"ann", "bob"} {
			_, err := w.promise(l, p, 10, 1)
			w.Must(err)
		}
		w.Do(func(tx *db.Tx) error { _, err := w.DoneTx(tx, l.ID, "bob", ""); return err })
		w.becomes("bob", "ann")
		if got := w.board(l).Pledges; got != (launch.PledgeCounts{Done: 1, Contacts: 10, Shares: 1}) {
			t.Errorf("%+v", got)
		}
		_, err := w.promise(l, "ann", 1, 1)
		w.is(err, launch.ErrDone)
		w.Sound(launch.Verify)
	})
}

// Two ask, or two answer, at the same moment on two connections: one pledge, one answer.
func TestPledgesOnTwoConnections(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		other := newWorld(t, w.D.Again(t))
		other.sharing = w.sharing
		other.Service = launch.New(other.D.DB, w.sharing)
		for i := range 10 {
			l, wg := w.spring(), sync.WaitGroup{}
			person := fmt.Sprint("q", i)
			w.people(person)
			for _, node := range []*world{w, other} {
				wg.Go(func() {
					if _, err := node.ask(l, person, true); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			if got := w.board(l).Pledges; got != (launch.PledgeCounts{Asked: 1}) {
				t.Fatalf("%+v", got)
			}
			_, err := w.promise(l, person, 1, 1)
			w.Must(err)
			won := make([]error, 2)
			for n, node := range []*world{w, other} {
				wg.Go(func() {
					won[n] = node.Try(func(tx *db.Tx) (err error) {
						if n == 0 {
							_, err = node.DoneTx(tx, l.ID, person, "")
						} else {
							_, err = node.DeclineTx(tx, l.ID, person, "")
						}
						return err
					})
				})
			}
			wg.Wait()
			if (won[0] == nil) == (won[1] == nil) {
				t.Fatalf("done: %v, declined: %v", won[0], won[1])
			}
		}
		w.Sound(launch.Verify)
	})
}

func TestReadsUseIndexes(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		l := w.spring()
		const many = 3000
		fill := func(table, columns string, row func(i int) []any) {
			w.Do(func(tx *db.Tx) error {
				rows := make([][]any, many)
				for i := range rows {
					rows[i] = append([]any{tx.Community()}, row(i)...)
				}
				return tx.Insert(table, strings.Split("community_id, "+columns, ", "), rows)
			})
		}
		id := func(kind string, i int) string { return fmt.Sprintf("%s%05d", kind, i) }
		now := w.D.Clock.Now()
		fill("launch", "id, title, begins, ends, target_pledges, target_reach, target_endorsers, version, created_at", func(i int) []any {
			return []any{id("l", i), "x", now.Add(time.Duration(i) * time.Minute), now.AddDate(1, 0, 0), 0, 0, 0, 1, now}
		})
		fill("launch_pledge", "id, launch, person, state, contacts, shares, link, promised_at, created_at", func(i int) []any {
			return []any{id("g", i), id("l", i/20), id("p", i), "promised", 1, 1, id("k", i), now, now}
		})
		fill("launch_endorser", "id, launch, name, created_at", func(i int) []any { return []any{id("e", i), id("l", i/20), "x", now} })
		fill("launch_resource", "id, launch, kind, title, ready, created_at", func(i int) []any { return []any{id("r", i), id("l", i/20), "text", "x", true, now} })
		w.people("p00007")
		if _, err := w.D.SQL().ExecContext(t.Context(), `ANALYZE`); err != nil {
			t.Fatal(err)
		}
		for name, read := range map[string]func(tx *db.Tx) error{
			"launches":  func(tx *db.Tx) error { _, err := w.ListTx(tx, "", 20); return err },
			"board":     func(tx *db.Tx) error { _, err := w.BoardTx(tx, "l00007"); return err },
			"pledges":   func(tx *db.Tx) error { _, err := w.PledgesTx(tx, "l00007", "", "", 20); return err },
			"promised":  func(tx *db.Tx) error { _, err := w.PledgesTx(tx, "l00007", launch.Promised, "", 20); return err },
			"mine":      func(tx *db.Tx) error { _, err := w.MineTx(tx, "p00007"); return err },
			"endorsers": func(tx *db.Tx) error { _, err := w.EndorsersTx(tx, l.ID, false, "", 20); return err },
			"resources": func(tx *db.Tx) error { _, err := w.ResourcesTx(tx, l.ID, "", 20); return err },
		} {
			plan := testkit.Plan(t, w.D, read)
			if plan == "" || strings.Contains(plan, "Seq Scan on launch") || strings.Contains(plan, "SCAN launch") || strings.Contains(plan, "SCAN p") || strings.Contains(plan, "(community_id=?)") && name != "launches" {
				t.Errorf("%s: %s", name, plan)
			}
		}
	})
}
