package path

import (
	"fmt"
	"slices"
	"strings"

	"github.com/qunce/qunce/internal/kit/clock"
)

// Validate finds what would go wrong with a definition: unknown facts, actions, parameters or values, an outcome without a
// branch, steps that can't be reached, a loop without a wait. roles lists the roles that tasks may go to; nil skips the check.
func (e *Engine) Validate(d Definition, roles []string) []Problem {
	v := &validator{e: e, d: d, field: "paths." + d.Name, roles: roles}
	if !slices.Contains([]string{"person", "circle", "event", "order", "candidate", "term"}, d.Subject) {
		v.bad(0, ".subject", "a path's subject is person, circle, event, order, candidate or term")
	}
	for _, o := range d.Start.OncePer {
		if !slices.Contains([]string{"person", "subject", "circle", "entry"}, o) {
			v.bad(0, ".start.once_per", "once per what? person, subject, circle or entry, not %q", o)
		}
	}
	c, faults := compile(d, 0)
	for _, f := range faults {
		v.bad(f.Line, f.Field, "%s", f.Reason)
	}
	if len(faults) > 0 {
		return v.problems
	}
	v.c = c
	v.collectNames()
	v.kinds(0, ".start.on", d.Start.On)
	for i, k := range d.Start.On {
		if slices.Contains(d.Start.On[:i], k) {
			v.bad(0, ".start.on", "%q stands twice and would start two runs", k)
		}
	}
	v.again()
	v.condition(0, ".start.where", d.Start.Where)
	for _, addr := range c.order {
		v.node(c.nodes[addr])
	}
	v.reach()
	return v.problems
}

type validator struct {
	e        *Engine
	d        Definition
	c        *Compiled
	field    string
	roles    []string
	names    map[string]bool // values that the path's own facts can set
	problems []Problem
}

func (v *validator) bad(line int, field, reason string, args ...any) {
	v.problems = append(v.problems, Problem{Line: line, Field: v.field + field, Reason: fmt.Sprintf(reason, args...)})
}

// again holds that the outcomes after which the path may start once more are outcomes it has.
func (v *validator) again() {
	ends := map[string]bool{"*": true, done: true, Merged: true}
	for _, n := range v.c.nodes {
		ends[n.step.End] = true
		for _, t := range n.to {
			ends[t.end] = true
		}
	}
	for _, o := range v.d.Start.Again {
		if !ends[o] {
			v.bad(0, ".start.again", "the path never ends as %q", o)
		}
	}
}

func (v *validator) role(line int, field, role string) {
	if role != "" && v.roles != nil && !slices.Contains(v.roles, role) {
		v.bad(line, field, "no role is called %q; known are %s", role, strings.Join(v.roles, ", "))
	}
}

func (v *validator) kinds(line int, field string, kinds []string) {
	for _, k := range kinds {
		if _, known := v.e.kinds.Fields(k); !known {
			v.bad(line, field, "no fact is called %q, so nothing would ever end the wait", k)
		}
	}
}

// collectNames gathers the data fields of the facts that the path takes, which become values of the run.
func (v *validator) collectNames() {
	v.names = map[string]bool{"outcome": true, "run": true, "subject": true, "circle": true, "entry": true}
	take := func(kinds []string) {
		for _, k := range kinds {
			fields, _ := v.e.kinds.Fields(k)
			for _, f := range fields {
				v.names[f.Name] = true
			}
		}
	}
	take(v.d.Start.On)
	for _, n := range v.c.nodes {
		take(n.kinds())
		if n.step.Do != nil && v.e.actions[n.step.Do.Action] != nil {
			for _, name := range v.e.actions[n.step.Do.Action].Sets {
				v.names[name] = true
			}
		}
	}
}

func (v *validator) value(line int, field, name string) {
	if v.names[name] {
		return
	}
	prefix, rest, dotted := strings.Cut(name, ".")
	if s := v.e.sources[prefix]; dotted && s != nil {
		for _, known := range s.Names {
			if known == rest || strings.HasSuffix(known, "*") && strings.HasPrefix(rest, strings.TrimSuffix(known, "*")) {
				return
			}
		}
		v.bad(line, field, "%s has no value %q; it has %s", prefix, rest, strings.Join(s.Names, ", "))
		return
	}
	v.bad(line, field, "nothing sets the value %q", name)
}

