package playbook

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/qunce/qunce/internal/kit/money"
)

// Problem is a fault of a playbook: where, which field, and why.
type Problem struct {
	Line   int    `json:"line,omitempty"`
	Field  string `json:"field"`
	Reason string `json:"reason"`
}

func (p Problem) String() string {
	if p.Line == 0 {
		return fmt.Sprintf("%s: %s", p.Field, p.Reason)
	}
	return fmt.Sprintf("line %d: %s: %s", p.Line, p.Field, p.Reason)
}

// decoder fills Go values from YAML nodes by their json tags, strictly: it knows the line of everything that doesn't fit.
type decoder struct {
	problems []Problem
	// special decodes the values of a type in its own way.
	special map[reflect.Type]func(n *yaml.Node, v reflect.Value, field string)
}

func (d *decoder) bad(n *yaml.Node, field, reason string, args ...any) {
	d.problems = append(d.problems, Problem{n.Line, field, fmt.Sprintf(reason, args...)})
}

var unmarshaler = reflect.TypeFor[json.Unmarshaler]()

func (d *decoder) decode(n *yaml.Node, v reflect.Value, field string) {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" {
		return // as if the key were not there
	}
	if fn := d.special[v.Type()]; fn != nil {
		fn(n, v, field)
		return
	}
	if v.CanAddr() && v.Addr().Type().Implements(unmarshaler) {
		d.scalarJSON(n, v, field)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.decode(n, v.Elem(), field)
	case reflect.Struct:
		d.structure(n, v, field)
	case reflect.Map:
		d.mapping(n, v, field)
	case reflect.Slice:
		d.list(n, v, field)
	case reflect.Interface:
		var x any
		if err := n.Decode(&x); err != nil {
			d.bad(n, field, "%v", err)
			return
		}
		v.Set(reflect.ValueOf(x))
	default:
		d.scalar(n, v, field)
	}
}

func (d *decoder) structure(n *yaml.Node, v reflect.Value, field string) {
	if n.Kind != yaml.MappingNode {
		d.bad(n, field, "expected a mapping")
		return
	}
	byName := fieldsOf(v.Type())
	seen := map[string]bool{}
	for i := 0; i < len(n.Content); i += 2 {
		k := n.Content[i]
		at, known := byName[k.Value]
		f := join(field, k.Value)
		switch {
		case !known:
			d.bad(k, f, "unknown key; known are %s", strings.Join(names(byName), ", "))
		case seen[k.Value]:
			d.bad(k, f, "the key stands twice")
		default:
			seen[k.Value] = true
			d.decode(n.Content[i+1], v.FieldByIndex(at), f)
		}
	}
}

func join(field, name string) string {
	if field == "" {
		return name
	}
	return field + "." + name
}

// fieldsOf maps the JSON names of a struct's fields, those of embedded structs too.
func fieldsOf(t reflect.Type) map[string][]int {
	out := map[string][]int{}
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous || !f.IsExported() || name == "" || name == "-" {
			continue
		}
		out[name] = f.Index
	}
	return out
}

func names(m map[string][]int) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

func (d *decoder) mapping(n *yaml.Node, v reflect.Value, field string) {
	// A text may be given in the default language alone.
	if n.Kind == yaml.ScalarNode && v.Type() == textType {
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(reflect.ValueOf(defaultLang), reflect.ValueOf(n.Value))
		return
	}
	if n.Kind != yaml.MappingNode {
		d.bad(n, field, "expected a mapping")
		return
	}
	v.Set(reflect.MakeMap(v.Type()))
	for i := 0; i < len(n.Content); i += 2 {
		k, key := n.Content[i], reflect.New(v.Type().Key()).Elem()
		f := join(field, k.Value)
		if v.Type() == textType && !slices.Contains(langNames, k.Value) {
			d.bad(k, f, "a language is one of %s", strings.Join(langNames, ", "))
			continue
		}
		d.scalar(k, key, f)
		if v.MapIndex(key).IsValid() {
			d.bad(k, f, "the key stands twice")
		}
		value := reflect.New(v.Type().Elem()).Elem()
		d.decode(n.Content[i+1], value, f)
		v.SetMapIndex(key, value)
	}
}

func (d *decoder) list(n *yaml.Node, v reflect.Value, field string) {
	if n.Kind != yaml.SequenceNode {
		d.bad(n, field, "expected a list")
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content)))
	for i, it := range n.Content {
		d.decode(it, v.Index(i), fmt.Sprintf("%s[%d]", field, i))
	}
}

func (d *decoder) scalar(n *yaml.Node, v reflect.Value, field string) {
	if n.Kind != yaml.ScalarNode {
		d.bad(n, field, "expected a single value")
		return
	}
	if v.Kind() == reflect.String {
		v.SetString(n.Value)
		return
	}
	fraction := v.CanInt() && n.ShortTag() != "!!int" // of which the reader would take the whole part
	if err := n.Decode(v.Addr().Interface()); err != nil || fraction || v.Kind() == reflect.Float64 && (math.IsNaN(v.Float()) || math.IsInf(v.Float(), 0)) {
		d.bad(n, field, "expected %s, not %q", kindWords[v.Kind()], n.Value)
	}
}

var kindWords = map[reflect.Kind]string{reflect.Int: "a whole number", reflect.Int64: "a whole number", reflect.Bool: "true or false", reflect.Float64: "a number"}

// scalarJSON hands a value to the type's own reader.
func (d *decoder) scalarJSON(n *yaml.Node, v reflect.Value, field string) {
	var x any
	if err := n.Decode(&x); err != nil {
		d.bad(n, field, "%v", err)
		return
	}
	if n.Kind == yaml.ScalarNode && n.Tag == "!!str" || n.Kind == yaml.ScalarNode && n.Tag == "!!timestamp" {
		x = n.Value
	}
	b, err := json.Marshal(x)
	if err == nil {
		err = v.Addr().Interface().(json.Unmarshaler).UnmarshalJSON(b) //nolint:forcetypeassert // checked by the caller
	}
	if err != nil {
		d.bad(n, field, "%v", err)
	}
}

// yuan reads an amount as people write it; everywhere else amounts are fen.
func (d *decoder) yuan(n *yaml.Node, v reflect.Value, field string) {
	if n.Kind != yaml.ScalarNode {
		d.bad(n, field, "expected an amount in yuan, as 1599 or 1599.50")
		return
	}
	amount, err := money.Parse(n.Value)
	if err != nil {
		d.bad(n, field, "%v", err)
		return
	}
	v.SetInt(int64(amount))
}
