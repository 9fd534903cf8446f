package upgrade

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/migrations"
	"github.com/qunce/qunce/test/testkit"
)

// Titles that were open twice stay apart, and are open once from now on; of the votes of one human one counts; words of the erased go, at once or when their event gives
// them back; guests and topics are found; and a bill whose fee was summed by the older rule is judged by it.
func TestTopicsAndBillsFromBefore(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		fromBefore(t, db.Config{Path: filepath.Join(t.TempDir(), "qunce.db")})
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		cfg := db.Config{URL: testkit.PostgresURL(t)}
		clear(t, cfg.URL)
		fromBefore(t, cfg)
	})
}

// before writes rows as they were at 0038.
func before(tx *db.Tx) error {
	c, topics, facts, bills, lines := tx.Community(), [][]any{}, [][]any{}, [][]any{}, [][]any{}
	for i, x := range []struct{ id, title, state, event, person, by string }{
		{"open", "冷启动", "open", "", "ann", "ann"}, {"twice", "冷 启动", "open", "", "", ""}, {"gone", "鲍的", "open", "", "", "bob"}, {"taken", "鲍的，排上了", "taken", "e", "", "bob"},
	} {
		topics = append(topics, []any{c, x.id, x.title, "说明", x.state, x.event, x.person, i})
		facts = append(facts, []any{c, 1, i + 1, x.id, "event.topic_proposed", x.by, x.id, "", "", "", 1, 1, "{}"})
	}
	for id, x := range map[string]struct{ fee, ours, theirs int }{ // in fen; of lines in thousandths of one
		"old": {83_00, 6_00_000, 77_00_000}, "new": {6_00, 6_00_100, 77_00_000}, "off": {80_00, 6_00_000, 77_00_000}, "too exact to be old": {83_00, 6_00_100, 77_00_000},
	} {
		bills = append(bills, []any{c, id, id, "x", id, "compared", 2, 2, 0, x.fee, 0, "op", 1, 1})
		lines = append(lines, []any{c, id, 1, "x", "payment", "", "", "", "", true, 1, x.ours, 1, true}, []any{c, id, 2, "x", "payment", "", "", "", "", true, 1, x.theirs, 1, false})
	}
	for _, x := range []struct {
		table, columns string
		rows           [][]any
	}{
		{"event_topic", "community_id id title about state event person created_at", topics},
		{"fact", "community_id shard pos id kind person subject circle entry actor at recorded_at data", facts},
		{"event_topic_vote", "community_id topic person at", [][]any{{c, "open", "ann", 3}, {c, "open", "ann2", 2}, {c, "open", "ann3", 2}, {c, "open", "cleo", 1}, {c, "twice", "ann", 1}}},
		{"person", "community_id id root merged_into created_at last_seen_at", [][]any{
			{c, "ann", "ann", "", 1, 1}, {c, "ann2", "ann", "ann", 1, 1}, {c, "ann3", "ann", "ann2", 1, 1}, {c, "cleo", "cleo", "", 1, 1},
		}},
		{"event_guest", "community_id id root name role contact topics state version created_at", [][]any{{c, "g", "g", "周", "", "", `["私域 复购"]`, "active", 1, 1}}},
		{"shop_bill", "community_id id channel hash day state lines paid refunded fee found actor created_at compared_at", bills},
		{"shop_bill_line", "community_id bill n channel what ref outside merchant state settled amount fee_exact at ours", lines},
	} {
		if err := tx.Insert(x.table, strings.Split(x.columns, " "), x.rows); err != nil {
			return fmt.Errorf("%s: %w", x.table, err)
		}
	}
	_, err := tx.Exec(`UPDATE event_topic SET votes = (SELECT count(*) FROM event_topic_vote v WHERE v.community_id = $1 AND v.topic = event_topic.id) WHERE community_id = $1`, c)
	return err
}

func fromBefore(t *testing.T, cfg db.Config) {
	ctx, c := t.Context(), "community"
	d, err := db.Open(ctx, cfg)
	must(t, err)
	defer d.Close()
	must(t, d.MigrateTo(ctx, migrations.Files, 38))
	must(t, d.Do(ctx, c, before))
	must(t, d.Migrate(ctx, migrations.Files))
	events := event.New(d, nil, nil, nil, nil, nil, nil)
	must(t, d.Read(ctx, c, func(tx *db.Tx) error {
		for id, want := range map[string]event.Topic{
			"open":  {Title: "冷启动", State: event.TopicOpen, Person: "ann", Votes: 2},
			"twice": {Title: "冷 启动", State: event.TopicOpen, Votes: 1},
			"gone":  {State: event.TopicClosed},
			"taken": {Title: "鲍的，排上了", State: event.TopicTaken, Event: "e"},
		} {
			x, err := events.TopicTx(tx, id, "")
			if err != nil || x.Title != want.Title || x.State != want.State || x.Event != want.Event || x.Person != want.Person || x.Votes != want.Votes || (x.About == "") != (want.Title == "") {
				t.Errorf("%s: %+v %v", id, x, err)
			}
		}
		p, err := events.TopicsTx(tx, event.TopicFilter{State: event.TopicOpen, Words: "冷启动 说明"}, "", "", 0)
		if err != nil || len(p.Items) != 2 {
			t.Errorf("found %+v %v", p, err)
		}
		g, err := events.GuestsTx(tx, event.GuestFilter{State: event.GuestActive, Topic: "私域复购"}, "", 0)
		if err != nil || len(g.Items) != 1 {
			t.Errorf("guests %+v %v", g, err)
		}
		var orphan bool
		if err := tx.QueryRow(`SELECT orphan FROM event_topic WHERE community_id = $1 AND id = 'taken'`, c).Scan(&orphan); err != nil || !orphan {
			t.Errorf("its words would stay: %v", err)
		}
		return err
	}))
	err = d.Do(ctx, c, func(tx *db.Tx) error {
		_, err := tx.Exec(`INSERT INTO event_topic (community_id, id, title, about, folded, state, created_at) VALUES ($1, 'x', '冷启动', '', '冷启动', 'open', 1)`, c)
		return err
	})
	if err == nil {
		t.Error("a title is open twice again")
	}
	must(t, d.Read(ctx, c, func(tx *db.Tx) error {
		flaws, err := event.Verify(tx)
		if err != nil || len(flaws) > 0 {
			t.Errorf("events: %+v %v", flaws, err)
		}
		found, err := shop.Verify(tx)
		var off []string
		for _, x := range found {
			if x.Code == "shop.bill_fee" {
				off = append(off, x.Ref)
			}
		}
		if !slices.Equal(off, []string{"off", "too exact to be old"}) {
			t.Errorf("bills whose fee is off: %q", off)
		}
		return err
	}))
}
