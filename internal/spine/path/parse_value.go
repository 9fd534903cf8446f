package path

import (
	"math"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/internal/kit/text"
)

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
	if n.Kind != yaml.ScalarNode || n.Value == "" || n.ShortTag() == "!!null" || strings.ContainsRune(n.Value, 0) {
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
	m := p.mapping(n, field, string(text.Hans), string(text.Hant), string(text.En))
	for _, lang := range sortedKeys(m) {
		var s string
		p.str(m[lang], field+"."+lang, &s)
		(*into)[text.Lang(lang)] = s
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

// span reads a duration that something lasts.
func (p *parser) span(n *yaml.Node, field string, into *clock.Duration) {
	p.duration(n, field, into)
	if n != nil && *into < 0 {
		p.bad(n, field, "the duration is negative")
	}
}

func (p *parser) values(n *yaml.Node, field string) map[string]any {
	if n == nil {
		return nil
	}
	if n.Kind != yaml.MappingNode {
		p.bad(n, field, "expected a mapping")
		return nil
	}
	m, _ := p.value(n, field).(map[string]any)
	return m
}

// value reads what a stored definition can hold: texts, numbers, booleans, lists and mappings. A date is a text, as it is written.
func (p *parser) value(n *yaml.Node, field string) any {
	switch n.Kind {
	case yaml.MappingNode:
		m, out := p.mapping(n, field), map[string]any{}
		for _, k := range sortedKeys(m) {
			out[k] = p.value(m[k], field+"."+k)
		}
		return out
	case yaml.SequenceNode:
		out := make([]any, 0, len(n.Content))
		for _, it := range n.Content {
			out = append(out, p.value(it, field))
		}
		return out
	case yaml.ScalarNode:
		return p.scalar(n, field)
	}
	p.bad(n, field, "expected a value")
	return nil
}

func (p *parser) scalar(n *yaml.Node, field string) any {
	var v any
	if err := n.Decode(&v); err != nil {
		p.bad(n, field, "%v", err)
	}
	if strings.ContainsRune(n.Value, 0) {
		p.bad(n, field, "a text can't have the character NUL")
	}
	switch x := v.(type) {
	case nil, bool, int:
		return x
	case float64:
		if !math.IsInf(x, 0) && !math.IsNaN(x) {
			return x
		}
	}
	return n.Value
}

// condition reads values to compare with: single ones, or lists of which one must fit.
func (p *parser) condition(n *yaml.Node, field string) Condition {
	m := p.values(n, field)
	for _, name := range sortedKeys(m) {
		list, isList := m[name].([]any)
		if !isList {
			list = []any{m[name]}
		}
		for _, want := range list {
			switch want := want.(type) {
			case nil, []any, map[string]any:
				p.bad(n, field+"."+name, "compare it with a value, a list of values, %q or %q", isSet, isEmpty)
			case string:
				if op, rest := operatorOf(want); isNumeric(op) && !isNumber(rest) && !strings.Contains(rest, "{") {
					p.bad(n, field+"."+name, "%q compares with a number", op)
				}
			}
		}
	}
	return Condition(m)
}

func (p *parser) seq(n *yaml.Node, field string) []*yaml.Node {
	if n == nil {
		return nil
	}
	if n.Kind != yaml.SequenceNode || len(n.Content) == 0 {
		p.bad(n, field, "expected a list")
		return nil
	}
	return n.Content
}
