package touch

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"slices"
	"strconv"
	"time"

	"github.com/qunce/qunce/internal/kit/text"
)

// Bounds of a rule.
const (
	maxRules     = 60
	maxDepth     = 8
	maxRuleBytes = 64 << 10
	maxValues    = 100
	maxRuleText  = 200 // characters of a value
	maxAtLeast   = 10_000
)

// beside lists, for each condition, the keys that may stand beside it.
var beside = map[string][]string{
	"all": nil, "any": nil, "not": nil, "tag": nil, "blocked": nil, "ways": nil, "member": nil,
	"field": {"is", "known", "from", "to"}, "created": {"from", "to"}, "seen": {"from", "to"},
	"fact": {"from", "to", "at_least"}, "consent": {"channel"},
}

var (
	kindShape    = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}\.[a-z][a-z0-9_]{0,39}$`)
	channelShape = regexp.MustCompile(`^[a-z][a-z0-9_]{0,29}$`)
)

// ParseRule reads a rule. What is wrong is refused with its place.
func ParseRule(source []byte) (Rule, error) {
	if len(source) > maxRuleBytes {
		return Rule{}, ErrRuleSize.With("max", maxRules).With("depth", maxDepth)
	}
	if !json.Valid(source) {
		return Rule{}, ErrRuleJSON
	}
	p := &ruleParser{}
	return p.rule(source, "", 1)
}

// UnmarshalJSON reads a rule as ParseRule does.
func (r *Rule) UnmarshalJSON(b []byte) (err error) {
	*r, err = ParseRule(b)
	return err
}

type ruleParser struct{ rules int }

// member is one key of an object.
type member struct {
	key   string
	value json.RawMessage
}

// members reads an object's keys in their order.
func members(source []byte) ([]member, error) {
	d := json.NewDecoder(bytes.NewReader(source))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, errors.Join(err, ErrRuleJSON)
	}
	var out []member
	for d.More() {
		t, err := d.Token()
		key, isText := t.(string)
		if err != nil || !isText {
			return nil, errors.Join(err, ErrRuleJSON)
		}
		m := member{key: key}
		if err := d.Decode(&m.value); err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		out = append(out, m)
	}
	return out, nil
}

func (p *ruleParser) rule(source []byte, at string, depth int) (r Rule, err error) {
	if p.rules++; p.rules > maxRules || depth > maxDepth {
		return r, ErrRuleSize.With("max", maxRules).With("depth", maxDepth).At(at)
	}
	all, err := members(source)
	if err != nil {
		return r, ErrRuleJSON.At(at).Because(err)
	}
	name := ""
	for i, m := range all {
		if slices.ContainsFunc(all[:i], func(o member) bool { return o.key == m.key }) {
			return r, ErrRuleKey.With("key", text.Brief(m.key, 50)).At(at)
		}
		if _, is := beside[m.key]; is {
			if name != "" {
				return r, ErrRuleOne.At(at)
			}
			name = m.key
		}
	}
	if len(all) == 0 && depth == 1 {
		return r, nil // everyone
	}
	if name == "" {
		if len(all) > 0 && !knownKey(all[0].key) {
			return r, ErrRuleKey.With("key", text.Brief(all[0].key, 50)).At(at)
		}
		return r, ErrRuleOne.At(at)
	}
	for _, m := range all {
		if m.key != name && !slices.Contains(beside[name], m.key) {
			return r, ErrRuleKey.With("key", text.Brief(m.key, 50)).At(at)
		}
		if err := p.set(&r, m, at+"/"+m.key, depth); err != nil {
			return r, err
		}
	}
	if name == "field" && len(r.Is) == 0 && r.Known == nil && r.From == "" && r.To == "" {
		return r, ErrRuleValue.At(at + "/is")
	}
	return r, nil
}

func knownKey(key string) bool {
	for _, with := range beside {
		if slices.Contains(with, key) {
			return true
		}
	}
	return false
}

// set reads one key's value.
func (p *ruleParser) set(r *Rule, m member, at string, depth int) (err error) {
	switch m.key {
	case "all":
		r.All, err = p.list(m.value, at, depth)
	case "any":
		r.Any, err = p.list(m.value, at, depth)
	case "not":
		var inner Rule
		inner, err = p.rule(m.value, at, depth+1)
		r.Not = &inner
	case "is":
		err = each(m.value, &r.Is, at)
	case "ways":
		if err = decode(m.value, &r.Ways, at); err == nil && (len(r.Ways) == 0 || len(r.Ways) > 4 || slices.ContainsFunc(r.Ways, func(n int) bool { return n < 0 || n > 3 })) {
			err = ErrRuleValue.At(at)
		}
	case "known":
		var known bool
		err = decode(m.value, &known, at)
		r.Known = &known
	case "created", "seen", "blocked":
		yes := false
		if err = decode(m.value, &yes, at); err == nil && !yes {
			err = ErrRuleValue.At(at)
		}
		*map[string]*bool{"created": &r.Created, "seen": &r.Seen, "blocked": &r.Blocked}[m.key] = true
	case "at_least":
		if err = decode(m.value, &r.AtLeast, at); err == nil && (r.AtLeast < 1 || r.AtLeast > maxAtLeast) {
			err = ErrRuleValue.At(at)
		}
	default:
		err = r.setText(m, at)
	}
	return err
}

func (r *Rule) setText(m member, at string) error {
	var s string
	if err := decode(m.value, &s, at); err != nil {
		return err
	}
	if clean, ok := text.Line(s, maxRuleText); !ok || clean == "" || clean != s {
		return ErrRuleValue.At(at)
	}
	ok := true
	switch m.key {
	case "fact":
		ok = kindShape.MatchString(s)
	case "consent":
		ok = slices.Contains(purposes, s)
	case "channel":
		ok = channelShape.MatchString(s)
	case "from", "to":
		_, err := when(s, at, time.Time{}, time.UTC)
		_, notNumber := strconv.ParseFloat(s, 64)
		ok = err == nil || notNumber == nil
	}
	if !ok {
		return ErrRuleValue.At(at)
	}
	*map[string]*string{
		"field": &r.Field, "tag": &r.Tag, "fact": &r.Fact, "member": &r.Member, "consent": &r.Consent, "channel": &r.Channel, "from": &r.From, "to": &r.To,
	}[m.key] = s
	return nil
}

func (p *ruleParser) list(source []byte, at string, depth int) (out []Rule, err error) {
	var items []json.RawMessage
	if err := decode(source, &items, at); err != nil {
		return nil, err
	}
	if len(items) == 0 {
		return nil, ErrRuleValue.At(at)
	}
	for i, it := range items {
		r, err := p.rule(it, at+"/"+itoa(i), depth+1)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// each reads a list of values, or a single one. Numbers and booleans stand for their texts.
func each(source []byte, into *[]string, at string) error {
	var items []json.RawMessage
	if json.Unmarshal(source, &items) != nil {
		items = []json.RawMessage{source}
	}
	if len(items) == 0 || len(items) > maxValues {
		return ErrRuleValue.At(at)
	}
	for i, it := range items {
		at := at + "/" + itoa(i)
		d := json.NewDecoder(bytes.NewReader(it))
		d.UseNumber()
		var v any
		if err := d.Decode(&v); err != nil {
			return ErrRuleValue.At(at).Because(err)
		}
		var s string
		switch v := v.(type) {
		case string:
			s = v
		case json.Number:
			s = v.String()
		case bool:
			s = strconv.FormatBool(v)
		default:
			return ErrRuleValue.At(at)
		}
		if clean, ok := text.Line(s, maxRuleText); !ok || clean != s {
			return ErrRuleValue.At(at)
		}
		*into = append(*into, s)
	}
	return nil
}

// decode reads a value of a given shape; null has none.
func decode(source []byte, into any, at string) error {
	if bytes.Contains(source, []byte("null")) && !bytes.ContainsAny(source, `"{`) {
		return ErrRuleValue.At(at)
	}
	if err := json.Unmarshal(source, into); err != nil {
		return ErrRuleValue.At(at).Because(err)
	}
	return nil
}

func itoa(n int) string { return strconv.Itoa(n) }
