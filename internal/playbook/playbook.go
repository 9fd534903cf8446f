package playbook

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/qunce/qunce/internal/domain/circle"
	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/domain/touch"
	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/spine/path"
)

// Format is the version of the format this program reads.
const Format = 1

// Playbook is everything a file says about a community.
type Playbook struct {
	Format   int              `json:"playbook" doc:"version of the format: 1"`
	Name     string           `json:"name" doc:"a–z, 0–9, -"`
	Title    text.Text        `json:"title"`
	About    text.Text        `json:"about,omitempty" doc:"what sort of community it is for"`
	Lang     text.Lang        `json:"lang,omitempty" doc:"zh-Hans if not given"`
	Zone     string           `json:"zone,omitempty" doc:"IANA name; Asia/Shanghai if not given"`
	People   People           `json:"people,omitempty"`
	Circles  []circle.Group   `json:"circles,omitempty"`
	Contacts []intake.Contact `json:"contacts,omitempty"`
	Intake   Intake           `json:"intake,omitempty"`
	Touch    touch.Config     `json:"touch,omitempty"`
	Paths    Paths            `json:"paths,omitempty"`
}

// People is what a playbook says about people.
type People struct {
	Stages []people.StageRule `json:"stages,omitempty" doc:"life stages, computed from dates; the first that holds counts"`
	Fields []people.Field     `json:"fields,omitempty" doc:"fields of the profile besides the built-in ones"`
}

// Intake is what a playbook says about taking people in.
type Intake struct {
	intake.Config
	Sources  []Source  `json:"sources,omitempty"`
	Openings []Opening `json:"openings,omitempty"`
	Entries  []Entry   `json:"entries,omitempty"`
}

// Source is where people come from, by name.
type Source struct {
	Name string `json:"name"`
	Kind string `json:"kind" doc:"article, video, group, account, person, offline or other"`
}

// Opening is doors. Their time is counted from the moment the playbook is first applied, so that a file can be used again.
type Opening struct {
	Name string         `json:"name"`
	In   clock.Duration `json:"in" doc:"from when the playbook is first applied, as 2h; then moved by hand"`
	Rate int            `json:"rate" doc:"people let in a minute"`
}

// Entry is a short link that leads into a path; its source and opening are named.
type Entry struct {
	Code     string `json:"code"`
	Title    string `json:"title"`
	Source   string `json:"source,omitempty"`
	Path     string `json:"path"`
	Opening  string `json:"opening,omitempty"`
	Keyword  string `json:"keyword,omitempty"`
	LiveCode string `json:"live_code,omitempty"`
}

// Paths are the path definitions in the order of the file.
type Paths []path.Definition

var (
	textType    = reflect.TypeFor[text.Text]()
	defaultLang = text.Hans
	langNames   = []string{string(text.Hans), string(text.Hant), string(text.En)}
)

// Parse reads a file. With problems the playbook is not to be used.
func Parse(source []byte) (p Playbook, problems []Problem) {
	var doc yaml.Node
	if err := yaml.Unmarshal(source, &doc); err != nil {
		return p, []Problem{{Field: "playbook", Reason: err.Error()}}
	}
	if len(doc.Content) == 0 {
		return p, []Problem{{Field: "playbook", Reason: "the file is empty"}}
	}
	if err := flatten(&doc, new(int), 0); err != nil {
		return p, []Problem{{Field: "playbook", Reason: err.Error()}}
	}
	d := &decoder{}
	d.special = map[reflect.Type]func(*yaml.Node, reflect.Value, string){reflect.TypeFor[Paths](): d.paths}
	d.decode(doc.Content[0], reflect.ValueOf(&p).Elem(), "")
	if len(d.problems) > 0 {
		return p, d.problems
	}
	if p.Lang == "" {
		p.Lang = text.Hans
	}
	if p.Zone == "" {
		p.Zone = "Asia/Shanghai"
	}
	return p, p.check()
}

// maxNodes bounds a file with its aliases written out: a few lines of aliases of aliases can stand for billions of values.
const maxNodes = 100_000

var (
	errTooLarge = errors.New("the file says more than a playbook can: look for aliases of aliases")
	errNested   = errors.New("the file is nested too deeply, or an anchor holds itself")
)

