package membership

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/kit/text"
)

// Config is what a playbook says about memberships.
type Config struct {
	Cap   int    `json:"cap,omitempty" doc:"most members at a time; 0 means no limit"`
	Plans []Plan `json:"plans,omitempty"`
}

// Plan is a membership that can be bought.
type Plan struct {
	Name     string     `json:"name" doc:"a–z, 0–9, -"`
	Title    text.Text  `json:"title"`
	Pitch    text.Text  `json:"pitch,omitempty" doc:"the one sentence that sells it"`
	Price    money.Fen  `json:"price" doc:"fen in the API, yuan in a playbook; a wave has its own"`
	Renewal  *money.Fen `json:"renewal,omitempty" doc:"fen in the API, yuan in a playbook; the price if not given"`
	Period   Period     `json:"period"`
	Grace    int        `json:"grace_days,omitempty" doc:"days after the end in which all is as before"`
	Refund   int        `json:"refund_days,omitempty" doc:"days from the purchase in which it can be given back"`
	Seats    int        `json:"colleagues,omitempty" doc:"places for colleagues when a company buys it, besides its contact; 0 means that it is for persons only"`
	Includes []string   `json:"includes,omitempty" doc:"plans whose benefits it holds as well; who has one of them upgrades"`
	Number   Number     `json:"number,omitempty"`
	Benefits []Benefit  `json:"benefits,omitempty"`
	Waves    []Wave     `json:"waves,omitempty" doc:"sold in this order; without any the plan is sold at its price without a quota"`
}

// Period is how long a term lasts: some months from the day it begins, or until a day of the year that all share.
type Period struct {
	Months int    `json:"months,omitempty"`
	Until  string `json:"until,omitempty" doc:"MM-DD: the last day of a season"`
}

// Number says how member numbers look and which are left out. Members of plans with the same pattern share one series.
type Number struct {
	Pattern  string `json:"pattern,omitempty" doc:"as VIP{yyyy}-{n:4}: the year it is given in, and the number with at least four digits; none if empty"`
	First    int    `json:"first,omitempty" doc:"1 if not given"`
	Last     int    `json:"last,omitempty" doc:"0 means no end"`
	Reserved []int  `json:"reserved,omitempty" doc:"left out, to be given by hand"`
	Without  string `json:"without,omitempty" doc:"a digit that no number has, as 4"`
}

// Benefit is something a plan promises. It can be used Count times in a term, or as often as one likes.
type Benefit struct {
	Name  string    `json:"name" doc:"a–z, 0–9, -"`
	Title text.Text `json:"title"`
	Count int       `json:"count,omitempty" doc:"0 means unlimited"`
}

// Wave is a part of a plan's places, sold at a price of its own.
type Wave struct {
	Name   string    `json:"name" doc:"a–z, 0–9, -"`
	Price  money.Fen `json:"price" doc:"fen in the API, yuan in a playbook"`
	Quota  int       `json:"quota"`
	Opens  time.Time `json:"opens,omitzero"`
	Closes time.Time `json:"closes,omitzero"`
}

// Refusals about plans.
var (
	ErrName        = errs.Define(errs.Invalid, "membership.name")    // "max"
	ErrTitle       = errs.Define(errs.Invalid, "membership.title")   // nothing to show
	ErrPrice       = errs.Define(errs.Invalid, "membership.price")   // below zero or beyond all sense
	ErrPeriod      = errs.Define(errs.Invalid, "membership.period")  // neither months nor a day, or both
	ErrDays        = errs.Define(errs.Invalid, "membership.days")    // "max"
	ErrPattern     = errs.Define(errs.Invalid, "membership.pattern") // a number that is in no place, or in two
	ErrIncludes    = errs.Define(errs.Invalid, "membership.includes")
	ErrTwice       = errs.Define(errs.Invalid, "membership.twice") // "name"
	ErrQuota       = errs.Define(errs.Invalid, "membership.quota")
	ErrUnknownPlan = errs.Define(errs.NotFound, "membership.unknown_plan") // "plan"
)

// Limits of a plan.
const (
	maxName   = 40
	maxMonths = 120
	maxDays   = 366
	maxPrice  = money.Fen(100_000_000_00)
	maxQuota  = 10_000_000

	maxColleagues = 10_000
)

var number = regexp.MustCompile(`\{n(?::([1-9]))?\}`)

func isName(s string) bool { return text.Slug(s, maxName) }

// Check refuses plans that could not be sold.
func (c Config) Check() error {
	var bad []*errs.Error
	if c.Cap < 0 || c.Cap > maxQuota {
		bad = append(bad, ErrQuota.At("/cap"))
	}
	known := map[string]Plan{}
	for i, p := range c.Plans {
		at := fmt.Sprintf("/plans/%d", i)
		if _, twice := known[p.Name]; twice {
			bad = append(bad, ErrTwice.With("name", p.Name).At(at+"/name"))
		}
		known[p.Name] = p
		bad = append(bad, p.problems(at)...)
	}
	for i, p := range c.Plans {
		for j, name := range p.Includes {
			if _, ok := known[name]; !ok || c.reaches(known, name, p.Name, len(known)) {
				bad = append(bad, ErrIncludes.With("plan", name).At(fmt.Sprintf("/plans/%d/includes/%d", i, j)))
			}
		}
	}
	return errs.Join(bad...)
}

