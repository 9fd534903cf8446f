package event_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/test/testkit"
	"github.com/qunce/qunce/test/testkit/stage"
)

// E1: events are made from templates and read by time; the same host or place at the same time is a conflict.
func TestTheCalendar(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		start := d.Clock.Now().Add(24 * time.Hour)
		plan := func(x event.Draft) event.Event {
			x.Title = stage.Words("一场")
			if x.Template == "" {
				x.Template = "session"
			}
			e, err := w.Plan(t.Context(), d.Community, x, "")
			if err != nil {
				t.Fatal(err)
			}
			return e
		}
		a := plan(event.Draft{Starts: start, Host: "ann", City: "上海"})
		if a.Kind != event.Script || a.Capacity != 100 || !a.Ends.Equal(start.Add(2*time.Hour)) || len(a.Types) != 1 || a.Friends.PerMember != 3 || len(a.Code) < 6 {
			t.Errorf("made %+v", a)
		}
		b := plan(event.Draft{Starts: start.Add(time.Hour), Host: "ann2", City: "北京", Place: "咖啡馆"})
		c := plan(event.Draft{Template: "conference", Starts: start.Add(90 * time.Minute), City: "北京", Place: "咖啡馆", Series: "年会"})
		plan(event.Draft{Starts: start.Add(2 * time.Hour), Host: "ann"}) // when the first ends
		plan(event.Draft{Starts: start.Add(72 * time.Hour)})
		w.Merged["ann"] = []string{"ann2"}
		w.Do(func(tx *db.Tx) error {
			for _, x := range []struct {
				of   event.Event
				want string
			}{{a, b.ID}, {c, b.ID}} {
				found, err := w.ConflictsTx(tx, x.of)
				if err != nil || len(found) != 1 || found[0].ID != x.want {
					t.Errorf("conflicts of %s: %+v %v", x.of.ID, found, err)
				}
			}
			var all []string
			for cursor := ""; ; {
				p, err := w.ListTx(tx, event.Filter{From: start, To: start.Add(48 * time.Hour)}, cursor, 3)
				if err != nil {
					return err
				}
				for _, e := range p.Items {
					all = append(all, e.ID)
				}
				if cursor = p.Next; cursor == "" {
					break
				}
			}
			if len(all) != 4 || all[0] != a.ID || all[1] != b.ID || all[2] != c.ID {
				t.Errorf("listed %q", all)
			}
			p, err := w.ListTx(tx, event.Filter{Series: "年会", Kind: event.Conference, City: "北京", State: event.StatePlanned}, "", 0)
			if err == nil && (len(p.Items) != 1 || p.Items[0].ID != c.ID) {
				t.Errorf("narrowed %+v", p)
			}
			e, err2 := w.ByCodeTx(tx, strings.ToUpper(a.Code))
			if e.ID != a.ID {
				t.Errorf("by code %+v", e)
			}
			return errors.Join(err, err2)
		})
	})
}

// An event that could not take place is refused, with the field.
func TestDraftsThatAreRefused(t *testing.T) {
	d := testkit.SQLite(t)
	w := newWorld(t, d)
	for at, x := range map[string]struct {
		change func(*event.Draft)
		want   *errs.Error
	}{
		"/template": {func(x *event.Draft) { x.Template = "none" }, event.ErrUnknownTemplate},
		"/title":    {func(x *event.Draft) { x.Title = nil }, event.ErrTitle},
		"/about":    {func(x *event.Draft) { x.About = stage.Words(strings.Repeat("长", 5001)) }, event.ErrText},
		"/ends":     {func(x *event.Draft) { x.Ends = x.Starts }, event.ErrTime},
		"/link":     {func(x *event.Draft) { x.Link = "javascript:alert(1)" }, event.ErrLink},
		"/city":     {func(x *event.Draft) { x.City = "上\u202e海" }, event.ErrText},
		"/capacity": {func(x *event.Draft) { x.Capacity = -1 }, event.ErrCapacity},
	} {
		draft := event.Draft{Template: "session", Title: stage.Words("一场"), Starts: d.Clock.Now().Add(time.Hour)}
		x.change(&draft)
		_, err := w.Plan(t.Context(), d.Community, draft, "")
		if e := errs.As(err); !errors.Is(err, x.want) || e.Field != at {
			t.Errorf("%s: %v", at, err)
		}
	}
}

