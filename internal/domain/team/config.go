package team

import (
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/access"
)

// Config is what a playbook says about the team.
type Config struct {
	Departments []Department `json:"departments,omitempty"`
	Owners      Owners       `json:"owners,omitempty"`
	Credits     Credits      `json:"credits,omitempty"`
}

// Department is staff with one duty: everybody who has its role.
type Department struct {
	Name    string      `json:"name" doc:"a–z, 0–9, -"`
	Title   text.Text   `json:"title"`
	Side    Side        `json:"side" doc:"traffic, sales or service"`
	Role    access.Role `json:"role,omitempty" doc:"who is in it; the side's name if not given"`
	Sources []string    `json:"sources,omitempty" doc:"names of sources whose people come here first"`
	Pay     Pay         `json:"pay,omitempty"`
}

// Side is what a department does with people: traffic brings them, sales has contacts, service has members.
type Side string

// The sides.
const (
	SideTraffic Side = "traffic"
	SideSales   Side = "sales"
	SideService Side = "service"
)

// Pay is what a department's staff earns of what is credited to them in a month.
type Pay struct {
	Steps []Step    `json:"steps,omitempty" doc:"each rate counts for the part of the month's volume from its step on, as with an income tax"`
	Cap   money.Fen `json:"cap,omitempty" doc:"fen in the API, yuan in a playbook: at most so much a month; no limit if not given"`
}

// Step is a rate from a volume on.
type Step struct {
	From   money.Fen `json:"from" doc:"fen in the API, yuan in a playbook: of the month's volume"`
	RateBP int       `json:"rate_bp" doc:"in basis points: 500 is 5 %"`
}

// Owners says who gets a contact.
type Owners struct {
	Choose      Choice         `json:"choose,omitempty" doc:"load: who has the fewest in hand; turns: who was given one longest ago. load if not given"`
	Hours       Hours          `json:"hours,omitempty"`
	Most        int            `json:"most,omitempty" doc:"contacts that somebody has in hand at once; no limit if not given"`
	ReturnAfter clock.Duration `json:"return_after,omitempty" doc:"when an untouched contact goes back to the pool; 72h if not given"`
	HandOver    []string       `json:"hand_over,omitempty" doc:"kinds of things whose payment hands a contact to service; plan if not given"`
}

// Hours are those in which contacts are given, in the community's zone.
type Hours struct {
	From string `json:"from,omitempty" doc:"09:00; the whole day if neither is given"`
	To   string `json:"to,omitempty"`
}

// Choice is how one of several is chosen.
type Choice string

// The choices.
const (
	ByLoad  Choice = "load"
	ByTurns Choice = "turns"
)

// Credits says which side a sale is credited to.
type Credits struct {
	Referral Side `json:"referral,omitempty" doc:"who was brought by somebody whom service looks after: service or sales; service if not given"`
	Renewal  Side `json:"renewal,omitempty" doc:"who was service's already buys again; service if not given"`
	Upgrade  Side `json:"upgrade,omitempty" doc:"sales if not given"`
}

// Refusals about the rules.
var (
	ErrName       = errs.Define(errs.Invalid, "team.name")  // "max"
	ErrTwice      = errs.Define(errs.Invalid, "team.twice") // "name"
	ErrTitle      = errs.Define(errs.Invalid, "team.title")
	ErrSide       = errs.Define(errs.Invalid, "team.side")
	ErrRole       = errs.Define(errs.Invalid, "team.role")
	ErrSource     = errs.Define(errs.Invalid, "team.source")      // "source": empty, or another department of the side has it
	ErrSteps      = errs.Define(errs.Invalid, "team.steps")       // "max": too many
	ErrStepFrom   = errs.Define(errs.Invalid, "team.step_from")   // not above the step before
	ErrStepRate   = errs.Define(errs.Invalid, "team.step_rate")   // below the step before, or beyond the price
	ErrCap        = errs.Define(errs.Invalid, "team.cap")         // below zero or beyond the limit
	ErrChoose     = errs.Define(errs.Invalid, "team.choose")      //
	ErrHours      = errs.Define(errs.Invalid, "team.hours")       // not two times of a day in order
	ErrMost       = errs.Define(errs.Invalid, "team.most")        // "max"
	ErrReturn     = errs.Define(errs.Invalid, "team.return")      // "min", "max"
	ErrCreditSide = errs.Define(errs.Invalid, "team.credit_side") // neither sales nor service
)

// Limits of the rules.
const (
	maxName        = 40
	maxSteps       = 20
	maxMost        = 100_000
	maxCap         = money.Fen(100_000_000_00)
	wholeBP        = 10_000
	dayMinutes     = 24 * 60
	defaultReturn  = 72 * time.Hour
	leastReturn    = time.Hour
	longestReturn  = 366 * 24 * time.Hour
	defaultOverBuy = "plan"
)

var slug = regexp.MustCompile(`^[a-z0-9][a-z0-9-]*$`)

