package people_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/people"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
)

// dump is every row of every table of this package, as text.
func (h *house) dump(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	for _, table := range []string{"person", "people_identifier", "people_index", "people_tag", "people_anchor", "people_look", "people_consent", "people_merge", "people_proposal", "people_blocked", "fact"} {
		rows, err := h.SQL().QueryContext(t.Context(), `SELECT * FROM `+table)
		if err != nil {
			t.Fatal(err)
		}
		columns, _ := rows.Columns()
		for rows.Next() {
			cells, into := make([]any, len(columns)), make([]any, len(columns))
			for i := range cells {
				into[i] = &cells[i]
			}
			if err := rows.Scan(into...); err != nil {
				t.Fatal(err)
			}
			for i, c := range cells {
				if raw, ok := c.([]byte); ok {
					c = string(raw)
				}
				fmt.Fprintf(&b, "%s.%s=%v ", table, columns[i], c)
			}
			b.WriteByte('\n')
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		rows.Close()
	}
	return b.String()
}

// P9: names and numbers are nowhere in the database in plain, and a look at them is recorded.
func TestSecretsAtRestAndReveal(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.person(t, phone("13800135678"), people.Identifier{Kind: people.Email, Value: "Lee@Example.com"})
		h.set(t, p, "name", "王小明")
		stored := h.dump(t)
		for _, plain := range []string{"13800135678", "王小", "小明", "5678 ", "xample.com"} {
			if strings.Contains(stored, plain) {
				t.Errorf("%q stands in the database", plain)
			}
		}
		got := h.get(t, p)
		if got.Name != "王**" || got.Phone != "138****5678" || got.Email != "l**@example.com" {
			t.Errorf("masked: %q %q %q", got.Name, got.Phone, got.Email)
		}
		if _, err := h.s.Reveal(t.Context(), h.Community, audit.Actor{ID: "op"}, p, people.FieldPhone, " "); !errors.Is(err, people.ErrReason) {
			t.Errorf("without a reason: %v", err)
		}
		if _, err := h.s.Reveal(t.Context(), h.Community, audit.Actor{ID: "op"}, p, "city", "why"); !errors.Is(err, people.ErrField) {
			t.Errorf("a field that isn't masked: %v", err)
		}
		h.looks = nil
		for field, want := range map[people.FieldName]string{people.FieldPhone: "+8613800135678", people.FieldRealName: "王小明", people.FieldEmail: "lee@example.com"} {
			if v, err := h.s.Reveal(t.Context(), h.Community, audit.Actor{ID: "op"}, p, field, "call back"); err != nil || !slices.Equal(v, []string{want}) {
				t.Errorf("%s: %v, %v", field, v, err)
			}
		}
		if len(h.looks) != 3 || !slices.Contains(h.looks, "op phone") {
			t.Errorf("audit saw %v", h.looks)
		}
		must(t, h.Read(t.Context(), h.Community, func(tx *db.Tx) error {
			looks, err := h.s.Looks(tx, p)
			if len(looks) != 3 || looks[0].Reason != "call back" || looks[0].Actor != "op" {
				t.Errorf("%+v", looks)
			}
			return err
		}))
	})
}

