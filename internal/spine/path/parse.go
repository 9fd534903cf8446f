package path

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/internal/kit/text"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// parser reads YAML nodes and collects what is wrong with its line.
type parser struct{ problems []Problem }

func (p *parser) bad(n *yaml.Node, field, reason string, args ...any) {
	p.problems = append(p.problems, Problem{Line: n.Line, Field: field, Reason: fmt.Sprintf(reason, args...)})
}

// Parse reads the definition called name from its YAML mapping. With problems the definition is not to be used.
func Parse(name string, n *yaml.Node) (Definition, []Problem) {
	p := &parser{}
	d := Definition{Name: name}
	field := "paths." + name
	m := p.mapping(n, field, "title", "subject", "start", "steps")
	if m == nil {
		return d, p.problems
	}
	p.text(m["title"], field+".title", &d.Title)
	d.Subject = "person"
	p.str(m["subject"], field+".subject", &d.Subject)
	p.start(m["start"], n, field+".start", &d.Start)
	if m["steps"] == nil {
		p.bad(n, field+".steps", "a path needs steps")
	} else {
		d.Steps = p.steps(m["steps"], field+".steps")
	}
	return d, p.problems
}

func (p *parser) start(n, parent *yaml.Node, field string, s *Start) {
	if n == nil {
		p.bad(parent, field, "a path needs a start: {on: FACT}")
		return
	}
	m := p.mapping(n, field, "on", "where", "once_per", "again")
	if m == nil {
		return
	}
	s.On = p.list(m["on"], field+".on")
	s.Where = p.condition(m["where"], field+".where")
	s.OncePer = p.list(m["once_per"], field+".once_per")
	s.Again = p.list(m["again"], field+".again")
	if len(s.On) == 0 {
		p.bad(n, field+".on", "name the fact that starts the path")
	}
}

// mapping gives a mapping's values by key, and refuses keys that nobody knows.
func (p *parser) mapping(n *yaml.Node, field string, known ...string) map[string]*yaml.Node {
	if n.Kind != yaml.MappingNode {
		p.bad(n, field, "expected a mapping with %s", strings.Join(known, ", "))
		return nil
	}
	m := map[string]*yaml.Node{}
	for i := 0; i < len(n.Content); i += 2 {
		k := n.Content[i]
		if len(known) > 0 && !slices.Contains(known, k.Value) {
			p.bad(k, field+"."+k.Value, "unknown key; known are %s", strings.Join(known, ", "))
			continue
		}
		if m[k.Value] != nil {
			p.bad(k, field+"."+k.Value, "the key stands twice")
		}
		m[k.Value] = n.Content[i+1]
	}
	return m
}

func (p *parser) str(n *yaml.Node, field string, into *string) {
	if n == nil {
		return
	}
	if n.Kind != yaml.ScalarNode || n.Value == "" {
		p.bad(n, field, "expected a text")
		return
	}
	*into = n.Value
}

