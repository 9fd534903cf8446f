package membership_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/test/testkit"
	"github.com/qunce/qunce/test/testkit/stage"
)

func (w *world) use(person, benefit, key string, want *errs.Error) membership.Use {
	w.T.Helper()
	u, err := w.UseBenefit(w.T.Context(), w.D.Community, membership.Usage{Key: key, Person: person, Benefit: benefit})
	if want == nil && err != nil || want != nil && !errors.Is(err, want) {
		w.T.Errorf("%s uses %s: %v, want %v", person, benefit, err, want)
	}
	return u
}

// left tells what a person has left of each benefit.
func (w *world) left(person string) map[string]int {
	w.T.Helper()
	out := map[string]int{}
	w.Do(func(tx *db.Tx) error {
		list, err := w.EntitlementsTx(tx, person)
		for _, e := range list {
			out[e.Benefit] += e.Left
		}
		return err
	})
	return out
}

// M3: a use counts once whatever its key is asked for again, never beyond what was granted, and comes back when returned.
func TestBenefits(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.declare(academy())
		w.use("ann", "class", "early", membership.ErrNoBenefit)
		w.buy("ann", "vip")
		w.use("ann", "class", "k1", nil)
		w.use("ann", "class", "k1", nil)
		w.use("ann", "online", "k1", membership.ErrUseReused)
		w.use("ann", "class", "k2", membership.ErrUsedUp)
		for _, key := range []string{"o1", "o2", "o2"} {
			w.use("ann", "online", key, nil)
		}
		w.Do(func(tx *db.Tx) error {
			list, err := w.EntitlementsTx(tx, "ann")
			if err == nil && (len(list) != 2 || list[0].Used != 1 || list[0].Left != 0 || list[1].Used != 2 || list[1].Granted != 0) {
				t.Errorf("entitlements %+v", list)
			}
			return err
		})
		for range 2 {
			w.Do(func(tx *db.Tx) error { _, err := w.ReturnTx(tx, "k1", ""); return err })
		}
		w.use("ann", "class", "k3", nil)
		w.use("ann", "class", "k4", membership.ErrUsedUp)
		w.Days(300)
		w.buy("ann", "vip") // its benefits begin with it
		w.use("ann", "class", "k5", membership.ErrUsedUp)
		w.Days(67)
		w.use("ann", "class", "k6", nil)
		w.Days(365 + 30)
		w.use("ann", "online", "k7", membership.ErrNoBenefit)
	})
}

// M2: numbers have no gaps but for those that are left out, and no two members share one.
func TestNumbers(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		plan := membership.Plan{Name: "p", Title: stage.Words("P"), Period: membership.Period{Months: 12}}
		plan.Number = membership.Number{Pattern: "{yyyy}{n:2}", First: 3, Last: 8, Reserved: []int{6}, Without: "4"}
		w.declare(membership.Config{Plans: []membership.Plan{plan}})
		bob := ""
		for i, want := range []string{"202603", "202605", "202607"} {
			term := w.buy(string(rune('a'+i)), "p")
			if term.Number != want {
				t.Errorf("number %s, want %s", term.Number, want)
			}
			bob = term.ID
		}
		w.Do(func(tx *db.Tx) error {
			if _, err := w.GiveNumberTx(tx, bob, 5); !errors.Is(err, membership.ErrNumberTaken) {
				t.Errorf("somebody's number: %v", err)
			}
			for _, n := range []int{8, 7, 8} { // 7 they have had
				got, err := w.GiveNumberTx(tx, bob, n)
				if err != nil || got.Number != fmt.Sprint("20260", n) {
					t.Errorf("given by hand: %s %v", got.Number, err)
				}
			}
			return nil
		})
		held, err := w.Reserve(t.Context(), d.Community, "d", "p", time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Buy(t.Context(), d.Community, held.ID); !errors.Is(err, membership.ErrNoNumbers) {
			t.Errorf("the series is used up: %v", err)
		}
		if n := w.members(); n != 3 {
			t.Errorf("%d members: a refusal took a place", n)
		}
	})
}

