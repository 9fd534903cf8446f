package playbook_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/app"
	"github.com/qunce/qunce/internal/domain/circle"
	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/playbook"
	"github.com/qunce/qunce/internal/spine/path"
	"github.com/qunce/qunce/internal/spine/seat"
	"github.com/qunce/qunce/playbooks"
	"github.com/qunce/qunce/test/lived"
	"github.com/qunce/qunce/test/testkit"
)

// Applying twice changes nothing the second time; its community is named after it; and what was applied, applied to another
// community on the other database, is the same (X1).
func TestApplyIsIdempotentAndGoesRound(t *testing.T) {
	files, err := playbooks.Files.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	each(t, func(t *testing.T, w *world) {
		other := begin(t, app.Config{Data: t.TempDir(), Scratch: true})
		for i, f := range files {
			source, err := playbooks.Files.ReadFile(f.Name())
			w.must(err)
			name := strings.TrimSuffix(f.Name(), ".yaml")
			w.Community = w.create("case-" + name)
			if len(w.apply(string(source))) == 0 {
				t.Errorf("%s: nothing changed at first", name)
			}
			// The same with other words between the lines.
			if again := w.apply("# a remark\n" + string(source)); len(again) > 0 {
				t.Errorf("%s: applied again it changed %v", name, again)
			}
			a := w.applied()
			c, err := w.Communities.ByID(t.Context(), w.Community)
			w.must(err)
			if a.Version != 1 || a.Name != name || c.Playbook != name || c.PlaybookVersion != "1" {
				t.Errorf("version %d of %s, the community says %s of %s", a.Version, a.Name, c.PlaybookVersion, c.Playbook)
			}
			other.Community = other.create(fmt.Sprint("round-", i))
			other.apply(a.Source)
			here, there := w.state(), other.state()
			if here != there {
				t.Errorf("%s differs on the other database:\n%s\n%s", name, here, there)
			}
		}
	})
}

// state is what a playbook has set up, as text.
func (w *world) state() string {
	w.t.Helper()
	var out []string
	w.read(func(tx *db.Tx) error {
		p, err := w.Playbooks.Current(tx)
		if err != nil {
			return err
		}
		config, err := w.Intake.ConfigTx(tx)
		if err != nil {
			return err
		}
		groups, err := w.Circles.GroupsTx(tx)
		if err != nil {
			return err
		}
		entries, err := w.Intake.Entries(tx, intake.EntryFilter{}, "", 200)
		if err != nil {
			return err
		}
		paths, err := w.Paths.List(tx)
		set, broken := json.Marshal([]any{config, groups, paths})
		w.must(broken)
		out = append(out, p.Name, string(set))
		for _, e := range entries.Items {
			out = append(out, e.Code+e.Title+e.Path+e.Keyword+e.LiveCode)
		}
		slices.Sort(out)
		return err
	})
	return strings.Join(out, "\n")
}

// A change is told by its field, under the name of what it is in; another order is a change too (X1).
func TestDiff(t *testing.T) {
	for _, c := range []struct{ name, from, to, want string }{
		{"nothing", "name: small", "name: small # a remark", ""},
		{"a number", "rate: 60", "rate: 61", "intake.openings[doors].rate 60 61"},
		{"one more, in front", "  entries:\n", "  entries:\n    - {code: first, title: 先, path: way}\n", "intake.entries[first] <nil> map[code:first path:way title:先]"},
		{"one less", "    - {name: 公众号, kind: account}\n", "    - {name: 视频, kind: video}\n", "intake.sources[公众号] map[kind:account name:公众号] <nil>; intake.sources[视频] <nil> map[kind:video name:视频]"},
		{"a step", "for: 48h", "for: 72h", "paths[way].steps[1].for 2d 3d"},
		{"a text in one language", "title: 小群", "title: {zh-Hans: 小群, en: Small}", "title.en <nil> Small"},
	} {
		from, problems := playbook.Parse([]byte(small))
		to, more := playbook.Parse([]byte(strings.Replace(with(t, c.from, c.to), "source: 公众号, ", map[bool]string{true: "source: 视频, ", false: "source: 公众号, "}[c.name == "one less"], 1)))
		if len(problems)+len(more) > 0 {
			t.Fatalf("%s: %v %v", c.name, problems, more)
		}
		changes, err := playbook.Diff(from, to)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, x := range changes {
			if c.name != "one less" || !strings.HasPrefix(x.Field, "intake.entries") {
				got = append(got, fmt.Sprint(x.Field, " ", x.From, " ", x.To))
			}
		}
		if strings.Join(got, "; ") != c.want {
			t.Errorf("%s: %s, want %s", c.name, strings.Join(got, "; "), c.want)
		}
	}
	two := strings.Replace(small, "    - {name: 公众号, kind: account}\n", "    - {name: 公众号, kind: account}\n    - {name: 视频, kind: video}\n", 1)
	turned := strings.Replace(small, "    - {name: 公众号, kind: account}\n", "    - {name: 视频, kind: video}\n    - {name: 公众号, kind: account}\n", 1)
	a, _ := playbook.Parse([]byte(two))
	b, _ := playbook.Parse([]byte(turned))
	if changes, _ := playbook.Diff(a, b); len(changes) != 1 || changes[0].Field != "intake.sources (order)" {
		t.Errorf("another order: %+v", changes)
	}
}

