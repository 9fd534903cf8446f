// Package playbook_test holds the JSON Schema of playbooks against an outside validator.
package playbook_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"github.com/qunce/qunce/internal/app"
	"github.com/qunce/qunce/playbooks"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// asJSON is a playbook as JSON sees it, with its aliases written out.
func asJSON(t *testing.T, source string) any {
	t.Helper()
	var v any
	must(t, yaml.Unmarshal([]byte(source), &v))
	b, err := json.Marshal(v)
	must(t, err)
	out, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	must(t, err)
	return out
}

// X1: the schema is one, takes the playbooks that ship, and refuses what the program refuses.
func TestSchema(t *testing.T) {
	a, err := app.New(t.Context(), app.Config{Data: t.TempDir(), Scratch: true})
	must(t, err)
	defer a.Close()
	text, err := a.Playbooks.Schema()
	must(t, err)
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	must(t, err)
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	must(t, c.AddResource("playbook.json", doc))
	schema, err := c.Compile("playbook.json")
	must(t, err)

	files, err := playbooks.Files.ReadDir(".")
	must(t, err)
	for _, f := range files {
		source, err := playbooks.Files.ReadFile(f.Name())
		must(t, err)
		if _, err := a.Playbooks.Read(source); err != nil {
			t.Errorf("%s: %v", f.Name(), err)
		} else if err := schema.Validate(asJSON(t, string(source))); err != nil {
			t.Errorf("%s: %v", f.Name(), err)
		}
	}

	raw, err := playbooks.Files.ReadFile("mothers.yaml")
	must(t, err)
	for name, change := range map[string][2]string{
		"another format":              {"playbook: 1", "playbook: 2"},
		"a key nobody knows":          {"zone: Asia/Shanghai", "zoom: Asia/Shanghai"},
		"a nested one":                {"per_phone: 5", "per_fone: 5"},
		"a number that is none":       {"capacity: 200", "capacity: many"},
		"a language nobody speaks":    {"title: {zh-Hans: 母婴社群,", "title: {zh-CN: 母婴社群,"},
		"a span that is none":         {"in: 2h", "in: soon"},
		"an action nobody has":        {"do: intake.contact", "do: intake.contract"},
		"a parameter nobody has":      {"with: {group: nurses}", "with: {troop: nurses}"},
		"an outcome without a branch": {"on: {full: end lapsed, blocked: end refused, not_open: end lapsed}", "on: {full: end lapsed}"},
		"a branch to nowhere":         {"added: next", "added: onward"},
		"a role nobody has":           {"role: service", "role: butler"},
		"two kinds in a step":         {"- do: intake.contact", "- wait: intake.arrived\n        do: intake.contact"},
		"facts that end an action":    {"with: {group: nurses}", "with: {group: nurses}\n        or: [{on: circle.joined}]"},
		"a kind nobody knows":         {"kind: stage", "kind: stadium"},
	} {
		wrong := strings.Replace(string(raw), change[0], change[1], 1)
		if wrong == string(raw) {
			t.Errorf("%s: the playbook has no %q", name, change[0])
			continue
		}
		if schema.Validate(asJSON(t, wrong)) == nil {
			t.Errorf("%s: the schema takes it", name)
		}
		if _, err := a.Playbooks.Read([]byte(wrong)); err == nil && name != "a kind nobody knows" { // which is refused when it is applied
			t.Errorf("%s: the program takes it", name)
		}
	}
}
