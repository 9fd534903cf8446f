package growth

import (
	"cmp"
	"fmt"
	"math/bits"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/kit/text"
)

// Config is what a playbook says about growth.
type Config struct {
	Programmes []Programme `json:"programmes,omitempty"`
	Asking     Asking      `json:"asking,omitempty"`
	Proofs     []ProofRule `json:"proofs,omitempty"`
}

// Asking is how often somebody may be asked to share.
type Asking struct {
	Days int `json:"days,omitempty" doc:"a member is asked at most once in so many days, over all campaigns; 30 if not given"`
}

// Programme says what binds a guest to a promoter, and what the promoter gets when the guest buys.
type Programme struct {
	Name          string       `json:"name" doc:"a–z, 0–9, -"`
	Title         text.Text    `json:"title"`
	Binds         Binding      `json:"binds" doc:"click, claim, attendance, order or offer: what binds a guest; by offer who buys what an event offers to who held it"`
	ValidDays     int          `json:"valid_days,omitempty" doc:"days in which the guest's orders count; 0 only the order that bound them, -1 for ever"`
	ProtectDays   int          `json:"protect_days,omitempty" doc:"days in which nobody else can bind the guest; 0 none, -1 for ever"`
	Touch         TouchRule    `json:"touch,omitempty" doc:"first: who came first keeps the guest while the bond is valid; last: the latest gets them, unless they are protected. last if not given"`
	Products      []string     `json:"products,omitempty" doc:"plan:vip, a whole kind as ticket, or *; everything if not given"`
	Levels        []Level      `json:"levels" doc:"what the promoter gets, and, with two, who brought the promoter; more is against the law"`
	Reward        []RewardKind `json:"reward,omitempty" doc:"money, points, service: what the promoter may choose from, the first unless they do; money if not given"`
	PointsPerYuan int          `json:"points_per_yuan,omitempty" doc:"points for each yuan of a reward"`
	Service       text.Text    `json:"service,omitempty" doc:"what is given where the promoter chose a service"`
	Promoters     Who          `json:"promoters,omitempty" doc:"members or anyone; members if not given, but anyone of those who hold events"`
	Guests        Who          `json:"guests,omitempty" doc:"new: who is no member when they come; or anyone. new if not given, but anyone of who buys what an event offers"`
	Staff         bool         `json:"staff,omitempty" doc:"staff are promoters too"`
	FreezeDays    *int         `json:"freeze_days,omitempty" doc:"days from the payment for which a reward is frozen; until the order can't be given back any more if not given"`
}

// Level is what one level gets of an order.
type Level struct {
	RateBP int       `json:"rate_bp,omitempty" doc:"of what was paid, in basis points: 1000 is 10 %"`
	Fixed  money.Fen `json:"fixed,omitempty" doc:"fen in the API, yuan in a playbook: for each order, at most what was paid"`
}

// Binding is what binds a guest.
type Binding string

// What binds.
const (
	Click      Binding = "click"      // following a promoter's link
	Claim      Binding = "claim"      // taking a friend ticket
	Attendance Binding = "attendance" // coming to an event by a friend ticket
	ByOrder    Binding = "order"      // buying by a promoter's link
	ByOffer    Binding = "offer"      // buying what an event offered, from who held it (E8)
)

// Bindings lists what binds.
var Bindings = []Binding{Click, Claim, Attendance, ByOrder, ByOffer}

// atOnce tells a binding that an order makes itself.
func (b Binding) atOnce() bool { return b == ByOrder || b == ByOffer }

// TouchRule is which of several promoters gets a guest.
type TouchRule string

// The rules.
const (
	First TouchRule = "first"
	Last  TouchRule = "last"
)

// RewardKind is what a reward is made of.
type RewardKind string

// The kinds.
const (
	InMoney   RewardKind = "money"
	InPoints  RewardKind = "points"
	InService RewardKind = "service"
)

// Who is a set of people.
type Who string

// The sets.
const (
	MembersOnly Who = "members"
	NewOnly     Who = "new"
	Anyone      Who = "anyone"
)

