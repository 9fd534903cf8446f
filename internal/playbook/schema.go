package playbook

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/domain/circle"
	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/goods"
	"github.com/qunce/qunce/internal/domain/growth"
	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/domain/team"
	"github.com/qunce/qunce/internal/domain/touch"
	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/kit/text"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/spine/path"
	"github.com/qunce/qunce/internal/spine/seat"
)

// Schema is the JSON Schema (draft 2020-12) of playbooks, for editors and other programs. It is made of the types that the
// strict reader fills, and of the actions that paths can do. What Read says counts: it knows more.
func (s *Service) Schema() ([]byte, error) {
	g := &schemas{defs: map[string]any{
		"text":      anyOf(object{"type": "string", "description": "in the default language"}, object{"type": "object", "properties": langs(), "additionalProperties": false, "minProperties": 1}),
		"duration":  object{"type": "string", "pattern": `^\s*-?([0-9]+[smhdw])+\s*$`, "description": "20s, 15m, 48h, 7d, 3w, 1d12h"},
		"names":     anyOf(object{"type": "string"}, object{"type": "array", "items": object{"type": "string"}}),
		"condition": object{"type": "object", "description": "comparisons by name, all of which must hold: a value, a list of values, or a text as \">= 60\", \"is set\""},
		"branch": anyOf(object{"type": "string", "pattern": `^(next|end .+|go .+)$`}, ref("step"),
			object{"type": "array", "items": ref("step"), "minItems": 1}),
		"waiting": closed(object{"on": ref("names"), "where": ref("condition")}, "on"),
		"wait":    anyOf(ref("names"), ref("waiting")),
		"remind":  closed(object{"before": ref("duration"), "do": s.actionNames(), "with": object{"type": "object"}}, "before", "do"),
		"path":    pathSchema(),
		"step":    s.stepSchema(),
	}}
	root := g.of(reflect.TypeFor[Playbook]())
	root["$schema"], root["title"], root["$defs"] = "https://json-schema.org/draft/2020-12/schema", "Qunce playbook", g.defs
	root["properties"].(object)["playbook"] = object{"const": Format, "description": "version of the format"} //nolint:forcetypeassert // made above
	out, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encode the schema: %w", err)
	}
	return out, nil
}

type object = map[string]any

func ref(name string) object { return object{"$ref": "#/$defs/" + name} }

func anyOf(all ...object) object { return object{"anyOf": all} }

// closed is a mapping with these keys and no others.
func closed(properties object, required ...string) object {
	o := object{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		o["required"] = required
	}
	return o
}

// described is a schema with words about it.
func described(s object, doc string) object {
	out := object{"description": doc}
	for k, v := range s {
		out[k] = v
	}
	return out
}

func langs() object {
	o := object{}
	for _, l := range langNames {
		o[l] = object{"type": "string"}
	}
	return o
}

// special are the types that are written otherwise than their Go kind says.
var special = map[reflect.Type]object{
	textType:                             ref("text"),
	reflect.TypeFor[clock.Duration]():    ref("duration"),
	reflect.TypeFor[Paths]():             {"type": "object", "additionalProperties": ref("path")},
	reflect.TypeFor[text.Lang]():         {"enum": langNames},
	reflect.TypeFor[money.Fen]():         {"type": []string{"number", "string"}, "description": "yuan, as 1599 or 1599.50"},
	reflect.TypeFor[time.Time]():         {"type": "string", "format": "date-time"},
	reflect.TypeFor[event.Kind]():        enum(event.Kinds...),
	reflect.TypeFor[event.Every]():       enum(event.EveryWeek, event.EveryMonth),
	reflect.TypeFor[goods.Kind]():        enum(goods.Kinds...),
	reflect.TypeFor[growth.Binding]():    enum(growth.Bindings...),
	reflect.TypeFor[growth.TouchRule]():  enum(growth.First, growth.Last),
	reflect.TypeFor[growth.RewardKind](): enum(growth.InMoney, growth.InPoints, growth.InService),
	reflect.TypeFor[team.Side]():         enum(team.SideTraffic, team.SideSales, team.SideService),
	reflect.TypeFor[team.Choice]():       enum(team.ByLoad, team.ByTurns),
	reflect.TypeFor[access.Role]():       enum(access.Roles...),
	reflect.TypeFor[growth.Who]():        enum(growth.MembersOnly, growth.NewOnly, growth.Anyone),
	reflect.TypeFor[circle.Kind](): enum(circle.KindBase, circle.KindConversion, circle.KindHall, circle.KindService, circle.KindStage, circle.KindEvent,
		circle.KindCamp),
	reflect.TypeFor[seat.Policy]():      enum(seat.FillFirst, seat.LeastLoaded, seat.Weighted, seat.OnDuty),
	reflect.TypeFor[people.Anchor]():    enum(people.DueDate, people.BirthDate),
	reflect.TypeFor[people.FieldType](): enum(people.TextField, people.NumberField, people.DateField, people.BoolField, people.ChoiceField),
	reflect.TypeFor[intake.FieldType](): enum(intake.TextField, intake.DateField, intake.ChoiceField),
	reflect.TypeFor[touch.Span]():       enum(touch.Day, touch.Week, touch.Month),
}

