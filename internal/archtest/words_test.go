package archtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"io"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const (
	localesDir = "internal/kit/text/locales"
	errsDir    = "internal/kit/errs"
)

var locales = []string{"zh-Hans", "zh-Hant", "en"}

// errorCodes finds the code of every refusal that is declared with errs.Define.
func errorCodes(module string, sources []*source) (codes map[string]string, problems []string) {
	codes = map[string]string{}
	for _, s := range sources {
		if s.test() || matches("test/...", s.dir) {
			continue
		}
		local := s.imports(module + "/" + errsDir)
		ast.Inspect(s.file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) < 2 {
				return true
			}
			switch fn := call.Fun.(type) {
			case *ast.SelectorExpr:
				from, ok := fn.X.(*ast.Ident)
				if !ok || local == "" || from.Name != local || fn.Sel.Name != "Define" {
					return true
				}
			case *ast.Ident:
				if fn.Name != "Define" || s.dir != errsDir {
					return true
				}
			default:
				return true
			}
			code, ok := literal(call.Args[1])
			switch {
			case !ok:
				problems = append(problems, s.at(n)+": the code of a refusal is written out, so that its words can be found")
			case codes[code] != "":
				problems = append(problems, fmt.Sprintf("%s: the code %q is declared at %s already", s.at(n), code, codes[code]))
			default:
				codes[code] = s.at(n)
			}
			return true
		})
	}
	return codes, problems
}

// catalogue reads the flat JSON files of one locale. A key counts once in all of them.
func catalogue(tree fs.FS, locale string) (words map[string]string, problems []string, err error) {
	words = map[string]string{}
	names, err := fs.Glob(tree, path.Join(localesDir, locale, "*.json"))
	if err != nil {
		return nil, nil, err
	}
	for _, name := range names {
		content, err := fs.ReadFile(tree, name)
		if err != nil {
			return nil, nil, err
		}
		file := locale + "/" + path.Base(name)
		d := json.NewDecoder(bytes.NewReader(content))
		next := func() any {
			t, e := d.Token()
			if e != nil && !errors.Is(e, io.EOF) {
				problems = append(problems, fmt.Sprintf("%s: %v", file, e))
			}
			return t
		}
		if next() != json.Delim('{') {
			problems = append(problems, file+" is not one object of texts")
			continue
		}
		for d.More() {
			key, _ := next().(string)
			value, ok := next().(string)
			if !ok {
				problems = append(problems, fmt.Sprintf("%s: the value of %q is not a text: catalogues are flat", file, key))
				break
			}
			if _, twice := words[key]; twice {
				problems = append(problems, fmt.Sprintf("%s: %q is in the catalogue twice", file, key))
			}
			if strings.TrimSpace(value) == "" {
				problems = append(problems, fmt.Sprintf("%s: %q is empty", file, key))
			}
			words[key] = value
		}
	}
	return words, problems, nil
}

var placeholder = regexp.MustCompile(`\{[^{}]*\}`)

// placeholders are the different {names} in a text, sorted.
func placeholders(text string) []string {
	return slices.Compact(slices.Sorted(slices.Values(placeholder.FindAllString(text, -1))))
}

// checkWords finds refusals without words, and words that one language has and another has not.
func checkWords(tree fs.FS, codes map[string]string) (problems []string, err error) {
	catalogues := map[string]map[string]string{}
	everything := map[string]bool{}
	for _, locale := range locales {
		words, found, err := catalogue(tree, locale)
		if err != nil {
			return nil, err
		}
		problems = append(problems, found...)
		catalogues[locale] = words
		for key := range words {
			everything[key] = true
		}
	}
	for code, at := range codes {
		for _, key := range []string{"error." + code, "error." + code + ".next"} {
			if !everything[key] {
				problems = append(problems, fmt.Sprintf("%s: the catalogues have no %q", at, key))
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(everything)) {
		var first []string
		var from string
		for _, locale := range locales {
			text, has := catalogues[locale][key]
			if !has {
				problems = append(problems, fmt.Sprintf("%s lacks %q", locale, key))
				continue
			}
			switch names := placeholders(text); {
			case from == "":
				first, from = names, locale
			case !slices.Equal(first, names):
				problems = append(problems, fmt.Sprintf("%q has %v in %s and %v in %s", key, first, from, names, locale))
			}
		}
	}
	slices.Sort(problems)
	return problems, nil
}

func TestWords(t *testing.T) {
	c, err := checkout()
	if err != nil {
		t.Fatal(err)
	}
	codes, problems := errorCodes(c.module, c.sources)
	report(t, problems)
	problems, err = checkWords(c.tree, codes)
	if err != nil {
		t.Fatal(err)
	}
	report(t, problems)
}

func TestErrorCodesControl(t *testing.T) {
	const head = "import e \"m/internal/kit/errs\"\n"
	codes, problems := errorCodes("m", sourcesOf(t, map[string]string{
		"internal/kit/errs/errs.go":      "package errs\nvar ErrFields = Define(Invalid, \"input.fields\")\n",
		"internal/domain/shop/order.go":  "package shop\n" + head + "var ErrPaid = e.Define(e.Conflict, \"order.paid\")\n",
		"internal/domain/shop/twice.go":  "package shop\n" + head + "var ErrAgain = e.Define(e.Conflict, \"order.paid\")\n",
		"internal/domain/shop/hidden.go": "package shop\n" + head + "var ErrHidden = e.Define(e.Conflict, \"order.\"+what)\n",
		"internal/domain/shop/other.go":  "package shop\nvar x = other.Define(1, \"not.ours\")\n",
		"internal/domain/shop/x_test.go": "package shop\n" + head + "var ErrTest = e.Define(e.Conflict, \"test.only\")\n",
	}))
	bites(t, problems, `twice.go:3: the code "order.paid" is declared at internal/domain/shop/order.go:3`, "hidden.go:3: the code of a refusal is written out")
	if got := slices.Sorted(maps.Keys(codes)); !slices.Equal(got, []string{"input.fields", "order.paid"}) {
		t.Errorf("found %v", got)
	}
}

func TestWordsControl(t *testing.T) {
	problems, err := checkWords(example(map[string]string{
		localesDir + "/zh-Hans/seat.json": `{"error.seat.full": "满了，还有 {held} 个", "error.seat.full.next": "稍候", "seat.left": "余 {n}", "seat.empty": " "}`,
		localesDir + "/zh-Hant/seat.json": `{"error.seat.full": "滿了，還有 {hold} 個", "error.seat.full.next": "稍候", "seat.empty": "x"}`,
		localesDir + "/en/seat.json":      `{"error.seat.full": "Full; {held} are held, {held}", "error.seat.full.next": "Wait", "seat.left": "{n} left", "seat.empty": "x", "seat.empty": "y"}`,
		localesDir + "/en/nested.json":    `{"seat": {"left": "x"}}`,
		localesDir + "/en/list.json":      `["x"]`,
	}), map[string]string{"seat.full": "seat.go:1", "seat.gone": "seat.go:2"})
	if err != nil {
		t.Fatal(err)
	}
	bites(t, problems,
		`"error.seat.full" has [{held}] in zh-Hans and [{hold}] in zh-Hant`,
		`zh-Hant lacks "seat.left"`,
		`zh-Hans/seat.json: "seat.empty" is empty`,
		`en/seat.json: "seat.empty" is in the catalogue twice`,
		`en/nested.json: the value of "seat" is not a text`,
		`en/list.json is not one object of texts`,
		`seat.go:2: the catalogues have no "error.seat.gone"`,
		`seat.go:2: the catalogues have no "error.seat.gone.next"`)
}
