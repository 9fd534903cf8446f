package archtest

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// statement is one SQL statement of a migration, without comments, and the comment lines right in front of it.
type statement struct{ text, comment string }

// key is a primary or unique key.
type key struct {
	kind    string
	columns []string
}

// table is a table as a migration creates it for one database.
type table struct {
	name    string
	owner   string // the package that owns it
	file    string
	dialect string
	keyless bool // a virtual table or a partition: it has no keys of its own
	keys    []key
}

var dialects = []string{"sqlite", "postgres"}

// only is a migration's text for one database: blocks between "-- only OTHER" and "-- end" are left out.
func only(dialect, text string) string {
	var b strings.Builder
	keep := true
	for line := range strings.Lines(text) {
		mark, found := strings.CutPrefix(strings.TrimSpace(line), "-- only ")
		switch {
		case found:
			keep = mark == dialect
		case strings.TrimSpace(line) == "-- end":
			keep = true
		case keep:
			b.WriteString(line)
		}
	}
	return b.String()
}

var sqlToken = regexp.MustCompile(`--[^\n]*|(?s:/\*.*?\*/)|'(?:[^']|'')*'|"[^"]*"|\w+|;|\s+|.`)

// statements divides SQL at its semicolons. A trigger's body falls apart as well, which no rule minds.
func statements(text string) (out []statement) {
	var s statement
	for _, token := range sqlToken.FindAllString(text, -1) {
		started := strings.TrimSpace(s.text) != ""
		switch {
		case strings.HasPrefix(token, "--") && !started:
			s.comment += token + "\n"
		case strings.HasPrefix(token, "--"), strings.HasPrefix(token, "/*"):
			s.text += " "
		case token == ";":
			if started {
				out = append(out, s)
			}
			s = statement{}
		case !started && strings.TrimSpace(token) == "":
			if strings.Count(token, "\n") > 1 {
				s.comment = "" // an empty line: that comment was about something else
			}
		case strings.HasPrefix(token, "'"):
			s.text += "''" // what a text says is no SQL
		default:
			s.text += token
		}
	}
	if strings.TrimSpace(s.text) != "" {
		out = append(out, s)
	}
	return out
}

const ident = `(?:\w+\.)?"?(\w+)"?`

var (
	createTable   = regexp.MustCompile(`(?is)^create\s+(?:unlogged\s+)?(virtual\s+)?table\s+(?:if\s+not\s+exists\s+)?` + ident + `\s*(.*)$`)
	partitionOf   = regexp.MustCompile(`(?is)^partition\s+of\s+` + ident)
	uniqueIndex   = regexp.MustCompile(`(?is)^create\s+unique\s+index\s+(?:concurrently\s+)?(?:if\s+not\s+exists\s+)?` + ident + `\s+on\s+` + ident + `\s*(\(.*)$`)
	keyConstraint = regexp.MustCompile(`(?is)^(?:constraint\s+\S+\s+)?(primary\s+key|unique)\s*(?:nulls\s+(?:not\s+)?distinct\s*)?(\(.*)$`)
	keyColumn     = regexp.MustCompile(`(?is)^"?(\w+)"?\s.*?\b(primary\s+key|unique)\b`)
	ownerLine     = regexp.MustCompile(`(?m)^--\s*owner:\s*(\S+)\s*$`)
	onlyLine      = regexp.MustCompile(`(?m)^\s*-- only (.*)$`)
)

// items divides what stands in the first pair of brackets at its commas.
func items(text string) (out []string) {
	depth, item := 0, ""
	for _, token := range sqlToken.FindAllString(text, -1) {
		switch token {
		case "(":
			depth++
			if depth == 1 {
				continue
			}
		case ")":
			depth--
			if depth == 0 {
				return append(out, strings.TrimSpace(item))
			}
		case ",":
			if depth == 1 {
				out, item = append(out, strings.TrimSpace(item)), ""
				continue
			}
		}
		if depth > 0 {
			item += token
		}
	}
	return out
}

// columnsOf are the names in a key's brackets, without quotes and directions.
func columnsOf(text string) (out []string) {
	for _, item := range items(text) {
		name, _, _ := strings.Cut(item, " ")
		out = append(out, strings.ToLower(strings.Trim(name, `"`)))
	}
	return out
}

