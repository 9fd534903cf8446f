package api

import (
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/internal/kit/id"
)

// idWords describe an identifier in the document, and in what huma says of a wrong one.
const idWords = "an identifier"

// ID is an identifier in a path or query.
type ID string

// Schema says which shape it has.
func (ID) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: "string", Pattern: "^[0-9a-hjkmnp-tv-z]{" + strconv.Itoa(id.Len) + "}$", PatternDescription: idWords}
}

// span is how a length of time is written.
type span string

// Schema says which shape it has.
func (span) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: "string", Description: "a length of time, as 90m, 2h or 3d"}
}

// document begins the OpenAPI document.
func document(version string) *huma.OpenAPI {
	doc := &huma.OpenAPI{
		OpenAPI: "3.1.0",
		Info: &huma.Info{
			Title: "Qunce", Version: version, License: &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"},
			Description: "Everything the console does, for other programs. Operators sign in with a cookie, programs with a token of one community. " +
				"Refusals are problem documents (RFC 9457) with a stable code. Lists give next, the cursor of their next page. Times are RFC 3339 with a zone, money is integers (fen).",
		},
		Servers: []*huma.Server{{URL: "/"}},
		Components: &huma.Components{
			Schemas: huma.NewMapRegistry("#/components/schemas/", schemaName),
			SecuritySchemes: map[string]*huma.SecurityScheme{
				"session": {Type: "apiKey", In: "cookie", Name: sessionCookie, Description: "An operator's session, from POST " + base + "/session."},
				"token":   {Type: "http", Scheme: "bearer", Description: "A community's token, from its settings."},
			},
		},
		Security: []map[string][]string{{"session": {}}, {"token": {}}},
	}
	doc.Components.Schemas.RegisterTypeAlias(reflect.TypeFor[clock.Duration](), reflect.TypeFor[span]())
	problem := doc.Components.Schemas.Schema(reflect.TypeFor[Problem](), true, "")
	doc.Components.Responses = map[string]*huma.Response{}
	for status, words := range map[int]string{
		http.StatusBadRequest: "It can't be read.", http.StatusUnauthorized: "Nobody is signed in.", http.StatusForbidden: "Not allowed.",
		http.StatusNotFound: "There is no such thing in this community.", http.StatusConflict: "It clashes with what is there.",
		http.StatusGone: "It was here and has ended.", http.StatusPreconditionFailed: "Somebody else changed it first.",
		http.StatusRequestEntityTooLarge: "More than is taken at once.", http.StatusUnsupportedMediaType: "Another media type is wanted.",
		http.StatusUnprocessableEntity: "The input is wrong.", http.StatusTooManyRequests: "Too often; Retry-After says when to try again.",
		http.StatusInternalServerError: "A fault of the program, logged under the id.", http.StatusServiceUnavailable: "A part is down; nothing was changed.",
	} {
		doc.Components.Responses[fmt.Sprint(status)] = &huma.Response{Description: words, Content: map[string]*huma.MediaType{contentProblem: {Schema: problem}}}
	}
	return doc
}

// schemaName names a type in the document: circle.Group is CircleGroup, circle.Circle is Circle, a page of them PageOfCircle,
// and the types of this package have their own names.
func schemaName(t reflect.Type, hint string) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Name() == "" {
		return unnamed(hint)
	}
	name, args, generic := strings.Cut(t.Name(), "[")
	if generic {
		return title(name) + "Of" + qualified(strings.TrimSuffix(args, "]"))
	}
	return qualified(t.PkgPath() + "." + name)
}

// unnamed makes a name of huma's hint for a type without one: "circle.openRequest" is CircleOpenRequest, the body of an input
// is named as the input.
func unnamed(hint string) string {
	var b strings.Builder
	for part := range strings.FieldsFuncSeq(strings.TrimSuffix(hint, "Body"), func(r rune) bool { return r == '.' || r == '_' }) {
		b.WriteString(title(part))
	}
	return b.String()
}

// qualified names a type by its package's last element and its own name.
func qualified(full string) string {
	full = strings.TrimLeft(full, "*[]")
	pkg, name, found := strings.Cut(full[strings.LastIndex(full, "/")+1:], ".")
	if !found {
		return title(pkg)
	}
	if pkg == "api" || strings.HasPrefix(strings.ToLower(name), pkg) {
		return title(name)
	}
	return title(pkg) + title(name)
}

func title(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// polish takes out what huma adds by itself and this API never says: its own shape of errors, and lists that are null.
func (a *API) polish() {
	schemas := a.huma.OpenAPI().Components.Schemas.Map()
	for name := range schemas {
		if strings.HasSuffix(name, "ErrorModel") || strings.HasSuffix(name, "ErrorDetail") {
			delete(schemas, name)
			continue
		}
		for _, p := range schemas[name].Properties {
			notNull(p)
		}
	}
}

func notNull(s *huma.Schema) {
	for s != nil {
		if s.Type == huma.TypeArray {
			s.Nullable = false
		}
		if inner, ok := s.AdditionalProperties.(*huma.Schema); ok {
			notNull(inner)
		}
		s = s.Items
	}
}

// fillLists makes nil lists and maps of an answer empty ones, as the document promises. What pointers lead to may be shared
// and is left alone.
func fillLists(out any) {
	if v := reflect.ValueOf(out); v.Kind() == reflect.Pointer && !v.IsNil() {
		fill(v.Elem())
	}
}

func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(v.Field(i))
			}
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 || !v.CanSet() {
			return
		}
		if v.IsNil() {
			v.Set(reflect.MakeSlice(v.Type(), 0, 0))
		}
		for i := range v.Len() {
			fill(v.Index(i))
		}
	case reflect.Map:
		if v.IsNil() && v.CanSet() {
			v.Set(reflect.MakeMap(v.Type()))
		}
	}
}