// P8: erasing leaves a pseudonym and nothing by which anyone could tell who it was.
func TestErase(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		var hooked []string
		h.s.OnErase(func(_ *db.Tx, person string) error { hooked = append(hooked, person); return nil })
		a, b := h.person(t, app("account-a"), phone("13800135678")), h.person(t, app("account-b"))
		for i, p := range []string{a, b} {
			h.set(t, p, "name", "王小明")
			h.set(t, p, "nickname", "明明妈")
			h.set(t, p, "motto", "向前走")
			h.set(t, p, "due_date", "2026-05-0"+fmt.Sprint(i+1))
			h.do(t, func(tx *db.Tx) error { _, err := h.s.TagTx(tx, p, "标签", ""); return err })
		}
		if _, err := h.s.Merge(t.Context(), h.Community, b, a, "op"); err != nil {
			t.Fatal(err)
		}
		must(t, h.s.Consent(t.Context(), h.Community, a, people.Consent{Purpose: people.ForService, Given: true, Wording: "v1", Entry: "e1", Address: "203.0.113.9"}))
		if e, err := h.s.Export(t.Context(), h.Community, audit.Actor{ID: "op"}, b, "asked for it"); err != nil || e.Person.Name != "王小明" || e.Person.Phone != "+8613800135678" ||
			len(e.Identifiers) != 3 || len(e.Consents) != 1 || len(e.Merges) != 1 || len(e.Anchors) != 2 || len(e.Looks) != 1 || len(e.Facts) < 8 {
			text, _ := json.Marshal(e)
			t.Errorf("export %s, %v", text, err)
		}
		hooked = nil
		must(t, h.s.Erase(t.Context(), h.Community, b, "op"))
		slices.Sort(hooked)
		if !slices.Equal(hooked, []string{min(a, b), max(a, b)}) {
			t.Errorf("hooks saw %v", hooked)
		}
		stored := h.dump(t)
		for _, trace := range []string{"account-", "明", "向前走", "2026-05-0", "people_identifier.", "people_index.", "people_tag."} {
			if strings.Contains(stored, trace) {
				t.Errorf("%q is left", trace)
			}
		}
		if p := h.get(t, a); p.State != people.StateErased || p.Nickname != "" {
			t.Errorf("left: %+v", p)
		}
		if err := h.s.Edit(t.Context(), h.Community, a, 0, map[people.FieldName]any{"city": "x"}, ""); !errors.Is(err, people.ErrErased) {
			t.Errorf("edited after: %v", err)
		}
		if again := h.person(t, phone("13800135678")); again == a || again == b {
			t.Error("the number still finds the erased person")
		}
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// P8: what holds after any order of yes and no.
func TestConsent(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		p := h.person(t, app("a"))
		say := func(purpose people.Purpose, ch people.Channel, given bool) {
			t.Helper()
			h.Clock.Advance(time.Minute)
			must(t, h.s.Consent(t.Context(), h.Community, p, people.Consent{Purpose: purpose, Channel: ch, Given: given, Wording: "v1"}))
		}
		allowed := func(purpose people.Purpose, ch people.Channel, want bool) {
			t.Helper()
			h.do(t, func(tx *db.Tx) error {
				got, err := h.s.HasConsent(tx, p, purpose, ch)
				if got != want {
					t.Errorf("%s on %q: %v", purpose, ch, got)
				}
				return err
			})
		}
		allowed(people.ForMarketing, "sms", false)
		say(people.ForMarketing, "", true)
		allowed(people.ForMarketing, "sms", true)
		say(people.ForMarketing, "sms", false)
		allowed(people.ForMarketing, "sms", false)
		allowed(people.ForMarketing, "email", true)
		say(people.ForMarketing, "", false)
		say(people.ForMarketing, "", true)
		allowed(people.ForMarketing, "sms", false) // the channel's own no stands
		say(people.ForMarketing, "sms", true)
		allowed(people.ForMarketing, "sms", true)
		say(people.ForMarketing, "", false) // ends all at once
		allowed(people.ForMarketing, "sms", false)
		say(people.ForMarketing, "sms", true) // only this one
		allowed(people.ForMarketing, "sms", true)
		allowed(people.ForMarketing, "email", false)
		say(people.ForService, "", true)
		say("", "email", false) // nothing by email, whatever the purpose
		allowed(people.ForService, "email", false)
		allowed(people.ForService, "sms", true)

		before := len(h.kinds(t, p))
		say("", "email", false)
		if after := len(h.kinds(t, p)); after != before {
			t.Error("saying the same again was told of")
		}
		for _, c := range []struct {
			c    people.Consent
			want error
		}{
			{people.Consent{Purpose: "fun", Given: true, Wording: "v1"}, people.ErrPurpose},
			{people.Consent{Given: false}, people.ErrPurpose},
			{people.Consent{Purpose: people.ForService, Given: true}, people.ErrWording},
			{people.Consent{Purpose: people.ForService, Channel: "Some Thing", Given: true, Wording: "v1"}, people.ErrChannel},
		} {
			if err := h.s.Consent(t.Context(), h.Community, p, c.c); !errors.Is(err, c.want) {
				t.Errorf("%+v: %v", c.c, err)
			}
		}
		// Under 14 a guardian comes first.
		h.set(t, p, "born_on", "2013-01-01")
		allowed(people.ForService, "sms", false)
		if err := h.s.Consent(t.Context(), h.Community, p, people.Consent{Purpose: people.ForAnalytics, Given: true, Wording: "v1"}); !errors.Is(err, people.ErrGuardian) {
			t.Errorf("a child alone: %v", err)
		}
		say(people.ForGuardian, "", true)
		say(people.ForAnalytics, "", true)
		allowed(people.ForService, "sms", true)
	})
}

