package archtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// pkg is a package as `go list` tells of it.
type pkg struct {
	ImportPath   string
	Imports      []string
	TestImports  []string
	XTestImports []string
}

// listPackages asks the go command for the packages below root. One that is broken is the compiler's business, not ours.
func listPackages(root string) ([]pkg, error) {
	cmd := exec.Command("go", "list", "-e", "-deps=false", "-json=ImportPath,Imports,TestImports,XTestImports", "./...")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			return nil, fmt.Errorf("go list: %w: %s", err, exit.Stderr)
		}
		return nil, fmt.Errorf("go list: %w", err)
	}
	var packages []pkg
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		switch err := d.Decode(&p); {
		case errors.Is(err, io.EOF):
			return packages, nil
		case err != nil:
			return nil, fmt.Errorf("read go list: %w", err)
		}
		packages = append(packages, p)
	}
}

// within cuts the module off an import path.
func within(module, importPath string) (name string, ours bool) {
	if importPath == module {
		return ".", true
	}
	return strings.CutPrefix(importPath, module+"/")
}

func layerOf(layers []layer, name string) (best layer, found bool) {
	for _, l := range layers {
		if matches(l.path+"/...", name) && len(l.path) > len(best.path) {
			best, found = l, true
		}
	}
	return best, found
}

// permits reports whether a package in this layer may import another package of the module.
func (l layer) permits(from, to string) bool {
	if matches(l.path+"/...", to) {
		related := matches(from+"/...", to) || matches(to+"/...", from)
		return !l.apart || related
	}
	return matchesAny(l.may, to)
}

// fromOutside reports whether a package in this layer may import a package of another module or the standard library.
func (l layer) fromOutside(to string) bool {
	first, _, _ := strings.Cut(to, "/")
	return !l.closed || !strings.Contains(first, ".") || matchesAny(l.outside, to)
}

func checkLayers(module string, layers []layer, packages []pkg) (problems []string) {
	for _, p := range packages {
		from, ours := within(module, p.ImportPath)
		if !ours {
			continue
		}
		l, found := layerOf(layers, from)
		if !found {
			problems = append(problems, fmt.Sprintf("%s has no row in the layers of internal/archtest/rules_test.go: give it one, with a reason", from))
			continue
		}
		for _, imported := range p.Imports {
			to, ours := within(module, imported)
			if ours && !l.permits(from, to) || !ours && !l.fromOutside(to) {
				problems = append(problems, fmt.Sprintf("%s may not import %s: %s", from, to, l.why))
			}
		}
		for _, imported := range slices.Concat(p.TestImports, p.XTestImports) {
			to, ours := within(module, imported)
			if ours && !l.permits(from, to) && !matchesAny(inTests, to) && !matchesAny(l.tests, to) {
				problems = append(problems, fmt.Sprintf("the tests of %s may not import %s: %s", from, to, l.why))
			}
		}
	}
	return problems
}

func checkBans(module string, bans []ban, packages []pkg) (problems []string) {
	for _, p := range packages {
		from, ours := within(module, p.ImportPath)
		if !ours {
			continue
		}
		for _, b := range bans {
			if !matchesAny(b.in, from) || matchesAny(b.except, from) {
				continue
			}
			for _, to := range p.Imports {
				if matchesAny(b.what, to) {
					problems = append(problems, fmt.Sprintf("%s may not import %s: %s", from, to, b.why))
				}
			}
		}
	}
	return problems
}

func TestLayers(t *testing.T) {
	c, err := checkout()
	if err != nil {
		t.Fatal(err)
	}
	packages, err := listPackages(c.root)
	if err != nil {
		t.Fatal(err)
	}
	report(t, checkLayers(c.module, layers, packages))
	report(t, checkBans(c.module, bans, packages))
}

