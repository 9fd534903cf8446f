package path_test

import (
	"fmt"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/path"
	"github.com/qunce/qunce/test/testkit"
)

const begin = "start: {on: path_test.reserved}\nsteps:\n" // steps begin on line 3

// X1: what is wrong with a path is told with its line and field.
var faulty = []struct{ name, source, want string }{
	{"unknown key", "colour: red\n" + begin + "  - end: ok\n", `1 paths.p.colour: unknown key`},
	{"key twice", "subject: person\nsubject: circle\n" + begin + "  - end: ok\n", `2 paths.p.subject: the key stands twice`},
	{"no start", "steps: [{end: ok}]\n", `1 paths.p.start: a path needs a start`},
	{"no steps", "start: {on: path_test.reserved}\n", `1 paths.p.steps: a path needs steps`},
	{"subject", "subject: dog\n" + begin + "  - end: ok\n", `0 paths.p.subject: a path's subject is`},
	{"once per", "start: {on: path_test.reserved, once_per: dog}\nsteps: [{end: ok}]\n", `0 paths.p.start.once_per: once per what`},
	{"start twice", "start: {on: [path_test.reserved, path_test.reserved]}\nsteps: [{end: ok}]\n", `0 paths.p.start.on: "path_test.reserved" stands twice`},
	{"start by an unknown fact", "start: {on: path_test.nope}\nsteps: [{end: ok}]\n", `0 paths.p.start.on: no fact is called "path_test.nope"`},
	{"again after what never happens", "start: {on: path_test.reserved, again: lapsed}\nsteps: [{end: ok}]\n", `0 paths.p.start.again: the path never ends as "lapsed"`},
	{"two kinds", begin + "  - {wait: path_test.joined, end: ok}\n", `3 paths.p.steps[0]: a step is exactly one of`},
	{"no kind", begin + "  - {title: x}\n", `3 paths.p.steps[0]: a step is exactly one of`},
	{"another kind's key", begin + "  - {wait: path_test.joined, role: service}\n", `3 paths.p.steps[0].role: role belongs to a step with ask`},
	{"unknown fact", begin + "  - end: ok\n  - wait: path_test.nope\n", `4 paths.p.steps[1].wait.on: no fact is called`},
	{"unknown action", begin + "  - do: fly\n", `3 paths.p.steps[0].do: no action is called "fly"`},
	{"unknown parameter", begin + "  - do: note\n    with: {what: x, when: y}\n", `3 paths.p.steps[0].with.when: unknown parameter`},
	{"missing parameter", begin + "  - do: note\n", `3 paths.p.steps[0].with: the parameter what is missing`},
	{"parameter of another type", begin + "  - do: note\n    with: {what: [a]}\n", `3 paths.p.steps[0].with.what: expected text`},
	{"unknown value", begin + "  - do: note\n    with: {what: \"{height}\"}\n", `3 paths.p.steps[0].with.what: nothing sets the value "height"`},
	{"unknown value compared", begin + "  - choose: [{when: {height: 3}, then: next}]\n", `3 paths.p.steps[0].choose[0].when.height: nothing sets`},
	{"unknown value to compare with", begin + "  - choose: [{when: {number: \"{height}\"}, then: next}]\n", `3 paths.p.steps[0].choose[0].when.number: nothing sets`},
	{"outcome without a branch", begin + "  - do: seat\n", `3 paths.p.steps[0].on: seat may come out as "full"`},
	{"branch without an outcome", begin + "  - do: seat\n    on: {full: next, empty: next}\n", `3 paths.p.steps[0].on.empty: seat never comes out as "empty"`},
	{"unreachable", begin + "  - do: seat\n    on: {full: end no, ok: end yes}\n  - do: fail\n", `5 paths.p.steps[1]: no way leads to this step`},
	{"round without a wait", begin + "  - {name: a, do: fail}\n  - choose: [{when: {number: 1}, then: go a}]\n  - end: ok\n", `3 paths.p.steps[0]: the path can come round`},
	{"round through branches", begin + "  - name: a\n    do: seat\n    on:\n      full:\n        - do: fail\n        - choose: [{when: {number: 1}, then: go a}]\n", `3 paths.p.steps[0]: the path can come round`},
	{"jump to nowhere", begin + "  - choose: [{when: {number: 1}, then: go b}]\n", `3 paths.p.steps[0]: there is no step named "b"`},
	{"stage in a branch", begin + "  - do: seat\n    on: {full: [{stage: {en: x}, wait: path_test.joined}]}\n", `4 paths.p.steps[0.full.0]: a stage begins with a step of the path itself`},
	{"name twice", begin + "  - {name: a, wait: path_test.joined}\n  - {name: a, wait: path_test.joined}\n", `4 paths.p.steps[1]: another step is named "a" too`},
	{"else without for", begin + "  - {wait: path_test.joined, else: end late}\n", `3 paths.p.steps[0].else: else needs a deadline`},
	{"for where nothing waits", begin + "  - {do: fail, for: 1h}\n", `3 paths.p.steps[0].for: only wait, ask and gate`},
	{"duration", begin + "  - {wait: path_test.joined, for: 2 hours}\n", `3 paths.p.steps[0].for: a duration is written as`},
	{"duration beyond all", begin + "  - {wait: path_test.joined, for: 999999999w}\n", `3 paths.p.steps[0].for: a duration is written as`},
	{"negative duration", begin + "  - {wait: path_test.joined, for: -1h}\n", `3 paths.p.steps[0].for: the duration is negative`},
	{"until nothing", begin + "  - until: {weekday: mon}\n", `3 paths.p.steps[0].until: say until when`},
	{"until in two ways", begin + "  - until: {after: 1h, moment: opening}\n", `3 paths.p.steps[0].until: say until when in one way`},
	{"weekday", begin + "  - until: {weekday: someday, hour: \"20:00\"}\n", `3 paths.p.steps[0].until.weekday: a weekday is one of`},
	{"hour", begin + "  - until: {hour: \"25:00\"}\n", `3 paths.p.steps[0].until.hour: an hour is written as`},
	{"moment", begin + "  - until: {moment: doomsday}\n", `3 paths.p.steps[0].until.moment: no moment is called`},
	{"parameter of a moment", begin + "  - until: {moment: opening, colour: red}\n", `3 paths.p.steps[0].until.colour: unknown parameter`},
	{"reminder", begin + "  - until: {moment: opening}\n    remind: {do: fail}\n", `4 paths.p.steps[0].remind: a reminder needs before and do`},
	{"role", begin + "  - {ask: look, role: pope, outcomes: {ok: next}}\n", `3 paths.p.steps[0].role: no role is called "pope"`},
	{"ask without outcomes", begin + "  - {ask: look, role: service}\n", `3 paths.p.steps[0]: an ask needs a role and outcomes`},
	{"ask with none", begin + "  - {ask: look, role: service, outcomes: {}}\n", `3 paths.p.steps[0].outcomes: a task needs a way`},
	{"outcome that the engine uses", begin + "  - {ask: look, role: service, outcomes: {else: next}}\n", `3 paths.p.steps[0].outcomes.else: an outcome is a word`},
	{"outcome that is no word", begin + "  - {ask: look, role: service, outcomes: {\"a.b\": next}}\n", `3 paths.p.steps[0].outcomes.a.b: an outcome is a word`},
	{"no way on", begin + "  - {wait: path_test.joined, for: 1h, else: away}\n", `3 paths.p.steps[0].else: a way on is`},
	{"gate of nothing", begin + "  - gate: []\n", `3 paths.p.steps[0].gate: expected a list`},
	{"choices that are no list", begin + "  - choose: {when: {number: 1}}\n", `3 paths.p.steps[0].choose: expected a list`},
	{"choice without a condition", begin + "  - choose: [{then: next}]\n", `3 paths.p.steps[0].choose[0].when: say when`},
	{"other facts that are no list", begin + "  - {wait: path_test.joined, or: {on: path_test.lapsed}}\n", `3 paths.p.steps[0].or: expected a list`},
	{"other fact unnamed", begin + "  - {wait: path_test.joined, or: [{then: next}]}\n", `3 paths.p.steps[0].or[0].on: name the fact`},
	{"another kind's or", begin + "  - {until: {after: 1h}, or: [{on: path_test.lapsed}]}\n", `3 paths.p.steps[0].or: or belongs to a step with wait or ask`},
	{"ask ended by an unnamed fact", begin + "  - {ask: look, role: service, outcomes: {ok: next}, or: [{then: next}]}\n", `3 paths.p.steps[0].or[0].on: name the fact`},
	{"ask ended by an unknown fact", begin + "  - end: ok\n  - {ask: look, role: service, outcomes: {ok: next}, or: [{on: path_test.joined}, {on: path_test.nope}]}\n", `4 paths.p.steps[1].or[1].on: no fact is called "path_test.nope"`},
	{"ask ended where nothing sets the value", begin + "  - {ask: look, role: service, outcomes: {ok: next}, or: [{on: path_test.joined, where: {height: 3}}]}\n", `3 paths.p.steps[0].or[0].where.height: nothing sets the value "height"`},
	{"ask ended to nowhere", begin + "  - {ask: look, role: service, outcomes: {ok: next}, or: [{on: path_test.joined, then: go b}]}\n", `3 paths.p.steps[0]: there is no step named "b"`},
	{"outcome that a fact's way is called", begin + "  - {ask: look, role: service, outcomes: {ok: next, or1: next}, or: [{on: path_test.joined}, {on: path_test.lapsed}]}\n", `3 paths.p.steps[0].outcomes.or1: a task that facts can end`},
	{"compared with nothing", begin + "  - choose: [{when: {number: {a: 1}}, then: next}]\n", `3 paths.p.steps[0].choose[0].when.number: compare it with`},
	{"compared with no number", begin + "  - choose: [{when: {number: \"> many\"}, then: next}]\n", `3 paths.p.steps[0].choose[0].when.number: ">" compares with a number`},
	{"null", begin + "  - end: ~\n", `3 paths.p.steps[0].end: expected a text`},
}