// kindOf is the first word of PRIMARY KEY or UNIQUE.
func kindOf(words string) string { return strings.ToLower(strings.Fields(words)[0]) }

func keysOf(body string) (keys []key) {
	for _, item := range items(body) {
		if m := keyConstraint.FindStringSubmatch(item); m != nil {
			keys = append(keys, key{kindOf(m[1]), columnsOf(m[2])})
		} else if m := keyColumn.FindStringSubmatch(item); m != nil {
			keys = append(keys, key{kindOf(m[2]), []string{strings.ToLower(m[1])}})
		}
	}
	return keys
}

// schema reads the migrations of a tree: every table, once for each database it is made for, with its owner.
func schema(tree fs.FS) (tables []*table, problems []string, err error) {
	names, err := fs.Glob(tree, "migrations/*.sql")
	if err != nil {
		return nil, nil, err
	}
	for _, name := range names {
		text, err := fs.ReadFile(tree, name)
		if err != nil {
			return nil, nil, err
		}
		for _, m := range onlyLine.FindAllStringSubmatch(string(text), -1) {
			if !slices.Contains(dialects, m[1]) {
				problems = append(problems, fmt.Sprintf("%s: %q is no database of ours: %s", path.Base(name), m[1], strings.Join(dialects, ", ")))
			}
		}
		for _, dialect := range dialects {
			tables, problems = read(path.Base(name), dialect, only(dialect, string(text)), tables, problems)
		}
	}
	return tables, problems, nil
}

// read adds what one migration does for one database.
func read(file, dialect, text string, tables []*table, problems []string) ([]*table, []string) {
	named := func(name string) *table {
		i := slices.IndexFunc(tables, func(t *table) bool { return t.name == name && t.dialect == dialect })
		if i < 0 {
			return nil
		}
		return tables[i]
	}
	for _, s := range statements(text) {
		if m := uniqueIndex.FindStringSubmatch(s.text); m != nil {
			if t := named(strings.ToLower(m[2])); t != nil {
				t.keys = append(t.keys, key{"unique", columnsOf(m[3])})
			}
			continue
		}
		m := createTable.FindStringSubmatch(s.text)
		if m == nil {
			continue
		}
		t := &table{name: strings.ToLower(m[2]), file: file, dialect: dialect, keyless: m[1] != "", keys: keysOf(m[3])}
		owner := ownerLine.FindStringSubmatch(s.comment)
		switch parent := partitionOf.FindStringSubmatch(m[3]); {
		case parent != nil:
			t.keyless = true
			if p := named(strings.ToLower(parent[1])); p != nil {
				t.owner = p.owner
			}
		case owner == nil:
			problems = append(problems, fmt.Sprintf("%s (%s): table %s has no owner: put the line \"-- owner: internal/...\" in front of its CREATE TABLE", file, dialect, t.name))
		default:
			t.owner = owner[1]
			if _, found := layerOf(layers, t.owner); !found {
				problems = append(problems, fmt.Sprintf("%s (%s): table %s is owned by %s, which is no package of ours", file, dialect, t.name, t.owner))
			}
		}
		tables = append(tables, t)
	}
	return tables, problems
}

// checkKeys finds tables whose keys don't begin with the community, so that they could not be spread over machines by it.
func checkKeys(tables []*table, installation []allowance) (problems []string) {
	for _, t := range tables {
		if t.keyless || allowed(installation, t.name) {
			continue
		}
		if !slices.ContainsFunc(t.keys, func(k key) bool { return k.kind == "primary" }) {
			problems = append(problems, fmt.Sprintf("%s (%s): table %s has no primary key", t.file, t.dialect, t.name))
		}
		for _, k := range t.keys {
			if k.columns[0] != "community_id" {
				problems = append(problems, fmt.Sprintf("%s (%s): the %s key of table %s begins with %s, not with community_id", t.file, t.dialect, k.kind, t.name, k.columns[0]))
			}
		}
	}
	return problems
}

func TestSchema(t *testing.T) {
	c, err := checkout()
	if err != nil {
		t.Fatal(err)
	}
	tables, problems, err := schema(c.tree)
	if err != nil {
		t.Fatal(err)
	}
	report(t, problems)
	report(t, checkKeys(tables, installationTables))
}