// I4 leans on this: who is blocked stays out under another account, phone or device.
func TestBlock(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		phoneA, device := phone("13800135678"), people.Identifier{Kind: people.Device, Value: "d1"}
		blocked := func(p string, want bool, with ...people.Identifier) {
			t.Helper()
			h.do(t, func(tx *db.Tx) error {
				got, err := h.s.IsBlocked(tx, p, with...)
				if got != want {
					t.Errorf("blocked: %v", got)
				}
				return err
			})
		}
		p := h.person(t, phoneA, said(phone("13900139000")))
		blocked(p, false, device)
		if err := h.s.Block(t.Context(), h.Community, p, "", "op"); !errors.Is(err, people.ErrReason) {
			t.Errorf("without a reason: %v", err)
		}
		must(t, h.s.Block(t.Context(), h.Community, p, "广告", "op", device))
		blocked(p, true)
		blocked("", true, device)
		blocked("", true, phoneA)
		blocked("", false, phone("13900139000")) // was only claimed

		must(t, h.s.Erase(t.Context(), h.Community, p, ""))
		again := h.person(t, phoneA)
		if again == p {
			t.Fatal("erased, yet found")
		}
		blocked(again, true)
		if got := h.get(t, again); got.State != people.StateBlocked {
			t.Errorf("state %s", got.State)
		}
		// Through a merge, too.
		friend := h.person(t, app("friend"))
		if _, err := h.s.Identify(t.Context(), h.Community, friend, phoneA, ""); err != nil {
			t.Fatal(err)
		}
		blocked(friend, true)
		must(t, h.s.Unblock(t.Context(), h.Community, friend, "op"))
		blocked(friend, false)
		if err := h.s.Unblock(t.Context(), h.Community, friend, "op"); !errors.Is(err, people.ErrNotBlocked) {
			t.Errorf("twice: %v", err)
		}
		blocked("", true, device) // the device was another's doing and is taken off by itself
		h.do(t, func(tx *db.Tx) error { return h.s.UnblockIdentifierTx(tx, device) })
		blocked("", false, device)
		h.do(t, func(tx *db.Tx) error { return h.s.BlockIdentifierTx(tx, app("friend"), "spam", "op") })
		blocked(friend, true)
	})
}

// Every kind of fact can be registered: no field could hold a person's words.
func TestFactsHoldNoWords(t *testing.T) {
	r, err := fact.NewRegistry(people.Facts()...)
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{
		"people.created", "people.identified", "people.merged", "people.unmerged", "people.merge_proposed", "people.anchor_set", "people.stage_changed", "people.tagged",
		"people.untagged", "people.consent_given", "people.consent_withdrawn", "people.blocked", "people.unblocked", "people.erased", "people.profile_changed", "people.revealed",
	} {
		if _, known := r.Fields(kind); !known {
			t.Errorf("nobody emits %s", kind)
		}
	}
}
