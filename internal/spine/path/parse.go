package path

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
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
	"name", "title", "owner", "stage", "wait", "or", "until", "remind", "do", "with", "on", "ask", "role", "to", "outcomes", "within", "escalate", "show",
	"choose", "gate", "end", "for", "else",
}

// owned are the keys that belong to some kinds of steps.
var owned = map[string][]string{
	"or": {"wait", "ask"}, "remind": {"until"}, "with": {"do"}, "on": {"do"},
	"role": {"ask"}, "to": {"ask"}, "outcomes": {"ask"}, "within": {"ask"}, "escalate": {"ask"}, "show": {"ask"},
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
	for _, k := range sortedKeys(owned) {
		if m[k] != nil && !slices.ContainsFunc(owned[k], func(kind string) bool { return m[kind] != nil }) {
			p.bad(m[k], field+"."+k, "%s belongs to a step with %s", k, strings.Join(owned[k], " or "))
		}
	}
	p.str(m["name"], field+".name", &s.Name)
	p.text(m["title"], field+".title", &s.Title)
	p.str(m["owner"], field+".owner", &s.Owner)
	p.text(m["stage"], field+".stage", &s.Stage)
	p.str(m["end"], field+".end", &s.End)
	if s.End != "" && !validOutcome(s.End) {
		p.bad(m["end"], field+".end", "an outcome is a word of a–z, 0–9, - and _, and not %s", strings.Join(reserved, ", "))
	}
	p.span(m["for"], field+".for", &s.For)
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
		w.Or = p.others(m["or"], field+".or")
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
		for i, c := range p.seq(m["choose"], field+".choose") {
			f := fmt.Sprintf("%s.choose[%d]", field, i)
			cm := p.mapping(c, f, "when", "then")
			if cm == nil {
				continue
			}
			if cm["when"] == nil || len(cm["when"].Content) == 0 {
				p.bad(c, f+".when", "say when; what holds otherwise is the step's else")
			}
			choice := Choice{When: p.condition(cm["when"], f+".when"), Then: Branch{Next: true}}
			if cm["then"] != nil {
				choice.Then = p.branch(cm["then"], f+".then")
			}
			s.Choose.Choices = append(s.Choose.Choices, choice)
		}
	case m["gate"] != nil:
		for i, g := range p.seq(m["gate"], field+".gate") {
			s.Gate = append(s.Gate, p.wait(g, fmt.Sprintf("%s.gate[%d]", field, i)))
		}
	}
}

// others reads the facts that end a wait or an ask otherwise.
func (p *parser) others(n *yaml.Node, field string) (out []Other) {
	for i, o := range p.seq(n, field) {
		f := fmt.Sprintf("%s[%d]", field, i)
		m := p.mapping(o, f, "on", "where", "then")
		if m == nil {
			continue
		}
		if m["on"] == nil {
			p.bad(o, f+".on", "name the fact to wait for")
		}
		other := Other{On: p.list(m["on"], f+".on"), Where: p.condition(m["where"], f+".where"), Then: Branch{Next: true}}
		if m["then"] != nil {
			other.Then = p.branch(m["then"], f+".then")
		}
		out = append(out, other)
	}
	return out
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
	p.span(m["after"], f+".after", &u.After)
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
		u.With[k] = p.value(m[k], f+"."+k)
	}
	p.oneWay(n, f, u)
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

// oneWay holds that an until says when in one way: what else stood there would be passed over.
func (p *parser) oneWay(n *yaml.Node, f string, u *Until) {
	ways := 0
	for _, said := range []bool{u.At != "", u.Moment != "", u.Hour != "" || u.After != 0} {
		if said {
			ways++
		}
	}
	if ways != 1 {
		p.bad(n, f, "say until when in one way: at, after, hour (with weekday) or moment")
	}
	if u.Weekday != "" && u.Hour == "" {
		p.bad(n, f+".weekday", "a weekday needs an hour")
	}
	if u.Offset != 0 && u.At == "" && u.Moment == "" {
		p.bad(n, f+".offset", "an offset is counted from at or moment")
	}
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
	if p.str(m["to"], field+".to", &a.To); a.To != "" && a.To != ToOwner {
		p.bad(m["to"], field+".to", "a task can be given to: %s", ToOwner)
	}
	p.span(m["within"], field+".within", &a.Within)
	p.str(m["escalate"], field+".escalate", &a.Escalate)
	a.Show = p.list(m["show"], field+".show")
	a.Or = p.others(m["or"], field+".or")
	if m["outcomes"] == nil || a.Role == "" {
		p.bad(m["ask"], field, "an ask needs a role and outcomes")
		return a
	}
	a.Outcomes = p.branches(m["outcomes"], field+".outcomes", &a.Order)
	if len(a.Outcomes) == 0 {
		p.bad(m["outcomes"], field+".outcomes", "a task needs a way to finish it")
	}
	return a
}

func (p *parser) branches(n *yaml.Node, field string, order *[]string) map[string]Branch {
	out := map[string]Branch{}
	m := p.mapping(n, field)
	for _, k := range sortedKeys(m) {
		if !validOutcome(k) {
			p.bad(m[k], field+"."+k, "an outcome is a word of a–z, 0–9, - and _, and not %s", strings.Join(reserved, ", "))
		}
		out[k] = p.branch(m[k], field+"."+k)
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
		case word == "end" && validOutcome(name):
			b.End = name
		case word == "go" && name != "":
			b.Go = name
		default:
			p.bad(n, field, "a way on is next, end OUTCOME, go STEP, or steps")
		}
	}
	return b
}
