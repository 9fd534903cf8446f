package touch

import (
	"context"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/domain/circle"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
)

// Rule says whom a segment is for. It is exactly one of: all, any or not of other rules, or one condition, whose key names it;
// the keys that belong to a condition stand beside it. The empty rule is everyone.
//
//	{"all": [{"field": "stage", "is": ["pregnancy"]}, {"not": {"fact": "circle.joined", "from": "-30d"}}]}
//
// A time is a day (2026-03-01, in the community's zone), a moment (2026-03-01T08:00:00Z) or counted from now (-30d); to is
// exclusive.
type Rule struct {
	All []Rule `json:"all,omitempty"`
	Any []Rule `json:"any,omitempty"`
	Not *Rule  `json:"not,omitempty"`

	Field string   `json:"field,omitempty" doc:"of the profile, as city, stage or custom.shoe_size; with is, from, to (days and numbers) or known"`
	Is    []string `json:"is,omitempty" doc:"one of these"`
	Known *bool    `json:"known,omitempty" doc:"it has a value, or none"`

	Tag     string `json:"tag,omitempty"`
	Created bool   `json:"created,omitempty" doc:"first met; with from, to"`
	Seen    bool   `json:"seen,omitempty" doc:"last here; with from, to"`
	Blocked bool   `json:"blocked,omitempty"`
	Ways    []int  `json:"ways,omitempty" doc:"numbers of separate ways to reach them: 0 to 3"`

	Fact    string `json:"fact,omitempty" doc:"kind of what happened, as circle.joined; with from, to, at_least"`
	AtLeast int    `json:"at_least,omitempty" doc:"how often; once if not given"`

	Member string `json:"member,omitempty" doc:"of a circle (its id), or of any circle of a group (group:<name>), or of any at all (*)"`

	Consent string `json:"consent,omitempty" doc:"purpose; with channel"`
	Channel string `json:"channel,omitempty"`

	From string `json:"from,omitempty"`
	To   string `json:"to,omitempty"`
}

// What is refused about a rule. Each points at its place.
var (
	ErrRuleJSON  = errs.Define(errs.Malformed, "touch.rule_json")
	ErrRuleKey   = errs.Define(errs.Invalid, "touch.rule_key")   // "key" isn't known, stands twice or doesn't belong here
	ErrRuleOne   = errs.Define(errs.Invalid, "touch.rule_one")   // not exactly one condition
	ErrRuleValue = errs.Define(errs.Invalid, "touch.rule_value") // a value of another shape
	ErrRuleTime  = errs.Define(errs.Invalid, "touch.rule_time")  // neither a day nor a moment nor a duration
	ErrRuleSize  = errs.Define(errs.TooLarge, "touch.rule_size") // more than "max" conditions, or deeper than "depth"
)

// segment turns rules into one statement's condition.
type segment struct {
	*people.Chooser
	now time.Time
}

// compile begins a statement and gives the rule's condition. Each statement needs its own.
func (s *Service) compile(tx *db.Tx, r Rule) (*people.Chooser, string, error) {
	c, err := s.people.Choose(tx)
	if err != nil {
		return nil, "", err
	}
	where, err := segment{c, tx.Now()}.rule(r, "")
	return c, where, err
}

// CheckRule refuses a rule that can't be asked in this community: a field that isn't there, a value that doesn't suit it.
func (s *Service) CheckRule(tx *db.Tx, r Rule) error {
	_, _, err := s.compile(tx, r)
	return err
}

// Segment is what a rule gives: the first people, and how many they are.
type Segment struct {
	People []people.Person `json:"people" doc:"the newest of them"`
	Count  int             `json:"count"`
	More   bool            `json:"more" doc:"there are more than were counted"`
}

// firstShown is how many people of a segment are shown.
const firstShown = 50

