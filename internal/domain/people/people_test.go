package people_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/bus"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/job"
	"github.com/qunce/qunce/internal/platform/secret"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/test/testkit"
)

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

var shanghai = time.FixedZone("Asia/Shanghai", 8*3600)

func days(n int) *int { return &n }

// motherStages are the stages of mothers and babies, as a playbook declares them.
var motherStages = []people.StageRule{
	{Stage: "pregnancy", Anchor: people.DueDate, From: days(-300), Until: days(1)},
	{Stage: "parenting", Anchor: people.DueDate, From: days(1)},
	{Stage: "parenting", Anchor: people.BirthDate, From: days(0)},
	{Stage: "preconception"},
}

type house struct {
	*testkit.DB
	s       *people.Service
	log     *fact.Log
	runner  *job.Runner
	looks   []string
	conf    people.Settings
	secrets people.Secrets
}

func open(t *testing.T, d *testkit.DB) *house {
	t.Helper()
	keys, err := secret.OpenOrCreate(filepath.Join(t.TempDir(), "key"))
	if err != nil {
		t.Fatal(err)
	}
	h := &house{DB: d, secrets: keys, conf: people.Settings{Zone: shanghai, Stages: motherStages, Fields: []people.Field{
		{Name: "shoe_size", Type: people.NumberField},
		{Name: "vegetarian", Type: people.BoolField},
		{Name: "wedding", Type: people.DateField},
		{Name: "pet", Type: people.ChoiceField, Choices: []string{"cat", "dog"}},
		{Name: "motto", Type: people.TextField, Max: 10},
	}}}
	h.log = fact.NewLog(d.DB, bus.NewLocal(), quiet)
	h.runner = job.NewRunner(d.DB, quiet)
	h.s = people.New(d.DB, keys, func(*db.Tx) (people.Settings, error) { return h.conf, nil },
		func(_ *db.Tx, by audit.Actor, _ string, field people.FieldName) error {
			h.looks = append(h.looks, by.ID+" "+string(field))
			return nil
		})
	h.s.Register(h.runner)
	return h
}

func each(t *testing.T, fn func(t *testing.T, h *house)) {
	t.Helper()
	t.Parallel()
	testkit.Each(t, func(t *testing.T, d *testkit.DB) { fn(t, open(t, d)) })
}

func (h *house) do(t *testing.T, fn func(tx *db.Tx) error) {
	t.Helper()
	if err := h.Do(context.Background(), h.Community, fn); err != nil {
		t.Fatal(err)
	}
}

func (h *house) person(t *testing.T, ids ...people.Identifier) string {
	t.Helper()
	p, _, err := h.s.FindOrCreate(t.Context(), h.Community, ids, people.Seed{})
	if err != nil {
		t.Fatal(err)
	}
	h.Clock.Advance(time.Millisecond)
	return p
}