func TestLayersControl(t *testing.T) {
	for _, c := range []struct{ from, to, want string }{
		{"internal/kit/id", "internal/platform/db", "may not import internal/platform/db"},
		{"internal/kit/id", "github.com/google/uuid", "standard library only"},
		{"internal/kit/text", "golang.org/x/net/html", "may not import golang.org/x/net/html"},
		{"internal/kit/text", "golang.org/x/text/unicode/norm", ""},
		{"internal/kit/id", "crypto/rand", ""},
		{"internal/platform/db", "internal/spine/fact", "platform knows no domain"},
		{"internal/platform/db", "github.com/google/uuid", ""},
		{"internal/spine/ledger", "internal/domain/people", "know no domain"},
		{"internal/spine/path", "internal/spine/fact", ""},
		{"internal/domain/people", "internal/domain/team", "lowest tier"},
		{"internal/domain/team", "internal/domain/circle", "beside circle"},
		{"internal/domain/circle", "internal/domain/team", "beside team"},
		{"internal/domain/circle", "internal/domain/membership", "beside team"},
		{"internal/domain/shop", "internal/domain/event", "siblings"},
		{"internal/domain/shop", "internal/domain/shop/refund", ""},
		{"internal/domain/shop", "internal/channel/pay", "the port only"},
		{"internal/domain/learn", "internal/domain/touch", "siblings"},
		{"internal/domain/touch", "internal/domain/shop", ""},
		{"internal/domain/touch", "internal/insight", "above the whole domain"},
		{"internal/channel/sms", "internal/domain/people", "addresses, not people"},
		{"internal/channel/sms", "internal/channel/email", "not each other"},
		{"internal/channel/pay/alipay", "internal/channel/pay", ""},
		{"internal/channel/pay/alipay", "internal/channel/pay/wechatpay", "not each other"},
		{"internal/insight", "internal/api", "only reads"},
		{"internal/insight", "internal/playbook", "only reads"},
		{"internal/api", "internal/app", "never calls up"},
		{"internal/h5", "internal/api", "edge beside the API"},
		{"internal/h5", "internal/domain/circle", ""},
		{"internal/h5", "internal/channel/sms", "edge beside the API"},
		{"internal/app", "internal/api", ""},
		{"internal/app", "cmd/qunce", "composition root"},
		{"cmd/qunce", "internal/app", ""},
		{"migrations", "internal/kit/id", "no logic"},
		{"internal/misc", "fmt", "internal/misc has no row"},
	} {
		t.Run(c.from+" imports "+c.to, func(t *testing.T) {
			to := c.to
			if _, ok := layerOf(layers, to); ok {
				to = "example.org/m/" + to
			}
			bad := pkg{ImportPath: "example.org/m/" + c.from, Imports: []string{to}}
			if c.want == "" {
				bites(t, checkLayers("example.org/m", layers, []pkg{bad}))
				return
			}
			bites(t, checkLayers("example.org/m", layers, []pkg{bad}), c.want)
		})
	}
}

func TestLayersOfTestsControl(t *testing.T) {
	packages := []pkg{
		{ImportPath: "m/internal/spine/fact", TestImports: []string{"m/test/testkit", "pgregory.net/rapid"}},
		{ImportPath: "m/internal/kit/id", TestImports: []string{"pgregory.net/rapid"}},
		{ImportPath: "m/internal/api", XTestImports: []string{"m/internal/app"}},
		{ImportPath: "m/internal/spine/seat", XTestImports: []string{"m/internal/app"}},
		{ImportPath: "m/internal/domain/shop", TestImports: []string{"m/internal/domain/event"}},
		{ImportPath: "elsewhere/internal/kit", Imports: []string{"m/internal/app"}},
	}
	bites(t, checkLayers("m", layers, packages),
		"the tests of internal/spine/seat may not import internal/app",
		"the tests of internal/domain/shop may not import internal/domain/event")
}

func TestBansControl(t *testing.T) {
	packages := []pkg{
		{ImportPath: "m/internal/domain/people", Imports: []string{"net/http"}, TestImports: []string{"net/http/httptest"}},
		{ImportPath: "m/internal/spine/path", Imports: []string{"net/http/httputil", "net/netip"}},
		{ImportPath: "m/internal/domain/shop", Imports: []string{"github.com/jackc/pgx/v5"}},
		{ImportPath: "m/internal/platform/db", Imports: []string{"github.com/jackc/pgx/v5", "net/http"}},
	}
	bites(t, checkBans("m", bans, packages),
		"internal/domain/people may not import net/http: ",
		"internal/spine/path may not import net/http/httputil",
		"internal/domain/shop may not import github.com/jackc/pgx/v5")
}
