package team_test

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/qunce/qunce/internal/domain/team"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/test/testkit"
)

// T6: each rate counts for its part of the month's volume, down to the order and the fen; a limit ends it.
func TestSteps(t *testing.T) {
	lines, volume, total := team.Commission(team.Pay{Steps: steps()}, yuan(4000), yuan(120_000), yuan(3600))
	// 10,000 × 3 % + 40,000 × 5 % + 77,600 × 8 %
	if volume != yuan(127_600) || total != yuan(300+2000)+6208_00 || len(lines) != 5 {
		t.Errorf("%d %d %+v", volume, total, lines)
	}
	if l := lines[2]; l.Order != "b" || l.Base != yuan(40_000) || l.Reached != yuan(10_000) || l.RateBP != 500 || l.Fen != yuan(2000) {
		t.Errorf("%+v", l)
	}
	lines, _, total = team.Commission(team.Pay{Steps: steps(), Cap: yuan(1000)}, yuan(20_000), yuan(10_000), yuan(10_000))
	if total != yuan(1000) || !lines[2].Capped || lines[2].Fen != yuan(200) || lines[3].Fen != 0 {
		t.Errorf("with a limit %d %+v", total, lines)
	}
}

// T6: whatever is sold, the lines add up to the whole month's steps rounded down once; more volume never earns less, and a fen more at
// the margin never earns beyond the highest rate.
func TestStepsProperty(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 6).Draw(rt, "steps")
		var pay team.Pay
		from, rate := money.Fen(0), 0
		for range n {
			rate = rapid.IntRange(rate, 10_000).Draw(rt, "rate")
			pay.Steps = append(pay.Steps, team.Step{From: from, RateBP: rate})
			from += money.Fen(rapid.Int64Range(1, 1_000_000).Draw(rt, "from"))
		}
		amounts := rapid.SliceOfN(rapid.Map(rapid.Int64Range(1, 900_000), func(v int64) money.Fen { return money.Fen(v) }), 1, 12).Draw(rt, "amounts")
		lines, volume, total := team.Commission(pay, amounts...)
		exact, sum, base := money.Fen(0), money.Fen(0), money.Fen(0)
		for i, s := range pay.Steps {
			upto := volume
			if i+1 < len(pay.Steps) {
				upto = min(upto, pay.Steps[i+1].From)
			}
			exact += max(0, upto-s.From) * money.Fen(s.RateBP)
		}
		for _, l := range lines {
			if l.Fen < 0 || l.Reached != base {
				rt.Fatalf("%+v", l)
			}
			sum, base = sum+l.Fen, base+l.Base
		}
		if sum != total || total != exact/10_000 || base != volume {
			rt.Fatalf("lines add up to %d, the statement says %d, the steps %d", sum, total, exact/10_000)
		}
		amounts[len(amounts)-1]++
		if _, _, more := team.Commission(pay, amounts...); more < total || more > total+1 {
			rt.Fatalf("a fen more earned %d instead of %d", more, total)
		}
	})
}