func enum[T ~string](values ...T) object { return object{"enum": values} }

// required are the keys that a mapping of a type can't do without.
var required = map[reflect.Type][]string{
	reflect.TypeFor[Playbook]():         {"playbook", "name"},
	reflect.TypeFor[Source]():           {"name", "kind"},
	reflect.TypeFor[Opening]():          {"name", "in", "rate"},
	reflect.TypeFor[Entry]():            {"code", "path"},
	reflect.TypeFor[circle.Group]():     {"name", "kind", "name_pattern"},
	reflect.TypeFor[intake.Contact]():   {"id", "group"},
	reflect.TypeFor[intake.Field]():     {"name"},
	reflect.TypeFor[intake.Choice]():    {"value"},
	reflect.TypeFor[intake.Consent]():   {"purpose", "version"},
	reflect.TypeFor[people.StageRule](): {"stage"},
	reflect.TypeFor[people.Field]():     {"name", "type"},
	reflect.TypeFor[goods.Product]():    {"name", "title", "kind", "skus"},
	reflect.TypeFor[goods.SKU]():        {"name"},
	reflect.TypeFor[goods.Offer]():      {"name", "item", "size", "window", "price"},
	reflect.TypeFor[shop.Coupon]():      {"code", "title"},
	reflect.TypeFor[growth.Programme](): {"name", "title", "binds", "levels"},
	reflect.TypeFor[growth.ProofRule](): {"name", "title"},
	reflect.TypeFor[team.Department]():  {"name", "title", "side"},
	reflect.TypeFor[event.Rhythm]():     {"every", "on", "at"},
	reflect.TypeFor[team.Step]():        {"from", "rate_bp"},
	reflect.TypeFor[touch.Budget]():     {"per", "max"},
	reflect.TypeFor[touch.Template]():   {"purpose", "body"},
}

// schemas makes schemas of types; those of structures stand in defs.
type schemas struct{ defs object }

func (g *schemas) of(t reflect.Type) object {
	if s, ok := special[t]; ok {
		return s
	}
	if reflect.PointerTo(t).Implements(unmarshaler) {
		return object{} // it reads itself
	}
	switch t.Kind() {
	case reflect.Pointer:
		return g.of(t.Elem())
	case reflect.Struct:
		return g.structure(t)
	case reflect.Map:
		return object{"type": "object", "additionalProperties": g.of(t.Elem())}
	case reflect.Slice:
		return object{"type": "array", "items": g.of(t.Elem())}
	case reflect.String:
		return object{"type": "string"}
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Float64:
		return object{"type": "number"}
	case reflect.Int, reflect.Int64:
		return object{"type": "integer"}
	}
	return object{}
}

func (g *schemas) structure(t reflect.Type) object {
	properties := object{}
	name := strings.ReplaceAll(t.String(), ".", "_")
	o := closed(properties, required[t]...)
	if t != reflect.TypeFor[Playbook]() {
		if _, known := g.defs[name]; known {
			return ref(name)
		}
		g.defs[name] = o
	}
	for field, index := range fieldsOf(t) {
		f := t.FieldByIndex(index)
		s := g.of(f.Type)
		if doc := f.Tag.Get("doc"); doc != "" {
			s = described(s, doc)
		}
		properties[field] = s
	}
	if t == reflect.TypeFor[Playbook]() {
		return o
	}
	return ref(name)
}

func pathSchema() object {
	return closed(object{
		"title": ref("text"), "subject": object{"type": "string"},
		"start": closed(object{"on": ref("names"), "where": ref("condition"), "once_per": ref("names"), "again": ref("names")}, "on"),
		"steps": object{"type": "array", "items": ref("step"), "minItems": 1},
	}, "start", "steps")
}

// kindsOfStep are the keys of which a step has exactly one, each with those that belong to it alone.
var kindsOfStep = map[string][]string{
	"wait": nil, "until": {"remind"}, "do": {"with", "on"}, "ask": {"role", "to", "outcomes", "within", "escalate", "show"}, "choose": nil, "gate": nil, "end": nil,
}