// Refusals about programmes.
var (
	ErrName     = errs.Define(errs.Invalid, "growth.name")  // "max"
	ErrTwice    = errs.Define(errs.Invalid, "growth.twice") // "name"
	ErrTitle    = errs.Define(errs.Invalid, "growth.title")
	ErrBinds    = errs.Define(errs.Invalid, "growth.binds")
	ErrDays     = errs.Define(errs.Invalid, "growth.days") // "max"
	ErrTouch    = errs.Define(errs.Invalid, "growth.touch")
	ErrOneOrder = errs.Define(errs.Invalid, "growth.one_order") // who holds an event, and a choice that only longer bonds have
	ErrProduct  = errs.Define(errs.Invalid, "growth.product")   // "product"
	ErrLevels   = errs.Define(errs.Invalid, "growth.levels")    // none
	ErrTooDeep  = errs.Define(errs.Invalid, "growth.too_deep")  // more than the law allows
	ErrOneLevel = errs.Define(errs.Invalid, "growth.one_level") // a second one, of who holds an event
	ErrRate     = errs.Define(errs.Invalid, "growth.rate")      // neither rate nor amount, both, or beyond the price
	ErrReward   = errs.Define(errs.Invalid, "growth.reward")    // a kind that isn't known, or stands twice
	ErrPoints   = errs.Define(errs.Invalid, "growth.points")    // points, and not how many
	ErrService  = errs.Define(errs.Invalid, "growth.service")   // a service, and not which
	ErrWho      = errs.Define(errs.Invalid, "growth.who")       // people who aren't known
	ErrFreeze   = errs.Define(errs.Invalid, "growth.freeze")    // "max"
	ErrPerPoint = errs.Define(errs.Invalid, "growth.per_point") // too many points
)

// Limits of a programme.
const (
	maxLevels = 2 // the law: at most two, ever
	maxName   = 40
	maxDays   = 3660
	maxFixed  = money.Fen(1_000_000_00)
	maxPoints = 10_000
	wholeBP   = 10_000
	askDays   = 30
	forEver   = -1
)

var product = regexp.MustCompile(`^(\*|[a-z][a-z0-9_]*(:[A-Za-z0-9][A-Za-z0-9_./-]{0,80})?)$`)

// Check refuses programmes that could not run, or that the law forbids.
func (c Config) Check() error {
	var bad []*errs.Error
	if c.Asking.Days < 0 || c.Asking.Days > maxDays {
		bad = append(bad, ErrDays.With("max", maxDays).At("/asking/days"))
	}
	names := map[string]bool{}
	for i, p := range c.Programmes {
		at := fmt.Sprintf("/programmes/%d", i)
		if names[p.Name] {
			bad = append(bad, ErrTwice.With("name", p.Name).At(at+"/name"))
		}
		names[p.Name] = true
		bad = append(bad, p.problems(at)...)
	}
	return errs.Join(append(bad, proofProblems(c.Proofs)...)...)
}

func (p Programme) problems(at string) (bad []*errs.Error) {
	refuse := func(wrong bool, e *errs.Error, field string) {
		if wrong {
			bad = append(bad, e.At(at+field))
		}
	}
	refuse(!text.Slug(p.Name, maxName), ErrName.With("max", maxName), "/name")
	refuse(p.Title.In(text.Hans) == "", ErrTitle, "/title")
	refuse(!slices.Contains(Bindings, p.Binds), ErrBinds, "/binds")
	refuse(p.ValidDays < forEver || p.ValidDays > maxDays, ErrDays.With("max", maxDays), "/valid_days")
	refuse(p.ProtectDays < forEver || p.ProtectDays > maxDays, ErrDays.With("max", maxDays), "/protect_days")
	refuse(!slices.Contains([]TouchRule{"", First, Last}, p.Touch), ErrTouch, "/touch")
	refuse(p.Binds == ByOffer && p.ValidDays != 0, ErrOneOrder, "/valid_days")
	refuse(p.Binds == ByOffer && p.ProtectDays != 0, ErrOneOrder, "/protect_days")
	refuse(p.Binds == ByOffer && p.Touch == First, ErrOneOrder, "/touch")
	for i, x := range p.Products {
		refuse(!product.MatchString(x), ErrProduct.With("product", x), fmt.Sprintf("/products/%d", i))
	}
	refuse(!slices.Contains([]Who{"", MembersOnly, Anyone}, p.Promoters), ErrWho, "/promoters")
	refuse(!slices.Contains([]Who{"", NewOnly, Anyone}, p.Guests), ErrWho, "/guests")
	refuse(p.FreezeDays != nil && (*p.FreezeDays < 0 || *p.FreezeDays > maxDays), ErrFreeze.With("max", maxDays), "/freeze_days")
	return append(append(bad, p.levelProblems(at)...), p.rewardProblems(at)...)
}

func (p Programme) levelProblems(at string) (bad []*errs.Error) {
	if len(p.Levels) == 0 {
		bad = append(bad, ErrLevels.At(at+"/levels"))
	}
	if len(p.Levels) > maxLevels {
		bad = append(bad, ErrTooDeep.At(at+"/levels"))
	}
	if p.Binds == ByOffer && len(p.Levels) > 1 {
		bad = append(bad, ErrOneLevel.At(at+"/levels"))
	}
	rates := 0
	for i, l := range p.Levels {
		rates += max(l.RateBP, 0)
		if l.RateBP < 0 || l.Fixed < 0 || l.Fixed > maxFixed || (l.RateBP == 0) == (l.Fixed == 0) || rates > wholeBP {
			bad = append(bad, ErrRate.At(fmt.Sprintf("%s/levels/%d", at, i)))
		}
	}
	return bad
}