func (h *house) get(t *testing.T, id string) people.Person {
	t.Helper()
	p, err := h.s.Get(t.Context(), h.Community, id)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (h *house) set(t *testing.T, id string, field people.FieldName, value any) {
	t.Helper()
	h.do(t, func(tx *db.Tx) error { return h.s.SetFieldTx(tx, id, field, value, "") })
}

// kinds are the facts about a person, oldest first.
func (h *house) kinds(t *testing.T, id string) []string {
	t.Helper()
	p, err := h.s.Timeline(t.Context(), h.Community, id, nil, "", 200)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, f := range p.Items {
		out = append(out, f.Kind)
	}
	slices.Reverse(out)
	return out
}

func phone(v string) people.Identifier {
	return people.Identifier{Kind: people.Phone, Value: v, Verified: true}
}

func app(v string) people.Identifier {
	return people.Identifier{Kind: people.App, Value: v, Verified: true}
}

func said(id people.Identifier) people.Identifier {
	id.Verified = false
	return id
}

// P1: one person by any spelling of the number, and two in two communities.
func TestSamePhoneIsOnePersonInACommunity(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		a, created, err := h.s.FindOrCreate(t.Context(), h.Community, []people.Identifier{phone("138 0013 8000")}, people.Seed{Source: "src", Entry: "entry", Nickname: " 小\u3000美 "})
		if err != nil || !created {
			t.Fatal(created, err)
		}
		b, created, err := h.s.FindOrCreate(t.Context(), h.Community, []people.Identifier{phone("＋８６１３８００１３８０００")}, people.Seed{Source: "later"})
		if err != nil || created || a != b {
			t.Errorf("%s, then %s (created %v, %v)", a, b, created, err)
		}
		c, created, err := h.s.FindOrCreate(t.Context(), "another", []people.Identifier{phone("13800138000")}, people.Seed{})
		if err != nil || !created || c == a {
			t.Errorf("in another community %s (created %v, %v)", c, created, err)
		}
		p := h.get(t, a)
		if p.Phone != "138****8000" || p.Nickname != "小 美" || p.FirstSource != "src" || p.LastSource != "later" || p.FirstEntry != "entry" || p.Relation != "stranger" || p.Stage != "preconception" {
			t.Errorf("got %+v", p)
		}
		if _, err := h.s.Get(t.Context(), "another", a); !errors.Is(err, people.ErrNotFound) {
			t.Errorf("seen from another community: %v", err)
		}
		if got, want := h.kinds(t, a), []string{"people.created", "people.stage_changed", "people.identified"}; !slices.Equal(got, want) {
			t.Errorf("facts %v, want %v", got, want)
		}
	})
}

func TestBadIdentifiersAreRefused(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		for _, c := range []struct {
			id   people.Identifier
			want error
		}{
			{phone("12345"), people.ErrPhone},
			{phone("abc"), people.ErrPhone},
			{people.Identifier{Kind: people.Email, Value: "a@b"}, people.ErrEmail},
			{people.Identifier{Kind: "carrier_pigeon", Value: "x"}, people.ErrIdentifier},
			{people.Identifier{Kind: people.Device, Value: "x"}, people.ErrIdentifier},
			{app(""), people.ErrIdentifier},
			{app("x\x00y"), people.ErrIdentifier},
		} {
			if _, _, err := h.s.FindOrCreate(t.Context(), h.Community, []people.Identifier{c.id}, people.Seed{}); !errors.Is(err, c.want) {
				t.Errorf("%v: %v, want %v", c.id, err, c.want)
			}
		}
		if _, _, err := h.s.FindOrCreate(t.Context(), h.Community, nil, people.Seed{}); !errors.Is(err, people.ErrNothingToGoBy) {
			t.Errorf("nothing given: %v", err)
		}
	})
}

// P1: what is verified merges, what is only said proposes.
func TestVerifiedMergesAndUnverifiedProposes(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		var hooked []string
		h.s.OnMerge(func(_ *db.Tx, from, into string) error { hooked = append(hooked, from+">"+into); return nil })
		old, visitor := h.person(t, phone("13800138000"), app("one")), h.person(t, app("two"))

		out, err := h.s.Identify(t.Context(), h.Community, visitor, said(phone("13800138000")), "")
		if err != nil || out.Proposed != old || out.Merged != "" {
			t.Fatalf("said: %+v, %v", out, err)
		}
		if p, err := h.s.Proposals(t.Context(), h.Community, "", 0); err != nil || len(p.Items) != 1 {
			t.Errorf("proposals %v, %v", p.Items, err)
		}
		out, err = h.s.Identify(t.Context(), h.Community, visitor, phone("13800138000"), "")
		if err != nil || out.Person != old || out.Merged != visitor {
			t.Fatalf("verified: %+v, %v", out, err)
		}
		if p, _ := h.s.Proposals(t.Context(), h.Community, "", 0); len(p.Items) != 0 {
			t.Errorf("still proposed: %v", p.Items)
		}
		if !slices.Equal(hooked, []string{visitor + ">" + old}) {
			t.Errorf("hooks saw %v", hooked)
		}
		if p := h.get(t, visitor); p.State != people.StateMerged || p.MergedInto != old {
			t.Errorf("the visitor is %v into %s", p.State, p.MergedInto)
		}
		if got := h.person(t, app("two")); got != old {
			t.Errorf("the visitor's account finds %s, want %s", got, old)
		}
		// Facts of both stand in the timeline of the one.
		if got := h.kinds(t, old); !slices.Contains(got, "people.merged") || !slices.Contains(got, "people.merge_proposed") {
			t.Errorf("timeline %v", got)
		}
	})
}