func (s *Service) stepSchema() object {
	branches := object{"type": "object", "additionalProperties": ref("branch")}
	list := func(item object) object { return object{"type": "array", "items": item, "minItems": 1} }
	o := closed(object{
		"name": object{"type": "string"}, "title": ref("text"), "owner": object{"type": "string", "description": "role"}, "stage": described(ref("text"), "the name of a part of the path that begins here; not in a branch"),
		"wait": ref("wait"), "or": described(list(closed(object{"on": ref("names"), "where": ref("condition"), "then": ref("branch")}, "on")), "of a wait: other facts that end it; of an ask: facts that end it without a human, whose task is withdrawn"),
		"until": object{
			"type":       "object",
			"properties": object{"at": object{"type": "string"}, "offset": ref("duration"), "after": ref("duration"), "weekday": object{"enum": []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}}, "hour": object{"type": "string"}, "moment": object{"type": "string"}},
			"anyOf":      []object{{"required": []string{"at"}}, {"required": []string{"after"}}, {"required": []string{"hour"}}, {"required": []string{"moment"}}},
			"if":         object{"not": object{"required": []string{"moment"}}},
			"then":       object{"propertyNames": object{"enum": []string{"at", "offset", "after", "weekday", "hour"}}},
		},
		"remind": ref("remind"),
		"do":     s.actionNames(), "with": object{"type": "object"}, "on": branches,
		"ask": object{"type": "string", "description": "kind of the task"}, "role": s.roleNames(), "to": object{"enum": []string{path.ToOwner}, "description": "who looks after the person on the side of the role; where nobody does, the role's queue has it"}, "outcomes": branches, "within": ref("duration"), "escalate": s.roleNames(),
		"show":   ref("names"),
		"choose": list(closed(object{"when": ref("condition"), "then": ref("branch")}, "when")),
		"gate":   list(ref("wait")),
		"end":    object{"type": "string"}, "for": ref("duration"), "else": ref("branch"),
	})
	var one []object
	depends := object{}
	for kind, own := range kindsOfStep {
		one = append(one, object{"required": []string{kind}})
		for _, k := range own {
			depends[k] = []string{kind}
		}
	}
	slices.SortFunc(one, func(a, b object) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	depends["ask"] = []string{"role", "outcomes"}
	o["oneOf"], o["dependentRequired"] = one, depends
	o["dependentSchemas"] = object{"or": anyOf(object{"required": []string{"wait"}}, object{"required": []string{"ask"}})}
	var rules []object
	for _, a := range s.Paths.Actions() {
		rules = append(rules, object{"if": object{"properties": object{"do": object{"const": a.Name}}, "required": []string{"do"}}, "then": actionSchema(a)})
	}
	if len(rules) > 0 {
		o["allOf"] = rules
	}
	return o
}

func (s *Service) roleNames() object { return object{"enum": s.Roles} }

func (s *Service) actionNames() object {
	var all []object
	for _, a := range s.Paths.Actions() {
		all = append(all, object{"const": a.Name, "description": a.Doc})
	}
	return object{"oneOf": all}
}

// actionSchema is what a step with an action has: its parameters, and a way on for each of its outcomes.
func actionSchema(a path.Action) object {
	with, needed := object{}, []string{}
	for name, p := range a.Params {
		with[name] = paramSchema(p)
		if p.Required {
			needed = append(needed, name)
		}
	}
	slices.Sort(needed)
	on := object{"propertyNames": object{"enum": append([]string{path.OK}, a.Outcomes...)}}
	if len(a.Outcomes) > 0 {
		on["required"] = a.Outcomes
	}
	o := object{"properties": object{"with": closed(with, needed...), "on": on}}
	var keys []string
	if len(needed) > 0 {
		keys = append(keys, "with")
	}
	if len(a.Outcomes) > 0 {
		keys = append(keys, "on")
	}
	if len(keys) > 0 {
		o["required"] = keys
	}
	return o
}

// paramSchema is what a parameter may be. A text with a {name} in it stands for any value: it is known when the path runs.
func paramSchema(p path.Param) object {
	later := object{"type": "string", "pattern": `\{`}
	var s object
	switch p.Type {
	case path.Integer:
		s = anyOf(object{"type": "integer"}, later)
	case path.Boolean:
		s = anyOf(object{"type": "boolean"}, later)
	case path.Span:
		s = anyOf(ref("duration"), later)
	case path.Enum:
		s = anyOf(object{"enum": p.Choices}, later)
	case path.ListOf:
		s = object{"type": []string{"array", "string"}}
	case path.Text:
		s = object{"type": []string{"string", "number", "boolean"}}
	default:
		s = object{}
	}
	if p.Doc != "" {
		s["description"] = p.Doc
	}
	return s
}