func TestFaultsAreToldWithLineAndField(t *testing.T) {
	w := newWorld(t, testkit.SQLite(t))
	for _, x := range faulty {
		t.Run(x.name, func(t *testing.T) {
			d, problems := parseAll(x.source)
			if len(problems) == 0 {
				problems = w.engine.Validate(d, []string{"service", "admin"})
			}
			var got []string
			for _, p := range problems {
				got = append(got, fmt.Sprintf("%d %s: %s", p.Line, p.Field, p.Reason))
			}
			if len(got) == 0 || !strings.HasPrefix(got[0], x.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), x.want)
			}
		})
	}
	d, problems := parseAll(intake)
	if problems = append(problems, w.engine.Validate(d, nil)...); len(problems) > 0 { // the control: a sound one has none
		t.Errorf("a sound path has problems: %v", problems)
	}
}

func parseAll(source string) (path.Definition, []path.Problem) {
	var n yaml.Node
	if err := yaml.Unmarshal([]byte(source), &n); err != nil || len(n.Content) == 0 {
		return path.Definition{}, []path.Problem{{Field: "yaml", Reason: fmt.Sprint(err)}}
	}
	return path.Parse("p", n.Content[0])
}

// A task with a deadline and no else goes on to the next step when it passes, so that step is reached.
func TestADeadlineWithoutElseGoesOn(t *testing.T) {
	w := newWorld(t, testkit.SQLite(t))
	d, problems := parseAll(begin + "  - {ask: look, role: service, outcomes: {ok: end seen}, for: 1h}\n  - end: unseen\n")
	if problems = append(problems, w.engine.Validate(d, nil)...); len(problems) > 0 {
		t.Error(problems)
	}
}