func (v *validator) condition(line int, field string, c Condition) {
	for _, name := range sortedKeys(c) {
		v.value(line, field+"."+name, name)
		v.filled(line, field+"."+name, c[name])
	}
}

func (v *validator) node(n *node) {
	s, field := n.step, ".steps["+n.addr+"]"
	v.role(s.line, field+".owner", s.Owner)
	switch {
	case s.Wait != nil:
		v.wait(s.line, field+".wait", *s.Wait)
	case s.Until != nil:
		v.until(s, field)
	case s.Do != nil:
		v.do(s.line, field, *s.Do)
	case s.Ask != nil:
		v.role(s.line, field+".role", s.Ask.Role)
		v.role(s.line, field+".escalate", s.Ask.Escalate)
		for _, name := range s.Ask.Show {
			v.value(s.line, field+".show", name)
		}
		for i := range s.Ask.Or {
			if _, taken := s.Ask.Outcomes[orLabel(i)]; taken {
				v.bad(s.line, field+".outcomes."+orLabel(i), "a task that facts can end can't have an outcome called %s", orLabel(i))
			}
		}
	case s.Choose != nil:
		for i, c := range s.Choose.Choices {
			v.condition(s.line, fmt.Sprintf("%s.choose[%d].when", field, i), c.When)
		}
	}
	for i, o := range s.others() {
		f := fmt.Sprintf("%s.or[%d]", field, i)
		v.kinds(s.line, f+".on", o.On)
		v.condition(s.line, f+".where", o.Where)
	}
	for _, w := range s.Gate {
		v.wait(s.line, field+".gate", w)
	}
	if s.Else != nil && s.For == 0 && s.Choose == nil {
		v.bad(s.line, field+".else", "else needs a deadline: for")
	}
	if s.For > 0 && s.Wait == nil && s.Ask == nil && len(s.Gate) == 0 {
		v.bad(s.line, field+".for", "only wait, ask and gate have a deadline")
	}
}

func (v *validator) wait(line int, field string, w Wait) {
	if len(w.On) == 0 {
		v.bad(line, field, "name the fact to wait for")
	}
	v.kinds(line, field+".on", w.On)
	v.condition(line, field+".where", w.Where)
}

var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

func (v *validator) until(s *Step, field string) {
	u := s.Until
	if u.At != "" {
		v.value(s.line, field+".until.at", u.At)
	}
	if u.Weekday != "" && !slices.Contains(weekdays, u.Weekday) {
		v.bad(s.line, field+".until.weekday", "a weekday is one of %s", strings.Join(weekdays, ", "))
	}
	if u.Hour != "" {
		if _, _, err := hourOf(u.Hour); err != nil {
			v.bad(s.line, field+".until.hour", "an hour is written as 20:00")
		}
	}
	if u.Moment != "" {
		m := v.e.moments[u.Moment]
		if m == nil {
			v.bad(s.line, field+".until.moment", "no moment is called %q; known are %s", u.Moment, strings.Join(sortedKeys(v.e.moments), ", "))
		} else {
			v.params(s.line, field+".until", m.Params, u.With)
		}
	}
	if u.Remind != nil {
		v.do(s.line, field+".remind", u.Remind.Do)
	}
}

func (v *validator) do(line int, field string, d Do) {
	a := v.e.actions[d.Action]
	if a == nil {
		v.bad(line, field+".do", "no action is called %q; known are %s", d.Action, strings.Join(sortedKeys(v.e.actions), ", "))
		return
	}
	v.params(line, field+".with", a.Params, d.With)
	for _, o := range a.Outcomes {
		if _, ok := d.On[o]; !ok && !strings.HasSuffix(field, ".remind") {
			v.bad(line, field+".on", "%s may come out as %q: say where that leads", d.Action, o)
		}
	}
	for _, o := range sortedKeys(d.On) {
		if o != OK && !slices.Contains(a.Outcomes, o) {
			v.bad(line, field+".on."+o, "%s never comes out as %q; it may as %s", d.Action, o, strings.Join(a.Outcomes, ", "))
		}
	}
}