// What only the program knows is refused with its line as well: actions, facts, roles, circles without a wait (X1).
func TestHeldAgainstTheProgram(t *testing.T) {
	w := begin(t, app.Config{Data: t.TempDir(), Scratch: true})
	for _, c := range []struct{ name, from, to, reason string }{
		{"no such step", "else: end lapsed", "else: go nowhere", "nowhere"},
		{"no such action", "do: touch.send", "do: touch.shout", "touch.shout"},
		{"no such fact", "wait: intake.registered", "wait: intake.paid", "intake.paid"},
		{"no such template", "template: hello", "template: goodbye", "no template"},
		{"a placeholder that nobody fills", "body: 欢迎}", "body: 欢迎, link: \"/e/{entry_code}\"}", "nothing fills {entry_code}"},
		{"no such group", "with: {group: room}", "with: {group: hall}", "no group"},
		{"an outcome without a way", "blocked: end refused, unfit", "unfit", "blocked"},
		{"a cycle without a wait", "      - do: touch.send\n", "      - name: round\n        choose: [{when: {number: 1}, then: go round}]\n        else: go round\n      - do: touch.send\n", ""},
		{"a role nobody has", "      - end: seated", "      - {ask: look, role: butler, outcomes: {ok: next}}\n      - end: seated", "butler"},
	} {
		source := with(t, c.from, c.to)
		_, err := w.Playbooks.Apply(t.Context(), w.Community, "", []byte(source))
		problems := playbook.ProblemsOf(err)
		if !errors.Is(err, playbook.ErrWrong) || len(problems) == 0 {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		first := lineOf(source, c.to)
		if p := problems[0]; !strings.Contains(p.Reason, c.reason) || p.Field == "" || p.Line < first-2 || p.Line > first+strings.Count(c.to, "\n")+2 {
			t.Errorf("%s: %s; want line %d, %q", c.name, p, first, c.reason)
		}
	}
	if err := w.DB.Read(t.Context(), w.Community, func(tx *db.Tx) error { _, err := w.Playbooks.AppliedTx(tx); return err }); !errors.Is(err, playbook.ErrNone) {
		t.Errorf("a wrong one was applied: %v", err)
	}
}

// Wholly or not at all: what fails behind it takes everything back, and the next one begins where it was (X1).
func TestAllOrNothing(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.apply(small)
		before := w.state()
		p, err := w.Playbooks.Read([]byte(with(t, "rate: 60", "rate: 61")))
		w.must(err)
		boom := errors.New("boom")
		err = w.DB.Alone(t.Context(), w.Community, func(tx *db.Tx) error {
			if _, err := w.Playbooks.ApplyTx(tx, "", []byte(small), p); err != nil {
				return err
			}
			return boom
		})
		if !errors.Is(err, boom) || w.state() != before || w.applied().Version != 1 {
			t.Errorf("%v, version %d", err, w.applied().Version)
		}
		// Two at once: one after the other.
		var wg sync.WaitGroup
		for i := range 4 {
			wg.Go(func() {
				if _, err := w.Playbooks.Apply(t.Context(), w.Community, "", []byte(with(t, "rate: 60", fmt.Sprint("rate: ", 70+i%2)))); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if v := w.applied().Version; v < 3 || v > 5 {
			t.Errorf("version %d", v)
		}
	})
}

// A playbook may change while people are on their way: who stands at a step that is gone finishes by the version they began
// with, circles with people in them keep everyone, and nobody is sent to a contact that is gone (O2, C1).
func TestApplyWhilePeopleAreInside(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.apply(small)
		ann := w.arrive("join", "1")
		var room string
		w.read(func(tx *db.Tx) error {
			pools, err := w.Seats.Pools(tx, "room")
			room = pools[0].Circle
			return err
		})
		for i := range 5 {
			bea, _, err := w.People.FindOrCreate(t.Context(), w.Community, []people.Identifier{{Kind: people.App, Value: fmt.Sprintf("someone-%020d", i), Verified: true}}, people.Seed{})
			w.must(err)
			got, err := w.Seats.Hold(t.Context(), w.Community, seat.Claim{Key: fmt.Sprint("k", i), Group: "room", Holder: seat.Holder{ID: bea, Person: true}, TTL: time.Hour})
			w.must(err)
			_, err = w.Circles.Join(t.Context(), w.Community, circle.Join{Person: bea, Circle: got.Circle})
			w.must(err)
		}
		changed := strings.NewReplacer("capacity: 20", "capacity: 3", "      - until: {moment: doors}\n", "", "nurse-1", "nurse-2").Replace(small)
		w.apply(changed)
		w.read(func(tx *db.Tx) error {
			p, err := w.Seats.Pool(tx, room)
			if p.Capacity != 5 || p.Taken != 5 { // 3 as soon as two have left
				t.Errorf("a circle of %d with %d in it", p.Capacity, p.Taken)
			}
			if err != nil {
				return err
			}
			r, _, err := w.Paths.Latest(tx, "way", ann)
			if err != nil {
				return err
			}
			if r.Version != 1 || r.State != path.Running {
				t.Errorf("her run: %+v", r)
			}
			contacts, err := w.Intake.Contacts(tx, "nurses")
			for _, c := range contacts {
				if gone := c.ID == "nurse-1"; gone == c.Duty || gone != (c.Daily == 0) {
					t.Errorf("contact %+v", c)
				}
			}
			return err
		})
		w.Clock.Advance(3 * time.Hour)
		w.settle()
		w.read(func(tx *db.Tx) error {
			e, err := w.Intake.EntryByCode(tx, "join")
			if err != nil {
				return err
			}
			x, err := w.Intake.StandingTx(tx, ann, e)
			if x.Stage != intake.ToFill {
				t.Errorf("she stands at %s", x.Stage)
			}
			return err
		})
		bea := w.arrive("join", "2")
		w.read(func(tx *db.Tx) error {
			r, _, err := w.Paths.Latest(tx, "way", bea)
			if r.Version != 2 {
				t.Errorf("the next one's run: %+v", r)
			}
			return err
		})
		// A path that is gone starts nothing; given again, it does.
		w.apply(strings.ReplaceAll(small, "way", "street"))
		w.apply(small)
		cat := w.arrive("join", "3")
		w.read(func(tx *db.Tx) error {
			_, found, err := w.Paths.Latest(tx, "way", cat)
			if !found {
				t.Error("the path that came back starts nothing")
			}
			return err
		})
		faults, err := w.Verify(t.Context(), w.Community)
		w.must(err)
		for part, n := range faults.ByPart() {
			if n > 0 {
				t.Errorf("verify finds %d flaws of %s", n, part)
			}
		}
	})
}

