package intake_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/db"
)

func said(s string) text.Text { return text.Text{text.Hans: s} }

func wording(name, title string, weight int) intake.PageVersion {
	return intake.PageVersion{Name: name, Weight: weight, Landing: intake.Landing{
		Title: said(title), Benefits: []text.Text{said("两场专场")}, Endorsers: []intake.Endorser{{Name: said("林一")}}, HowTo: []text.Text{said("留下手机号")},
	}}
}

// G8: a page is not published without what one gets, who stands behind it, and how to join.
func TestAPageThatMustNotBePublished(t *testing.T) {
	for _, c := range []struct {
		name, field string
		want        *errs.Error
		spoil       func(*intake.Page)
	}{
		{"nothing to get", "/0/versions/0/benefits", intake.ErrPageBenefits, func(p *intake.Page) { p.Versions[0].Benefits = nil }},
		{"nobody behind it", "/0/versions/0/endorsers", intake.ErrPageEndorsers, func(p *intake.Page) { p.Versions[0].Endorsers = nil }},
		{"no way in", "/0/versions/0/how_to", intake.ErrPageHowTo, func(p *intake.Page) { p.Versions[0].HowTo = nil }},
		{"no title", "/0/versions/0/title", intake.ErrPageTitle, func(p *intake.Page) { p.Versions[0].Title = nil }},
		{"no version", "/0/versions", intake.ErrPageEmpty, func(p *intake.Page) { p.Versions = nil }},
		{"a version twice", "/0/versions/1/name", intake.ErrPageTwice, func(p *intake.Page) { p.Versions = append(p.Versions, p.Versions[0]) }},
		{"a weight below zero", "/0/versions/0/weight", intake.ErrPageWeight, func(p *intake.Page) { p.Versions[0].Weight = -1 }},
		{"a name with a dash at its end", "/0/name", intake.ErrPageName, func(p *intake.Page) { p.Name = "year-" }},
	} {
		p := intake.Page{Name: "y", Versions: []intake.PageVersion{wording("a", "一年", 1)}}
		if err := intake.CheckPages([]intake.Page{p}); err != nil {
			t.Fatalf("a good page: %v", err)
		}
		c.spoil(&p)
		err := intake.CheckPages([]intake.Page{p})
		if e := errs.As(err); !errors.Is(err, c.want) || e.Field != c.field && (len(e.Fields) == 0 || e.Fields[0].Field != c.field) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// G8: visitors are shared out by weight and keep their version; each is counted once, by the words that they have seen, up to the
// membership they buy and give back.
func TestVersionsOfAPage(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var a, b intake.Config
		w.do(func(tx *db.Tx) (err error) {
			a, err = w.Intake.ConfigTx(tx)
			return err
		})
		a.Pages = []intake.Page{{Name: "year", Versions: []intake.PageVersion{wording("calm", "和同行在一起", 3), wording("brisk", "十分钟读完", 1)}}}
		b = a
		b.Pages = []intake.Page{{Name: "year", Versions: []intake.PageVersion{wording("calm", "换了一句话", 3), wording("brisk", "十分钟读完", 1)}}}
		declare := func(c intake.Config) {
			t.Helper()
			w.do(func(tx *db.Tx) error { return w.Intake.DeclareTx(tx, c) })
		}
		declare(a)
		e := w.entry("open")
		e.Page = "nowhere"
		if err := w.DB.Do(t.Context(), w.Community, func(tx *db.Tx) error { _, err := w.Intake.SetEntryTx(tx, e); return err }); !errors.Is(err, intake.ErrUnknownPage) {
			t.Errorf("a page that nobody has declared: %v", err)
		}
		e.Page = "year"
		w.do(func(tx *db.Tx) error { _, err := w.Intake.SetEntryTx(tx, e); return err })
		w.do(func(tx *db.Tx) error {
			return w.App.Members.DeclareTx(tx, membership.Config{Plans: []membership.Plan{{Name: "year", Title: said("会员"), Price: 100_00, Period: membership.Period{Months: 12}, Refund: 7}}})
		})
		shown := map[string]intake.Shown{}
		seen := func(visitor string) intake.Shown {
			t.Helper()
			var x intake.Shown
			w.read(func(tx *db.Tx) (err error) {
				x, err = w.Intake.PageTx(tx, e, visitor)
				return err
			})
			w.must(w.Intake.SeePage(t.Context(), w.Community, e, x, visitor))
			return x
		}
		counts := map[string]int{}
		for i := range 200 {
			v := visitor(fmt.Sprint(i)).Account
			shown[v] = seen(v)
			counts[shown[v].Version]++
			if again := seen(v); again.Version != shown[v].Version {
				t.Fatalf("visitor %s is shown %s, then %s", v, shown[v].Version, again.Version)
			}
		}
		if n := counts["calm"]; n < 125 || n > 175 {
			t.Errorf("of 200 visitors %d see the version with three quarters of the weight", n)
		}
		buyer := w.arrive("open", "7")
		w.arrive("open", "8")
		w.settle()
		buy := func() (term membership.Term) {
			t.Helper()
			w.do(func(tx *db.Tx) (err error) {
				if term, err = w.App.Members.ReserveTx(tx, buyer, "year", 1e9); err == nil {
					term, err = w.App.Members.BuyTx(tx, term.ID)
				}
				return err
			})
			w.settle()
			return term
		}
		term := buy()
		buy() // a renewal is not the page's doing
		figures := func() map[string]intake.PageFigures {
			t.Helper()
			out := map[string]intake.PageFigures{}
			w.read(func(tx *db.Tx) error {
				list, err := w.Intake.PagesTx(tx)
				for _, f := range list {
					out[fmt.Sprint(f.Version, f.Revision)] = f
				}
				return err
			})
			return out
		}
		f := figures()
		if len(f) != 2 || f["calm1"].Seen+f["brisk1"].Seen != 200 || f["calm1"].Begun+f["brisk1"].Begun != 2 || int(f["calm1"].Seen) != counts["calm"] {
			t.Errorf("seen and begun: %+v", f)
		}
		by := shown[visitor("7").Account].Version + "1"
		if x := f[by]; x.Bought != 1 || x.Paid != 100_00 {
			t.Errorf("bought by %s: %+v", by, f)
		}
		declare(b)
		if x := seen(visitor("500").Account); x.Version == "calm" && x.Revision != 2 || x.Version == "brisk" && x.Revision != 1 {
			t.Errorf("other words have another revision: %+v", x)
		}
		declare(a) // back to the words from before: their figures go on
		if f = figures(); len(f) != 3 || !f["calm1"].Active || f["calm2"].Active {
			t.Errorf("after the words went back: %+v", f)
		}
		w.do(func(tx *db.Tx) error {
			terms, err := w.App.Members.TermsTx(tx, buyer)
			if err == nil {
				_, err = w.App.Members.RefundTx(tx, terms[1].ID)
			}
			if err == nil {
				_, err = w.App.Members.RefundTx(tx, term.ID)
			}
			return err
		})
		w.settle()
		if x := figures()[by]; x.Refunded != 1 || x.Paid != 0 || x.Bought != 1 {
			t.Errorf("given back: %+v", x)
		}
		w.sound()
	})
}
