package ladder_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/qunce/qunce/internal/domain/ladder"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/kit/text"
)

func product(kind, item string, full, price money.Fen) ladder.Product {
	return ladder.Product{Kind: kind, Item: item, Title: text.Text{text.Hans: item}, Full: full, Price: price}
}

var (
	talk   = product("ticket", "talk", 0, 0)
	book   = product("goods", "book", 68_00, 68_00)
	course = product("goods", "course", 299_00, 299_00)
	annual = product("plan", "annual", 1599_00, 999_00)
	camp   = product("goods", "camp", 1200_00, 1200_00)
	mentor = product("plan", "mentor", 120_000_00, 120_000_00)
	refer  = product(ladder.KindShare, "refer", 0, 0)
	all    = []ladder.Product{refer, mentor, annual, camp, course, book, talk}
)

func since(p ladder.Product, day int) ladder.Product {
	p.Since = time.Date(2026, 3, day, 20, 0, 0, 0, time.UTC)
	return p
}

// M6: the next rung is the lowest above the highest on which something is on sale, and of that the cheapest.
func TestNext(t *testing.T) {
	for name, c := range map[string]struct {
		holds  []ladder.Product
		shared bool
		offers []ladder.Product
		to     ladder.Rung
		item   string
		reason ladder.Reason
	}{
		"nobody begins with what is free":         {nil, false, all, ladder.Free, "talk", ladder.FirstFree},
		"with nothing free, with the cheapest":    {nil, false, all[:6], ladder.Low, "book", ladder.First},
		"a gap is stepped over":                   {[]ladder.Product{talk}, false, []ladder.Product{mentor, annual}, ladder.Mid, "annual", ladder.Step},
		"a wave's price counts within a rung":     {[]ladder.Product{book}, false, all, ladder.Mid, "annual", ladder.Step},
		"nothing beside what they have":           {[]ladder.Product{annual}, false, all[2:], "", "", ""},
		"the highest counts, not the last":        {[]ladder.Product{annual, book}, false, all, ladder.High, "mentor", ladder.Step},
		"sharing comes after the top":             {[]ladder.Product{mentor}, false, all, ladder.Shared, "refer", ladder.ToShare},
		"and when nothing higher is on sale":      {[]ladder.Product{annual}, false, []ladder.Product{refer, book}, ladder.Shared, "refer", ladder.ToShare},
		"or nothing at all":                       {nil, false, []ladder.Product{refer}, ladder.Shared, "refer", ladder.FirstShare},
		"but not twice":                           {[]ladder.Product{mentor}, true, all, "", "", ""},
		"who has shared has not bought":           {[]ladder.Product{book}, true, all, ladder.Mid, "annual", ladder.Step},
		"a friend's ticket isn't to be bought":    {[]ladder.Product{product("ticket", "salon", 0, 0)}, false, []ladder.Product{product("ticket", "salon", 39_00, 39_00), book}, ladder.Low, "book", ladder.Step},
		"of equals the first by kind and by name": {nil, false, []ladder.Product{product("plan", "b", 9_00, 9_00), product("plan", "a", 9_00, 9_00), product("goods", "z", 9_00, 9_00)}, ladder.Low, "z", ladder.First},
	} {
		s, found := ladder.Next(ladder.Config{}, c.holds, c.shared, c.offers)
		if found != (c.item != "") || s.To != c.to || s.Product.Item != c.item || s.Reason != c.reason {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

func TestTheReasonSaysWhatTheyHave(t *testing.T) {
	s := ladder.Stand(ladder.Config{}, []ladder.Product{since(course, 2), since(book, 1), since(talk, 1)}, false, all)
	if s.Rung != ladder.Low || s.Has.Item != "course" || s.Next == nil || s.Next.Has.Item != "course" || s.Next.From != ladder.Low {
		t.Fatalf("%+v", s)
	}
	words, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	zone := time.FixedZone("Shanghai", 8*3600)
	if said := words.Say(text.En, zone, string(s.Reason), s.Params(text.En, zone)); said != "Has “course” since 2026-03-03; next is “annual” at ¥999.00." {
		t.Errorf("%q", said)
	}
	for _, reason := range []ladder.Reason{ladder.FirstFree, ladder.First, ladder.Step, ladder.ToShare, ladder.FirstShare, ladder.AtTop, ladder.NoneHigher} {
		for _, lang := range text.Langs {
			if said := words.Say(lang, zone, string(reason), s.Params(lang, zone)); said == string(reason) || strings.Contains(said, "{") {
				t.Errorf("%s in %s: %q", reason, lang, said)
			}
		}
	}
	for shared, reason := range map[bool]ladder.Reason{true: ladder.AtTop, false: ladder.NoneHigher} {
		if s := ladder.Stand(ladder.Config{}, []ladder.Product{annual}, shared, nil); s.Next != nil || s.Reason != reason || s.Rung != ladder.Mid {
			t.Errorf("%+v", s)
		}
	}
}

func TestEveryRungIsThere(t *testing.T) {
	tiers := ladder.Config{}.Tiers([]ladder.Product{mentor, course, book})
	var got []string
	for _, x := range tiers {
		items := ""
		for _, p := range x.Items {
			items += " " + p.Item
		}
		got = append(got, string(x.Rung)+":"+items)
	}
	if want := []string{"free:", "low: book course", "mid:", "high: mentor", "shared:"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// What a playbook says stands between nothing and the high rung; what it doesn't say is 500 and 10,000 yuan.
func TestLimits(t *testing.T) {
	for _, c := range []struct {
		ladder.Config
		refusal *errs.Error
		at      string
	}{
		{ladder.Config{}, nil, ""},
		{ladder.Config{Mid: 1, High: 2}, nil, ""},
		{ladder.Config{High: 501_00}, nil, ""},
		{ladder.Config{Mid: -1}, ladder.ErrLimit, "/mid"},
		{ladder.Config{High: -1}, ladder.ErrLimit, "/high"},
		{ladder.Config{High: 1 << 60}, ladder.ErrLimit, "/high"},
		{ladder.Config{Mid: 10_000_00}, ladder.ErrOrder, "/mid"},
		{ladder.Config{High: 500_00}, ladder.ErrOrder, "/high"},
		{ladder.Config{Mid: 20_00, High: 20_00}, ladder.ErrOrder, "/mid"},
	} {
		e := errs.As(c.Check())
		if (e == nil) != (c.refusal == nil) || e != nil && (!e.Is(c.refusal) || e.Field != c.at) {
			t.Errorf("%+v: %v", c.Config, e)
		}
	}
	for full, rung := range map[money.Fen]ladder.Rung{0: ladder.Free, 1: ladder.Low, 499_99: ladder.Low, 500_00: ladder.Mid, 9_999_99: ladder.Mid, 10_000_00: ladder.High} {
		if got := (ladder.Config{}).Of(product("goods", "x", full, 1)); got != rung {
			t.Errorf("%s is %s, want %s", full, got, rung)
		}
	}
}

// M6: whatever somebody has and whatever is on sale, the suggestion is on sale, above all they have, nothing that they have, with
// nothing cheaper or lower left out; and the order in which things come makes no difference.
func TestAnyNext(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		c := ladder.Config{Mid: money.Fen(rapid.IntRange(0, 3).Draw(rt, "mid")), High: money.Fen(rapid.IntRange(4, 6).Draw(rt, "high"))}
		things := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) ladder.Product {
			p := product(rapid.SampledFrom([]string{"plan", "ticket", "goods"}).Draw(rt, "kind"), rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(rt, "item"),
				money.Fen(rapid.IntRange(0, 8).Draw(rt, "full")), money.Fen(rapid.IntRange(0, 8).Draw(rt, "price")))
			return since(p, rapid.IntRange(1, 3).Draw(rt, "since"))
		}), 0, 8)
		holds, offers, shared := things.Draw(rt, "holds"), things.Draw(rt, "offers"), rapid.Bool().Draw(rt, "shared")
		if rapid.Bool().Draw(rt, "programme") {
			offers = append(offers, refer)
		}
		rank := func(r ladder.Rung) int { return slices.Index(ladder.Rungs, r) }
		top := -1
		for _, h := range holds {
			top = max(top, rank(c.Of(h)))
		}
		may := slices.DeleteFunc(slices.Clone(offers), func(o ladder.Product) bool {
			return rank(c.Of(o)) <= top || c.Of(o) == ladder.Shared && shared || slices.ContainsFunc(holds, func(h ladder.Product) bool { return h.Kind == o.Kind && h.Item == o.Item })
		})
		s, found := ladder.Next(c, holds, shared, offers)
		if found != (len(may) > 0) {
			rt.Fatalf("found %v, may have %+v", found, may)
		}
		mixed, found2 := ladder.Next(c, rapid.Permutation(holds).Draw(rt, "holds mixed"), shared, rapid.Permutation(offers).Draw(rt, "offers mixed"))
		same := func(p, o ladder.Product) bool {
			return p.Kind == o.Kind && p.Item == o.Item && p.Full == o.Full && p.Price == o.Price
		}
		if found != found2 || s.From != mixed.From || s.To != mixed.To || !same(s.Product, mixed.Product) || (s.Has == nil) != (len(holds) == 0 || !found) {
			rt.Fatalf("%+v, mixed %+v", s, mixed)
		}
		if !found {
			return
		}
		if rank(s.To) <= top || s.To != c.Of(s.Product) || rank(s.From) != top || !slices.ContainsFunc(may, func(o ladder.Product) bool { return same(o, s.Product) }) {
			rt.Fatalf("%+v of %+v, who has %+v", s, offers, holds)
		}
		for _, o := range may {
			if r := rank(c.Of(o)); r < rank(s.To) || r == rank(s.To) && o.Price < s.Product.Price {
				rt.Fatalf("%+v is before %+v", o, s.Product)
			}
		}
	})
}
