package playbook

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/qunce/qunce/internal/domain/circle"
	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/spine/path"
)

// lines are where the fields of a file stand.
type lines map[string]int

// index notes the line of every field, and finds the texts that no database can keep.
func (l lines) index(n *yaml.Node, field string) (problems []Problem) {
	l[field] = n.Line
	if strings.ContainsRune(n.Value, 0) {
		problems = append(problems, Problem{n.Line, field, "a text can't have the character NUL"})
	}
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			k := n.Content[i]
			f := join(field, k.Value)
			if strings.ContainsRune(k.Value, 0) {
				problems = append(problems, Problem{k.Line, field, "a key can't have the character NUL"})
			}
			problems = append(problems, l.index(n.Content[i+1], f)...)
			l[f] = k.Line
		}
	case yaml.SequenceNode:
		for i, it := range n.Content {
			problems = append(problems, l.index(it, fmt.Sprintf("%s[%d]", field, i))...)
		}
	}
	return problems
}

// of gives the line of a field, or of the nearest one that it would stand in.
func (l lines) of(field string) int {
	for field != "" {
		if line := l[field]; line > 0 {
			return line
		}
		field = field[:max(strings.LastIndexAny(field, ".["), 0)]
	}
	return l[""]
}

// place gives the problems that have none the lines of their fields.
func (l lines) place(problems []Problem) []Problem {
	for i := range problems {
		if problems[i].Line == 0 {
			problems[i].Line = l.of(problems[i].Field)
		}
		problems[i].Field = cmp.Or(problems[i].Field, "playbook") // the whole file
	}
	return problems
}

var yamlLine = regexp.MustCompile(`line (\d+)`)

// unreadable is a file that is no YAML; the reader says where in its words.
func unreadable(err error) []Problem {
	p := Problem{Field: "playbook", Reason: strings.TrimPrefix(err.Error(), "yaml: ")}
	if m := yamlLine.FindStringSubmatch(p.Reason); m != nil {
		p.Line, _ = strconv.Atoi(m[1])
	}
	return []Problem{p}
}

// checker finds what is wrong within a file; Validate holds it against the program as well.
type checker struct {
	Playbook
	problems []Problem
}

func (p Playbook) check() []Problem {
	c := &checker{Playbook: p}
	c.head()
	c.people()
	c.groups()
	c.sold()
	c.refused("growth", c.Growth.Check())
	c.refused("ladder", c.Ladder.Check())
	c.team()
	c.form()
	c.refused("intake.pages", intake.CheckPages(c.Intake.Pages))
	if slices.ContainsFunc(c.Intake.Entries, func(e Entry) bool { return e.Page == "" }) { // which shows the landing page
		c.refused("intake.landing", intake.CheckLanding(c.Intake.Landing))
	}
	c.landings()
	c.ways()
	c.names()
	return p.lines.place(c.problems)
}

func (c *checker) bad(field, reason string, args ...any) {
	c.problems = append(c.problems, Problem{Field: field, Reason: fmt.Sprintf(reason, args...)})
}

// refused adds what a part says about its own configuration, in the words of the catalogue.
func (c *checker) refused(field string, err error) {
	c.problems = append(c.problems, refusals(field, err)...)
}

func refusals(field string, err error) (problems []Problem) {
	e := errs.As(err)
	if e == nil {
		return nil
	}
	words, loadErr := text.Load()
	all := e.Fields
	if len(all) == 0 {
		all = []*errs.Error{e}
	}
	for _, x := range all {
		f, reason := fieldOf(field, x.Field), x.Error()
		if loadErr == nil {
			reason = words.Say(text.En, nil, "error."+x.Code, x.Params) + " " + words.Say(text.En, nil, "error."+x.Code+".next", x.Params)
		}
		problems = append(problems, Problem{Field: f, Reason: reason})
	}
	return problems
}

// fieldOf turns a pointer within a part of the file into the field that people read.
func fieldOf(part, pointer string) string {
	for _, name := range strings.Split(strings.TrimPrefix(pointer, "/"), "/") {
		if _, err := strconv.Atoi(name); err == nil {
			part += "[" + name + "]"
		} else if name != "" {
			part = join(part, name)
		}
	}
	return part
}