// A stranger who claimed a phone without proof must not be handed its owner's account, nor the owner theirs.
func TestAClaimWithoutProofIsHandedOverNotMerged(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		claimer := h.person(t, app("claimer"), said(phone("13800138000")))
		owner := h.person(t, app("owner"))
		out, err := h.s.Identify(t.Context(), h.Community, owner, phone("13800138000"), "")
		if err != nil || out.Merged != "" || out.Proposed != claimer || out.Person != owner {
			t.Fatalf("%+v, %v", out, err)
		}
		if got := h.person(t, phone("13800138000")); got != owner {
			t.Errorf("the phone is %s's, want the owner", got)
		}
		if p := h.get(t, claimer); p.Phone != "" || len(p.Reach) != 0 {
			t.Errorf("the claimer still has %q, %v", p.Phone, p.Reach)
		}
		// Who is known by nothing else (imported, say) is taken in.
		imported := h.person(t, said(phone("13900139000")))
		out, err = h.s.Identify(t.Context(), h.Community, owner, phone("13900139000"), "")
		if err != nil || out.Merged != imported {
			t.Errorf("imported: %+v, %v", out, err)
		}
	})
}

// P2: fields built in and declared by the playbook, all or none, under a version.
func TestEdit(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.person(t, app("a"))
		v := h.get(t, p).Version
		err := h.s.Edit(t.Context(), h.Community, p, v, map[people.FieldName]any{
			"name": "王小明", "city": "上海", "needs": []string{"供应商", " 讲师 "}, "grade": "care", "shoe_size": 37.5, "vegetarian": true, "pet": "cat",
			"wedding": "2020-02-29", "motto": "👩‍👩‍👧 𠮷", "born_on": "1990-05-06",
		}, "op")
		if err != nil {
			t.Fatal(err)
		}
		got := h.get(t, p)
		if got.Name != "王**" || got.NameState != "given" || got.City != "上海" || !slices.Equal(got.Needs, []string{"供应商", "讲师"}) || got.Custom["shoe_size"] != 37.5 ||
			got.Custom["vegetarian"] != true || got.Custom["motto"] != "👩‍👩‍👧 𠮷" || got.Version <= v {
			t.Errorf("got %+v", got)
		}
		if err := h.s.Edit(t.Context(), h.Community, p, v, map[people.FieldName]any{"city": "北京"}, "op"); !errors.Is(err, people.ErrChanged) {
			t.Errorf("with an old version: %v", err)
		}
		for field, c := range map[people.FieldName]struct {
			value any
			want  error
		}{
			"grade": {"best", people.ErrChoice}, "city": {"a\x07b", people.ErrText}, "name": {string(make([]rune, 41)), people.ErrRealName}, "shoe_size": {"big", people.ErrNumber},
			"pet": {"cow", people.ErrChoice}, "wedding": {"2020-02-30", people.ErrDate}, "vegetarian": {"yes", people.ErrBool}, "motto": {"12345678901", people.ErrText},
			"nosuch": {"x", people.ErrField}, "born_on": {"2126-01-01", people.ErrDateRange}, "due_date": {"2027-06-01", people.ErrDateRange}, "phone": {"1", people.ErrField},
		} {
			err := h.s.Edit(t.Context(), h.Community, p, 0, map[people.FieldName]any{field: c.value, "company": "never saved"}, "op")
			if !errors.Is(err, c.want) {
				t.Errorf("%s=%v: %v, want %v", field, c.value, err, c.want)
			}
		}
		if h.get(t, p).Company != "" {
			t.Error("a refused edit left something")
		}
		h.set(t, p, "name", "")
		h.set(t, p, "pet", nil)
		if got := h.get(t, p); got.Name != "" || got.NameState != "none" || got.Custom["pet"] != nil {
			t.Errorf("taken away: %+v", got)
		}
	})
}

