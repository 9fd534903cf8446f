package event

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/kit/text"
)

// Config is what a playbook says about events.
type Config struct {
	Templates []Template `json:"templates,omitempty" doc:"sorts of events, from which staff makes one"`
}

// Template is a sort of events.
type Template struct {
	Name     string         `json:"name" doc:"a–z, 0–9, -"`
	Title    text.Text      `json:"title"`
	Kind     Kind           `json:"kind"`
	Capacity int            `json:"capacity"`
	Lasts    clock.Duration `json:"lasts" doc:"as 90m"`
	Quotas   []Quota        `json:"quotas,omitempty" doc:"places besides the house's that some ticket types need as well"`
	Types    []TicketType   `json:"types"`
	Friends  FriendRule     `json:"friends,omitempty"`
	Sells    Sale           `json:"sells,omitzero" doc:"what its events lead to"`
	Slots    []Rhythm       `json:"slots,omitempty" doc:"times that come again, at which one should be held"`
	Warn     Warning        `json:"warn,omitzero" doc:"who is told when one of them is still empty, and how long before"`
}

// terms are the tickets of its events.
func (t Template) terms() Terms { return Terms{t.Quotas, t.Types, t.Friends, t.Sells} }

// Limits of an event.
const (
	maxName     = 40
	maxTitle    = 100
	maxAbout    = 5000
	maxField    = 200
	maxLink     = 500
	maxDays     = 31
	maxCapacity = 1_000_000
	maxPrice    = money.Fen(10_000_000_00)
	maxFriends  = 1000
)

// problems gathers refusals, each at its field.
type problems struct{ errs.Gather }

func (p *problems) name(s, at string) {
	p.Refuse(!text.Slug(s, maxName), ErrName.With("max", maxName), at)
}

// words holds that a text is short enough in every language, and is there in one if it must be.
func (p *problems) words(t text.Text, limit int, must bool, e *errs.Error, at string) {
	p.Refuse(!t.Fits(limit, must), e.With("max", limit), at)
}

// Check refuses templates of which no event can be made.
func (c Config) Check() error {
	var p problems
	names := map[string]bool{}
	for i, t := range c.Templates {
		at := fmt.Sprintf("/templates/%d", i)
		p.name(t.Name, at+"/name")
		p.Refuse(names[t.Name], ErrTwice.With("name", t.Name), at+"/name")
		names[t.Name] = true
		p.words(t.Title, maxTitle, true, ErrTitle, at+"/title")
		p.Refuse(!slices.Contains(Kinds, t.Kind), ErrKind, at+"/kind")
		p.Refuse(t.Lasts <= 0 || time.Duration(t.Lasts) > maxDays*24*time.Hour, ErrTime.With("days", maxDays), at+"/lasts")
		p.Refuse(t.Capacity < 1 || t.Capacity > maxCapacity, ErrCapacity.With("max", maxCapacity), at+"/capacity")
		p.terms(t.terms(), at)
		p.rhythms(t, at)
	}
	return p.Err()
}

func (p *problems) terms(t Terms, at string) {
	quotas := map[string]bool{}
	for i, q := range t.Quotas {
		at := fmt.Sprintf("%s/quotas/%d", at, i)
		p.name(q.Name, at+"/name")
		p.Refuse(quotas[q.Name], ErrTwice.With("name", q.Name), at+"/name")
		p.words(q.Title, maxTitle, false, ErrTitle, at+"/title")
		p.Refuse(q.Capacity < 0 || q.Capacity > maxCapacity, ErrCapacity.With("max", maxCapacity), at+"/capacity")
		quotas[q.Name] = true
	}
	p.Refuse(len(t.Types) == 0, ErrNoTypes, at+"/types")
	types := map[string]bool{}
	for i, x := range t.Types {
		at := fmt.Sprintf("%s/types/%d", at, i)
		p.name(x.Name, at+"/name")
		p.Refuse(types[x.Name], ErrTwice.With("name", x.Name), at+"/name")
		p.words(x.Title, maxTitle, true, ErrTitle, at+"/title")
		p.Refuse(x.Price < 0 || x.Price > maxPrice, ErrPrice, at+"/price")
		if x.Benefit != "" {
			p.name(x.Benefit, at+"/benefit")
			p.Refuse(len(x.Plans) == 0, ErrBenefit, at+"/benefit")
		}
		needs := map[string]bool{}
		for j, q := range x.Quotas {
			p.Refuse(!quotas[q] || needs[q], ErrNoQuota.With("quota", q), fmt.Sprintf("%s/quotas/%d", at, j))
			needs[q] = true
		}
		p.Refuse(x.OpensBefore < 0 || x.OpensBefore > 0 && x.OpensBefore <= x.ClosesBefore, ErrWindow, at+"/opens_before")
		p.Refuse(x.ClosesBefore < 0, ErrWindow, at+"/closes_before")
		types[x.Name] = true
	}
	p.sale(t.Sells, at+"/sells")
	f := t.Friends
	p.Refuse(f.PerMember < 0 || f.PerMember > maxFriends, ErrFriends.With("max", maxFriends), at+"/friends/per_member")
	p.Refuse(f.PerMember > 0 && !types[f.Type], ErrFriends.With("max", maxFriends), at+"/friends/type")
	p.Refuse(f.ClosesBefore < 0, ErrWindow, at+"/friends/closes_before")
}

// check refuses an event that could not take place.
func (e *Event) check() error {
	var p problems
	p.words(e.Title, maxTitle, true, ErrTitle, "/title")
	p.words(e.About, maxAbout, false, ErrText, "/about")
	p.Refuse(!slices.Contains(Kinds, e.Kind), ErrKind, "/kind")
	p.Refuse(!e.Ends.After(e.Starts) || e.Starts.IsZero() || e.Ends.Sub(e.Starts) > maxDays*24*time.Hour, ErrTime.With("days", maxDays), "/ends")
	p.Refuse(e.Capacity < 1 || e.Capacity > maxCapacity, ErrCapacity.With("max", maxCapacity), "/capacity")
	for _, f := range []struct {
		value *string
		at    string
	}{{&e.City, "/city"}, {&e.Place, "/place"}, {&e.Series, "/series"}} {
		clean, ok := text.Line(*f.value, maxField)
		p.Refuse(!ok && *f.value != "", ErrText.With("max", maxField), f.at)
		*f.value = clean
	}
	if e.Link != "" {
		u, err := url.Parse(e.Link)
		safe := err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http" && local(u.Hostname()))
		p.Refuse(!safe || len(e.Link) > maxLink, ErrLink, "/link")
	}
	p.terms(e.Terms, "")
	return p.Err()
}

// local tells a name of this machine: somebody who tries things out has no certificate there.
func local(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}
