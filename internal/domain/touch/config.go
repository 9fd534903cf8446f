package touch

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/kit/text"
)

// Config is what a playbook says about touches.
type Config struct {
	Quiet     Quiet               `json:"quiet,omitempty"`
	Budgets   []Budget            `json:"budgets,omitempty"`
	Limits    map[string]string   `json:"limits,omitempty" doc:"which of a channel's own limits holds, where it offers several: wecom_mass: month_days, 7_per_week or 1_per_day"`
	Templates map[string]Template `json:"templates,omitempty"`
}

// Quiet are the hours in which nothing leaves but answers to the person's own act, in the community's zone.
type Quiet struct {
	From string `json:"from,omitempty" doc:"21:00 if not given"`
	To   string `json:"to,omitempty" doc:"08:00 if not given; the same as from means no quiet hours"`
}

// Budget bounds how many touches one person gets in a span. An empty channel or purpose means all of them together.
type Budget struct {
	Channel string `json:"channel,omitempty"`
	Purpose string `json:"purpose,omitempty"`
	Per     Span   `json:"per" doc:"day, week or month, of the community's calendar"`
	Max     int    `json:"max" doc:"0 means none"`
}

// Span is a span of the calendar.
type Span string

// The spans. Hours and minutes are for channels' own limits.
const (
	Minute Span = "minute"
	Hour   Span = "hour"
	Day    Span = "day"
	Week   Span = "week"
	Month  Span = "month"
)

// Template is a message with {placeholders}: {name}, {community}, {link} and what the sender gives.
type Template struct {
	Purpose string    `json:"purpose" doc:"service, or what the person must have agreed to: marketing, sharing, analytics"`
	Answer  bool      `json:"answer,omitempty" doc:"a service message that answers the person's own act: neither quiet hours nor budgets hold it back"`
	Subject text.Text `json:"subject,omitempty" doc:"for email and lists"`
	Body    text.Text `json:"body"`
	Link    string    `json:"link,omitempty" doc:"path of a page of the community, as /me"`
}

// Problem is a fault in a configuration.
type Problem struct {
	Line   int    `json:"line,omitempty"`
	Field  string `json:"field"`
	Reason string `json:"reason"`
}

// Validate finds what is wrong with a configuration.
func (s *Service) Validate(c Config) (problems []Problem) {
	bad := func(field, reason string, args ...any) {
		problems = append(problems, Problem{Field: "touch." + field, Reason: fmt.Sprintf(reason, args...)})
	}
	for _, h := range []string{c.Quiet.From, c.Quiet.To} {
		if _, err := time.Parse("15:04", h); h != "" && err != nil {
			bad("quiet", "an hour is written as 21:00, not %q", h)
		}
	}
	for i, b := range c.Budgets {
		field := fmt.Sprintf("budgets[%d]", i)
		if !slices.Contains([]Span{Day, Week, Month}, b.Per) || b.Max < 0 {
			bad(field, "a budget is a number per day, week or month")
		}
		if b.Purpose != "" && !slices.Contains(purposes, b.Purpose) {
			bad(field+".purpose", "a purpose is one of %s", strings.Join(purposes, ", "))
		}
		if slices.ContainsFunc(c.Budgets[:i], func(o Budget) bool { return o.Channel == b.Channel && o.Purpose == b.Purpose && o.Per == b.Per }) {
			bad(field, "there is a budget for this channel, purpose and span already")
		}
		if b.Channel != "" && !s.knows(b.Channel) {
			bad(field+".channel", "no channel is called %q", b.Channel)
		}
	}
	for _, channel := range slices.Sorted(maps.Keys(c.Limits)) {
		if modes := limitModes(channel); !slices.Contains(modes, c.Limits[channel]) {
			bad("limits."+channel, "of this channel's limits you can choose: %s", strings.Join(modes, ", "))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Templates)) {
		for _, reason := range c.Templates[name].faults() {
			bad("templates."+name, "%s", reason)
		}
	}
	return problems
}

// purposes are what a message may be for.
var purposes = []string{string(people.ForService), string(people.ForMarketing), string(people.ForSharing), string(people.ForAnalytics)}

// faults says what is wrong with a template.
func (t Template) faults() (out []string) {
	if t.Body.In(text.Hans) == "" {
		out = append(out, "a template needs a body")
	}
	if !slices.Contains(purposes, t.Purpose) {
		out = append(out, "a template needs a purpose: "+strings.Join(purposes, ", "))
	}
	if t.Answer && t.Purpose != string(people.ForService) {
		out = append(out, "only a service message answers the person's own act")
	}
	if t.Link != "" && (!strings.HasPrefix(t.Link, "/") || strings.HasPrefix(t.Link, "//")) {
		out = append(out, "a link is a path of the community's pages, as /me")
	}
	for _, words := range []text.Text{t.Subject, t.Body} {
		for _, w := range words {
			if t.Link == "" && strings.Contains(w, "{link}") {
				return append(out, "its words name {link}, but it has no link")
			}
		}
	}
	return out
}
