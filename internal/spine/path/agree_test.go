package path_test

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
)

func sortFacts(facts []fact.Fact) {
	slices.SortFunc(facts, func(a, b fact.Fact) int { return cmp.Or(a.RecordedAt.Compare(b.RecordedAt), cmp.Compare(a.ID, b.ID)) })
}

// agree holds what must be true of all runs at any time: the moves of a log are without a gap, each goes on where the one
// before ended, the counts say what the logs say, no run has more or fewer moves than its log, and verification finds nothing.
func (w *world) agree() {
	w.t.Helper()
	w.read(func(tx *db.Tx) error {
		counted, logged := map[string]int64{}, map[string]int64{}
		err := tx.Each(func(r *db.Row) error {
			var step, outcome string
			var version int
			var runs int64
			if err := r.Scan(&version, &step, &outcome, &runs); err != nil {
				return err
			}
			counted[fmt.Sprintf("%d %s=%s", version, step, outcome)] = runs
			return nil
		}, `SELECT version, step, outcome, SUM(runs) FROM path_count WHERE community_id = $1 GROUP BY version, step, outcome`, tx.Community())
		if err != nil {
			return err
		}
		type at struct {
			moves   int
			version int
			left    time.Time
		}
		last := map[string]at{}
		err = tx.Each(func(r *db.Row) error {
			var run, step, outcome string
			var move, version int
			var entered, left time.Time
			if err := r.Scan(&run, &version, &move, &step, &outcome, &entered, &left); err != nil {
				return err
			}
			if before := last[run]; before.moves != move || move > 0 && !before.left.Equal(entered) || left.Before(entered) {
				w.t.Errorf("run %s, move %d: after %+v, entered %s, left %s", run, move, before, entered, left)
			}
			last[run] = at{move + 1, version, left}
			logged[fmt.Sprintf("%d %s=%s", version, step, outcome)]++
			logged[fmt.Sprintf("%d %s=", version, step)]++
			return nil
		}, `SELECT l.run, r.version, l.move, l.step, l.outcome, l.entered_at, l.at FROM path_log l JOIN path_run r ON r.community_id = l.community_id AND r.id = l.run
			WHERE l.community_id = $1 ORDER BY l.run, l.move`, tx.Community())
		if err != nil {
			return err
		}
		err = tx.Each(func(r *db.Row) error {
			var id, step, state string
			var version, moves int
			if err := r.Scan(&id, &version, &step, &state, &moves); err != nil {
				return err
			}
			if last[id].moves != moves {
				w.t.Errorf("run %s has %d moves, its log %d", id, moves, last[id].moves)
			}
			if state == "running" {
				logged[fmt.Sprintf("%d %s=", version, step)]++
			}
			return nil
		}, `SELECT id, version, step, state, moves FROM path_run WHERE community_id = $1`, tx.Community())
		for k, n := range logged {
			if counted[k] != n {
				w.t.Errorf("%s: counted %d, logged %d", k, counted[k], n)
			}
		}
		for k, n := range counted {
			if logged[k] != n {
				w.t.Errorf("%s: counted %d, logged %d", k, n, logged[k])
			}
		}
		if err != nil {
			return err
		}
		faults, err := w.engine.Verify(tx, time.Minute)
		if len(faults) > 0 {
			w.t.Errorf("faults %+v", faults)
		}
		return err
	})
}
