package playbook

import (
	"bytes"
	"errors"
	"io"
	"reflect"

	"go.yaml.in/yaml/v3"

	"github.com/qunce/qunce/internal/domain/circle"
	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/goods"
	"github.com/qunce/qunce/internal/domain/growth"
	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/domain/ladder"
	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/domain/team"
	"github.com/qunce/qunce/internal/domain/touch"
	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/spine/path"
)

// Format is the version of the format this program reads.
const Format = 1

// Playbook is everything a file says about a community.
type Playbook struct {
	Format     int               `json:"playbook" doc:"version of the format: 1"`
	Name       string            `json:"name" doc:"a–z, 0–9, -"`
	Title      text.Text         `json:"title"`
	About      text.Text         `json:"about,omitempty" doc:"what sort of community it is for"`
	Lang       text.Lang         `json:"lang,omitempty" doc:"zh-Hans if not given"`
	Zone       string            `json:"zone,omitempty" doc:"IANA name; Asia/Shanghai if not given"`
	People     People            `json:"people,omitempty"`
	Circles    []circle.Group    `json:"circles,omitempty"`
	Membership membership.Config `json:"membership,omitempty"`
	Events     event.Config      `json:"events,omitempty"`
	Shop       Shop              `json:"shop,omitempty"`
	Growth     growth.Config     `json:"growth,omitempty"`
	Ladder     ladder.Config     `json:"ladder,omitempty" doc:"from which full price a product is of which rung"`
	Team       team.Config       `json:"team,omitempty"`
	Contacts   []intake.Contact  `json:"contacts,omitempty"`
	Intake     Intake            `json:"intake,omitempty"`
	Touch      touch.Config      `json:"touch,omitempty"`
	Paths      Paths             `json:"paths,omitempty"`

	lines lines
}

// People is what a playbook says about people.
type People struct {
	Stages []people.StageRule `json:"stages,omitempty" doc:"life stages, computed from dates; the first that holds counts"`
	Fields []people.Field     `json:"fields,omitempty" doc:"fields of the profile besides the built-in ones"`
}

// Shop is what a playbook says about what is sold besides memberships and tickets.
type Shop struct {
	goods.Config
	Coupons []shop.Coupon `json:"coupons,omitempty"`
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
	Page     string `json:"page,omitempty"`
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
	if p, problems = read(source); len(problems) > 0 {
		return p, problems
	}
	return p, p.check()
}

// read is Parse of a file that was checked once: what a newer program would refuse is read all the same.
func read(source []byte) (p Playbook, problems []Problem) {
	if len(source) > maxBytes {
		return p, []Problem{{Field: "playbook", Reason: errTooLarge.Error()}}
	}
	var doc, more yaml.Node
	documents := yaml.NewDecoder(bytes.NewReader(source))
	if err := documents.Decode(&doc); err != nil && !errors.Is(err, io.EOF) {
		return p, unreadable(err)
	}
	if len(doc.Content) == 0 {
		return p, []Problem{{Line: 1, Field: "playbook", Reason: "the file is empty"}}
	}
	if err := documents.Decode(&more); !errors.Is(err, io.EOF) {
		return p, []Problem{{Line: more.Line, Field: "playbook", Reason: "a file holds one playbook: what follows a line of --- would be passed over"}}
	}
	if err := flatten(&doc, new(int), 0); err != nil {
		return p, []Problem{{Field: "playbook", Reason: err.Error()}}
	}
	p.lines = lines{}
	if problems := p.lines.index(doc.Content[0], ""); len(problems) > 0 {
		return p, p.lines.place(problems)
	}
	d := &decoder{}
	d.special = map[reflect.Type]func(*yaml.Node, reflect.Value, string){reflect.TypeFor[Paths](): d.paths, reflect.TypeFor[money.Fen](): d.yuan}
	d.decode(doc.Content[0], reflect.ValueOf(&p).Elem(), "")
	if len(d.problems) > 0 {
		return p, p.lines.place(d.problems)
	}
	if p.Lang == "" {
		p.Lang = text.Hans
	}
	if p.Zone == "" {
		p.Zone = "Asia/Shanghai"
	}
	return p, nil
}

// maxNodes bounds a file with its aliases written out: a few lines of aliases of aliases can stand for billions of values.
const maxNodes = 100_000

// maxBytes bounds a file before anything is read.
const maxBytes = 4 << 20

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