// reaches tells whether a plan includes another, at any remove; deep bounds the search in a circle.
func (c Config) reaches(known map[string]Plan, from, to string, deep int) bool {
	return from == to || deep > 0 && slices.ContainsFunc(known[from].Includes, func(next string) bool { return c.reaches(known, next, to, deep-1) })
}

func (p Plan) problems(at string) (bad []*errs.Error) {
	refuse := func(wrong bool, e *errs.Error, field string) {
		if wrong {
			bad = append(bad, e.At(at+field))
		}
	}
	price := func(f money.Fen) bool { return f < 0 || f > maxPrice }
	days := func(n int) bool { return n < 0 || n > maxDays }
	refuse(!isName(p.Name), ErrName.With("max", maxName), "/name")
	refuse(p.Title.In(text.Hans) == "", ErrTitle, "/title")
	refuse(price(p.Price), ErrPrice, "/price")
	refuse(p.Renewal != nil && price(*p.Renewal), ErrPrice, "/renewal")
	refuse(!p.Period.valid(), ErrPeriod.With("max", maxMonths), "/period")
	refuse(days(p.Grace), ErrDays.With("max", maxDays), "/grace_days")
	refuse(days(p.Refund), ErrDays.With("max", maxDays), "/refund_days")
	refuse(p.Seats < 0 || p.Seats > maxColleagues, ErrQuota, "/colleagues")
	refuse(!p.Number.valid(), ErrPattern, "/number")
	names := map[string]bool{}
	for i, b := range p.Benefits {
		at := fmt.Sprintf("/benefits/%d", i)
		refuse(!isName(b.Name), ErrName.With("max", maxName), at+"/name")
		refuse(names[b.Name], ErrTwice.With("name", b.Name), at+"/name")
		refuse(b.Title.In(text.Hans) == "", ErrTitle, at+"/title")
		refuse(b.Count < 0 || b.Count > maxQuota, ErrQuota, at+"/count")
		names[b.Name] = true
	}
	clear(names)
	for i, w := range p.Waves {
		at := fmt.Sprintf("/waves/%d", i)
		refuse(!isName(w.Name), ErrName.With("max", maxName), at+"/name")
		refuse(names[w.Name], ErrTwice.With("name", w.Name), at+"/name")
		refuse(price(w.Price), ErrPrice, at+"/price")
		refuse(w.Quota < 1 || w.Quota > maxQuota, ErrQuota, at+"/quota")
		refuse(!w.Closes.IsZero() && !w.Closes.After(w.Opens), ErrPeriod, at+"/closes")
		names[w.Name] = true
	}
	return bad
}

func (p Period) valid() bool {
	if p.Until == "" {
		return p.Months >= 1 && p.Months <= maxMonths
	}
	_, err := time.Parse("2006-01-02", "2000-"+p.Until)
	return err == nil && p.Months == 0
}

func (n Number) valid() bool {
	if n.Pattern == "" {
		return true
	}
	rest := number.ReplaceAllString(strings.Replace(n.Pattern, "{yyyy}", "", 1), "")
	return len(number.FindAllString(n.Pattern, -1)) == 1 && !strings.ContainsAny(rest, "{}") && len(n.Pattern) <= maxName &&
		n.First >= 0 && n.Last >= 0 && (n.Last == 0 || n.Last >= n.First) && len(n.Without) <= 1 && (n.Without == "" || strings.Contains("0123456789", n.Without))
}

// RenewalPrice is what another term costs who has one.
func (p Plan) RenewalPrice() money.Fen {
	if p.Renewal != nil {
		return *p.Renewal
	}
	return p.Price
}

// end gives the end of a term that begins at start: whole days in the community's zone, so that nobody loses part of one.
// Where a month is too short for the day, its last day counts.
func (p Period) end(start time.Time, zone *time.Location) time.Time {
	local := start.In(zone)
	if p.Until != "" {
		day, _ := time.Parse("01-02", p.Until) // checked
		for year := local.Year(); ; year++ {
			if end := midnightAfter(lastDay(year, day.Month(), day.Day()), zone); end.After(start) {
				return end
			}
		}
	}
	months := int(local.Month()) - 1 + p.Months
	year, month := local.Year()+months/12, time.Month(months%12+1)
	day := lastDay(year, month, local.Day())
	end := time.Date(day.Year(), day.Month(), day.Day(), local.Hour(), local.Minute(), local.Second(), local.Nanosecond(), zone)
	if midnight := time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, zone); end.Equal(midnight) {
		return end.UTC()
	}
	return midnightAfter(day, zone)
}

// lastDay is a day of a month, or its last one where it has fewer.
func lastDay(year int, month time.Month, day int) time.Time {
	last := time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
	return time.Date(year, month, min(day, last), 0, 0, 0, 0, time.UTC)
}

// midnightAfter is the end of a day.
func midnightAfter(day time.Time, zone *time.Location) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, zone).UTC()
}
