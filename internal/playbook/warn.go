package playbook

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/text"
)

// ErrWarned refuses a playbook with warnings that nobody has acknowledged: "count", "first".
var ErrWarned = errs.Define(errs.Conflict, "playbook.warned")

// Warnings finds what a careful operator should look at again, in a file without problems: absolute words in what the public reads,
// and programmes that the law or members may not bear. They are no faults: applying it takes an acknowledgement, which stands in the
// audit log.
func (p Playbook) Warnings() []Problem {
	var out []Problem
	flag := func(field string, v any) {
		each(reflect.ValueOf(v), field, func(at string, t text.Text) {
			for _, lang := range text.Langs {
				for _, word := range text.Absolutes(t[lang]) {
					w := Problem{Field: at + "." + string(lang), Reason: fmt.Sprintf("%q is an absolute word, which advertising must not use of what it sells", word)}
					if !slices.Contains(out, w) {
						out = append(out, w)
					}
				}
			}
		})
	}
	flag("intake.landing", p.Intake.Landing)
	flag("intake.pages", p.Intake.Pages)
	flag("membership", p.Membership)
	flag("events", p.Events)
	flag("shop", p.Shop)
	flag("growth", p.Growth)
	for name, t := range p.Touch.Templates {
		if t.Purpose == "marketing" {
			flag("touch.templates."+name, t)
		}
	}
	words, err := text.Load()
	for _, w := range p.Growth.Warnings() {
		reason := w.Code
		if err == nil {
			reason = words.Say(text.En, nil, w.Code, nil)
		}
		out = append(out, Problem{Field: fieldOf("growth", w.Field), Reason: reason})
	}
	slices.SortFunc(out, func(a, b Problem) int { return strings.Compare(a.Field+a.Reason, b.Field+b.Reason) })
	return p.lines.place(out)
}

// Heed refuses a playbook with warnings unless they are acknowledged, and counts them.
func (p Playbook) Heed(acknowledged bool) (int, error) {
	w := p.Warnings()
	if len(w) > 0 && !acknowledged {
		return len(w), ErrWarned.With("count", len(w)).With("first", w[0].String())
	}
	return len(w), nil
}

var typeOfText = reflect.TypeFor[text.Text]()

// each calls fn for every text in a value, with the field that it stands in.
func each(v reflect.Value, field string, fn func(at string, t text.Text)) {
	switch {
	case v.Type() == typeOfText:
		fn(field, v.Interface().(text.Text)) //nolint:forcetypeassert // just asked
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			each(v.Index(i), fmt.Sprintf("%s[%d]", field, i), fn)
		}
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			f := v.Type().Field(i)
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			switch {
			case f.Anonymous:
				each(v.Field(i), field, fn)
			case f.IsExported() && name != "" && name != "-":
				each(v.Field(i), join(field, name), fn)
			}
		}
	}
}