// T6, L2: a month is closed once after its end in Shanghai, explained line by line, approved by a second person and posted once; what
// is refunded later is taken back in the next statement, and what that can't bear is carried on. The closed one stays as it is.
func TestMonth(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.declare(config())
		w.welcome("ann")
		big := w.sell("ann", 20_000)
		part := w.sell("ann", 1_000, func(x *team.Sale) { x.Kind = team.KindUpgrade })
		w.refund(part, 400) // in the month itself
		w.Refused(team.ErrMonthRuns, func(tx *db.Tx) error { _, err := w.CloseTx(tx, "boss", "2026-03"); return err })
		w.D.Clock.Set(at("2026-03-31 23:59"))
		w.Refused(team.ErrMonthRuns, func(tx *db.Tx) error { _, err := w.CloseTx(tx, "boss", "2026-03"); return err })
		last := w.sell("ann", 100, func(x *team.Sale) { x.Kind = team.KindUpgrade })
		w.D.Clock.Set(at("2026-04-01 00:00"))
		next := w.sell("ann", 200, func(x *team.Sale) { x.Kind = team.KindUpgrade })
		if a, b := w.why(last).Credit.Month, w.why(next).Credit.Month; a != "2026-03" || b != "2026-04" {
			t.Errorf("around midnight they count in %s and %s", a, b)
		}
		march := w.closed("2026-03")["sam"]
		// 10,000 × 3 % + (10,000 + 600 + 100) × 5 %
		if march.Total != yuan(300+535) || march.Volume != yuan(20_700) || march.State != team.Draft {
			t.Errorf("march %+v", march)
		}
		lines := w.lines(march.ID)
		if again := w.closed("2026-03")["sam"]; again != march || !slices.Equal(w.lines(march.ID), lines) {
			t.Errorf("closed again %+v", again)
		}
		late := w.sell("ann", 5_000, func(x *team.Sale) { x.Kind, x.PaidAt = team.KindUpgrade, at("2026-03-30 12:00") })
		if w.why(late).Credit.Month != "2026-04" {
			t.Error("a late sale counts in a closed month")
		}
		w.refund(big, 10_000)
		w.refund(big, 20_000)
		if w.statements("2026-03")["sam"] != march {
			t.Error("a refund changed a closed statement")
		}
		approve := func(by, id string) error {
			return w.Try(func(tx *db.Tx) error { _, err := w.ApproveTx(tx, by, id); return err })
		}
		for by, want := range map[string]error{"boss": team.ErrSamePerson, "sam": team.ErrOwnStatement} {
			if err := approve(by, march.ID); !errors.Is(err, want) {
				t.Errorf("approved by %s: %v", by, err)
			}
		}
		w.Must(approve("eve", march.ID))
		w.Must(approve("eve", march.ID))
		if err := approve("may", march.ID); !errors.Is(err, team.ErrApproved) {
			t.Errorf("approved by another: %v", err)
		}
		if err := approve("may", "none"); !errors.Is(err, team.ErrUnknownStatement) {
			t.Errorf("an unknown one: %v", err)
		}
		if w.wage("sam") != int64(march.Total) {
			t.Errorf("sam has %d", w.wage("sam"))
		}
		w.D.Clock.Set(at("2026-05-02 09:00"))
		// 5,200 × 3 % − (300 + 500) = −644
		april := w.closed("2026-04")["sam"]
		if april.Commission != yuan(156) || april.Taken != -yuan(800) || april.Total != -yuan(644) {
			t.Errorf("april %+v %+v", april, w.lines(april.ID))
		}
		w.Must(approve("eve", april.ID))
		if w.wage("sam") != int64(march.Total) {
			t.Error("a statement below zero was posted")
		}
		w.sell("ann", 100_000, func(x *team.Sale) { x.Kind = team.KindUpgrade })
		w.D.Clock.Set(at("2026-07-02 09:00"))
		w.sell("ann", 100, func(x *team.Sale) { x.Kind = team.KindUpgrade })
		w.Refused(team.ErrEarlier, func(tx *db.Tx) error { _, err := w.CloseTx(tx, "boss", "2026-06"); return err })
		may := w.closed("2026-05")["sam"]
		if may.Carried != -yuan(644) || may.Total != yuan(300+2000+4000-644) {
			t.Errorf("may %+v", may)
		}
		w.Refused(team.ErrMonthClosed, func(tx *db.Tx) error {
			_, err := w.SetTargetTx(tx, "boss", team.Target{Month: "2026-05", Department: "sales", Kind: team.SalesTarget, Amount: 1})
			return err
		})
		if y := w.why(big); len(y.Returns) != 2 || len(y.Lines) != 3 || y.Lines[0].Fen+y.Lines[1].Fen+y.Lines[2].Fen != 0 {
			t.Errorf("the big sale %+v", y)
		}
		w.sound()
	})
}

