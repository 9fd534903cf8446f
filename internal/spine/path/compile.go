package path

import (
	"fmt"
	"slices"
	"strconv"
)

// node is a step at its address with the addresses it leads to; "" means the end of the path with outcome "done".
type node struct {
	addr string
	step *Step
	next string            // the step behind it, or behind the branching step it is the last of
	to   map[string]target // ways on by label: outcome names, "else", "or.0", "choice.0", "remind"
}

// target is where a way leads: an address, or an end.
type target struct {
	addr string
	end  string
}

// Compiled is a definition ready to run.
type Compiled struct {
	Definition
	Version int
	first   string
	nodes   map[string]*node
	order   []string        // addresses in reading order
	awaits  map[string]bool // the facts that some step waits for
}

// done is the outcome of a run that passes its last step without an end.
const done = "done"

// Compile gives every step its address. It fails on what compile finds; Validate says where.
func Compile(d Definition, version int) (*Compiled, error) {
	c, faults := compile(d, version)
	if len(faults) > 0 {
		return nil, fmt.Errorf("path %s%s: %s", d.Name, faults[0].Field, faults[0].Reason)
	}
	return c, nil
}

// compile finds jumps to names that aren't there, and names that two steps have.
func compile(d Definition, version int) (c *Compiled, faults []Problem) {
	c = &Compiled{Definition: d, Version: version, nodes: map[string]*node{}, awaits: map[string]bool{}}
	c.first = c.lay(c.Steps, "", "")
	bad := func(n *node, reason string, name string) {
		faults = append(faults, Problem{Line: n.step.line, Field: ".steps[" + n.addr + "]", Reason: fmt.Sprintf(reason, name)})
	}
	names := map[string]string{}
	for _, addr := range c.order {
		n := c.nodes[addr]
		if name := n.step.Name; name != "" {
			if names[name] != "" {
				bad(n, "another step is named %q too", name)
			}
			names[name] = addr
		}
		if len(n.step.Stage) > 0 && !n.isMain() {
			bad(n, "a stage begins with a step of the path itself, not of a branch%s", "")
		}
		for _, k := range n.kinds() {
			c.awaits[k] = true
		}
	}
	for _, addr := range c.order {
		n := c.nodes[addr]
		for _, label := range sortedKeys(n.to) {
			if name, jump := jumpName(n.to[label].addr); jump {
				if names[name] == "" {
					bad(n, "there is no step named %q", name)
				}
				n.to[label] = target{addr: names[name]}
			}
		}
	}
	return c, faults
}

const jumpMark = "go "

func jumpName(addr string) (string, bool) {
	if len(addr) > len(jumpMark) && addr[:len(jumpMark)] == jumpMark {
		return addr[len(jumpMark):], true
	}
	return "", false
}

// lay gives addresses to steps and gives back the first one's; after is where the last one leads.
func (c *Compiled) lay(steps []Step, prefix, after string) string {
	first := after
	for i := range steps {
		addr := prefix + strconv.Itoa(i)
		next := after
		if i+1 < len(steps) {
			next = prefix + strconv.Itoa(i+1)
		}
		if i == 0 {
			first = addr
		}
		n := &node{addr: addr, step: &steps[i], next: next, to: map[string]target{}}
		c.nodes[addr] = n
		c.order = append(c.order, addr)
		for _, w := range ways(&steps[i]) {
			n.to[w.label] = c.layBranch(*w.branch, addr+"."+w.label+".", next)
		}
	}
	return first
}

func (c *Compiled) layBranch(b Branch, prefix, next string) target {
	switch {
	case b.End != "":
		return target{end: b.End}
	case b.Go != "":
		return target{addr: jumpMark + b.Go}
	case len(b.Steps) > 0:
		return target{addr: c.lay(b.Steps, prefix, next)}
	}
	return target{addr: next}
}

// way is a labelled branch of a step.
type way struct {
	label  string
	branch *Branch
}

// ways lists a step's branches in reading order.
func ways(s *Step) (out []way) {
	add := func(label string, b *Branch) { out = append(out, way{label, b}) }
	if s.Do != nil {
		for _, k := range sortedKeys(s.Do.On) {
			b := s.Do.On[k]
			add(k, &b)
		}
	}
	if s.Ask != nil {
		for _, k := range s.Ask.Order {
			b := s.Ask.Outcomes[k]
			add(k, &b)
		}
	}
	others := s.others()
	for i := range others {
		add(orLabel(i), &others[i].Then)
	}
	if s.Choose != nil {
		for i := range s.Choose.Choices {
			add("when"+strconv.Itoa(i), &s.Choose.Choices[i].Then)
		}
	}
	if s.Else != nil {
		add("else", s.Else)
	}
	return out
}

func orLabel(i int) string { return "or" + strconv.Itoa(i) }

// outcome is how the log tells that the i-th of a step's other facts met it: by its kind, unless an earlier one of the same
// step takes that kind too. An ask's own outcomes are words without a dot, so none is taken for a kind.
func (s *Step) outcome(i int, kind string) string {
	var takers []string
	if s.Wait != nil {
		takers = s.Wait.On
	}
	for _, o := range s.others()[:i] {
		takers = slices.Concat(takers, o.On)
	}
	if slices.Contains(takers, kind) {
		return kind + " " + orLabel(i)
	}
	return kind
}

// way gives where a label leads; one that isn't there leads to the next step.
func (n *node) way(label string) target {
	if t, ok := n.to[label]; ok {
		return t
	}
	return target{addr: n.next}
}

// kind names what a step is, for people and logs.
func (s *Step) kind() string {
	switch {
	case s.Wait != nil:
		return "wait"
	case s.Until != nil:
		return "until"
	case s.Do != nil:
		return "do"
	case s.Ask != nil:
		return "ask"
	case s.Choose != nil:
		return "choose"
	case len(s.Gate) > 0:
		return "gate"
	}
	return "end"
}
