package ladder

import (
	"cmp"
	"slices"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/kit/text"
)

// Rung is a step of the ladder.
type Rung string

// The rungs, from the lowest.
const (
	Free   Rung = "free"
	Low    Rung = "low"
	Mid    Rung = "mid"
	High   Rung = "high"
	Shared Rung = "shared" // who has brought somebody and earned by it
)

// Rungs lists them, the lowest first.
var Rungs = []Rung{Free, Low, Mid, High, Shared}

// above tells whether a rung is higher than another; every rung is above none.
func (r Rung) above(o Rung) bool { return slices.Index(Rungs, r) > slices.Index(Rungs, o) }

// Config is what a playbook says about the ladder.
type Config struct {
	Mid  money.Fen `json:"mid,omitempty" doc:"fen in the API, yuan in a playbook: the full price from which a product is of the middle rung; 500 yuan if not given"`
	High money.Fen `json:"high,omitempty" doc:"fen in the API, yuan in a playbook: the full price from which a product is of the high rung; 10,000 yuan if not given"`
}

// Where the rungs begin if a playbook doesn't say.
const (
	defaultMid  = money.Fen(500_00)
	defaultHigh = money.Fen(10_000_00)
	maxPrice    = money.Fen(100_000_000_00)
)

// Refusals about the ladder.
var (
	ErrLimit = errs.Define(errs.Invalid, "ladder.limit") // "max": below zero, or beyond all sense
	ErrOrder = errs.Define(errs.Invalid, "ladder.order") // "mid", "high": the middle rung doesn't begin below the high one
)

// Check refuses limits between which no rung is.
func (c Config) Check() error {
	var g errs.Gather
	wrong := func(f money.Fen) bool { return f < 0 || f > maxPrice }
	g.Refuse(wrong(c.Mid), ErrLimit.With("max", maxPrice.String()), "/mid")
	g.Refuse(wrong(c.High), ErrLimit.With("max", maxPrice.String()), "/high")
	if err := g.Err(); err != nil {
		return err
	}
	c = c.WithDefaults()
	at := "/mid"
	if c.Mid == defaultMid {
		at = "/high" // it is the one that was given
	}
	g.Refuse(c.Mid >= c.High, ErrOrder.With("mid", c.Mid.String()).With("high", c.High.String()), at)
	return g.Err()
}

// WithDefaults fills in what was not given.
func (c Config) WithDefaults() Config {
	return Config{Mid: cmp.Or(c.Mid, defaultMid), High: cmp.Or(c.High, defaultHigh)}
}

// KindShare is the kind of a growth programme, which stands above everything that is bought.
const KindShare = "share"

// Product is something that stands on the ladder: what somebody has, or what is on sale.
type Product struct {
	Kind  string    `json:"kind" doc:"plan, ticket, goods; share for a growth programme"`
	Item  string    `json:"item" doc:"the plan, event, product or programme"`
	Part  string    `json:"part,omitempty" doc:"the ticket type or SKU"`
	Title text.Text `json:"title"`
	Full  money.Fen `json:"full" doc:"fen, the full price, from which its rung follows"`
	Price money.Fen `json:"price" doc:"fen, what it costs now"`
	Since time.Time `json:"since,omitzero" doc:"since when somebody has it"`
}

// Of is the rung of a product.
func (c Config) Of(p Product) Rung {
	c = c.WithDefaults()
	switch {
	case p.Kind == KindShare:
		return Shared
	case p.Full <= 0:
		return Free
	case p.Full < c.Mid:
		return Low
	case p.Full < c.High:
		return Mid
	}
	return High
}

func (p Product) same(o Product) bool { return p.Kind == o.Kind && p.Item == o.Item }

// Top is the highest rung of what somebody has, with the dearest of it, of equals what they have had the longest; false if they have nothing.
func (c Config) Top(holds []Product) (Rung, Product, bool) {
	if len(holds) == 0 {
		return "", Product{}, false
	}
	p := slices.MinFunc(holds, func(a, b Product) int {
		return cmp.Or(cmp.Compare(b.Full, a.Full), a.Since.Compare(b.Since), a.compare(b))
	})
	return c.Of(p), p, true
}

func (p Product) compare(o Product) int {
	return cmp.Or(cmp.Compare(p.Kind, o.Kind), cmp.Compare(p.Item, o.Item), cmp.Compare(p.Part, o.Part))
}

// Reason is why something is suggested, or nothing: a key of the catalogue, whose placeholders Suggestion.Params fills.
type Reason string