// T6: what somebody owes goes with them into another department.
func TestADebtFollowsItsStaff(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.declare(config())
		w.welcome("ann") // sam
		upgrade := func(x *team.Sale) { x.Kind = team.KindUpgrade }
		big := w.sell("ann", 10_000)
		w.D.Clock.Set(at("2026-04-01 09:00"))
		w.closed("2026-03")
		w.refund(big, 10_000)
		w.D.Clock.Set(at("2026-05-01 09:00"))
		if x := w.closed("2026-04")["sam"]; x.Total != -yuan(300) {
			t.Fatalf("april %+v", x)
		}
		c := config()
		c.Departments[1].Name = "sellers"
		w.declare(c)
		w.sell("ann", 5_000, upgrade)
		w.D.Clock.Set(at("2026-06-01 09:00"))
		if x := w.closed("2026-05")["sam"]; x.Department != "sellers" || x.Carried != -yuan(300) || x.Total != yuan(150-300) {
			t.Errorf("may %+v", x)
		}
		w.sell("ann", 20_000, upgrade)
		w.D.Clock.Set(at("2026-07-01 09:00"))
		if x := w.closed("2026-06")["sam"]; x.Carried != -yuan(150) || x.Total != yuan(300+500-150) {
			t.Errorf("june %+v", x)
		}
		w.sound()
	})
}

// T6: rules that change leave what was credited under them as it was, also within the month.
func TestRulesAreNotRetroactive(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.declare(config())
		w.declare(config()) // the same again is no other version
		w.welcome("ann")
		w.sell("ann", 1_000)
		c := config()
		c.Departments[1].Pay.Steps = []team.Step{{RateBP: 1000}}
		w.declare(c)
		w.D.Clock.Advance(time.Minute)
		w.sell("ann", 1_000, func(x *team.Sale) { x.Kind = team.KindUpgrade })
		w.D.Clock.Set(at("2026-04-01 09:00"))
		s := w.closed("2026-03")["sam"]
		if lines := w.lines(s.ID); s.Total != yuan(30+100) || len(lines) != 2 || lines[0].Version != 1 || lines[1].Version != 2 {
			t.Errorf("%+v %+v", s, lines)
		}
	})
}

// T6: a kill between two statements loses none and writes none twice; nor do two nodes that close at once.
func TestKilledWhileClosing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		c := config()
		c.Owners.Most = 0
		w.declare(c)
		for _, p := range []string{"ann", "bob", "cat", "dan"} {
			w.welcome(p)
			w.D.Clock.Advance(time.Minute)
			w.sell(p, 3600)
			w.sell(p, 100, func(x *team.Sale) { x.Kind = team.KindRenewal })
		}
		w.D.Clock.Set(at("2026-04-01 09:00"))
		w.Do(func(tx *db.Tx) error { _, err := w.CloseTx(tx, "boss", "2026-03"); return err })
		plug := errors.New("the plug was pulled")
		for i := range 3 { // each first goes as far as a kill lets it, then one statement is kept
			if err := w.Try(func(tx *db.Tx) error {
				if _, err := w.CloseSome(tx, "2026-03"); err != nil {
					return err
				}
				return plug
			}); !errors.Is(err, plug) {
				t.Fatal(err)
			}
			if i < 2 {
				w.Do(func(tx *db.Tx) error { _, err := w.CloseSome(tx, "2026-03"); return err })
			}
		}
		if got := len(w.statements("2026-03")); got != 2 {
			t.Errorf("%d statements after the kills", got)
		}
		other := w.second()
		var wg sync.WaitGroup
		errs := make(chan error, 8)
		for _, d := range []*db.DB{w.D.DB, other, w.D.DB, other} {
			wg.Go(func() {
				for more := true; more; {
					if err := d.Alone(t.Context(), w.D.Community, func(tx *db.Tx) (err error) { more, err = w.CloseSome(tx, "2026-03"); return err }); err != nil {
						errs <- err
						return
					}
				}
			})
		}
		wg.Wait()
		close(errs)
		for err := range errs {
			t.Error(err)
		}
		w.Settle() // the job finds nothing to do
		got := w.statements("2026-03")
		if len(got) != 3 || got["sam"].Volume+got["sue"].Volume != yuan(4*3600) || got["val"].Volume != yuan(400) {
			t.Errorf("%+v", got)
		}
		w.sound()
	})
}

