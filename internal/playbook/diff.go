package playbook

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
)

// Change is one difference between two playbooks.
type Change struct {
	Field string `json:"field"`
	From  any    `json:"from,omitempty"`
	To    any    `json:"to,omitempty"`
	// Retires tells that this is named no longer: it goes on for those who are inside, and takes nobody new.
	Retires bool `json:"retires,omitempty" doc:"named no longer: it goes on for those who are inside, and takes nobody new"`
}

// retired are the lists whose items are retired when they go.
var retired = []string{"circles", "contacts", "events.templates", "growth.programmes", "growth.proofs", "intake.entries", "intake.openings", "membership.plans", "paths", "shop.coupons", "shop.group_buys", "shop.products", "team.departments"}

// Diff lists what differs, by field, in reading order of the fields' names. What has a name is compared with what has the
// same name, wherever it stands: an entry put in front of others is one change.
func Diff(from, to Playbook) ([]Change, error) {
	a, err := tree(from)
	if err != nil {
		return nil, err
	}
	b, err := tree(to)
	if err != nil {
		return nil, err
	}
	var out []Change
	compare("", a, b, &out)
	return out, nil
}

func tree(p Playbook) (any, error) {
	b, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("encode playbook: %w", err)
	}
	var x any
	err = json.Unmarshal(b, &x)
	return x, err
}

func compare(field string, a, b any, out *[]Change) {
	x, isX := a.(map[string]any)
	y, isY := b.(map[string]any)
	l, isL := a.([]any)
	m, isM := b.([]any)
	switch {
	case isX && isY:
		keys := map[string][]int{}
		for k := range x {
			keys[k] = nil
		}
		for k := range y {
			keys[k] = nil
		}
		for _, k := range names(keys) {
			compare(join(field, k), x[k], y[k], out)
		}
	case isL && isM, slices.Contains(retired, field) && isL:
		compareLists(field, l, m, out)
	case !reflect.DeepEqual(a, b):
		*out = append(*out, Change{Field: field, From: a, To: b})
	}
}

func compareLists(field string, l, m []any, out *[]Change) {
	was, named := namedIn(l)
	is, alsoNamed := namedIn(m)
	if !named || !alsoNamed {
		for i := range max(len(l), len(m)) {
			compare(fmt.Sprintf("%s[%d]", field, i), at(l, i), at(m, i), out)
		}
		return
	}
	for i, name := range was {
		next := at(m, slices.Index(is, name))
		compare(fmt.Sprintf("%s[%s]", field, name), l[i], next, out)
		if next == nil && slices.Contains(retired, field) {
			(*out)[len(*out)-1].Retires = true
		}
	}
	for i, name := range is {
		if !slices.Contains(was, name) {
			compare(fmt.Sprintf("%s[%s]", field, name), nil, m[i], out)
		}
	}
	stay := func(list, other []string) []string {
		return slices.DeleteFunc(slices.Clone(list), func(name string) bool { return !slices.Contains(other, name) })
	}
	if a, b := stay(was, is), stay(is, was); !slices.Equal(a, b) {
		*out = append(*out, Change{Field: field + " (order)", From: a, To: b})
	}
}

func at(list []any, i int) any {
	if i < 0 || i >= len(list) {
		return nil
	}
	return list[i]
}

// namedIn gives the names of a list's items, if each has one of its own.
func namedIn(list []any) (out []string, ok bool) {
	for _, it := range list {
		o, _ := it.(map[string]any)
		name := ""
		for _, k := range []string{"code", "id", "name", "purpose", "value"} {
			if s, _ := o[k].(string); s != "" && name == "" {
				name = s
			}
		}
		if name == "" || slices.Contains(out, name) {
			return nil, false
		}
		out = append(out, name)
	}
	return out, true
}
