package circle

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/spine/seat"
)

// Group is the template of circles that stand for one thing, as the playbook declares it.
type Group struct {
	Name        string      `json:"name"` // "stage:pregnancy"
	Kind        Kind        `json:"kind"`
	NamePattern text.Text   `json:"name_pattern"`       // "孕期 {n} 群", by language
	Capacity    int         `json:"capacity,omitempty"` // of each circle; 0 means 200
	Reserve     int         `json:"reserve,omitempty"`  // with fewer places left in the group the next circle is opened
	Policy      seat.Policy `json:"policy,omitempty"`   // "" means fill first
	Growable    bool        `json:"growable,omitempty"` // whether the next circle is opened when there is no room
	// Attributes are what a circle asks for of who comes: stage, city. An empty value stands for that of the person for whom
	// the circle is opened, so that each city gets circles of its own.
	Attributes map[string]string `json:"attributes,omitempty"`
	Rules      text.Text         `json:"rules,omitempty"`
	Welcome    string            `json:"welcome,omitempty"`     // name of the template that greets a newcomer
	StaffRoles []string          `json:"staff_roles,omitempty"` // duties that each circle has
}

// State says what may happen in a circle.
type State string

// The states. Full is an open circle without room; it is never stored.
const (
	StateOpen     State = "open"
	StateFull     State = "full"
	StateFrozen   State = "frozen"   // nobody new, and only staff writes
	StateArchived State = "archived" // over: its members may read
)

// Circle is a group of people.
type Circle struct {
	ID         string            `json:"id"`
	Group      string            `json:"group"`
	Kind       Kind              `json:"kind"`
	Number     int               `json:"number" doc:"within its group"`
	Name       text.Text         `json:"name"`
	State      State             `json:"state"`
	Capacity   int               `json:"capacity"`
	Members    int               `json:"members"`
	Held       int               `json:"held" doc:"places kept for those who are on their way"`
	Room       int               `json:"room"`
	Messages   int64             `json:"messages" doc:"position of the last message"`
	Attributes map[string]string `json:"attributes,omitempty" doc:"what it asks for of who comes"`
	Rules      text.Text         `json:"rules,omitempty"`
	Welcome    string            `json:"welcome,omitempty"`
	StaffRoles []string          `json:"staff_roles,omitempty"`
	OpenedAt   time.Time         `json:"opened_at"`
	ChangedAt  time.Time         `json:"changed_at" doc:"when its state was last changed"`
	version    int
}

// Staff is somebody with a duty in a circle.
type Staff struct {
	Role  string    `json:"role"`
	Staff string    `json:"staff" doc:"operator or person"`
	Since time.Time `json:"since"`
}

// Filter narrows the list of circles.
type Filter struct {
	Group string
	Kind  Kind
	State State  // open (also the full ones), frozen or archived
	Text  string // part of a name
}

// Refusals about circles.
var (
	ErrNotFound   = errs.Define(errs.NotFound, "circle.not_found")
	ErrGroup      = errs.Define(errs.NotFound, "circle.unknown_group") // "group"
	ErrRetired    = errs.Define(errs.Gone, "circle.group_retired")     // "group"
	ErrGroupName  = errs.Define(errs.Invalid, "circle.group_name")
	ErrKind       = errs.Define(errs.Invalid, "circle.kind")       // "kinds"
	ErrPattern    = errs.Define(errs.Invalid, "circle.pattern")    // a name without {n} can't number circles; "max"
	ErrCapacity   = errs.Define(errs.Invalid, "circle.capacity")   // "max"
	ErrAttributes = errs.Define(errs.Invalid, "circle.attributes") // "attribute" has no value, and the group doesn't grow
	ErrState      = errs.Define(errs.Conflict, "circle.state")     // "state": from this one it can't be done
	ErrFrozen     = errs.Define(errs.Conflict, "circle.frozen")
	ErrArchived   = errs.Define(errs.Gone, "circle.archived")
	ErrRole       = errs.Define(errs.Invalid, "circle.role") // "role" is no duty in this circle
)

// Limits of a template.
const (
	defaultCapacity = 200
	maxCapacity     = 2000
	maxName         = 60
)

var kinds = []Kind{KindBase, KindConversion, KindHall, KindService, KindStage, KindEvent, KindCamp}

// Check refuses a template that could not make circles, as DeclareGroupTx does.
func (g Group) Check() error { return g.check() }

// check refuses a template that could not make circles.
func (g *Group) check() error {
	if g.Capacity == 0 {
		g.Capacity = defaultCapacity
	}
	var bad []*errs.Error
	if name, ok := text.Line(g.Name, maxName); !ok || name == "" || name != g.Name {
		bad = append(bad, ErrGroupName.With("max", maxName).At("/name"))
	}
	if !slices.Contains(kinds, g.Kind) {
		var all []string
		for _, k := range kinds {
			all = append(all, string(k))
		}
		bad = append(bad, ErrKind.With("kinds", strings.Join(all, ", ")).At("/kind"))
	}
	if !g.patternsFit() {
		bad = append(bad, ErrPattern.With("max", maxName).At("/name_pattern"))
	}
	if g.Capacity < 1 || g.Capacity > maxCapacity {
		bad = append(bad, ErrCapacity.With("max", maxCapacity).At("/capacity"))
	}
	if a, open := g.openAttribute(); open && !g.Growable {
		bad = append(bad, ErrAttributes.With("attribute", a).At("/attributes/"+a))
	}
	return errs.Join(bad...)
}

func (g *Group) patternsFit() bool {
	for _, p := range g.NamePattern {
		clean, ok := text.Line(p, maxName)
		if !ok || clean == "" || g.Growable && !strings.Contains(p, "{n}") {
			return false
		}
	}
	return len(g.NamePattern) > 0
}

// openAttribute names an attribute whose value comes with who the circle is opened for.
func (g *Group) openAttribute() (name string, open bool) {
	for k, v := range g.Attributes {
		if v == "" && (!open || k < name) {
			name, open = k, true
		}
	}
	return name, open
}

// attributesFor are those of a circle opened for somebody who has wanted.
func (g *Group) attributesFor(wanted map[string]string) (map[string]string, error) {
	out := map[string]string{}
	for k, v := range g.Attributes {
		if v == "" {
			v = wanted[k]
		}
		if v == "" {
			return nil, seat.ErrNotEligible.With("attribute", k)
		}
		out[k] = v
	}
	return out, nil
}

// nameOf fills the number into the pattern of each language.
func (g *Group) nameOf(number int) text.Text {
	name := text.Text{}
	for lang, pattern := range g.NamePattern {
		name[lang] = text.Fill(pattern, nil, map[string]any{"n": number})
	}
	return name
}

// searchText is what a circle is found by.
func searchText(name text.Text) string {
	var all []string
	for _, lang := range text.Langs {
		if s := text.Fold(name[lang]); s != "" && !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	return strings.Join(all, "\n")
}

// cleanName refuses a name that is empty in every language or too long in one.
func cleanName(name text.Text) (text.Text, error) {
	out := text.Text{}
	for lang, s := range name {
		clean, ok := text.Line(s, maxName)
		if !ok || utf8.RuneCountInString(clean) > maxName {
			return nil, ErrPattern.With("max", maxName).At("/name/" + string(lang))
		}
		if clean != "" {
			out[lang] = clean
		}
	}
	if len(out) == 0 {
		return nil, ErrPattern.With("max", maxName).At("/name")
	}
	return out, nil
}
