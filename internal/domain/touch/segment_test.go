package touch_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/domain/touch"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/test/testkit"
)

// Bought is what a segment's people did.
type Bought struct {
	N int `json:"n"`
}

// somebody is a person of a segment's test, as we know them.
type somebody struct {
	id, city, pet   string
	tag, vegan, yes bool
	shoe            float64
	bought          int // times in the last ten days
}

func (w *world) somebody(i int, rt *rapid.T) somebody {
	w.Helper()
	p := somebody{
		city: rapid.SampledFrom([]string{"", "上海", "北京"}).Draw(rt, "city"), pet: rapid.SampledFrom([]string{"", "cat", "dog"}).Draw(rt, "pet"),
		tag: rapid.Bool().Draw(rt, "tag"), vegan: rapid.Bool().Draw(rt, "vegan"), yes: rapid.Bool().Draw(rt, "yes"),
		shoe: float64(rapid.IntRange(0, 3).Draw(rt, "shoe")), bought: rapid.IntRange(0, 3).Draw(rt, "bought"),
	}
	var err error
	p.id, _, err = w.people.FindOrCreate(w.Context(), w.Community, []people.Identifier{{Kind: people.App, Value: fmt.Sprint("app", i)}}, people.Seed{})
	w.must(err)
	w.do(func(tx *db.Tx) error {
		for name, v := range map[people.FieldName]any{"city": p.city, "pet": p.pet, "vegan": p.vegan, "shoe": p.shoe} {
			if name == "shoe" && p.shoe == 0 {
				continue // they have none
			}
			if err := w.people.SetFieldTx(tx, p.id, name, v, "op"); err != nil {
				return err
			}
		}
		if p.tag {
			if _, err := w.people.TagTx(tx, p.id, "vip", "op"); err != nil {
				return err
			}
		}
		for k := range p.bought {
			if _, err := fact.Append(tx, Bought{k}, fact.Fact{Person: p.id, At: tx.Now().Add(-time.Duration(k*24+1) * time.Hour)}); err != nil {
				return err
			}
		}
		_, err := fact.Append(tx, Bought{9}, fact.Fact{Person: p.id, At: tx.Now().AddDate(0, -2, 0)}) // everyone, long ago
		return err
	})
	w.consent(p.id, people.ForMarketing, "email", p.yes)
	return p
}

// condition is one that both we and the database can judge.
type condition struct {
	rule  string
	holds func(somebody) bool
}

var conditions = []condition{
	{`{"field":"city","is":["上海","北京"]}`, func(p somebody) bool { return p.city != "" }},
	{`{"field":"city","is":"上海"}`, func(p somebody) bool { return p.city == "上海" }},
	{`{"field":"city","known":false}`, func(p somebody) bool { return p.city == "" }},
	{`{"field":"custom.pet","is":["dog"]}`, func(p somebody) bool { return p.pet == "dog" }},
	{`{"field":"custom.pet","known":true}`, func(p somebody) bool { return p.pet != "" }},
	{`{"field":"custom.vegan","is":true}`, func(p somebody) bool { return p.vegan }},
	{`{"field":"custom.shoe","from":"2"}`, func(p somebody) bool { return p.shoe >= 2 }},
	{`{"field":"custom.shoe","is":[1,3]}`, func(p somebody) bool { return p.shoe == 1 || p.shoe == 3 }},
	{`{"field":"custom.shoe","to":"1","known":true}`, func(p somebody) bool { return p.shoe == 1 }},
	{`{"tag":"vip"}`, func(p somebody) bool { return p.tag }},
	{`{"consent":"marketing","channel":"email"}`, func(p somebody) bool { return p.yes }},
	{`{"consent":"marketing","channel":"sms"}`, func(somebody) bool { return false }},
	{`{"fact":"touch_test.bought","from":"-10d"}`, func(p somebody) bool { return p.bought > 0 }},
	{`{"fact":"touch_test.bought","from":"-10d","at_least":2}`, func(p somebody) bool { return p.bought > 1 }},
	{`{"fact":"touch_test.bought","from":"-10d","to":"-24h"}`, func(p somebody) bool { return p.bought > 1 }},
	{`{"fact":"touch_test.bought"}`, func(somebody) bool { return true }},
	{`{"fact":"touch_test.stole"}`, func(somebody) bool { return false }},
	{`{"member":"*"}`, func(somebody) bool { return false }},
	{`{"blocked":true}`, func(somebody) bool { return false }},
	{`{"ways":[0]}`, func(somebody) bool { return true }},
	{`{"created":true,"from":"-1d"}`, func(somebody) bool { return true }},
	{`{"seen":true,"to":"2020-01-01"}`, func(somebody) bool { return false }},
	{`{}`, func(somebody) bool { return true }},
}