func (v *validator) params(line int, field string, params map[string]Param, with map[string]any) {
	for _, name := range sortedKeys(params) {
		if params[name].Required && with[name] == nil {
			v.bad(line, field, "the parameter %s is missing", name)
		}
	}
	for _, name := range sortedKeys(with) {
		p, known := params[name]
		if !known {
			v.bad(line, field+"."+name, "unknown parameter; known are %s", strings.Join(sortedKeys(params), ", "))
			continue
		}
		v.param(line, field+"."+name, p, with[name])
	}
}

func (v *validator) param(line int, field string, p Param, value any) {
	v.filled(line, field, value)
	text, isText := value.(string)
	if len(placeholders(text)) > 0 {
		return // known only when it runs
	}
	ok := true
	switch p.Type {
	case Integer:
		_, ok = value.(int)
	case Boolean:
		_, ok = value.(bool)
	case Span:
		_, err := clock.ParseDuration(text)
		ok = isText && err == nil
	case Enum:
		ok = isText && slices.Contains(p.Choices, text)
	case ListOf:
		_, isList := value.([]any)
		ok = isList || isText
	case Text:
		switch value.(type) {
		case []any, map[string]any:
			ok = false
		}
	case Anything:
	}
	if !ok {
		want := string(p.Type)
		if p.Type == Enum {
			want = "one of " + strings.Join(p.Choices, ", ")
		}
		v.bad(line, field, "expected %s", want)
	}
}

// filled holds that every {name} in a parameter is a value that something sets.
func (v *validator) filled(line int, field string, value any) {
	switch x := value.(type) {
	case string:
		for _, name := range placeholders(x) {
			v.value(line, field, name)
		}
	case []any:
		for _, it := range x {
			v.filled(line, field, it)
		}
	case map[string]any:
		for _, k := range sortedKeys(x) {
			v.filled(line, field+"."+k, x[k])
		}
	}
}

// reach walks the path from its first step: what it never meets is dead, and a circle without a wait would never end.
func (v *validator) reach() {
	seen := map[string]bool{}
	todo := []string{v.c.first}
	for len(todo) > 0 {
		n := v.c.nodes[todo[0]]
		todo = todo[1:]
		if n == nil || seen[n.addr] {
			continue
		}
		seen[n.addr] = true
		for _, t := range n.leads() {
			todo = append(todo, t.addr)
		}
	}
	on, over := map[string]bool{}, map[string]bool{}
	for _, addr := range v.c.order {
		if !seen[addr] {
			v.bad(v.c.nodes[addr].step.line, ".steps["+addr+"]", "no way leads to this step")
		}
		v.spin(addr, on, over)
	}
}

// spin looks for a way round through steps that never wait.
func (v *validator) spin(addr string, on, over map[string]bool) {
	n := v.c.nodes[addr]
	if n == nil || n.step.waits() || over[addr] {
		return
	}
	if on[addr] {
		v.bad(n.step.line, ".steps["+addr+"]", "the path can come round to this step without ever waiting")
		over[addr] = true
		return
	}
	on[addr] = true
	for _, t := range n.leads() {
		v.spin(t.addr, on, over)
	}
	delete(on, addr)
	over[addr] = true
}

// waits tells whether a run may stand at the step.
func (s *Step) waits() bool {
	return s.Wait != nil || s.Until != nil || s.Ask != nil || len(s.Gate) > 0
}

// leads lists where a step can lead.
func (n *node) leads() (out []target) {
	if n.step.End != "" {
		return nil
	}
	for _, label := range sortedKeys(n.to) {
		out = append(out, n.to[label])
	}
	switch s := n.step; {
	case s.Ask != nil && (s.For == 0 || s.Else != nil), s.Choose != nil && s.Else != nil:
	case s.Do != nil && n.to[OK] != (target{}):
	default:
		out = append(out, target{addr: n.next})
	}
	return out
}
