package event_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/test/testkit"
)

// The figures of a page of the calendar and the lists of an event read what they count, not all that ever took place.
func TestReadsUseIndexes(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		const many, of = 9000, 3 // rows, and how many an event has
		w.Do(func(tx *db.Tx) error {
			rows := map[string][][]any{}
			for i := range many {
				n, e, p := fmt.Sprintf("%05d", i), fmt.Sprintf("e%04d", i/of), fmt.Sprintf("p%05d", i)
				at := tx.Now().Add(time.Duration(i) * time.Second)
				rows["event_ticket"] = append(rows["event_ticket"], []any{tx.Community(), n, e, "seat", p, "valid", 0, n, n, at})
				rows["event_attendance"] = append(rows["event_attendance"], []any{tx.Community(), p, e, n, at})
				rows["event_scan"] = append(rows["event_scan"], []any{tx.Community(), n, n, "", e, n, "admitted", at, at, false})
				rows["seat"] = append(rows["seat"], []any{tx.Community(), n, "event:" + e, e, p, true, 1, []string{"taken", "held"}[i%2], n, "", at, at, 0, false, "", "", e})
				rows["seat_wait"] = append(rows["seat_wait"], []any{tx.Community(), "event:" + e, p, n, true, 0, i, 1, "", "", at})
				whose := tx.Community() // a search reads what is its community's
				if i >= many/20 {
					whose = fmt.Sprint("other ", i%19)
				}
				rows["event_guest"] = append(rows["event_guest"], []any{whose, n, n, p, "x", "", "", "[]", "active", at, 1, at})
				rows["event_guest_note"] = append(rows["event_guest_note"], []any{tx.Community(), n, n, "x", "", at})
				rows["event_ask"] = append(rows["event_ask"], []any{tx.Community(), n, n, e, "agreed", "", at, at})
				rows["event_topic"] = append(rows["event_topic"], []any{whose, n, n, "", "open", p, i, at})
				rows["event_topic_vote"] = append(rows["event_topic_vote"], []any{tx.Community(), n, p, at})
				if i%of == 0 {
					rows["event"] = append(rows["event"], []any{tx.Community(), e, e, "salon", "planned", "{}", "{}", at, at.Add(time.Hour), 50, "{}", at})
					rows["seat_pool"] = append(rows["seat_pool"], []any{tx.Community(), e, "event:" + e, 1, 50, of, true, 1, false, 0, 0, "", "", e})
				}
			}
			for table, columns := range map[string]string{
				"event":            "community_id id code kind state title about starts ends capacity terms created_at",
				"event_ticket":     "community_id id event type person state price code seat created_at",
				"event_attendance": "community_id person event ticket at",
				"event_scan":       "community_id id nonce hash event ticket result at recorded_at offline",
				"seat":             "community_id id group_name pool_id holder person qty state key hash opened expires ended offered moved_from circle subject",
				"seat_wait":        "community_id group_name holder id person priority seq qty pool_id attributes since",
				"event_guest":      "community_id id root person name role contact topics state asked_at version created_at",
				"event_guest_note": "community_id id guest body actor at",
				"event_ask":        "community_id id guest event state actor asked_at answered_at",
				"event_topic":      "community_id id title about state person votes created_at",
				"event_topic_vote": "community_id topic person at",
				"seat_pool":        "community_id id group_name position capacity used has_room weight on_duty opens closes attributes circle subject",
			} {
				if err := tx.Insert(table, strings.Split(columns, " "), rows[table]); err != nil {
					return fmt.Errorf("%s: %w", table, err)
				}
			}
			return nil
		})
		if _, err := d.SQL().ExecContext(t.Context(), `ANALYZE`); err != nil {
			t.Fatal(err)
		}
		for name, read := range map[string]func(tx *db.Tx) error{
			"figures":   func(tx *db.Tx) error { _, err := w.FiguresOfTx(tx, []string{"e0003", "e0007", "e0009"}); return err },
			"attendees": func(tx *db.Tx) error { _, err := w.AttendeesTx(tx, "e0003", "", 10); return err },
			"held":      func(tx *db.Tx) error { _, err := w.TicketsTx(tx, "e0003", event.Held, "", 10); return err },
			"kept":      func(tx *db.Tx) error { _, err := w.KeptTx(tx, "p00005"); return err },
			"guests": func(tx *db.Tx) error {
				_, err := w.GuestsTx(tx, event.GuestFilter{State: event.GuestActive}, "", 10)
				return err
			},
			"speaks": func(tx *db.Tx) error {
				_, err := w.GuestsTx(tx, event.GuestFilter{State: event.GuestActive, Topic: "私域"}, "", 10)
				return err
			},
			"notes": func(tx *db.Tx) error { _, err := w.NotesTx(tx, "00007", "", 10); return err },
			"asks":  func(tx *db.Tx) error { _, err := w.AsksTx(tx, "e0003", ""); return err },
			"asked": func(tx *db.Tx) error { _, err := w.AsksTx(tx, "", "00007"); return err },
			"topics": func(tx *db.Tx) error {
				_, err := w.TopicsTx(tx, event.TopicFilter{State: event.TopicOpen}, "p00007", "", 10)
				return err
			},
			"words": func(tx *db.Tx) error {
				_, err := w.TopicsTx(tx, event.TopicFilter{State: event.TopicOpen, Words: "私域 复购"}, "p00007", "", 10)
				return err
			},
			"jury": func(tx *db.Tx) error { _, err := w.JuryTx(tx, "e0003"); return err },
		} {
			plan := testkit.Plan(t, d, read)
			if plan == "" || name != "jury" && (strings.Contains(plan, "Seq Scan") || strings.Contains(plan, "SCAN ") || strings.Contains(plan, "(community_id=?)")) {
				t.Errorf("%s:\n%s", name, plan)
			}
		}
	})
}