// tree draws a rule of some depth.
func tree(t *rapid.T, depth int) condition {
	kind := rapid.IntRange(0, 5).Draw(t, "kind")
	if depth == 0 || kind > 2 {
		c := rapid.SampledFrom(conditions[:len(conditions)-1]).Draw(t, "condition")
		return c
	}
	if kind == 2 {
		inner := tree(t, depth-1)
		return condition{`{"not":` + inner.rule + `}`, func(p somebody) bool { return !inner.holds(p) }}
	}
	n := rapid.IntRange(1, 3).Draw(t, "n")
	var rules []string
	var parts []condition
	for range n {
		c := tree(t, depth-1)
		rules, parts = append(rules, c.rule), append(parts, c)
	}
	all := kind == 0
	return condition{fmt.Sprintf(`{"%s":[%s]}`, map[bool]string{true: "all", false: "any"}[all], strings.Join(rules, ",")), func(p somebody) bool {
		for _, c := range parts {
			if c.holds(p) != all {
				return !all
			}
		}
		return all
	}}
}

// O1: whatever the rule, the database chooses whom it describes; the count, the first people and the walk through all agree.
func TestSegmentsChooseWhomTheyDescribe(t *testing.T) {
	each(t, func(w *world) {
		var crowd []somebody
		rapid.Check(t, func(rt *rapid.T) {
			if len(crowd) < 40 {
				crowd = append(crowd, w.somebody(len(crowd), rt))
			}
			c := tree(rt, 3)
			if i := len(crowd) - 1; i < len(conditions) {
				c = conditions[i] // each alone at least once
			}
			rule, err := touch.ParseRule([]byte(c.rule))
			if err != nil {
				rt.Fatalf("%s: %v", c.rule, err)
			}
			var want []string
			for _, p := range crowd {
				if c.holds(p) {
					want = append(want, p.id)
				}
			}
			slices.Sort(want)
			got := w.look(rule)
			if !slices.Equal(got, want) {
				rt.Fatalf("%s: %v, want %v of %+v", c.rule, got, want, crowd)
			}
			again, err := json.Marshal(rule)
			if err != nil {
				rt.Fatal(err)
			}
			if back, err := touch.ParseRule(again); err != nil || !slices.Equal(w.look(back), want) {
				rt.Fatalf("%s became %s: %v", c.rule, again, err)
			}
		})
	})
}

// look gives the ids that a segment shows, in order of the ids, and checks its count.
func (w *world) look(rule touch.Rule) (ids []string) {
	w.Helper()
	out, err := w.touch.Look(w.Context(), w.Community, rule, 1000)
	w.must(err)
	for _, p := range out.People {
		ids = append(ids, p.ID)
	}
	if out.Count != len(ids) || out.More {
		w.Errorf("%d people, counted %d", len(ids), out.Count)
	}
	slices.Sort(ids)
	return ids
}

