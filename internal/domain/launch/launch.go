package launch

import (
	"strings"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/money"
)

// Launch is something that begins at a time and is to be known of by many at once.
type Launch struct {
	ID        string    `json:"id"`
	Title     string    `json:"title"`
	Product   string    `json:"product,omitempty" doc:"plan:vip, ticket:…; empty for the community as a whole"`
	Begins    time.Time `json:"begins" doc:"when those who promised share it"`
	Ends      time.Time `json:"ends"`
	Target    Goal      `json:"target"`
	Version   int64     `json:"version"`
	CreatedAt time.Time `json:"created_at"`
	ClosedAt  time.Time `json:"closed_at,omitzero" doc:"when it was closed by hand"`
}

// Goal is what a launch aims at; 0 means that nothing is asked.
type Goal struct {
	Pledges   int `json:"pledges"`
	Reach     int `json:"reach" doc:"visitors who come by the links of those who promised"`
	Endorsers int `json:"endorsers"`
}

// Open tells whether a launch takes pledges at a time.
func (l Launch) Open(at time.Time) bool { return l.ClosedAt.IsZero() && l.Ends.After(at) }

// Reach is what links brought, as they traced it.
type Reach struct {
	Views   int       `json:"views"`
	Visits  int       `json:"visits" doc:"visitors, each once a day"`
	Leads   int       `json:"leads" doc:"known persons who came"`
	Orders  int       `json:"orders"`
	Revenue money.Fen `json:"revenue" doc:"fen, of those orders, less refunds"`
}

func (r Reach) plus(o Reach) Reach {
	return Reach{r.Views + o.Views, r.Visits + o.Visits, r.Leads + o.Leads, r.Orders + o.Orders, r.Revenue + o.Revenue}
}

// Board is how a launch stands.
type Board struct {
	Launch
	Pledges   PledgeCounts `json:"pledges"`
	Reach     Reach        `json:"reach" doc:"of the links of all who promised, since the launch was opened"`
	Endorsers Progress     `json:"endorsers" doc:"with words they agreed to, of all who are named"`
	Resources Progress     `json:"resources" doc:"ready, of all"`
	Missing   []Gap        `json:"missing" doc:"what was aimed at and is not there yet"`
}

// PledgeCounts are the pledges of a launch by state.
type PledgeCounts struct {
	Asked    int   `json:"asked" doc:"and no answer yet"`
	Promised int   `json:"promised" doc:"and not done yet"`
	Declined int   `json:"declined"`
	Done     int   `json:"done"`
	Contacts int64 `json:"contacts" doc:"promised by those who promised or have done it"`
	Shares   int64 `json:"shares" doc:"likewise"`
}

// Progress is some of all.
type Progress struct {
	N  int `json:"n"`
	Of int `json:"of"`
}

// Gap is what is missing of something.
type Gap struct {
	What Want `json:"what"`
	Have int  `json:"have"`
	Want int  `json:"want"`
}

// Want is something that a launch needs.
type Want string

// What a launch needs.
const (
	WantPledges   Want = "pledges"
	WantReach     Want = "reach"
	WantEndorsers Want = "endorsers"
	WantResources Want = "resources"
)

// gaps are what is missing.
func (b Board) gaps() []Gap {
	out := []Gap{}
	for _, g := range []Gap{
		{WantPledges, b.Pledges.Promised + b.Pledges.Done, b.Target.Pledges},
		{WantReach, b.Reach.Visits, b.Target.Reach},
		{WantEndorsers, b.Endorsers.N, b.Target.Endorsers},
		{WantResources, b.Resources.N, b.Resources.Of},
	} {
		if g.Have < g.Want {
			out = append(out, g)
		}
	}
	return out
}

// Refusals about launches.
var (
	ErrUnknown = errs.Define(errs.NotFound, "launch.unknown")
	ErrTitle   = errs.Define(errs.Invalid, "launch.title") // "max"
	ErrDates   = errs.Define(errs.Invalid, "launch.dates")
	ErrTarget  = errs.Define(errs.Invalid, "launch.target") // "max"
	ErrClosed  = errs.Define(errs.Gone, "launch.closed")
	ErrStale   = errs.Define(errs.Conflict, "launch.stale")
)

// Limits of what is written down.
const (
	maxTitle  = 80
	maxWords  = 500
	maxTarget = 10_000_000
)

// short tells whether a text is there and no longer than so many signs.
func short(s string, most int) bool { return s != "" && atMost(s, most) }

func atMost(s string, most int) bool { return len([]rune(s)) <= most }

func (l *Launch) check() error {
	l.Title, l.Begins, l.Ends = strings.TrimSpace(l.Title), l.Begins.UTC(), l.Ends.UTC()
	var bad []*errs.Error
	refuse := func(wrong bool, e *errs.Error, field string) {
		if wrong {
			bad = append(bad, e.At(field))
		}
	}
	refuse(!short(l.Title, maxTitle), ErrTitle.With("max", maxTitle), "/title")
	refuse(l.Begins.IsZero(), ErrDates, "/begins")
	refuse(!l.Ends.After(l.Begins), ErrDates, "/ends")
	for field, n := range map[string]int{"/target/pledges": l.Target.Pledges, "/target/reach": l.Target.Reach, "/target/endorsers": l.Target.Endorsers} {
		refuse(n < 0 || n > maxTarget, ErrTarget.With("max", maxTarget), field)
	}
	return errs.Join(bad...)
}