// Templates of which no event can be made are refused, with the field.
func TestTemplatesThatAreRefused(t *testing.T) {
	if err := templates().Check(); err != nil {
		t.Fatal(err)
	}
	for at, x := range map[string]struct {
		change func(*event.Template)
		want   *errs.Error
	}{
		"/name":                  {func(x *event.Template) { x.Name = "Session" }, event.ErrName},
		"/title":                 {func(x *event.Template) { x.Title = nil }, event.ErrTitle},
		"/kind":                  {func(x *event.Template) { x.Kind = "party" }, event.ErrKind},
		"/capacity":              {func(x *event.Template) { x.Capacity = 0 }, event.ErrCapacity},
		"/lasts":                 {func(x *event.Template) { x.Lasts = 0 }, event.ErrTime},
		"/types":                 {func(x *event.Template) { x.Types, x.Friends = nil, event.FriendRule{} }, event.ErrNoTypes},
		"/types/0/price":         {func(x *event.Template) { x.Types[0].Price = -1 }, event.ErrPrice},
		"/types/0/title":         {func(x *event.Template) { x.Types[0].Title = nil }, event.ErrTitle},
		"/types/1/name":          {func(x *event.Template) { x.Types[1].Name = x.Types[0].Name }, event.ErrTwice},
		"/types/1/quotas/0":      {func(x *event.Template) { x.Quotas = nil }, event.ErrNoQuota},
		"/types/2/opens_before":  {func(x *event.Template) { x.Types[2].OpensBefore = hour }, event.ErrWindow},
		"/quotas/0/capacity":     {func(x *event.Template) { x.Quotas[0].Capacity = -1 }, event.ErrCapacity},
		"/friends/type":          {func(x *event.Template) { x.Friends.Type = "none" }, event.ErrFriends},
		"/friends/per_member":    {func(x *event.Template) { x.Friends.PerMember = -1 }, event.ErrFriends},
		"/friends/closes_before": {func(x *event.Template) { x.Friends.ClosesBefore = -hour }, event.ErrWindow},
	} {
		c := templates()
		x.change(&c.Templates[1])
		err := c.Check()
		if e := errs.As(err); !errors.Is(err, x.want) || e.Field != "/templates/1"+at {
			t.Errorf("%s: %v", at, err)
		}
	}
}

// Lists are found by indexes on both databases.
func TestListsUseIndexes(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		rows := [][]any{}
		for i := range 3000 {
			id := fmt.Sprintf("t%05d", i)
			rows = append(rows, []any{d.Community, id, fmt.Sprint("e", i%100), "seat", fmt.Sprint("p", i%500), "valid", 0, id, id, 1})
		}
		w.Do(func(tx *db.Tx) error {
			return tx.Insert("event_ticket", []string{"community_id", "id", "event", "type", "person", "state", "price", "code", "seat", "created_at"}, rows)
		})
		scans, gifts, answers := [][]any{}, [][]any{}, [][]any{}
		for i := range 3000 {
			id, e, p := fmt.Sprintf("x%05d", i), fmt.Sprint("e", i%100), fmt.Sprint("p", i)
			scans = append(scans, []any{d.Community, id, id, "h", e, []string{"admitted", "double"}[min(1, i%50/49)], "t" + id, 1, 1, false})
			gifts = append(gifts, []any{d.Community, id, id, e, fmt.Sprint("p", i%500), id, "given", id, 1})
			answers = append(answers, []any{d.Community, e, p, 9, true, true, 1})
		}
		w.Do(func(tx *db.Tx) error {
			return errors.Join(
				tx.Insert("event_scan", []string{"community_id", "id", "nonce", "hash", "event", "result", "ticket", "at", "recorded_at", "offline"}, scans),
				tx.Insert("event_gift", []string{"community_id", "id", "key", "event", "giver", "token", "state", "seat", "given_at"}, gifts),
				tx.Insert("event_answer", []string{"community_id", "event", "person", "score", "service", "praised", "at"}, answers),
			)
		})
		events := [][]any{}
		for i := range 3000 {
			id := fmt.Sprintf("e%05d", i)
			events = append(events, []any{d.Community, id, id, "salon", "planned", "{}", "{}", i * 1e9, i*1e9 + 1e8, 1, "{}", 1, 9})
		}
		w.Do(func(tx *db.Tx) error {
			if err := tx.Insert("event", []string{"community_id", "id", "code", "kind", "state", "title", "about", "starts", "ends", "capacity", "terms", "created_at", "answers"}, events); err != nil {
				return err
			}
			_, err := tx.Exec(`ANALYZE`)
			return err
		})
		for name, query := range map[string]func(*db.Tx) error{
			"event_starts": func(tx *db.Tx) error {
				_, err := w.ListTx(tx, event.Filter{From: db.FromMicros(2e12)}, "", 20)
				return err
			},
			"event_asked":         func(tx *db.Tx) error { _, _, err := w.LineOfTx(tx); return err },
			"event_ticket_event":  func(tx *db.Tx) error { _, err := w.TicketsTx(tx, "e1", "", "", 10); return err },
			"event_scan_event":    func(tx *db.Tx) error { _, err := w.ScansTx(tx, "e1", "", 10); return err },
			"event_scan_double":   func(tx *db.Tx) error { _, err := w.DoubleEntriesTx(tx, "e99", "", 10); return err },
			"event_answer_pkey":   func(tx *db.Tx) error { _, err := w.AnswersTx(tx, "e1", "", 10); return err },
			"event_gift_":         func(tx *db.Tx) error { _, err := w.GiftsTx(tx, "e00001", "p1"); return err },
			"event_gift_event":    func(tx *db.Tx) error { _, err := w.GiftsOfEventTx(tx, "e00001", "", 10); return err },
			"event_ticket_person": func(tx *db.Tx) error { _, err := w.TicketsOfTx(tx, "p1", "", 10); return err },
		} {
			if d.Dialect() == db.SQLite {
				name = strings.Replace(name, "_pkey", "_1", 1)
			}
			if plan := testkit.Plan(t, d, query); !strings.Contains(plan, name) {
				t.Errorf("%s is not used:\n%s", name, plan)
			}
		}
	})
}
