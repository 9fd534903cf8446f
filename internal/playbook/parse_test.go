package playbook_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/qunce/qunce/internal/playbook"
	"github.com/qunce/qunce/playbooks"
)

// small is a playbook with a little of everything.
const small = `playbook: 1
name: small
title: 小群
people:
  stages:
    - {stage: new}
  fields:
    - {name: topic, type: text, max: 80, title: 话题}
circles:
  - {name: room, kind: base, name_pattern: "{n} 群", capacity: 20}
contacts:
  - {id: nurse-1, group: nurses, name: 小安, daily: 10, duty: true}
intake:
  landing: {title: 一起学, benefits: [每晚答疑], endorsers: [{name: 作者}], how_to: [填资料]}
  form:
    - {name: name, type: text, required: true, label: 姓名}
  consents:
    - {purpose: service, version: s-1, required: true, wording: 同意}
  limits: {per_phone: 5}
  sources:
    - {name: 公众号, kind: account}
  openings:
    - {name: doors, in: 2h, rate: 60}
  entries:
    - {code: join, title: 菜单, source: 公众号, path: way, opening: doors, keyword: 妈妈}
touch:
  templates:
    hello: {purpose: service, answer: true, body: 欢迎}
paths:
  way:
    start: {on: intake.reserved, where: {entry.path: way}, once_per: person}
    steps:
      - until: {moment: doors}
      - wait: intake.registered
        for: 48h
        else: end lapsed
      - do: touch.send
        with: {template: hello}
      - do: intake.allocate
        with: {group: room}
        on: {full: end waiting, already: end already, blocked: end refused, unfit: end refused, not_open: end waiting}
      - wait: {on: circle.joined, where: {group: room}}
      - end: seated
`

// with is the small playbook with one thing written otherwise.
func with(t testing.TB, from, to string) string {
	t.Helper()
	if strings.Count(small, from) != 1 {
		t.Fatalf("the playbook has %q %d times", from, strings.Count(small, from))
	}
	return strings.Replace(small, from, to, 1)
}

// lineOf is the line that a text stands in.
func lineOf(source, text string) int {
	return 1 + strings.Count(source[:strings.Index(source, text)], "\n")
}

// A wrong file is refused with the line, the field and the reason (X1).
func TestStrictReading(t *testing.T) {
	if _, problems := playbook.Parse([]byte(small)); len(problems) > 0 {
		t.Fatalf("control: %v", problems)
	}
	for _, c := range []struct{ name, from, to, field, reason string }{
		{"an unknown key", "rate: 60", "rat: 60", "intake.openings[0].rat", "unknown key"},
		{"an unknown key at the top", "title: 小群", "title: 小群\nzoom: 1", "zoom", "unknown key"},
		{"a key twice", "name: small", "name: small\nname: other", "name", "twice"},
		{"a nested key twice", "limits: {per_phone: 5}", "limits: {per_phone: 5, per_phone: 6}", "intake.limits.per_phone", "twice"},
		{"a template twice", "touch:\n  templates:\n", "touch:\n  templates:\n    hello: {purpose: service, body: 又}\n", "touch.templates.hello", "twice"},
		{"a path twice", "paths:\n", "paths:\n  way: {start: {on: intake.arrived}, steps: [{end: x}]}\n", "paths.way", "twice"},
		{"a text for a number", "capacity: 20", "capacity: twenty", "circles[0].capacity", "whole number"},
		{"a fraction for a number", "capacity: 20", "capacity: 20.5", "circles[0].capacity", "whole number"},
		{"a number beyond numbers", "capacity: 20", "capacity: 99999999999999999999", "circles[0].capacity", "whole number"},
		{"a list for a text", "name: small", "name: [small]", "name", "single value"},
		{"a text for a list", "circles:\n  - {name: room, kind: base, name_pattern: \"{n} 群\", capacity: 20}", "circles: room", "circles", "expected a list"},
		{"a list for a mapping", "limits: {per_phone: 5}", "limits: [5]", "intake.limits", "expected a mapping"},
		{"a text for a truth", "duty: true", "duty: certainly", "contacts[0].duty", "true or false"},
		{"an unknown language", "title: 小群", "title: {de: Gruppe}", "title.de", "language"},
		{"no such zone", "name: small", "name: small\nzone: Mars/Olympus", "zone", "no zone"},
		{"no such language", "name: small", "name: small\nlang: de", "lang", "language"},
		{"another format", "playbook: 1", "playbook: 2", "playbook", "format 1"},
		{"a name of spaces", "name: small", "name: \"a b\"", "name", "a–z"},
		{"a span that is none", "in: 2h", "in: soon", "intake.openings[0].in", ""},
		{"a span back", "in: 2h", "in: -2h", "intake.openings[0].in", "forwards"},
		{"no such source", "source: 公众号,", "source: 视频号,", "intake.entries[0].source", "no source"},
		{"no such path", "path: way, opening", "path: away, opening", "intake.entries[0].path", "no path"},
		{"no such opening", "opening: doors,", "opening: gates,", "intake.entries[0].opening", "no opening"},
		{"a code with capitals", "code: join", "code: JOIN", "intake.entries[0].code", ""},
		{"a limit below nothing", "per_phone: 5", "per_phone: -5", "intake.limits", "above 0"},
		{"a stage that never holds", "{stage: new}", "{stage: new, anchor: due_date, from: 5, until: 5}", "people.stages[0].until", "before it begins"},
		{"a field that everybody has", "name: topic", "name: city", "people.fields[0].name", "everybody has"},
		{"NUL in a parameter", "with: {template: hello}", "with: {template: \"he\\0llo\"}", "paths.way.steps[2].with.template", "NUL"},
		{"NUL in an outcome", "end: seated", "end: \"sea\\0ted\"", "paths.way.steps[5].end", "NUL"},
		{"two kinds in a step", "- do: touch.send", "- do: touch.send\n        wait: intake.arrived", "paths.way.steps[2]", ""},
		{"NUL", "keyword: 妈妈", "keyword: \"妈\\0妈\"", "intake.entries[0].keyword", "NUL"},
		{"NUL in a key", "hello: {purpose", "\"he\\0llo\": {purpose", "", "NUL"},
		{"NUL in a path", "wait: intake.registered", "wait: \"intake.\\0registered\"", "", "NUL"},
		{"another tag", "capacity: 20", "capacity: !!binary aGk=", "circles[0].capacity", "whole number"},
	} {
		source := with(t, c.from, c.to)
		_, problems := playbook.Parse([]byte(source))
		if len(problems) == 0 {
			t.Errorf("%s: taken", c.name)
			continue
		}
		p := problems[0]
		first := lineOf(source, c.to)
		if !strings.Contains(p.Reason, c.reason) || !strings.HasPrefix(p.Field, c.field) || p.Line < first || p.Line > first+strings.Count(c.to, "\n")+2 {
			t.Errorf("%s: %s; want line %d, %s, %q", c.name, p, first, c.field, c.reason)
		}
	}
}