// Check refuses rules that could not run.
func (c Config) Check() error {
	var bad []*errs.Error
	refuse := func(wrong bool, e *errs.Error, field string) {
		if wrong {
			bad = append(bad, e.At(field))
		}
	}
	names, sources := map[string]bool{}, map[string]bool{}
	for i, d := range c.Departments {
		at := fmt.Sprintf("/departments/%d", i)
		refuse(len(d.Name) > maxName || !slug.MatchString(d.Name), ErrName.With("max", maxName), at+"/name")
		refuse(names[d.Name], ErrTwice.With("name", d.Name), at+"/name")
		names[d.Name] = true
		refuse(d.Title.In(text.Hans) == "", ErrTitle, at+"/title")
		refuse(!slices.Contains([]Side{SideTraffic, SideSales, SideService}, d.Side), ErrSide, at+"/side")
		refuse(d.Role != "" && !slices.Contains(access.Roles, d.Role), ErrRole, at+"/role")
		for j, s := range d.Sources {
			key := string(d.Side) + " " + s
			refuse(s == "" || sources[key], ErrSource.With("source", s), fmt.Sprintf("%s/sources/%d", at, j))
			sources[key] = true
		}
		bad = append(bad, d.Pay.problems(at+"/pay")...)
	}
	o := c.Owners
	refuse(!slices.Contains([]Choice{"", ByLoad, ByTurns}, o.Choose), ErrChoose, "/owners/choose")
	_, _, ok := o.Hours.minutes()
	refuse(!ok, ErrHours, "/owners/hours")
	refuse(o.Most < 0 || o.Most > maxMost, ErrMost.With("max", maxMost), "/owners/most")
	after := time.Duration(o.ReturnAfter)
	refuse(after != 0 && (after < leastReturn || after > longestReturn), ErrReturn.With("min", "1h").With("max", "366d"), "/owners/return_after")
	for field, s := range map[string]Side{"referral": c.Credits.Referral, "renewal": c.Credits.Renewal, "upgrade": c.Credits.Upgrade} {
		refuse(s != "" && s != SideSales && s != SideService, ErrCreditSide, "/credits/"+field)
	}
	return errs.Join(bad...)
}

func (p Pay) problems(at string) (bad []*errs.Error) {
	if len(p.Steps) > maxSteps {
		return []*errs.Error{ErrSteps.With("max", maxSteps).At(at + "/steps")}
	}
	for i, s := range p.Steps {
		field := fmt.Sprintf("%s/steps/%d", at, i)
		if s.From < 0 || i > 0 && s.From <= p.Steps[i-1].From || i == 0 && s.From != 0 {
			bad = append(bad, ErrStepFrom.At(field+"/from"))
		}
		if s.RateBP < 0 || s.RateBP > wholeBP || i > 0 && s.RateBP < p.Steps[i-1].RateBP {
			bad = append(bad, ErrStepRate.At(field+"/rate_bp"))
		}
	}
	if p.Cap < 0 || p.Cap > maxCap {
		bad = append(bad, ErrCap.At(at+"/cap"))
	}
	return bad
}

// minutes are the hours as minutes of the day; none is the whole day.
func (h Hours) minutes() (from, to int, ok bool) {
	if h.From == "" && h.To == "" {
		return 0, dayMinutes, true
	}
	f, errFrom := time.Parse("15:04", h.From)
	t, errTo := time.Parse("15:04", h.To)
	if h.To == "24:00" {
		errTo = nil
		to = dayMinutes
	} else {
		to = t.Hour()*60 + t.Minute()
	}
	from = f.Hour()*60 + f.Minute()
	return from, to, errFrom == nil && errTo == nil && from < to
}

func (d Department) role() access.Role {
	if d.Role == "" {
		return access.Role(d.Side)
	}
	return d.Role
}

func (o Owners) returnAfter() time.Duration {
	if o.ReturnAfter == 0 {
		return defaultReturn
	}
	return time.Duration(o.ReturnAfter)
}

// HandsOver tells whether paying for a kind of thing hands a contact to service.
func (o Owners) HandsOver(kind string) bool {
	if len(o.HandOver) == 0 {
		return kind == defaultOverBuy
	}
	return slices.Contains(o.HandOver, kind)
}

func (c Credits) side(k SaleKind) Side {
	or := func(s, usual Side) Side {
		if s == "" {
			return usual
		}
		return s
	}
	switch k {
	case KindReferral:
		return or(c.Referral, SideService)
	case KindRenewal:
		return or(c.Renewal, SideService)
	case KindUpgrade:
		return or(c.Upgrade, SideSales)
	case KindNew:
	}
	return SideSales
}

// department is the one of a side that people of a source come to: one that names the source, else the first that names none.
func (c Config) department(side Side, source string) (Department, bool) {
	at := slices.IndexFunc(c.Departments, func(d Department) bool { return d.Side == side && source != "" && slices.Contains(d.Sources, source) })
	if at < 0 {
		at = slices.IndexFunc(c.Departments, func(d Department) bool { return d.Side == side && len(d.Sources) == 0 })
	}
	if at < 0 {
		at = slices.IndexFunc(c.Departments, func(d Department) bool { return d.Side == side })
	}
	if at < 0 {
		return Department{}, false
	}
	return c.Departments[at], true
}

// named gives a department by its name.
func (c Config) named(name string) (Department, bool) {
	at := slices.IndexFunc(c.Departments, func(d Department) bool { return d.Name == name })
	if at < 0 {
		return Department{}, false
	}
	return c.Departments[at], true
}
