package app

import (
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/qunce/qunce/internal/kit/text"
)

var update = flag.Bool("update", false, "write the kinds of facts into docs/glossary.md")

// The glossary lists every kind of fact that the program emits, and no other.
func TestGlossary(t *testing.T) {
	const file = "../../docs/glossary.md"
	written, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, found := strings.Cut(string(written), "do not edit below -->\n")
	if !found {
		t.Fatalf("%s has lost the comment above its kinds of facts", file)
	}
	want := kindsTable(t)
	if rest == want {
		return
	}
	if !*update {
		t.Fatalf("%s tells other kinds of facts than the program emits; run: go test ./internal/app -run TestGlossary -update", file)
	}
	if err := os.WriteFile(file, []byte(head+"do not edit below -->\n"+want), 0o644); err != nil {
		t.Fatal(err)
	}
}

// Every kind of fact has words on a timeline, in every language.
func TestFactsHaveWords(t *testing.T) {
	registry, err := kinds()
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range text.Langs {
		words := consoleWords(t, lang, "facts")
		for _, kind := range registry.Kinds() {
			if words[kind] == "" {
				t.Errorf("%s has no words in %s", kind, lang)
			}
		}
	}
}

// consoleWords are the console's words of a namespace.
func consoleWords(t *testing.T, lang text.Lang, of string) (words map[string]string) {
	t.Helper()
	b, err := os.ReadFile("../../web/console/src/locales/" + string(lang) + "/" + of + ".json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &words); err != nil {
		t.Fatal(err)
	}
	return words
}

// Every task that the program opens by itself, and every outcome of one, is said in words in every language: Today shows them.
func TestTasksHaveWords(t *testing.T) {
	declared := regexp.MustCompile(`task\.(Kind|Outcome)\s*= "([a-z-]+)"`)
	keys := map[string]string{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		b, err := os.ReadFile(path)
		for _, m := range declared.FindAllStringSubmatch(string(b), -1) {
			keys[strings.ToLower(m[1])+"."+m[2]] = path
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(keys) < 20 {
		t.Fatalf("only %d kinds and outcomes were found: %v", len(keys), keys)
	}
	for _, lang := range text.Langs {
		words := consoleWords(t, lang, "tasks")
		for key, path := range keys {
			if words[key] == "" {
				t.Errorf("%s of %s has no words in %s", key, path, lang)
			}
		}
	}
}

// What the shipped playbooks ask, what comes of it, and how their paths end has words too.
func TestShippedPathsHaveWords(t *testing.T) {
	files, err := filepath.Glob("../../playbooks/*.yaml")
	if err != nil || len(files) < 4 {
		t.Fatalf("%d playbooks: %v", len(files), err)
	}
	asked, ends := map[string]string{}, map[string]string{}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var book struct{ Paths any }
		if err := yaml.Unmarshal(b, &book); err != nil {
			t.Fatal(err)
		}
		pathWords(book.Paths, func(key string) { asked[key] = file }, func(outcome string) { ends["outcome."+outcome] = file })
	}
	if len(asked) < 40 || len(ends) < 20 {
		t.Fatalf("only %d tasks and outcomes, %d ends", len(asked), len(ends))
	}
	for _, lang := range text.Langs {
		for of, keys := range map[string]map[string]string{"tasks": asked, "intake": ends} {
			words := consoleWords(t, lang, of)
			for _, key := range slices.Sorted(maps.Keys(keys)) {
				if words[key] == "" {
					t.Errorf("%s of %s has no words in %s/%s", key, filepath.Base(keys[key]), lang, of)
				}
			}
		}
	}
}

// pathWords finds the tasks with their outcomes, and the ends, of what a playbook says of its paths.
func pathWords(x any, asked, ends func(string)) {
	switch x := x.(type) {
	case []any:
		for _, y := range x {
			pathWords(y, asked, ends)
		}
	case string:
		if outcome, is := strings.CutPrefix(x, "end "); is {
			ends(outcome)
		}
	case map[string]any:
		if kind, is := x["ask"].(string); is {
			asked("kind." + kind)
			outcomes, _ := x["outcomes"].(map[string]any) //nolint:errcheck // the playbooks are read by their own tests
			for o := range outcomes {
				asked("outcome." + o)
			}
		}
		if end, is := x["end"].(string); is {
			ends(end)
		}
		for _, y := range x {
			pathWords(y, asked, ends)
		}
	}
}

func kindsTable(t *testing.T) string {
	registry, err := kinds()
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	out.WriteString("\n| kind | fields |\n|---|---|\n")
	for _, kind := range registry.Kinds() {
		fields, _ := registry.Fields(kind)
		names := make([]string, 0, len(fields))
		for _, f := range fields {
			names = append(names, "`"+f.Name+"`")
		}
		fmt.Fprintf(&out, "| `%s` | %s |\n", kind, strings.Join(names, ", "))
	}
	return out.String()
}