// Files that are none, or that mean harm, are refused quickly and in words (X1).
func TestHostileFiles(t *testing.T) {
	var bomb, deep strings.Builder
	bomb.WriteString("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n")
	for i := 1; i < 12; i++ {
		fmt.Fprintf(&bomb, "a%d: &a%d [%s*a%d]\n", i, i, strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 9), i-1)
	}
	deep.WriteString(strings.Repeat("[", 9000) + strings.Repeat("]", 9000))
	for name, source := range map[string]string{
		"nothing":                     "",
		"a comment":                   "# nothing",
		"a null":                      "null",
		"a single value":              "playbook",
		"a list":                      "- playbook: 1",
		"no YAML":                     "playbook: [1",
		"a tab":                       "playbook: 1\n\tname: x",
		"two documents":               small + "---\n" + small,
		"a document behind an end":    small + "...\nname: other",
		"aliases of aliases":          bomb.String(),
		"an anchor that holds itself": "playbook: 1\nname: x\ntitle: &t\n  en: *t\n",
		"an alias of nothing":         "playbook: *none",
		"nested deeply":               deep.String(),
		"too long":                    "# " + strings.Repeat("x", 5<<20),
		"no UTF-8":                    "playbook: 1\nname: \"\xff\xfe\"",
		"NUL bytes":                   "playbook: 1\x00",
		"a merge key":                 strings.Replace(small, "limits: {per_phone: 5}", "limits: {<<: {per_phone: 5}}", 1),
		"keys that are no texts":      small + "? [a, b]\n: c\n",
		"another program's binary":    "\x7fELF\x02\x01\x01",
	} {
		if _, problems := playbook.Parse([]byte(source)); len(problems) == 0 {
			t.Errorf("%s: taken", name)
		} else if problems[0].Reason == "" || len(problems[0].Reason) > 600 {
			t.Errorf("%s: the reason is %d bytes", name, len(problems[0].Reason))
		}
	}
	// Aliases in measure are what they stand for.
	source := strings.Replace(small, "label: 姓名", "label: &name 姓名", 1)
	source = strings.Replace(source, "title: 话题", "title: *name", 1)
	if _, problems := playbook.Parse([]byte(source)); problems == nil {
		t.Error("an alias before its anchor was taken")
	}
}

// Whatever the file, reading it ends, and what is refused says why; what is taken says the same when it is read again (X1).
func FuzzDecode(f *testing.F) {
	files, err := playbooks.Files.ReadDir(".")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		b, err := playbooks.Files.ReadFile(file.Name())
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte(small))
	f.Add([]byte("a: &a [*a]"))
	f.Add([]byte("paths: {p: {start: {on: x}, steps: [{do: y, on: {z: {wait: w}}}]}}"))
	f.Fuzz(func(t *testing.T, source []byte) {
		p, problems := playbook.Parse(source)
		for _, x := range problems {
			if x.Reason == "" || x.Field == "" {
				t.Errorf("a problem without a field or reason: %+v", x)
			}
		}
		if len(problems) > 0 {
			return
		}
		again, problems := playbook.Parse(source)
		changes, err := playbook.Diff(p, again)
		if len(problems) > 0 || err != nil || len(changes) > 0 {
			t.Errorf("read again: %v, %v, %v", problems, err, changes)
		}
	})
}
