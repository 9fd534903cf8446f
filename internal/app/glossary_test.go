package app

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

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
		b, err := os.ReadFile("../../web/console/src/locales/" + string(lang) + "/facts.json")
		if err != nil {
			t.Fatal(err)
		}
		var words map[string]string
		if err := json.Unmarshal(b, &words); err != nil {
			t.Fatal(err)
		}
		for _, kind := range registry.Kinds() {
			if words[kind] == "" {
				t.Errorf("%s has no words in %s", kind, lang)
			}
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
