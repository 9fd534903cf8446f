package fact

import (
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"reflect"
	"sort"
	"strings"
	"sync"
	"unicode"
)

// ID is an identifier inside a fact's data. Data may hold IDs, named string types (enums), integers and booleans; a plain
// string is refused by Registry, since it could hold a name.
type ID string

var kindNames sync.Map // reflect.Type → string

// KindOf names the kind of a payload (a struct or a pointer to one): the last element of its package, then its type's
// name in snake case, an abbreviation as one word.
func KindOf(payload any) string {
	t := reflect.TypeOf(payload)
	if name, ok := kindNames.Load(t); ok {
		return name.(string)
	}
	named := t
	if t.Kind() == reflect.Pointer {
		named = t.Elem()
	}
	name := path.Base(named.PkgPath()) + "." + snake(named.Name())
	kindNames.Store(t, name)
	return name
}

func snake(name string) string {
	var b strings.Builder
	letters := []rune(name)
	for i, r := range letters {
		starts := i > 0 && unicode.IsUpper(r) &&
			(!unicode.IsUpper(letters[i-1]) || i+1 < len(letters) && unicode.IsLower(letters[i+1]))
		if starts {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// Field is one field of a kind's data.
type Field struct {
	Name string // its JSON name
	Type string // id, enum, integer, number, boolean, list
}

// Registry knows every kind that may be appended: playbooks are checked against it, and the glossary is made of it.
type Registry struct {
	fields map[string][]Field
}

// NewRegistry takes one value of every payload type. It refuses a type whose fields could hold a person's words.
func NewRegistry(payloads ...any) (*Registry, error) {
	r := &Registry{fields: map[string][]Field{}}
	for _, p := range payloads {
		kind := KindOf(p)
		if _, twice := r.fields[kind]; twice {
			return nil, fmt.Errorf("fact kind %s is registered twice", kind)
		}
		fields, err := fieldsOf(reflect.TypeOf(p))
		if err != nil {
			return nil, fmt.Errorf("fact kind %s: %w", kind, err)
		}
		r.fields[kind] = fields
	}
	return r, nil
}

// Kinds lists the names in order.
func (r *Registry) Kinds() []string {
	out := make([]string, 0, len(r.fields))
	for k := range r.fields {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

// Fields lists the data fields of a kind; known is false for a kind nobody emits.
func (r *Registry) Fields(kind string) (fields []Field, known bool) {
	fields, known = r.fields[kind]
	return fields, known
}

func fieldsOf(t reflect.Type) ([]Field, error) {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return nil, fmt.Errorf("%s is not a struct", t)
	}
	var out []Field
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" || name == "-" {
			return nil, fmt.Errorf("field %s has no JSON name", f.Name)
		}
		typ, err := typeOf(f.Type)
		if err != nil {
			return nil, fmt.Errorf("field %s: %w", f.Name, err)
		}
		out = append(out, Field{Name: name, Type: typ})
	}
	return out, nil
}

func typeOf(t reflect.Type) (string, error) {
	if t.Implements(reflect.TypeFor[json.Marshaler]()) || t.Implements(reflect.TypeFor[encoding.TextMarshaler]()) {
		return "", fmt.Errorf("%s writes its own JSON, which could hold a person's words", t)
	}
	switch t.Kind() {
	case reflect.String:
		if t == reflect.TypeFor[ID]() {
			return "id", nil
		}
		if t.PkgPath() != "" {
			return "enum", nil
		}
		return "", errors.New("a plain string could hold a person's words; use fact.ID or a named type")
	case reflect.Bool:
		return "boolean", nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint8, reflect.Uint16, reflect.Uint32:
		return "integer", nil
	case reflect.Float64:
		return "number", nil
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			return "", errors.New("bytes could hold a person's words")
		}
		if _, err := typeOf(t.Elem()); err != nil {
			return "", err
		}
		return "list", nil
	}
	return "", fmt.Errorf("a %s has no place in a fact", t)
}
