package path

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Condition compares values by name: a plain value must be equal, a list must contain the value, and a text may begin
// with an operator: ">= 60", "< 3", "!= done", "is set", "is empty". A value that is a list has what it is compared with,
// or, for "!=", has it not. A text may hold {names} of the run's values. All of them must hold.
type Condition map[string]any

// filled replaces the {names} in what is compared with by the values.
func (c Condition) filled(values Values) (Condition, error) {
	out := make(Condition, len(c))
	for name, want := range c {
		s, isText := want.(string)
		if isText && strings.Contains(s, "{") {
			var err error
			if want, err = fill(s, values); err != nil {
				return nil, err
			}
		}
		out[name] = want
	}
	return out, nil
}

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

const isSet, isEmpty = "is set", "is empty"

// operatorOf cuts a leading operator off a text; "" if there is none.
func operatorOf(s string) (op, rest string) {
	for _, op := range operators {
		if rest, ok := strings.CutPrefix(s, op); ok {
			return op, strings.TrimSpace(rest)
		}
	}
	return "", s
}

// isNumeric tells that an operator compares numbers.
func isNumeric(op string) bool { return op != "" && op != "=" && op != "!=" }

func isNumber(s string) bool {
	_, err := strconv.ParseFloat(s, 64)
	return err == nil
}

func matches(got, want any) bool {
	switch w := want.(type) {
	case []any:
		return slices.ContainsFunc(w, func(x any) bool { return matches(got, x) })
	case string:
		switch w {
		case isSet:
			return !empty(got)
		case isEmpty:
			return empty(got)
		}
		if op, rest := operatorOf(w); op != "" {
			return compare(got, rest, op)
		}
	}
	return equal(got, plain(want))
}

// equal compares by what is written, so that 1, 1.0 and "1" are the same; a list equals what it has.
func equal(got any, want string) bool {
	if list, ok := got.([]string); ok {
		return slices.Contains(list, want)
	}
	return plain(got) == want
}

func empty(v any) bool {
	if v == nil {
		return true
	}
	if t, ok := v.(time.Time); ok {
		return t.IsZero()
	}
	switch x := reflect.ValueOf(v); x.Kind() {
	case reflect.String, reflect.Slice, reflect.Map:
		return x.Len() == 0
	}
	return false
}

func compare(got any, want, op string) bool {
	switch op {
	case "!=":
		return !equal(got, want)
	case "=":
		return equal(got, want)
	}
	x, errX := strconv.ParseFloat(plain(got), 64)
	y, errY := strconv.ParseFloat(want, 64)
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

// fill replaces each {name} in a text by its value. What the values say is not looked at again.
func fill(s string, values Values) (string, error) {
	var out strings.Builder
	for {
		i := strings.IndexByte(s, '{')
		j := strings.IndexByte(s[max(i, 0):], '}')
		if i < 0 || j < 0 {
			out.WriteString(s)
			return out.String(), nil
		}
		name := s[i+1 : i+j]
		v, err := values(name)
		if err != nil {
			return "", fmt.Errorf("value %s: %w", name, err)
		}
		out.WriteString(s[:i])
		out.WriteString(plain(v))
		s = s[i+j+1:]
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