// T6, L1: over random months of sales, refunds, closings and approvals, staff were paid what the rules say of what was kept, every line
// is some order's, and the books sum to zero.
func TestStatementsProperty(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		whole := newWorld(t, d)
		rapid.Check(t, func(rt *rapid.T) {
			w := whole.fresh()
			y, m, _ := d.Clock.Now().In(shanghai).Date()
			begins := func(i int) time.Time { return time.Date(y, m+1+time.Month(i), 1, 9, 0, 0, 0, shanghai) }
			month := func(i int) string { return begins(i).Format("2006-01") }
			d.Clock.Set(begins(0)) // time goes on in all communities
			w.declare(config())
			w.welcome("ann")
			w.touch("sam", "ann") // she stays
			sold := map[string]int64{}
			back := map[string]int64{}
			var orders []string
			for i := range 4 {
				for range rapid.IntRange(0, 4).Draw(rt, "sales") {
					amount := rapid.Int64Range(1, 30_000).Draw(rt, "yuan")
					o := w.sell("ann", amount, func(x *team.Sale) { x.Kind = team.KindUpgrade })
					sold[o], orders = amount, append(orders, o)
				}
				for range rapid.IntRange(0, 2).Draw(rt, "refunds") {
					if len(orders) > 0 {
						o := rapid.SampledFrom(orders).Draw(rt, "of")
						back[o] = rapid.Int64Range(back[o], sold[o]).Draw(rt, "back")
						w.refund(o, back[o])
					}
				}
				if i == 3 { // at last everything goes back
					for _, o := range orders {
						w.refund(o, sold[o])
					}
				}
				d.Clock.Set(begins(i + 1))
				w.closed(month(i))
			}
			sum, posted, carried := money.Fen(0), money.Fen(0), money.Fen(0)
			for i := range 4 {
				for _, x := range w.statements(month(i)) {
					lines := money.Fen(0)
					for _, l := range w.lines(x.ID) {
						lines += l.Fen
					}
					if lines != x.Total {
						rt.Fatalf("lines of %+v add up to %d", x, lines)
					}
					sum += x.Commission + x.Taken
					posted += max(0, x.Total)
					carried = min(0, x.Total)
					w.Do(func(tx *db.Tx) error { _, err := w.ApproveTx(tx, "eve", x.ID); return err })
				}
			}
			if sum != 0 || posted+carried != 0 {
				rt.Fatalf("all went back, and %d fen are earned, %d posted, %d carried", sum, posted, carried)
			}
			if got := w.wage("sam"); got != int64(posted) {
				rt.Fatalf("sam has %d, the statements say %d", got, posted)
			}
			w.sound()
		})
	})
}

// A month waits until the statements of the one before are written: what is owed from it, and what goes back of it, rests on them.
func TestAMonthWaitsForTheOneBefore(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.declare(config())
		w.welcome("ann")
		big := w.sell("ann", 10_000)
		w.D.Clock.Set(at("2026-05-02 09:00"))
		closing := func(month string) error {
			return w.D.Do(t.Context(), w.D.Community, func(tx *db.Tx) error { _, err := w.CloseTx(tx, "boss", month); return err })
		}
		w.Must(closing("2026-03"))
		if err := closing("2026-04"); !errors.Is(err, team.ErrMonthCloses) {
			t.Errorf("April while March is being closed: %v", err)
		}
		w.Settle()
		w.Must(closing("2026-04"))
		w.Settle()
		if y := w.why(big); len(y.Lines) == 0 {
			t.Errorf("the sale has no line: %+v", y)
		}
	})
}