// flatten puts what an alias stands for in its place.
func flatten(n *yaml.Node, count *int, depth int) error {
	*count++
	if *count > maxNodes {
		return errTooLarge
	}
	if depth > 100 {
		return errNested
	}
	for i, c := range n.Content {
		if c.Kind == yaml.AliasNode {
			copied := *c.Alias
			copied.Line = c.Line
			n.Content[i], c = &copied, &copied
			c.Content = append([]*yaml.Node(nil), c.Content...)
		}
		if err := flatten(c, count, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (d *decoder) paths(n *yaml.Node, v reflect.Value, field string) {
	if n.Kind != yaml.MappingNode {
		d.bad(n, field, "expected a mapping from names to paths")
		return
	}
	var out Paths
	for i := 0; i < len(n.Content); i += 2 {
		def, problems := path.Parse(n.Content[i].Value, n.Content[i+1])
		for _, p := range problems {
			d.problems = append(d.problems, Problem(p))
		}
		out = append(out, def)
	}
	v.Set(reflect.ValueOf(out))
}

// check finds what is wrong within the file itself; Validate holds it against the program as well.
func (p Playbook) check() (problems []Problem) {
	bad := func(field, reason string, args ...any) {
		problems = append(problems, Problem{Field: field, Reason: fmt.Sprintf(reason, args...)})
	}
	if p.Format != Format {
		bad("playbook", "this program reads format %d", Format)
	}
	if p.Name == "" {
		bad("name", "a playbook needs a name")
	}
	if !slices.Contains(langNames, string(p.Lang)) {
		bad("lang", "a language is one of %v", langNames)
	}
	if _, err := time.LoadLocation(p.Zone); err != nil {
		bad("zone", "no zone is called %q; write it as Asia/Shanghai", p.Zone)
	}
	known := func(list []string, field, name, what string) {
		if name != "" && !slices.Contains(list, name) {
			bad(field, "no %s is called %q", what, name)
		}
	}
	sources, openings, paths := namesOf(p.Intake.Sources, func(s Source) string { return s.Name }),
		namesOf(p.Intake.Openings, func(o Opening) string { return o.Name }), namesOf(p.Paths, func(d path.Definition) string { return d.Name })
	for i, e := range p.Intake.Entries {
		f := fmt.Sprintf("intake.entries[%d]", i)
		known(sources, f+".source", e.Source, "source")
		known(openings, f+".opening", e.Opening, "opening")
		known(paths, f+".path", e.Path, "path")
	}
	for _, list := range []struct {
		field string
		names []string
	}{
		{"intake.sources", sources},
		{"intake.openings", openings},
		{"intake.entries", namesOf(p.Intake.Entries, func(e Entry) string { return e.Code })},
		{"circles", namesOf(p.Circles, func(g circle.Group) string { return g.Name })},
		{"contacts", namesOf(p.Contacts, func(c intake.Contact) string { return c.ID })},
		{"paths", paths},
	} {
		for i, name := range list.names {
			if name == "" {
				bad(fmt.Sprintf("%s[%d]", list.field, i), "it has no name")
			} else if slices.Index(list.names, name) != i {
				bad(list.field, "%q stands twice", name)
			}
		}
	}
	for i, q := range p.Intake.Form {
		if q.When != nil && !slices.ContainsFunc(p.Intake.Form, func(o intake.Field) bool { return o.Name == q.When.Field }) {
			bad(fmt.Sprintf("intake.form[%d].when", i), "the form has no field %q", q.When.Field)
		}
		if !q.Ask && !people.IsBuiltin(people.FieldName(q.Name)) && !slices.ContainsFunc(p.People.Fields, func(f people.Field) bool { return string(f.Name) == q.Name }) {
			bad(fmt.Sprintf("intake.form[%d].name", i), "people have no field %q; declare it under people.fields, or mark it ask: true", q.Name)
		}
	}
	return problems
}

func namesOf[T any](list []T, name func(T) string) []string {
	out := make([]string, 0, len(list))
	for _, x := range list {
		out = append(out, name(x))
	}
	return out
}
