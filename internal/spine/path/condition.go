package path

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Condition compares values by name: a plain value must be equal, a list must contain the value, and a text may begin
// with an operator: ">= 60", "< 3", "!= done", "is set", "is empty". All of them must hold.
type Condition map[string]any

// Values gives the value of a name, or nil when there is none.
type Values func(name string) (any, error)

// Holds tells whether every comparison is true.
func (c Condition) Holds(values Values) (bool, error) {
	for name, want := range c {
		got, err := values(name)
		if err != nil {
			return false, fmt.Errorf("value %s: %w", name, err)
		}
		if !matches(got, want) {
			return false, nil
		}
	}
	return true, nil
}

var operators = []string{">=", "<=", "!=", ">", "<", "="}

func matches(got, want any) bool {
	switch w := want.(type) {
	case []any:
		return slices.ContainsFunc(w, func(x any) bool { return matches(got, x) })
	case string:
		switch w {
		case "is set":
			return !empty(got)
		case "is empty":
			return empty(got)
		}
		for _, op := range operators {
			if rest, ok := strings.CutPrefix(w, op); ok {
				return compare(got, strings.TrimSpace(rest), op)
			}
		}
	}
	if list, ok := got.([]string); ok {
		return slices.Contains(list, plain(want))
	}
	return plain(got) == plain(want)
}

func empty(v any) bool {
	switch x := v.(type) {
	case nil:
		return true
	case string:
		return x == ""
	case []string:
		return len(x) == 0
	case time.Time:
		return x.IsZero()
	}
	return false
}

func compare(got any, want, op string) bool {
	a, b := plain(got), want
	if op == "!=" {
		return a != b
	}
	if op == "=" {
		return a == b
	}
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	if errX != nil || errY != nil {
		return false
	}
	switch op {
	case ">=":
		return x >= y
	case "<=":
		return x <= y
	case ">":
		return x > y
	}
	return x < y
}

// plain writes a value so that 1, 1.0 and "1" are the same.
func plain(v any) string {
	switch x := v.(type) {
	case nil:
		return ""
	case string:
		return x
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64)
	case time.Time:
		return strconv.FormatInt(x.Unix(), 10)
	}
	return fmt.Sprint(v)
}

// fill replaces each {name} in a text by its value.
func fill(s string, values Values) (string, error) {
	for {
		i := strings.IndexByte(s, '{')
		if i < 0 {
			return s, nil
		}
		j := strings.IndexByte(s[i:], '}')
		if j < 0 {
			return s, nil
		}
		v, err := values(s[i+1 : i+j])
		if err != nil {
			return "", fmt.Errorf("value %s: %w", s[i+1:i+j], err)
		}
		s = s[:i] + plain(v) + s[i+j+1:]
	}
}

// placeholders lists the names in a text.
func placeholders(s string) (names []string) {
	for {
		i := strings.IndexByte(s, '{')
		if i < 0 {
			return names
		}
		j := strings.IndexByte(s[i:], '}')
		if j < 0 {
			return names
		}
		names = append(names, s[i+1:i+j])
		s = s[i+j+1:]
	}
}
