package archtest

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
)

// source is one parsed Go file.
type source struct {
	path string // from the root, with slashes
	dir  string
	set  *token.FileSet
	file *ast.File
}

func (s *source) test() bool { return strings.HasSuffix(s.path, "_test.go") }

// at is where a node stands, as "file:line".
func (s *source) at(n ast.Node) string {
	return fmt.Sprintf("%s:%d", s.path, s.set.Position(n.Pos()).Line)
}

// imports is the name under which the file knows a package, or "".
func (s *source) imports(importPath string) string {
	for _, i := range s.file.Imports {
		if p, err := strconv.Unquote(i.Path.Value); err != nil || p != importPath {
			continue
		}
		if i.Name != nil {
			return i.Name.Name
		}
		return path.Base(importPath)
	}
	return ""
}

// walk calls fn for every file of ours: not what is fetched, built or test data.
func walk(tree fs.FS, fn func(name string) error) error {
	return fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // it went away under the walk
		}
		if err != nil {
			return err
		}
		if !d.IsDir() {
			return fn(name)
		}
		base := path.Base(name)
		if name != "." && (strings.HasPrefix(base, ".") || slices.Contains([]string{"node_modules", "dist", "bin", "testdata"}, base)) {
			return fs.SkipDir
		}
		return nil
	})
}

// parse reads every Go file of a tree.
func parse(tree fs.FS) ([]*source, error) {
	var out []*source
	err := walk(tree, func(name string) error {
		if path.Ext(name) != ".go" {
			return nil
		}
		text, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, name, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		out = append(out, &source{path: name, dir: path.Dir(name), set: set, file: file})
		return nil
	})
	return out, err
}

// checkout is the real tree, read once for all rules.
var checkout = sync.OnceValues(func() (c struct {
	root    string
	module  string
	tree    fs.FS
	sources []*source
}, err error,
) {
	if c.root, err = os.Getwd(); err != nil {
		return c, err
	}
	for !exists(filepath.Join(c.root, "go.mod")) {
		parent := filepath.Dir(c.root)
		if parent == c.root {
			return c, errors.New("no go.mod above this package")
		}
		c.root = parent
	}
	text, err := os.ReadFile(filepath.Join(c.root, "go.mod"))
	if err != nil {
		return c, err
	}
	found := regexp.MustCompile(`(?m)^module (\S+)`).FindSubmatch(text)
	if found == nil {
		return c, errors.New("go.mod names no module")
	}
	c.module, c.tree = string(found[1]), os.DirFS(c.root)
	c.sources, err = parse(c.tree)
	return c, err
})

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// with is a list and more, never sharing memory with the list.
func with(list []string, more ...string) []string {
	return append(slices.Clip(slices.Clone(list)), more...)
}

// matches reports whether a pattern covers a package or file: itself, or with /... also what is below it.
func matches(pattern, name string) bool {
	if pattern == "..." {
		return true
	}
	prefix, below := strings.CutSuffix(pattern, "/...")
	return name == prefix || below && strings.HasPrefix(name, prefix+"/")
}

func matchesAny(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return matches(p, name) })
}

func allowed(list []allowance, name string) bool {
	return slices.ContainsFunc(list, func(a allowance) bool { return matches(a.what, name) })
}

// report fails a test with every problem that a rule found.
func report(t *testing.T, problems []string) {
	t.Helper()
	for _, p := range problems {
		t.Error(p)
	}
}

// bites is the control of a rule: fed bad examples, it must find exactly one problem for each of want, in any order.
func bites(t *testing.T, problems []string, want ...string) {
	t.Helper()
	left := slices.Clone(problems)
	for _, w := range want {
		i := slices.IndexFunc(left, func(p string) bool { return strings.Contains(p, w) })
		if i < 0 {
			t.Errorf("the rule should have said %q; it said:\n%s", w, strings.Join(problems, "\n"))
			continue
		}
		left = slices.Delete(left, i, i+1)
	}
	for _, p := range left {
		t.Errorf("the rule should not have said: %s", p)
	}
}

// example is a small tree for a control: file names and their texts.
func example(files map[string]string) fs.FS {
	tree := fstest.MapFS{}
	for name, text := range files {
		tree[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return tree
}

// sourcesOf parses an example.
func sourcesOf(t *testing.T, files map[string]string) []*source {
	t.Helper()
	s, err := parse(example(files))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestEveryReasonIsGiven keeps the tables honest: each row says why it is there, and each path has one row.
func TestEveryReasonIsGiven(t *testing.T) {
	seen := map[string]bool{}
	for _, l := range layers {
		if l.why == "" || seen[l.path] {
			t.Errorf("layers: %s needs a reason, once", l.path)
		}
		seen[l.path] = true
	}
	for _, b := range bans {
		if b.why == "" {
			t.Errorf("bans: %v needs a reason", b.what)
		}
	}
	for name, list := range map[string][]allowance{
		"mayReadTheClock": mayReadTheClock, "mayNameAnyTable": mayNameAnyTable, "installationTables": installationTables, "longFiles": longFiles,
	} {
		for _, a := range list {
			if a.why == "" {
				t.Errorf("%s: %s needs a reason", name, a.what)
			}
		}
	}
}