var nameShape = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,62}$`)

func (c *checker) head() {
	if c.Format != Format {
		c.bad("playbook", "this program reads format %d", Format)
	}
	if !nameShape.MatchString(c.Name) {
		c.bad("name", "a playbook needs a name of a–z, 0–9 and -")
	}
	if len(c.Title) == 0 {
		c.bad("title", "a playbook needs a title")
	}
	if !slices.Contains(langNames, string(c.Lang)) {
		c.bad("lang", "a language is one of %v", langNames)
	}
	if _, err := time.LoadLocation(c.Zone); err != nil || c.Zone == "Local" {
		c.bad("zone", "no zone is called %q; write it as Asia/Shanghai", c.Zone)
	}
}

func (c *checker) people() {
	for i, r := range c.People.Stages {
		f := fmt.Sprintf("people.stages[%d]", i)
		if r.Stage == "" {
			c.bad(f+".stage", "a stage needs a name")
		}
		if r.Anchor != "" && r.Anchor != people.DueDate && r.Anchor != people.BirthDate {
			c.bad(f+".anchor", "an anchor is %s or %s", people.DueDate, people.BirthDate)
		}
		if r.Anchor == "" && (r.From != nil || r.Until != nil) {
			c.bad(f+".anchor", "from and until are counted from an anchor")
		}
		if r.From != nil && r.Until != nil && *r.From >= *r.Until {
			c.bad(f+".until", "the stage ends before it begins")
		}
	}
	types := []people.FieldType{people.TextField, people.NumberField, people.DateField, people.BoolField, people.ChoiceField}
	for i, d := range c.People.Fields {
		f := fmt.Sprintf("people.fields[%d]", i)
		switch {
		case d.Name == "":
			c.bad(f+".name", "a field needs a name")
		case people.IsBuiltin(d.Name):
			c.bad(f+".name", "%q is a field that everybody has", d.Name)
		case slices.ContainsFunc(c.People.Fields[:i], func(o people.Field) bool { return o.Name == d.Name }):
			c.bad(f+".name", "%q stands twice", d.Name)
		}
		if !slices.Contains(types, d.Type) {
			c.bad(f+".type", "a type is one of %v", types)
		}
		if (d.Type == people.ChoiceField) != (len(d.Choices) > 0) {
			c.bad(f+".choices", "a choice has choices, and nothing else has")
		}
	}
}

func (c *checker) groups() {
	for i, g := range c.Circles {
		f := fmt.Sprintf("circles[%d]", i)
		c.refused(f, g.Check())
		if _, known := c.Touch.Templates[g.Welcome]; g.Welcome != "" && !known {
			c.bad(f+".welcome", "no template is called %q", g.Welcome)
		}
	}
	for i, x := range c.Contacts {
		f := fmt.Sprintf("contacts[%d]", i)
		if x.Group == "" {
			c.bad(f+".group", "a contact belongs to a group")
		}
		if x.Daily < 0 {
			c.bad(f+".daily", "a contact adds 0 people a day or more")
		}
	}
}

func (c *checker) form() {
	for i, q := range c.Intake.Form {
		f := fmt.Sprintf("intake.form[%d]", i)
		if slices.ContainsFunc(c.Intake.Form[:i], func(o intake.Field) bool { return o.Name == q.Name }) {
			c.bad(f+".name", "%q stands twice", q.Name)
		}
		if !slices.Contains([]intake.FieldType{intake.TextField, intake.DateField, intake.ChoiceField}, q.Type) {
			c.bad(f+".type", "a field is %s, %s or %s", intake.TextField, intake.DateField, intake.ChoiceField)
		}
		if (q.Type == intake.ChoiceField) != (len(q.Choices) > 0) {
			c.bad(f+".choices", "a choice has choices, and nothing else has")
		}
		if len(q.Label) == 0 {
			c.bad(f+".label", "people need to know what is asked")
		}
		c.when(f, q)
		if !q.Ask && !people.IsBuiltin(people.FieldName(q.Name)) && !slices.ContainsFunc(c.People.Fields, func(f people.Field) bool { return string(f.Name) == q.Name }) {
			c.bad(f+".name", "people have no field %q; declare it under people.fields, or mark it ask: true", q.Name)
		}
	}
	for i, k := range c.Intake.Consents {
		f := fmt.Sprintf("intake.consents[%d]", i)
		c.refused(f, people.Consent{Purpose: people.Purpose(k.Purpose), Given: true, Wording: k.Version}.Check())
		if slices.ContainsFunc(c.Intake.Consents[:i], func(o intake.Consent) bool { return o.Purpose == k.Purpose }) {
			c.bad(f+".purpose", "%q stands twice", k.Purpose)
		}
	}
	if l := c.Intake.Limits; l.PerPhone < 0 || l.PerDevice < 0 || l.PerAddress < 0 {
		c.bad("intake.limits", "a limit is a number above 0")
	}
}

// when holds a field's condition against the field it looks at.
func (c *checker) when(f string, q intake.Field) {
	if q.When == nil {
		return
	}
	at := slices.IndexFunc(c.Intake.Form, func(o intake.Field) bool { return o.Name == q.When.Field })
	switch {
	case at < 0 || q.When.Field == q.Name:
		c.bad(f+".when", "the form has no other field %q", q.When.Field)
	case c.Intake.Form[at].Type == intake.ChoiceField && !slices.ContainsFunc(c.Intake.Form[at].Choices, func(o intake.Choice) bool { return o.Value == q.When.Value }):
		c.bad(f+".when.value", "%q is no choice of %s", q.When.Value, q.When.Field)
	}
}

// landings holds the memberships that pages show against those that are sold.
func (c *checker) landings() {
	plans := namesOf(c.Membership.Plans, func(p membership.Plan) string { return p.Name })
	look := func(f string, l intake.Landing) {
		for i, name := range l.Plans {
			if !slices.Contains(plans, name) {
				c.bad(fmt.Sprintf("%s.plans[%d]", f, i), "no membership is called %q", name)
			}
		}
	}
	look("intake.landing", c.Intake.Landing)
	for i, p := range c.Intake.Pages {
		for j, v := range p.Versions {
			look(fmt.Sprintf("intake.pages[%d].versions[%d]", i, j), v.Landing)
		}
	}
}

// ways are the sources, doors and entries.
func (c *checker) ways() {
	for i, s := range c.Intake.Sources {
		c.refused(fmt.Sprintf("intake.sources[%d]", i), intake.CheckSource(s.Name, s.Kind))
	}
	for i, o := range c.Intake.Openings {
		f := fmt.Sprintf("intake.openings[%d]", i)
		c.refused(f, intake.CheckOpening(o.Name, o.Rate))
		if o.In < 0 {
			c.bad(f+".in", "the time is counted from when the playbook is applied, forwards")
		}
	}
	known := func(list []string, field, name, what string) {
		if name != "" && !slices.Contains(list, name) {
			c.bad(field, "no %s is called %q", what, name)
		}
	}
	for i, e := range c.Intake.Entries {
		f := fmt.Sprintf("intake.entries[%d]", i)
		c.refused(f, intake.CheckEntry(e.Code, e.Title))
		if e.Path == "" {
			c.bad(f+".path", "an entry leads into a path")
		}
		known(namesOf(c.Intake.Sources, func(s Source) string { return s.Name }), f+".source", e.Source, "source")
		known(namesOf(c.Intake.Openings, func(o Opening) string { return o.Name }), f+".opening", e.Opening, "opening")
		known(namesOf(c.Paths, func(d path.Definition) string { return d.Name }), f+".path", e.Path, "path")
		known(namesOf(c.Intake.Pages, func(p intake.Page) string { return p.Name }), f+".page", e.Page, "page")
		known(namesOf(c.Circles, func(g circle.Group) string { return g.Name }), f+".live_code", e.LiveCode, "group of circles")
	}
}

// names holds that what is known by a name has one of its own.
func (c *checker) names() {
	for _, list := range []struct {
		field, name string
		names       []string
	}{
		{"intake.sources", "name", namesOf(c.Intake.Sources, func(s Source) string { return s.Name })},
		{"intake.openings", "name", namesOf(c.Intake.Openings, func(o Opening) string { return o.Name })},
		{"intake.entries", "code", namesOf(c.Intake.Entries, func(e Entry) string { return e.Code })},
		{"circles", "name", namesOf(c.Circles, func(g circle.Group) string { return g.Name })},
		{"contacts", "id", namesOf(c.Contacts, func(c intake.Contact) string { return c.ID })},
	} {
		for i, name := range list.names {
			f := fmt.Sprintf("%s[%d].%s", list.field, i, list.name)
			if name == "" {
				c.bad(f, "it has no name")
			} else if slices.Index(list.names, name) != i {
				c.bad(f, "%q stands twice", name)
			}
		}
	}
	for i, d := range c.Paths {
		if !nameShape.MatchString(d.Name) {
			c.bad("paths."+d.Name, "a path's name is of a–z, 0–9 and -")
		} else if slices.ContainsFunc(c.Paths[:i], func(o path.Definition) bool { return o.Name == d.Name }) {
			c.bad("paths."+d.Name, "the path stands twice")
		}
	}
}

func namesOf[T any](list []T, name func(T) string) []string {
	out := make([]string, 0, len(list))
	for _, x := range list {
		out = append(out, name(x))
	}
	return out
}
