package archtest

import (
	"fmt"
	"go/ast"
	"go/token"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// text is a string of a Go file: a literal, or literals and constants joined by +, with "?" for what isn't known here.
type text struct {
	value string
	node  ast.Node
}

// constants are the string constants of each folder's files.
func constants(sources []*source) map[string]string {
	out := map[string]string{}
	for _, s := range sources {
		ast.Inspect(s.file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || len(spec.Names) != len(spec.Values) {
				return true
			}
			for i, name := range spec.Names {
				if value, ok := literal(spec.Values[i]); ok {
					out[s.dir+"."+name.Name] = value
				}
			}
			return true
		})
	}
	return out
}

func literal(e ast.Expr) (string, bool) {
	l, ok := e.(*ast.BasicLit)
	if !ok || l.Kind != token.STRING {
		return "", false
	}
	value, err := strconv.Unquote(l.Value)
	return value, err == nil
}

// texts are all strings of a file. Joined ones count once, as a whole; those inside a joined call count apart.
func texts(s *source, consts map[string]string) (out []text) {
	var join func(e ast.Expr) string
	var visit func(n ast.Node) bool
	join = func(e ast.Expr) string {
		if value, ok := literal(e); ok {
			return value
		}
		switch e := e.(type) {
		case *ast.BinaryExpr:
			if e.Op == token.ADD {
				return join(e.X) + join(e.Y)
			}
		case *ast.ParenExpr:
			return join(e.X)
		case *ast.Ident:
			if value, ok := consts[s.dir+"."+e.Name]; ok {
				return value
			}
		}
		ast.Inspect(e, visit)
		return " ? "
	}
	visit = func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.BinaryExpr:
			if n.Op != token.ADD {
				return true
			}
			out = append(out, text{join(n), n})
			return false
		case *ast.BasicLit:
			if value, ok := literal(n); ok {
				out = append(out, text{value, n})
			}
		}
		return true
	}
	ast.Inspect(s.file, visit)
	return out
}

var (
	// SQL is written in capitals here; a whole statement is known in small letters as well.
	inCapitals = regexp.MustCompile(`\b(SELECT|INSERT INTO|UPDATE \w+|DELETE FROM|FROM \w+|JOIN \w+|(CREATE|ALTER|DROP|TRUNCATE) TABLE|SET \w+ =|VALUES|WHERE)(\W|$)`)
	inSmall    = regexp.MustCompile(`(?is)^\s*(select\s.+\sfrom\s|insert\s+into\s|update\s+\w+\s+set\s|delete\s+from\s|with\s+\w+\s+as\s*\()`)
	timeInSQL  = regexp.MustCompile(`(?i)\b(now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday|unixepoch)\s*\(\s*\)|\b(current_(timestamp|time|date)|localtime(stamp)?)\b|\(\s*'now'`)
	word       = regexp.MustCompile(`^\w+$`)
)

func isSQL(s string) bool { return inCapitals.MatchString(s) || inSmall.MatchString(s) }

// tablesNamed are the names that stand in a statement where a table's name stands.
func tablesNamed(sql string) (names []string) {
	var tokens []string
	for _, t := range sqlToken.FindAllString(sql, -1) {
		if strings.TrimSpace(t) != "" && !strings.HasPrefix(t, "--") && !strings.HasPrefix(t, "/*") {
			tokens = append(tokens, strings.ToLower(strings.Trim(t, `"`)))
		}
	}
	at := func(i int) string {
		if i < 0 || i >= len(tokens) {
			return ""
		}
		return tokens[i]
	}
	for i := range tokens {
		list := false
		switch before := at(i - 1); at(i) {
		case "from", "using":
			if before == "distinct" {
				continue // IS DISTINCT FROM
			}
			list = true
		case "update":
			if slices.Contains([]string{"for", "do", "on", "key"}, before) {
				continue // FOR UPDATE, DO UPDATE SET, ON UPDATE
			}
		case "join", "into", "table":
		default:
			continue
		}
		for next := i + 1; ; {
			for slices.Contains([]string{"only", "if", "not", "exists"}, at(next)) {
				next++
			}
			if at(next+1) == "." {
				next += 2 // behind the schema's name
			}
			if !word.MatchString(at(next)) {
				break
			}
			names = append(names, at(next))
			next++
			if at(next) == "as" {
				next++
			}
			if word.MatchString(at(next)) && at(next+1) == "," {
				next++ // behind the alias
			}
			if !list || at(next) != "," {
				break
			}
			next++
		}
	}
	return names
}

// checkTables finds SQL in Go that names a table of another package.
func checkTables(sources []*source, tables []*table, anyTable []allowance) (problems []string) {
	owners := map[string]string{}
	for _, t := range tables {
		owners[t.name] = t.owner
	}
	consts := constants(sources)
	for _, s := range sources {
		if s.test() || matches("test/...", s.dir) || allowed(anyTable, s.dir) {
			continue
		}
		foreign := func(n ast.Node, name string) {
			if owner := owners[name]; owner != "" && !matches(owner+"/...", s.dir) {
				problems = append(problems, fmt.Sprintf("%s names the table %s, which is %s's alone: ask its service", s.at(n), name, owner))
			}
		}
		for _, t := range texts(s, consts) {
			if !isSQL(t.value) {
				continue
			}
			for _, name := range slices.Compact(slices.Sorted(slices.Values(tablesNamed(t.value)))) {
				foreign(t.node, name)
			}
		}
		// tx.Insert(table, columns, rows) takes the bare name.
		ast.Inspect(s.file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) == 0 {
				return true
			}
			if fn, ok := call.Fun.(*ast.SelectorExpr); ok && fn.Sel.Name == "Insert" {
				name, _ := literal(call.Args[0])
				if id, ok := call.Args[0].(*ast.Ident); ok {
					name = consts[s.dir+"."+id.Name]
				}
				foreign(n, name)
			}
			return true
		})
	}
	return problems
}

// checkTimeInSQL finds SQL that asks the database for the time.
func checkTimeInSQL(tree fs.FS, sources []*source) (problems []string, err error) {
	const say = "%s: SQL may not ask for the time (%s): pass tx.Now(), which runs the same in tests and replays"
	consts := constants(sources)
	for _, s := range sources {
		if s.test() || matches("test/...", s.dir) {
			continue
		}
		for _, t := range texts(s, consts) {
			if found := timeInSQL.FindString(t.value); found != "" && isSQL(t.value) {
				problems = append(problems, fmt.Sprintf(say, s.at(t.node), found))
			}
		}
	}
	names, err := fs.Glob(tree, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		content, err := fs.ReadFile(tree, name)
		if err != nil {
			return nil, err
		}
		for _, s := range statements(string(content)) {
			if found := timeInSQL.FindString(s.text); found != "" {
				problems = append(problems, fmt.Sprintf(say, "migrations/"+path.Base(name), found))
			}
		}
	}
	return problems, nil
}

func TestTables(t *testing.T) {
	c, err := checkout()
	if err != nil {
		t.Fatal(err)
	}
	tables, _, err := schema(c.tree) // TestSchema tells of its problems
	if err != nil {
		t.Fatal(err)
	}
	report(t, checkTables(c.sources, tables, mayNameAnyTable))
	problems, err := checkTimeInSQL(c.tree, c.sources)
	if err != nil {
		t.Fatal(err)
	}
	report(t, problems)
}
