package api_test

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/qunce/qunce/internal/api"
)

type document struct {
	OpenAPI    string
	Paths      map[string]map[string]operation
	Components struct {
		Schemas   map[string]any
		Responses map[string]any
	}
}

type operation struct {
	OperationID string `json:"operationId"`
	Summary     string
	Tags        []string
	Parameters  []struct{ Name, In string }
	Responses   map[string]map[string]any
}

func read(t *testing.T) (document, []byte) {
	t.Helper()
	b, err := api.Document("test")
	if err != nil {
		t.Fatal(err)
	}
	var d document
	if err := json.Unmarshal(b, &d); err != nil {
		t.Fatal(err)
	}
	return d, b
}

// The document says of every operation what it is, what it takes and how it refuses.
func TestDocumentIsWhole(t *testing.T) {
	d, _ := read(t)
	ids := map[string]bool{}
	for path, methods := range d.Paths {
		for method, o := range methods {
			at := strings.ToUpper(method) + " " + path
			if o.OperationID == "" || ids[o.OperationID] || o.Summary == "" || len(o.Tags) != 1 {
				t.Errorf("%s: id %q, summary %q, tags %v", at, o.OperationID, o.Summary, o.Tags)
			}
			ids[o.OperationID] = true
			for _, status := range []string{"400", "422", "500", "503"} {
				if ref, _ := o.Responses[status]["$ref"].(string); ref != "#/components/responses/"+status || d.Components.Responses[status] == nil {
					t.Errorf("%s does not say how it refuses with %s", at, status)
				}
			}
			named := map[string]bool{}
			for _, p := range o.Parameters {
				named[p.In+" "+p.Name] = true
			}
			for _, part := range strings.Split(path, "/") {
				if name, ok := strings.CutPrefix(part, "{"); ok && !named["path "+strings.TrimSuffix(name, "}")] {
					t.Errorf("%s does not describe %s", at, part)
				}
			}
		}
	}
	if len(ids) != len(operations(t)) {
		t.Errorf("%d operations in the document, %d declared", len(ids), len(operations(t)))
	}
	for name := range d.Components.Schemas {
		if strings.Contains(name, "Error") || strings.ContainsAny(name, "._[") || strings.ToUpper(name[:1]) != name[:1] {
			t.Errorf("a schema is called %s", name)
		}
	}
}

// An outside validator accepts the document, and refuses one that is damaged.
func TestDocumentValidatesOutside(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Fatal("there is no node to run the validator with: install Node.js 20.19 or later")
	}
	root := filepath.Join("..", "..")
	if _, err := os.Stat(filepath.Join(root, "node_modules", "@seriousme", "openapi-schema-validator")); err != nil {
		t.Fatal("the validator is not installed: run scripts/web.sh deps")
	}
	validate := func(doc []byte) (string, error) {
		file := filepath.Join(t.TempDir(), "openapi.json")
		if err := os.WriteFile(file, doc, 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), node, "test/openapi/validate.mjs", file)
		cmd.Dir = root
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	_, doc := read(t)
	if out, err := validate(doc); err != nil || !strings.HasPrefix(out, "OpenAPI 3.1") {
		t.Errorf("%v: %s", err, out)
	}
	damaged := strings.Replace(string(doc), `"responses":{`, `"responses":{"often":{},`, 1)
	if out, err := validate([]byte(damaged)); err == nil {
		t.Errorf("a damaged document passes: %s", out)
	}
}

// What is served is the same document.
func TestDocumentIsServed(t *testing.T) {
	w := begin(t, "")
	a := w.do(t, "", "GET /openapi.json", nil)
	_, doc := read(t)
	if a.status != http.StatusOK || a.body != string(doc) {
		t.Errorf("%d, %d bytes; it has %d", a.status, len(a.body), len(doc))
	}
}

// Whatever operations give has the shape that the document promises: no list is null.
func TestAnswersHaveNoNulls(t *testing.T) {
	w := begin(t, "")
	other := w.other(t)
	token := w.token(t, other, "read")
	for _, o := range operations(t) {
		route := filled(o, "other")
		if o.Reach != api.InCommunity || !strings.HasPrefix(route, "GET") {
			continue
		}
		if a := w.do(t, token, route, nil); a.status == http.StatusOK && strings.Contains(a.body, "null") {
			t.Errorf("%s: %s", route, a)
		}
	}
}
