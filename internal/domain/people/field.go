package people

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/text"
)

// FieldName names a field of the profile: a built-in one, or one that the playbook declares.
type FieldName string

// The fields that are masked in views.
const (
	FieldRealName FieldName = "name"
	FieldPhone    FieldName = "phone"
	FieldEmail    FieldName = "email"
)

// FieldType is the type of a field that the playbook declares.
type FieldType string

// The types.
const (
	TextField   FieldType = "text"
	NumberField FieldType = "number"
	DateField   FieldType = "date"
	BoolField   FieldType = "bool"
	ChoiceField FieldType = "choice"
)

// Field is a field that the playbook declares.
type Field struct {
	Name    FieldName `json:"name"`
	Title   text.Text `json:"title,omitempty"`
	Type    FieldType `json:"type"`
	Choices []string  `json:"choices,omitempty"`
	Max     int       `json:"max,omitempty"` // characters of a text; 0 means 500
}

// What is refused about a field's value. Each names its field.
var (
	ErrField    = errs.Define(errs.Invalid, "people.field")     // there is no such field
	ErrRealName = errs.Define(errs.Invalid, "people.name")      // empty, too long, or not writing
	ErrText     = errs.Define(errs.Invalid, "people.text")      // longer than {max}, or not writing
	ErrNumber   = errs.Define(errs.Invalid, "people.number")    // not a number
	ErrBool     = errs.Define(errs.Invalid, "people.yes_or_no") // neither true nor false
	ErrChoice   = errs.Define(errs.Invalid, "people.choice")    // not one of {allowed}
)

// maxName is how long names and tags may be, in characters.
const maxName = 40

// builtin is a field with a column of its own. Its value is text; lists have one element a line.
type builtin struct {
	at      func(*record) *string
	max     int
	choices []string // the first one stands for "not known yet"
	lines   bool
	date    bool
}

var builtins = map[FieldName]builtin{
	"nickname":      {at: func(r *record) *string { return &r.Nickname }, max: maxName},
	"name_state":    {at: func(r *record) *string { return &r.NameState }, choices: []string{"none", "given", "verified"}},
	"city":          {at: func(r *record) *string { return &r.City }, max: maxName},
	"role":          {at: func(r *record) *string { return &r.Role }, max: 80},
	"company":       {at: func(r *record) *string { return &r.Company }, max: 120},
	"industry":      {at: func(r *record) *string { return &r.Industry }, max: 80},
	"platforms":     {at: func(r *record) *string { return &r.platforms }, max: 500, lines: true},
	"needs":         {at: func(r *record) *string { return &r.needs }, max: 2000, lines: true},
	"offers":        {at: func(r *record) *string { return &r.offers }, max: 2000, lines: true},
	"lang":          {at: func(r *record) *string { return &r.Lang }, choices: []string{"", "zh-Hans", "zh-Hant", "en"}},
	"born_on":       {at: func(r *record) *string { return &r.BornOn }, date: true},
	"relation":      {at: func(r *record) *string { return &r.Relation }, choices: []string{"stranger", "known", "understood", "trusting", "advocate"}},
	"grade":         {at: func(r *record) *string { return &r.Grade }, choices: []string{"", "care", "cool", "ignore"}},
	"stakeholder":   {at: func(r *record) *string { return &r.Stakeholder }, choices: []string{"", "payer", "user", "partner", "supplier", "competitor", "press", "other"}},
	"joiner":        {at: func(r *record) *string { return &r.Joiner }, choices: []string{"", "learner", "connector", "recruiter", "advertiser"}},
	"concern":       {at: func(r *record) *string { return &r.Concern }, choices: []string{"", "knowledge", "career", "experience"}},
	"sales_owner":   {at: func(r *record) *string { return &r.SalesOwner }, max: maxName},
	"service_owner": {at: func(r *record) *string { return &r.ServiceOwner }, max: maxName},
}

// builtinNames lists the built-in fields in a fixed order.
var builtinNames = sortedNames()