// P1: what happened to somebody before a merge, and what they said, counts for who stands for both.
func TestSegmentsOfMergedPersons(t *testing.T) {
	each(t, func(w *world) {
		ann := w.person("ann")
		w.Clock.Advance(time.Second)
		bea := w.person("bea")
		w.consent(ann, people.ForMarketing, "", false)
		w.do(func(tx *db.Tx) error { _, err := fact.Append(tx, Bought{}, fact.Fact{Person: bea}); return err })
		w.consent(bea, people.ForMarketing, "email", true)
		w.do(func(tx *db.Tx) error { _, err := w.people.MergeTx(tx, ann, bea, "op"); return err })
		w.must(w.people.Erase(t.Context(), w.Community, w.person("gone"), "op"))
		for rule, want := range map[string][]string{
			`{"fact":"touch_test.bought"}`: {ann}, `{"consent":"marketing","channel":"email"}`: {ann}, `{"consent":"marketing"}`: nil, `{}`: {ann},
			`{"not":{"fact":"touch_test.bought"}}`: nil,
		} {
			r, err := touch.ParseRule([]byte(rule))
			w.must(err)
			if got := w.look(r); !slices.Equal(got, want) {
				t.Errorf("%s: %v", rule, got)
			}
		}
	})
}

// The condition on consent says the same as the gate, whatever was said in whatever order.
func TestConsentInSegmentsAsAtTheGate(t *testing.T) {
	each(t, func(w *world) {
		w.Clock.Set(at(8, 12, 0))
		n := 0
		rapid.Check(t, func(rt *rapid.T) {
			if n++; n > 30 && w.Dialect() == db.Postgres {
				return
			}
			id, _, err := w.people.FindOrCreate(t.Context(), w.Community, []people.Identifier{{Kind: people.App, Value: fmt.Sprint(n)}}, people.Seed{})
			w.must(err)
			if rapid.Bool().Draw(rt, "child") {
				w.do(func(tx *db.Tx) error { return w.people.SetFieldTx(tx, id, "born_on", "2018-01-01", "op") })
			}
			for range rapid.IntRange(0, 6).Draw(rt, "statements") {
				purpose := rapid.SampledFrom([]people.Purpose{people.ForMarketing, people.ForMarketing, "", people.ForGuardian}).Draw(rt, "purpose")
				channel := rapid.SampledFrom([]people.Channel{"", "email", "sms"}).Draw(rt, "channel")
				if purpose == "" && channel == "" {
					channel = "email"
				}
				if rapid.Bool().Draw(rt, "later") {
					w.Clock.Advance(time.Millisecond)
				}
				err := w.people.Consent(t.Context(), w.Community, id, people.Consent{Purpose: purpose, Channel: channel, Given: rapid.Bool().Draw(rt, "given"), Wording: "v1"})
				if err != nil && errs.As(err) == nil {
					t.Fatal(err)
				}
			}
			for _, channel := range []people.Channel{"", "email", "sms"} {
				var allowed bool
				w.must(w.Read(t.Context(), w.Community, func(tx *db.Tx) (err error) {
					allowed, err = w.people.HasConsent(tx, id, people.ForMarketing, channel)
					if err != nil {
						return err
					}
					who, err := w.people.Recipients(tx, id)
					if err == nil && who[id].Allows(people.ForMarketing, channel) != allowed {
						rt.Fatalf("a recipient allows %q: not as HasConsent", channel)
					}
					return err
				}))
				if got := slices.Contains(w.look(touch.Rule{Consent: "marketing", Channel: string(channel)}), id); got != allowed {
					rt.Fatalf("channel %q: chosen %t, allowed %t", channel, got, allowed)
				}
			}
		})
	})
}