func (p *parser) list(n *yaml.Node, field string) (out []string) {
	if n == nil {
		return nil
	}
	items := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		items = n.Content
	}
	for _, it := range items {
		var s string
		p.str(it, field, &s)
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

func (p *parser) text(n *yaml.Node, field string, into *text.Text) {
	if n == nil {
		return
	}
	if n.Kind == yaml.ScalarNode {
		*into = text.Text{text.Hans: n.Value}
		return
	}
	*into = text.Text{}
	for lang, v := range p.mapping(n, field, string(text.Hans), string(text.Hant), string(text.En)) {
		(*into)[text.Lang(lang)] = v.Value
	}
}

func (p *parser) duration(n *yaml.Node, field string, into *clock.Duration) {
	if n == nil {
		return
	}
	d, err := clock.ParseDuration(n.Value)
	if n.Kind != yaml.ScalarNode || err != nil {
		p.bad(n, field, "a duration is written as 20s, 15m, 48h, 7d or 3w")
		return
	}
	*into = d
}

func (p *parser) values(n *yaml.Node, field string) map[string]any {
	if n == nil {
		return nil
	}
	var m map[string]any
	if n.Kind != yaml.MappingNode || n.Decode(&m) != nil {
		p.bad(n, field, "expected a mapping")
		return nil
	}
	return m
}

func (p *parser) condition(n *yaml.Node, field string) Condition {
	return Condition(p.values(n, field))
}

func (p *parser) steps(n *yaml.Node, field string) (out []Step) {
	if n.Kind != yaml.SequenceNode || len(n.Content) == 0 {
		p.bad(n, field, "expected a list of steps")
		return nil
	}
	for i, it := range n.Content {
		out = append(out, p.step(it, fmt.Sprintf("%s[%d]", field, i)))
	}
	return out
}

var stepKeys = []string{
	"name", "title", "owner", "wait", "or", "until", "remind", "do", "with", "on", "ask", "role", "outcomes", "within", "escalate", "show",
	"choose", "gate", "end", "for", "else",
}

// owned are the keys that belong to one kind of step.
var owned = map[string]string{
	"or": "wait", "remind": "until", "with": "do", "on": "do", "role": "ask", "outcomes": "ask", "within": "ask", "escalate": "ask", "show": "ask",
}

func (p *parser) step(n *yaml.Node, field string) (s Step) {
	s.line = n.Line
	m := p.mapping(n, field, stepKeys...)
	if m == nil {
		return s
	}
	kinds := 0
	for _, k := range []string{"wait", "until", "do", "ask", "choose", "gate", "end"} {
		if m[k] != nil {
			kinds++
		}
	}
	if kinds != 1 {
		p.bad(n, field, "a step is exactly one of wait, until, do, ask, choose, gate, end")
		return s
	}
	for k, owner := range owned {
		if m[k] != nil && m[owner] == nil {
			p.bad(m[k], field+"."+k, "%s belongs to a step with %s", k, owner)
		}
	}
	p.str(m["name"], field+".name", &s.Name)
	p.text(m["title"], field+".title", &s.Title)
	p.str(m["owner"], field+".owner", &s.Owner)
	p.str(m["end"], field+".end", &s.End)
	p.duration(m["for"], field+".for", &s.For)
	if m["else"] != nil {
		b := p.branch(m["else"], field+".else")
		s.Else = &b
	}
	p.body(m, field, &s)
	return s
}

// body reads what is special to the kind of step.
func (p *parser) body(m map[string]*yaml.Node, field string, s *Step) {
	switch {
	case m["wait"] != nil:
		w := p.wait(m["wait"], field+".wait")
		for i, o := range seq(m["or"]) {
			f := fmt.Sprintf("%s.or[%d]", field, i)
			om := p.mapping(o, f, "on", "where", "then")
			other := Other{On: p.list(om["on"], f+".on"), Where: p.condition(om["where"], f+".where"), Then: Branch{Next: true}}
			if om["then"] != nil {
				other.Then = p.branch(om["then"], f+".then")
			}
			w.Or = append(w.Or, other)
		}
		s.Wait = &w
	case m["until"] != nil:
		s.Until = p.until(m["until"], m["remind"], field)
	case m["do"] != nil:
		d := p.do(m, field)
		s.Do = &d
	case m["ask"] != nil:
		s.Ask = p.ask(m, field)
	case m["choose"] != nil:
		s.Choose = &Choose{}
		for i, c := range seq(m["choose"]) {
			f := fmt.Sprintf("%s.choose[%d]", field, i)
			cm := p.mapping(c, f, "when", "then")
			choice := Choice{When: p.condition(cm["when"], f+".when"), Then: Branch{Next: true}}
			if cm["then"] != nil {
				choice.Then = p.branch(cm["then"], f+".then")
			}
			s.Choose.Choices = append(s.Choose.Choices, choice)
		}
	case m["gate"] != nil:
		for i, g := range seq(m["gate"]) {
			s.Gate = append(s.Gate, p.wait(g, fmt.Sprintf("%s.gate[%d]", field, i)))
		}
	}
}

func seq(n *yaml.Node) []*yaml.Node {
	if n == nil || n.Kind != yaml.SequenceNode {
		return nil
	}
	return n.Content
}

func (p *parser) wait(n *yaml.Node, field string) (w Wait) {
	if n.Kind != yaml.MappingNode {
		w.On = p.list(n, field)
		return w
	}
	m := p.mapping(n, field, "on", "where")
	w.On = p.list(m["on"], field+".on")
	w.Where = p.condition(m["where"], field+".where")
	return w
}

func (p *parser) until(n, remind *yaml.Node, field string) *Until {
	u := &Until{}
	f := field + ".until"
	m := p.mapping(n, f)
	p.str(m["at"], f+".at", &u.At)
	p.duration(m["offset"], f+".offset", &u.Offset)
	p.duration(m["after"], f+".after", &u.After)
	p.str(m["weekday"], f+".weekday", &u.Weekday)
	p.str(m["hour"], f+".hour", &u.Hour)
	p.str(m["moment"], f+".moment", &u.Moment)
	for _, k := range sortedKeys(m) {
		if slices.Contains([]string{"at", "offset", "after", "weekday", "hour", "moment"}, k) {
			continue
		}
		if u.Moment == "" {
			p.bad(m[k], f+"."+k, "unknown key; known are at, offset, after, weekday, hour, and moment with its parameters")
			continue
		}
		if u.With == nil {
			u.With = map[string]any{}
		}
		var v any
		if err := m[k].Decode(&v); err != nil {
			p.bad(m[k], f+"."+k, "%v", err)
		}
		u.With[k] = v
	}
	if u.At == "" && u.After == 0 && u.Hour == "" && u.Moment == "" {
		p.bad(n, f, "say until when: at, after, hour (with weekday) or moment")
	}
	if remind != nil {
		rm := p.mapping(remind, field+".remind", "before", "do", "with", "on")
		u.Remind = &Remind{Do: p.do(rm, field+".remind")}
		p.duration(rm["before"], field+".remind.before", &u.Remind.Before)
		if u.Remind.Action == "" || u.Remind.Before <= 0 || len(u.Remind.On) > 0 {
			p.bad(remind, field+".remind", "a reminder needs before and do, and has no branches")
		}
	}
	return u
}

func (p *parser) do(m map[string]*yaml.Node, field string) (d Do) {
	p.str(m["do"], field+".do", &d.Action)
	d.With = p.values(m["with"], field+".with")
	if m["on"] != nil {
		d.On = p.branches(m["on"], field+".on", nil)
	}
	return d
}

func (p *parser) ask(m map[string]*yaml.Node, field string) *Ask {
	a := &Ask{}
	p.str(m["ask"], field+".ask", &a.Task)
	p.str(m["role"], field+".role", &a.Role)
	p.duration(m["within"], field+".within", &a.Within)
	p.str(m["escalate"], field+".escalate", &a.Escalate)
	a.Show = p.list(m["show"], field+".show")
	if m["outcomes"] == nil || a.Role == "" {
		p.bad(m["ask"], field, "an ask needs a role and outcomes")
		return a
	}
	a.Outcomes = p.branches(m["outcomes"], field+".outcomes", &a.Order)
	return a
}

func (p *parser) branches(n *yaml.Node, field string, order *[]string) map[string]Branch {
	out := map[string]Branch{}
	for k, v := range p.mapping(n, field) {
		out[k] = p.branch(v, field+"."+k)
	}
	if order != nil && n.Kind == yaml.MappingNode {
		for i := 0; i < len(n.Content); i += 2 {
			*order = append(*order, n.Content[i].Value)
		}
	}
	return out
}

func (p *parser) branch(n *yaml.Node, field string) (b Branch) {
	switch n.Kind {
	case yaml.SequenceNode:
		b.Steps = p.steps(n, field)
	case yaml.MappingNode:
		b.Steps = []Step{p.step(n, field)}
	default:
		word, name, _ := strings.Cut(n.Value, " ")
		switch {
		case n.Value == "next":
			b.Next = true
		case word == "end" && name != "":
			b.End = name
		case word == "go" && name != "":
			b.Go = name
		default:
			p.bad(n, field, "a way on is next, end OUTCOME, go STEP, or steps")
		}
	}
	return b
}
