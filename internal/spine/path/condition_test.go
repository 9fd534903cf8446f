package path_test

import (
	"errors"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/spine/path"
)

func TestConditions(t *testing.T) {
	day := time.Date(2026, 3, 7, 0, 0, 0, 0, time.UTC)
	for _, x := range []struct {
		got, want any
		holds     bool
	}{
		{"a", "a", true},
		{"a", "b", false},
		{nil, "a", false},
		{1, 1, true},
		{float64(1), 1, true}, // out of JSON
		{"1", 1, true},
		{1, "1", true},
		{1, 1.5, false},
		{true, true, true},
		{true, "true", true},
		{Word("a"), "a", true},
		{"b", []any{"a", "b"}, true},
		{"c", []any{"a", "b"}, false},
		{7, []any{1, ">= 5"}, true},
		{[]string{"x", "y"}, "x", true},
		{[]string{"x", "y"}, "z", false},
		{[]string{"x", "y"}, []any{"z", "y"}, true},
		{[]string{"x", "y"}, "!= x", false}, // a list that has it is not without it
		{[]string{"x", "y"}, "!= z", true},
		{[]string{"x"}, "= x", true},
		{60, ">= 60", true},
		{59, ">=60", false},
		{60, "> 60", false},
		{"61", "> 60", true}, // a number as text
		{61.5, "<= 61.5", true},
		{9, "< 10", true}, // as numbers, not as texts
		{"many", "> 1", false},
		{nil, "< 1", false},
		{"a", "!= a", false},
		{"a", "!= b", true},
		{nil, "!= b", true},
		{"a", "= a", true},
		{"", "is empty", true},
		{nil, "is empty", true},
		{Word(""), "is empty", true},
		{[]string{}, "is empty", true},
		{time.Time{}, "is empty", true},
		{day, "is empty", false},
		{0, "is empty", false},
		{false, "is set", true},
		{"x", "is set", true},
		{Word("x"), "is set", true},
		{"", "is set", false},
	} {
		ok, err := path.Condition{"v": x.want}.Holds(func(string) (any, error) { return x.got, nil })
		if err != nil || ok != x.holds {
			t.Errorf("%#v against %#v: %v, %v", x.got, x.want, ok, err)
		}
	}
	all := path.Condition{"a": 1, "b": 2}
	if ok, _ := all.Holds(func(name string) (any, error) { return map[string]any{"a": 1, "b": 3}[name], nil }); ok {
		t.Error("one of two comparisons was enough")
	}
	broken := errors.New("broken")
	if _, err := all.Holds(func(string) (any, error) { return nil, broken }); !errors.Is(err, broken) {
		t.Errorf("a value that can't be read gave %v", err)
	}
}