// Other rules for the stages put everybody where the new rules say (P3).
func TestOtherStages(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.apply(small)
		ann := w.arrive("join", "1")
		stage := func() (s people.Stage) {
			w.read(func(tx *db.Tx) error {
				p, err := w.People.GetTx(tx, ann)
				s = p.Stage
				return err
			})
			return s
		}
		if stage() != "new" {
			t.Fatalf("stage %q", stage())
		}
		w.apply(with(t, "{stage: new}", "{stage: fresh}"))
		if stage() != "fresh" {
			t.Errorf("stage %q after the rules changed", stage())
		}
	})
}

// Another program may apply a playbook to the same database: this one sees it within ten seconds.
func TestAppliedByAnotherProgram(t *testing.T) {
	cfg := app.Config{Data: t.TempDir(), DatabaseURL: testkit.PostgresURL(t)}
	w := begin(t, cfg)
	w.apply(small)
	other := &world{World: lived.Open(t, cfg, testkit.Start), t: t}
	other.Community = w.Community
	name := func() (rate int) {
		w.read(func(tx *db.Tx) error {
			p, err := w.Playbooks.Current(tx)
			rate = p.Intake.Openings[0].Rate
			return err
		})
		return rate
	}
	if name() != 60 {
		t.Fatal("wrong from the start")
	}
	other.apply(with(t, "rate: 60", "rate: 61"))
	if name() != 60 {
		t.Error("the control fails: nothing is kept in memory")
	}
	w.Clock.Advance(11 * time.Second)
	if name() != 61 {
		t.Error("the old one is kept for ever")
	}
}

// A playbook that a later program would refuse goes on working, and another can be applied in its place.
func TestAppliedByAnOlderProgram(t *testing.T) {
	w := begin(t, app.Config{Data: t.TempDir(), Scratch: true})
	w.apply(small)
	w.must(w.DB.Do(t.Context(), w.Community, func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE playbook_applied SET source = $2 WHERE community_id = $1`, tx.Community(), with(t, "per_phone: 5", "per_phone: -1"))
		return err
	}))
	w.Clock.Advance(time.Minute)
	w.arrive("join", "1")
	if fields := w.apply(small); !slices.Equal(fields, []string{"intake.limits.per_phone"}) {
		t.Errorf("changed %v", fields)
	}
}