var badRules = map[string]struct {
	rule, at string
	err      error
}{
	"not JSON":        {`{`, "", touch.ErrRuleJSON},
	"a list":          {`[]`, "", touch.ErrRuleJSON},
	"two conditions":  {`{"tag":"a","blocked":true}`, "", touch.ErrRuleOne},
	"none":            {`{"from":"-1d"}`, "", touch.ErrRuleOne},
	"empty inside":    {`{"all":[{}]}`, "/all/0", touch.ErrRuleOne},
	"unknown key":     {`{"all":[{"tag":"a"},{"tagg":"b"}]}`, "/all/1", touch.ErrRuleKey},
	"not its key":     {`{"tag":"a","from":"-1d"}`, "", touch.ErrRuleKey},
	"twice":           {`{"tag":"a","tag":"b"}`, "", touch.ErrRuleKey},
	"not a text":      {`{"tag":5}`, "/tag", touch.ErrRuleValue},
	"null":            {`{"tag":null}`, "/tag", touch.ErrRuleValue},
	"empty list":      {`{"any":[]}`, "/any", touch.ErrRuleValue},
	"a kind":          {`{"fact":"'; DROP TABLE person"}`, "/fact", touch.ErrRuleValue},
	"a time":          {`{"not":{"seen":true,"from":"soon"}}`, "/not/from", touch.ErrRuleValue},
	"a purpose":       {`{"consent":"fun"}`, "/consent", touch.ErrRuleValue},
	"a number":        {`{"fact":"a.b","at_least":0}`, "/at_least", touch.ErrRuleValue},
	"ways":            {`{"ways":[4]}`, "/ways", touch.ErrRuleValue},
	"false":           {`{"blocked":false}`, "/blocked", touch.ErrRuleValue},
	"nothing asked":   {`{"field":"city"}`, "/is", touch.ErrRuleValue},
	"an object":       {`{"field":"city","is":[{}]}`, "/is/0", touch.ErrRuleValue},
	"too deep":        {strings.Repeat(`{"not":`, 9) + `{"tag":"a"}` + strings.Repeat(`}`, 9), strings.Repeat("/not", 8), touch.ErrRuleSize},
	"too many":        {`{"all":[` + strings.Repeat(`{"tag":"a"},`, 60) + `{"tag":"a"}]}`, "/all/59", touch.ErrRuleSize},
	"too long":        {`{"tag":"` + strings.Repeat("a", 70_000) + `"}`, "", touch.ErrRuleSize},
	"no such field":   {`{"all":[{"field":"phone","is":["1"]}]}`, "/all/0", people.ErrField},
	"no such custom":  {`{"field":"custom.x","is":["1"]}`, "", people.ErrField},
	"not a number":    {`{"field":"custom.shoe","is":["x"]}`, "", people.ErrNumber},
	"not yes or no":   {`{"field":"custom.vegan","is":["x"]}`, "", people.ErrBool},
	"no order":        {`{"field":"city","from":"2026-01-01"}`, "", people.ErrDate},
	"a time for a no": {`{"created":true,"from":"40"}`, "/from", touch.ErrRuleTime},
}

func TestBadRulesAreRefusedWithTheirPlace(t *testing.T) {
	w := open(t, testkit.SQLite(t))
	for name, c := range badRules {
		r, err := touch.ParseRule([]byte(c.rule))
		if err == nil {
			err = w.Read(t.Context(), w.Community, func(tx *db.Tx) error { return w.touch.CheckRule(tx, r) })
		}
		if !errors.Is(err, c.err) || errs.As(err).Field != c.at {
			t.Errorf("%s: %v, want %v at %s", name, err, c.err, c.at)
		}
	}
}

// What is parsed stays what it is, and its statement holds no value of it.
func FuzzRule(f *testing.F) {
	for _, c := range badRules {
		f.Add([]byte(c.rule))
	}
	for _, c := range conditions {
		f.Add([]byte(c.rule))
	}
	w := open(f, testkit.SQLite(f))
	f.Fuzz(func(t *testing.T, source []byte) {
		rule, err := touch.ParseRule(source)
		if err != nil {
			if errs.As(err) == nil {
				t.Fatalf("an untyped refusal: %v", err)
			}
			return
		}
		once, err := json.Marshal(rule)
		if err != nil {
			t.Fatal(err)
		}
		back, err := touch.ParseRule(once)
		if err != nil {
			t.Fatalf("%s became %s, which is refused: %v", source, once, err)
		}
		if twice, _ := json.Marshal(back); string(twice) != string(once) {
			t.Fatalf("%s, then %s", once, twice)
		}
		if _, err := w.touch.Look(t.Context(), w.Community, rule, 10); err != nil && errs.As(err) == nil {
			t.Fatalf("%s: %v", once, err)
		}
	})
}