// P3: the stage follows the dates and the clock, and tells of each change.
func TestStageMovesByDatesAndTime(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.person(t, app("a")) // 7 March 2026, noon in Shanghai
		for _, bad := range []people.Date{"2026-02-01", "2027-04-11", "soon", "2026-13-01"} {
			if err := h.s.SetAnchor(t.Context(), h.Community, p, people.DueDate, bad, ""); !errors.Is(err, people.ErrDateRange) && !errors.Is(err, people.ErrDate) {
				t.Errorf("due %s: %v", bad, err)
			}
		}
		if err := h.s.SetAnchor(t.Context(), h.Community, p, people.BirthDate, "2026-03-08", ""); !errors.Is(err, people.ErrDateRange) {
			t.Errorf("birth tomorrow: %v", err)
		}
		if err := h.s.SetAnchor(t.Context(), h.Community, p, people.DueDate, "2026-03-10", ""); err != nil {
			t.Fatal(err)
		}
		if got := h.get(t, p); got.Stage != "pregnancy" || got.Months != -1 {
			t.Errorf("before: %s %d", got.Stage, got.Months)
		}
		h.Clock.Set(time.Date(2026, 3, 10, 23, 59, 59, 0, shanghai))
		h.step(t)
		if got := h.get(t, p).Stage; got != "pregnancy" {
			t.Errorf("on the day: %s", got)
		}
		h.Clock.Set(time.Date(2026, 3, 11, 0, 0, 0, 0, shanghai))
		h.step(t)
		if got := h.get(t, p).Stage; got != "parenting" {
			t.Errorf("the day after: %s", got)
		}
		// She gives the birth date: the due date ends, its history stays.
		if err := h.s.SetAnchor(t.Context(), h.Community, p, people.BirthDate, "2026-03-05", ""); err != nil {
			t.Fatal(err)
		}
		h.Clock.Set(time.Date(2026, 6, 5, 12, 0, 0, 0, shanghai))
		if got := h.get(t, p); got.Stage != "parenting" || got.Months != 3 || got.DueDate != "" {
			t.Errorf("later: %+v", got)
		}
		h.do(t, func(tx *db.Tx) error {
			history, err := h.s.AnchorHistory(tx, p)
			if len(history) != 3 || history[0].Value != "2026-03-10" || history[2].Value != "" {
				t.Errorf("history %v", history)
			}
			return err
		})
		stages := 0
		for _, k := range h.kinds(t, p) {
			if k == "people.stage_changed" {
				stages++
			}
		}
		if stages != 3 { // to preconception, pregnancy, parenting
			t.Errorf("%d changes of stage", stages)
		}
		// The playbook changes its rules.
		h.conf.Stages = []people.StageRule{{Stage: "everyone"}}
		if err := h.s.Restage(t.Context(), h.Community); err != nil {
			t.Fatal(err)
		}
		if got := h.get(t, p).Stage; got != "everyone" {
			t.Errorf("after the rules changed: %s", got)
		}
	})
}

func (h *house) step(t *testing.T) {
	t.Helper()
	if _, err := h.runner.Step(t.Context()); err != nil {
		t.Fatal(err)
	}
}