// Look gives the first people of a segment and counts up to bound.
func (s *Service) Look(ctx context.Context, community string, r Rule, bound int) (out Segment, err error) {
	err = s.db.Read(ctx, community, func(tx *db.Tx) error {
		c, where, err := s.compile(tx, r)
		if err != nil {
			return err
		}
		if out.People, err = s.people.Chosen(tx, c, where, firstShown); err != nil {
			return err
		}
		if c, where, err = s.compile(tx, r); err != nil {
			return err
		}
		out.Count, err = s.people.CountChosen(tx, c, where, bound+1)
		out.Count, out.More = min(out.Count, bound), out.Count > bound
		return err
	})
	return out, err
}

// rule gives the condition of a rule; at is its place.
func (g segment) rule(r Rule, at string) (string, error) {
	switch {
	case len(r.All) > 0:
		return g.join(r.All, " AND ", at+"/all")
	case len(r.Any) > 0:
		return g.join(r.Any, " OR ", at+"/any")
	case r.Not != nil:
		inner, err := g.rule(*r.Not, at+"/not")
		return "NOT (" + inner + ")", err
	}
	where, err := g.condition(r)
	if e := errs.As(err); e != nil {
		err = e.At(at + e.Field)
	}
	return where, err
}

func (g segment) join(rules []Rule, by, at string) (string, error) {
	parts := make([]string, 0, len(rules))
	for i, r := range rules {
		part, err := g.rule(r, at+"/"+itoa(i))
		if err != nil {
			return "", err
		}
		parts = append(parts, part)
	}
	return "(" + strings.Join(parts, by) + ")", nil
}

func (g segment) condition(r Rule) (string, error) {
	switch {
	case r.Field != "":
		return g.field(r)
	case r.Tag != "":
		return g.Tagged(people.Tag(r.Tag)), nil
	case r.Blocked:
		return g.Blocked(), nil
	case len(r.Ways) > 0:
		return g.Ways(r.Ways), nil
	case r.Member != "":
		id, group := r.Member, ""
		if name, isGroup := strings.CutPrefix(r.Member, "group:"); isGroup {
			id, group = "", name
		} else if r.Member == "*" {
			id = ""
		}
		return circle.Belongs(g.Arg, people.Self, people.MergedIDs, id, group), nil
	case r.Consent != "":
		return g.Agrees(people.Purpose(r.Consent), people.Channel(r.Channel)), nil
	}
	from, to, err := g.window(r)
	if err != nil {
		return "", err
	}
	switch {
	case r.Created:
		return g.Created(from, to), nil
	case r.Seen:
		return g.Seen(from, to), nil
	case r.Fact != "":
		return fact.Happened(g.Arg, people.Self, people.MergedIDs, r.Fact, from, to, r.AtLeast), nil
	}
	return "TRUE", nil
}

// field asks the profile. Days may be counted from today.
func (g segment) field(r Rule) (string, error) {
	t := people.Test{Is: r.Is, From: r.From, To: r.To, Known: r.Known}
	typ, err := g.FieldType(people.FieldName(r.Field))
	if err == nil && typ == people.DateField {
		if t.From, err = g.day(r.From, "/from"); err == nil {
			t.To, err = g.day(r.To, "/to")
		}
	}
	if err != nil {
		return "", err
	}
	return g.Field(people.FieldName(r.Field), t)
}

func (g segment) day(s, at string) (string, error) {
	t, err := when(s, at, g.now, g.Zone())
	if err != nil || s == "" {
		return "", err
	}
	return t.In(g.Zone()).Format(time.DateOnly), nil
}

func (g segment) window(r Rule) (from, to time.Time, err error) {
	if from, err = when(r.From, "/from", g.now, g.Zone()); err == nil {
		to, err = when(r.To, "/to", g.now, g.Zone())
	}
	return from, to, err
}

// when reads a time; empty is none.
func when(s, at string, now time.Time, zone *time.Location) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if t, err := time.ParseInLocation(time.DateOnly, s, zone); err == nil {
		return t.UTC(), nil
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t.UTC(), nil
	}
	d, err := clock.ParseDuration(s)
	if err != nil {
		return time.Time{}, ErrRuleTime.At(at)
	}
	return now.Add(time.Duration(d)), nil
}