func TestPlansThatCannotBeSoldAreRefused(t *testing.T) {
	good := academy()
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	for name, x := range map[string]struct {
		change func(*membership.Config)
		want   *errs.Error
	}{
		"a name":        {func(c *membership.Config) { c.Plans[0].Name = "VIP" }, membership.ErrName},
		"no title":      {func(c *membership.Config) { c.Plans[0].Title = nil }, membership.ErrTitle},
		"a price":       {func(c *membership.Config) { c.Plans[0].Price = -1 }, membership.ErrPrice},
		"no period":     {func(c *membership.Config) { c.Plans[0].Period = membership.Period{} }, membership.ErrPeriod},
		"no such day":   {func(c *membership.Config) { c.Plans[0].Period = membership.Period{Until: "02-30"} }, membership.ErrPeriod},
		"two places":    {func(c *membership.Config) { c.Plans[0].Number.Pattern = "{n}{n}" }, membership.ErrPattern},
		"a circle":      {func(c *membership.Config) { c.Plans[0].Includes = []string{"ka"} }, membership.ErrIncludes},
		"nobody's plan": {func(c *membership.Config) { c.Plans[0].Includes = []string{"none"} }, membership.ErrIncludes},
		"two plans":     {func(c *membership.Config) { c.Plans = append(c.Plans, c.Plans[0]) }, membership.ErrTwice},
		"a quota":       {func(c *membership.Config) { c.Plans[0].Waves[0].Quota = 0 }, membership.ErrQuota},
		"too long":      {func(c *membership.Config) { c.Plans[0].Grace = 1000 }, membership.ErrDays},
	} {
		t.Run(name, func(t *testing.T) {
			c := academy()
			x.change(&c)
			if err := c.Check(); !errors.Is(err, x.want) {
				t.Errorf("got %v, want %v", err, x.want)
			}
		})
	}
}

// M3: a use says whose it is, who wrote it down and with what words, which go when the person is erased; a colleague's is theirs, and not
// the contact's who has bought the term.
func TestUsesAreWrittenDown(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		c := academy()
		c.Plans[0].Seats = 2
		w.declare(c)
		w.buy("ann", "vip")
		use := func(u membership.Usage) error {
			return w.Try(func(tx *db.Tx) error { _, err := w.UseTx(tx, u); return err })
		}
		if err := use(membership.Usage{Key: "k", Person: "ann", Benefit: "class", Note: strings.Repeat("长", membership.MaxUseNote+1)}); !errors.Is(err, membership.ErrUseNote) {
			t.Errorf("a long note: %v", err)
		}
		w.Must(use(membership.Usage{Key: "k", Person: "ann", Benefit: "class", Note: " 第一次  来 ", Actor: "op"}))
		w.Must(use(membership.Usage{Key: "l", Person: "ann", Benefit: "online"}))
		uses := func(person string, limit int) (out []membership.Use) {
			w.Do(func(tx *db.Tx) (err error) { out, err = w.UsesTx(tx, person, limit); return err })
			return out
		}
		got := uses("ann", 10)
		if len(got) != 2 || got[1].Note != "第一次 来" || got[1].Actor != "op" || got[1].Person != "ann" || got[1].Benefit != "class" || len(uses("ann", 1)) != 1 || len(uses("bob", 10)) != 0 {
			t.Errorf("uses %+v", got)
		}
		w.Do(func(tx *db.Tx) error { _, err := w.TakeUseBackTx(tx, "k", "op"); return err })
		w.Refused(membership.ErrUnknownUse, func(tx *db.Tx) error { _, err := w.TakeUseBackTx(tx, "none", "op"); return err })
		w.Do(func(tx *db.Tx) error { return w.EraseTx(tx, "ann") })
		if got := uses("ann", 10); got[1].Note != "" || got[1].ReturnedAt.IsZero() {
			t.Errorf("of who is erased: %+v", got)
		}

		var firm membership.Term
		w.Do(func(tx *db.Tx) (err error) {
			if firm, err = w.ReserveForTx(tx, "boss", "firm", "vip", time.Minute); err == nil {
				firm, err = w.BuyTx(tx, firm.ID)
			}
			return err
		})
		w.Do(func(tx *db.Tx) error {
			p, err := w.InviteTx(tx, "firm", "boss", "i1")
			if err == nil {
				_, err = w.TakePlaceTx(tx, p.Token, "cid")
			}
			return err
		})
		w.use("cid", "class", "m", nil)
		w.use("boss", "class", "n", membership.ErrUsedUp)
		w.Do(func(tx *db.Tx) error { _, err := w.ReturnTx(tx, "m", ""); return err })
		if told := w.Told("membership", "cid"); !slices.Contains(told, "benefit_returned") || slices.Contains(w.Told("membership", "boss"), "benefit_returned") || len(uses("boss", 10)) != 0 {
			t.Errorf("cid was told %q", told)
		}
	})
}
