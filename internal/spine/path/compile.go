package path

import (
	"fmt"
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
	order   []string // addresses in reading order
}

// done is the outcome of a run that passes its last step without an end.
const done = "done"

// Compile gives every step its address. It fails on a jump to a name that isn't there; Validate says where.
func Compile(d Definition, version int) (*Compiled, error) {
	c := &Compiled{Definition: d, Version: version, nodes: map[string]*node{}}
	names := map[string]string{}
	c.first = c.lay(c.Steps, "", "", names)
	for _, addr := range c.order {
		n := c.nodes[addr]
		for label, t := range n.to {
			if name, jump := jumpName(t.addr); jump {
				addr, ok := names[name]
				if !ok {
					return nil, fmt.Errorf("path %s, step %s: there is no step named %q", d.Name, n.addr, name)
				}
				n.to[label] = target{addr: addr}
			}
		}
	}
	return c, nil
}

const jumpMark = "go "

func jumpName(addr string) (string, bool) {
	if len(addr) > len(jumpMark) && addr[:len(jumpMark)] == jumpMark {
		return addr[len(jumpMark):], true
	}
	return "", false
}

// lay gives addresses to steps and gives back the first one's; after is where the last one leads.
func (c *Compiled) lay(steps []Step, prefix, after string, names map[string]string) string {
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
		if steps[i].Name != "" {
			names[steps[i].Name] = addr
		}
		for _, w := range ways(&steps[i]) {
			n.to[w.label] = c.layBranch(*w.branch, addr+"."+w.label+".", next, names)
		}
	}
	return first
}

func (c *Compiled) layBranch(b Branch, prefix, next string, names map[string]string) target {
	switch {
	case b.End != "":
		return target{end: b.End}
	case b.Go != "":
		return target{addr: jumpMark + b.Go}
	case len(b.Steps) > 0:
		return target{addr: c.lay(b.Steps, prefix, next, names)}
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
	if s.Wait != nil {
		for i := range s.Wait.Or {
			add("or"+strconv.Itoa(i), &s.Wait.Or[i].Then)
		}
	}
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