// Whatever the bytes are: no panic, and either problems or a path that compiles and can be stored.
func FuzzParse(f *testing.F) {
	f.Add(intake)
	for _, x := range faulty {
		f.Add(x.source)
	}
	f.Add(begin + "  - &a {choose: [{when: {number: .nan}, then: *a}]}\n")
	f.Add(begin + "  - do: note\n    with: {what: 2026-01-01, ? [a] : {1: 2}}\n")
	w := newWorld(f, testkit.SQLite(f))
	f.Fuzz(func(t *testing.T, source string) {
		d, problems := parseAll(source)
		if len(problems) == 0 {
			problems = w.engine.Validate(d, []string{"service"})
		}
		if len(problems) > 0 {
			return
		}
		if _, err := path.Compile(d, 1); err != nil {
			t.Errorf("no problem, but: %v", err)
		}
		if _, _, err := putAgain(t, w, d); err != nil {
			t.Errorf("no problem, but it can't be stored: %v", err)
		}
	})
}

func putAgain(t *testing.T, w *world, d path.Definition) (version int, changed bool, err error) {
	err = w.d.Do(t.Context(), w.d.Community, func(tx *db.Tx) error {
		version, changed, err = w.engine.PutTx(tx, d)
		return err
	})
	return version, changed, err
}