// The reasons.
const (
	FirstFree  Reason = "ladder.why.first_free"  // has nothing yet, and something is free
	First      Reason = "ladder.why.first"       // has nothing yet
	Step       Reason = "ladder.why.step"        // has something, and something higher is on sale
	ToShare    Reason = "ladder.why.share"       // has something, nothing higher is on sale, and a programme is open
	FirstShare Reason = "ladder.why.first_share" // has nothing, and nothing but a programme is open
	AtTop      Reason = "ladder.why.top"         // nothing higher is on sale, and they have shared
	NoneHigher Reason = "ladder.why.none"        // nothing higher is on sale, and no programme is open
)

// Suggestion is somebody's next step.
type Suggestion struct {
	From    Rung     `json:"from,omitempty" enum:"free,low,mid,high" doc:"where they stand; empty for who has nothing yet"`
	Has     *Product `json:"has,omitempty" doc:"what they have there, and since when"`
	To      Rung     `json:"to" enum:"free,low,mid,high,shared"`
	Product Product  `json:"product"`
	Reason  Reason   `json:"reason"`
}

// Next suggests the lowest rung above the highest that somebody stands on for which something is on sale that they don't have, and of
// what is on sale there the cheapest. Sharing is suggested last, and to nobody who has shared: it doesn't make up for a rung below.
func Next(c Config, holds []Product, shared bool, offers []Product) (Suggestion, bool) {
	from, has, stands := c.Top(holds)
	var best *Product
	for i, o := range offers {
		to := c.Of(o)
		if !to.above(from) || to == Shared && shared || slices.ContainsFunc(holds, o.same) {
			continue
		}
		if best == nil || c.sooner(o, *best) {
			best = &offers[i]
		}
	}
	if best == nil {
		return Suggestion{}, false
	}
	s := Suggestion{From: from, To: c.Of(*best), Product: *best, Reason: Step}
	if stands {
		s.Has = &has
	}
	switch {
	case s.To == Shared && stands:
		s.Reason = ToShare
	case s.To == Shared:
		s.Reason = FirstShare
	case !stands && s.Product.Price == 0:
		s.Reason = FirstFree
	case !stands:
		s.Reason = First
	}
	return s, true
}

// sooner tells whether a product is suggested before another: of a lower rung, or cheaper.
func (c Config) sooner(p, o Product) bool {
	rung := func(p Product) int { return slices.Index(Rungs, c.Of(p)) }
	return cmp.Or(cmp.Compare(rung(p), rung(o)), cmp.Compare(p.Price, o.Price), cmp.Compare(p.Full, o.Full), p.compare(o)) < 0
}

// Standing is where somebody stands, and what is next.
type Standing struct {
	Rung   Rung        `json:"rung,omitempty" enum:"free,low,mid,high" doc:"the highest of what they have; empty for who has nothing yet"`
	Shared bool        `json:"shared" doc:"they have brought somebody and earned by it"`
	Has    *Product    `json:"has,omitempty" doc:"the dearest of what they have on that rung"`
	Next   *Suggestion `json:"next,omitempty" doc:"none for who is at the top"`
	Reason Reason      `json:"reason" doc:"why that is next, or nothing is"`
}

// Stand is Next with where somebody stands, and why nothing is next.
func Stand(c Config, holds []Product, shared bool, offers []Product) Standing {
	x := Standing{Shared: shared, Reason: NoneHigher}
	if rung, has, stands := c.Top(holds); stands {
		x.Rung, x.Has = rung, &has
	}
	s, found := Next(c, holds, shared, offers)
	switch {
	case found:
		x.Next, x.Reason = &s, s.Reason
	case shared:
		x.Reason = AtTop
	}
	return x
}

// Params fills the placeholders of the reason, in a language and zone.
func (x Standing) Params(lang text.Lang, zone *time.Location) map[string]any {
	out := map[string]any{}
	if x.Has != nil {
		out["has"], out["since"] = x.Has.Title.In(lang), x.Has.Since.In(zone).Format(time.DateOnly)
	}
	if x.Next != nil {
		out["product"], out["price"] = x.Next.Product.Title.In(lang), x.Next.Product.Price.String()
	}
	return out
}

// Tier is a rung with what is on sale there.
type Tier struct {
	Rung  Rung      `json:"rung" enum:"free,low,mid,high,shared"`
	Items []Product `json:"items" doc:"the cheapest first; none where the ladder has a gap"`
}

// Tiers puts what is on sale on its rungs, every rung in its order.
func (c Config) Tiers(offers []Product) []Tier {
	out := make([]Tier, len(Rungs))
	for i, r := range Rungs {
		out[i] = Tier{Rung: r, Items: []Product{}}
		for _, o := range offers {
			if c.Of(o) == r {
				out[i].Items = append(out[i].Items, o)
			}
		}
		slices.SortFunc(out[i].Items, func(a, b Product) int {
			return cmp.Or(cmp.Compare(a.Price, b.Price), cmp.Compare(a.Full, b.Full), a.compare(b))
		})
	}
	return out
}