func sortedNames() []FieldName {
	names := make([]FieldName, 0, len(builtins))
	for n := range builtins {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// IsBuiltin tells whether a name is taken, so that a playbook can't declare it.
func IsBuiltin(name FieldName) bool {
	_, ok := builtins[name]
	return ok || slices.Contains([]FieldName{FieldRealName, FieldPhone, FieldEmail, FieldName(DueDate), FieldName(BirthDate)}, name)
}

// empty is the value that says nothing.
func (b builtin) empty() string {
	if len(b.choices) > 0 {
		return b.choices[0]
	}
	return ""
}

// clean checks a value for a built-in field and brings it into its stored form.
func (b builtin) clean(value any, today time.Time) (string, *errs.Error) {
	s, ok := textOf(value)
	switch {
	case !ok:
		return "", ErrText.With("max", b.max)
	case s == "":
		return b.empty(), nil
	case len(b.choices) > 0:
		return s, oneOf(s, b.choices)
	case b.date:
		return s, Date(s).within(today.AddDate(-personYears, 0, 0), today)
	}
	line := text.Line
	if b.lines {
		line = text.Lines
	}
	c, ok := line(s, b.max)
	if !ok {
		return "", ErrText.With("max", b.max)
	}
	return c, nil
}

// textOf takes a text, a list of texts, or nothing.
func textOf(value any) (string, bool) {
	switch v := value.(type) {
	case nil:
		return "", true
	case string:
		return v, true
	case []string:
		return strings.Join(v, "\n"), true
	case []any:
		list := make([]string, 0, len(v))
		for _, x := range v {
			s, ok := x.(string)
			if !ok {
				return "", false
			}
			list = append(list, s)
		}
		return strings.Join(list, "\n"), true
	}
	return "", false
}

func oneOf(s string, choices []string) *errs.Error {
	if slices.Contains(choices, s) {
		return nil
	}
	shown := slices.DeleteFunc(slices.Clone(choices), func(c string) bool { return c == "" })
	return ErrChoice.With("allowed", strings.Join(shown, ", "))
}

// clean checks a value for a declared field. nil and the empty text take the value away.
func (f Field) clean(value any) (any, *errs.Error) {
	if value == nil || value == "" {
		return nil, nil
	}
	switch f.Type {
	case NumberField:
		return number(value)
	case BoolField:
		b, ok := value.(bool)
		if !ok {
			return nil, ErrBool
		}
		return b, nil
	}
	s, ok := value.(string)
	limit := f.Max
	if limit <= 0 {
		limit = 500
	}
	if ok {
		s, ok = text.Lines(s, limit)
	}
	if !ok {
		return nil, ErrText.With("max", limit)
	}
	switch f.Type {
	case DateField:
		if t, err := time.Parse(time.DateOnly, s); err != nil || t.Year() < 1000 {
			return nil, ErrDate
		}
	case ChoiceField:
		if err := oneOf(s, f.Choices); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// number takes what JSON and Go give for one; beyond 2^53 a JSON number would change on its way.
func number(value any) (any, *errs.Error) {
	var n float64
	switch v := value.(type) {
	case float64:
		n = v
	case int:
		n = float64(v)
	case int64:
		n = float64(v)
	case json.Number:
		f, err := v.Float64()
		if err != nil {
			return nil, ErrNumber
		}
		n = f
	default:
		return nil, ErrNumber
	}
	if math.IsNaN(n) || math.Abs(n) > 1<<53 {
		return nil, ErrNumber
	}
	return n, nil
}

// fill copies what r lacks from another person and names it: the fields of a merge.
func (r *record) fill(from *record) (filled []FieldName) {
	for _, n := range builtinNames {
		b := builtins[n]
		if mine, theirs := b.at(r), *b.at(from); n != "name_state" && *mine == b.empty() && theirs != b.empty() {
			*mine, filled = theirs, append(filled, n)
		}
	}
	if r.name == "" && from.name != "" {
		r.name, r.NameState, filled = from.name, from.NameState, append(filled, FieldRealName)
	}
	if r.anchors == (Anchors{}) && from.anchors != r.anchors {
		r.anchors, filled = from.anchors, append(filled, anchorFields)
	}
	if r.blockedAt.IsZero() && !from.blockedAt.IsZero() {
		r.blockedAt, r.blockedReason, filled = from.blockedAt, from.blockedReason, append(filled, blockedField)
	}
	for k, v := range from.custom.V {
		if _, has := r.custom.V[k]; !has {
			r.setCustom(k, v)
			filled = append(filled, FieldName(customPrefix+k))
		}
	}
	slices.Sort(filled)
	return filled
}

// unfill takes back what fill copied, unless it was changed since.
func (r *record) unfill(from *record, filled []FieldName) {
	for _, n := range filled {
		key, custom := strings.CutPrefix(string(n), customPrefix)
		switch {
		case custom:
			if r.custom.V[key] == from.custom.V[key] {
				r.setCustom(key, nil)
			}
		case n == FieldRealName:
			if r.name == from.name {
				r.name, r.NameState = "", builtins["name_state"].empty()
			}
		case n == anchorFields:
			if r.anchors == from.anchors {
				r.anchors = Anchors{}
			}
		case n == blockedField:
			if r.blockedAt.Equal(from.blockedAt) {
				r.blockedAt, r.blockedReason = time.Time{}, ""
			}
		default:
			if b := builtins[n]; *b.at(r) == *b.at(from) {
				*b.at(r) = b.empty()
			}
		}
	}
}

// Names in a merge's list of filled fields beside those of the profile.
const (
	anchorFields FieldName = "anchors"
	blockedField FieldName = "blocked"
	customPrefix           = "custom."
)

// setCustom sets or (nil) takes away a declared field's value.
func (r *record) setCustom(name string, value any) {
	if value == nil {
		delete(r.custom.V, name)
		return
	}
	if r.custom.V == nil {
		r.custom.V = map[string]any{}
	}
	r.custom.V[name] = value
}
