package api_test

import (
	"encoding/json"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/qunce/qunce/internal/api"
)

// recorded are the calls that write an audit entry, with what they give as the action.
var recorded = regexp.MustCompile(`audit\.Record\((?:[^,(){}]|\([^()]*\)|\{[^{}]*\})+,(?:[^,(){}]|\([^()]*\)|\{[^{}]*\})+,\s*("([a-z_.]+)"|string\(access\.(\w+)\)|c\.op\.Name)?`)

// lookOnly are operations that change nothing although they are sent a body.
var lookOnly = []string{"segment.look", "playbook.check", "programme.simulate"}

// auditActions are all actions that the program can write into an audit log: of operations that change something or whose
// look is written down, and those that services write themselves.
func auditActions(t *testing.T) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	for _, o := range operations(t) {
		method, _ := o.Path()
		if slices.Contains(lookOnly, o.Name) {
			continue
		}
		if o.Reach == api.InCommunity && (method != http.MethodGet || strings.Contains(o.Summary, "audited")) {
			out[o.Name] = true
		}
	}
	constants, err := os.ReadFile("../platform/access/table.go")
	if err != nil {
		t.Fatal(err)
	}
	calls := 0
	err = filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, call := range recorded.FindAllStringSubmatch(string(source), -1) {
			calls++
			switch {
			case call[2] != "":
				out[call[2]] = true
			case call[3] != "":
				value := regexp.MustCompile(call[3] + `\s+Action = "([a-z_.]+)"`).FindStringSubmatch(string(constants))
				if value == nil {
					t.Errorf("%s records access.%s, which isn't known", path, call[3])
					continue
				}
				out[value[1]] = true
			case call[1] == "":
				t.Errorf("%s records an action that can't be read here: %s", path, call[0])
			}
		}
		return nil
	})
	if err != nil || calls < 15 {
		t.Fatalf("%d calls that write an audit entry, %v", calls, err)
	}
	return out
}

// X2: the audit log speaks in words: the console has some for every action, in every language.
func TestEveryAuditActionHasWords(t *testing.T) {
	actions := auditActions(t)
	for _, lang := range []string{"zh-Hans", "zh-Hant", "en"} {
		b, err := os.ReadFile("../../web/console/src/locales/" + lang + "/audit.json")
		if err != nil {
			t.Fatal(err)
		}
		var words map[string]string
		if err := json.Unmarshal(b, &words); err != nil {
			t.Fatal(err)
		}
		for a := range actions {
			if words["action."+a] == "" {
				t.Errorf("%s has no words for %s", lang, a)
			}
		}
		for key := range words {
			if a, is := strings.CutPrefix(key, "action."); is && !actions[a] {
				t.Errorf("%s has words for %s, which nothing records", lang, a)
			}
		}
	}
}