func (p Programme) rewardProblems(at string) (bad []*errs.Error) {
	for i, k := range p.Reward {
		field := fmt.Sprintf("%s/reward/%d", at, i)
		switch {
		case !slices.Contains([]RewardKind{InMoney, InPoints, InService}, k) || slices.Index(p.Reward, k) != i:
			bad = append(bad, ErrReward.At(field))
		case k == InPoints && p.PointsPerYuan == 0:
			bad = append(bad, ErrPoints.At(at+"/points_per_yuan"))
		case k == InService && p.Service.In(text.Hans) == "":
			bad = append(bad, ErrService.At(at+"/service"))
		}
	}
	if p.PointsPerYuan < 0 || p.PointsPerYuan > maxPoints {
		bad = append(bad, ErrPerPoint.With("max", maxPoints).At(at+"/points_per_yuan"))
	}
	return bad
}

// Warning is something that may be declared and is unwise. Code is a key of the catalogue.
type Warning struct {
	Field string `json:"field"`
	Code  string `json:"code"`
}

// Warnings are what a careful operator should look at again, after Check.
func (c Config) Warnings() (out []Warning) {
	for i, p := range c.Programmes {
		at := fmt.Sprintf("/programmes/%d", i)
		warn := func(wrong bool, field, code string) {
			if wrong {
				out = append(out, Warning{at + field, code})
			}
		}
		warn(p.ValidDays == 0 && !p.Binds.atOnce(), "/valid_days", "growth.warning.never_valid")
		warn(p.FreezeDays != nil && *p.FreezeDays < 7, "/freeze_days", "growth.warning.short_freeze")
		warn(len(p.Levels) == maxLevels, "/levels", "growth.warning.two_levels")
		warn(p.Promoters == Anyone && p.Binds == Click && p.ValidDays == forEver, "/valid_days", "growth.warning.click_for_ever")
	}
	for i := range c.Proofs { // whatever a picture shows, it is likely to be that something was shared
		out = append(out, Warning{fmt.Sprintf("/proofs/%d", i), "growth.warning.pays_sharing"})
	}
	if c.Asking.Days > 0 && c.Asking.Days < askDays {
		out = append(out, Warning{"/asking/days", "growth.warning.asks_often"})
	}
	return out
}

// withDefaults fills in what was not given.
func (p Programme) withDefaults() Programme {
	if p.Touch == "" {
		p.Touch = Last
	}
	if len(p.Products) == 0 {
		p.Products = []string{"*"}
	}
	if len(p.Reward) == 0 {
		p.Reward = []RewardKind{InMoney}
	}
	promoters, guests := MembersOnly, NewOnly
	if p.Binds == ByOffer {
		promoters, guests = Anyone, Anyone
	}
	p.Promoters, p.Guests = cmp.Or(p.Promoters, promoters), cmp.Or(p.Guests, guests)
	return p
}

// ofOneOrder tells whether each bond is of the order that made it, and of no other.
func (p Programme) ofOneOrder() bool {
	return p.Binds == ByOffer || p.Binds.atOnce() && p.ValidDays == 0 && p.ProtectDays == 0
}

// sells tells whether the programme is about a product of a kind.
func (p Programme) sells(kind, item string) bool {
	return slices.ContainsFunc(p.Products, func(x string) bool { return x == "*" || x == kind || within(kind+":"+item, x) })
}

// within tells whether an item is another, or a part of it: of an event, one sort of ticket.
func within(item, whole string) bool { return item == whole || strings.HasPrefix(item, whole+"/") }

// until is a day some days later; far away is for ever.
func until(at time.Time, days int) time.Time {
	if days == forEver {
		return time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)
	}
	return at.AddDate(0, 0, days)
}

// amount is what a level gets, of which kind, for base fen of which left fen have not gone back. Each step is rounded down, and
// each is of the whole: parts taken back one by one come to the same.
func (p Programme) amount(level int, kind RewardKind, base, left money.Fen) int64 {
	if left <= 0 {
		return 0
	}
	if kind == InService {
		return 1 // it is given as long as anything is paid
	}
	l := p.Levels[level-1]
	fen := mulDiv(int64(left), int64(l.RateBP), wholeBP)
	if l.Fixed > 0 {
		fen = mulDiv(int64(min(l.Fixed, base)), int64(left), int64(base))
	}
	if kind == InPoints {
		return mulDiv(fen, int64(p.PointsPerYuan), 100)
	}
	return fen
}

// mulDiv is a × b / c rounded down; a and b are not negative, and the result is at most a × b / c of 63 bits.
func mulDiv(a, b, c int64) int64 {
	high, low := bits.Mul64(uint64(a), uint64(b)) //nolint:gosec // not negative
	q, _ := bits.Div64(high, low, uint64(c))      //nolint:gosec // above zero
	return int64(q)                               //nolint:gosec // amounts are far below 63 bits
}
