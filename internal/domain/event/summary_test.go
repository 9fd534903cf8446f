package event_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/qunce/qunce/internal/domain/event"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/test/testkit"
)

// E2: an event's summary is kept as lines, not of one that is called off; each holder is told of it once, also when there are more than
// are told at once, and nobody is once it was taken away again.
func TestHoldersAreToldOfASummary(t *testing.T) {
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		const many = 203
		e := w.plan("conference", many)
		for i := range many {
			w.claim(e, "open", fmt.Sprint("p", i))
		}
		write := func(words string) func(*db.Tx) error {
			return func(tx *db.Tx) error { _, err := w.SummariseTx(tx, e.ID, words); return err }
		}
		w.Refused(event.ErrNoSummary, func(tx *db.Tx) error { return w.NeedSummaryTx(tx, e.ID) })
		w.Refused(event.ErrUnknown, func(tx *db.Tx) error { _, err := w.SummariseTx(tx, "none", "x"); return err })
		w.Refused(event.ErrText, write(strings.Repeat("长", 10_001)))
		w.Do(write("  三条做法 \n\n先问再答 "))
		w.Do(func(tx *db.Tx) error {
			now, err := w.GetTx(tx, e.ID)
			if err == nil && (now.Summary != "三条做法\n先问再答" || now.Version != e.Version) {
				t.Errorf("kept %q, version %d", now.Summary, now.Version)
			}
			return err
		})
		told := func() (n int) {
			w.Do(func(tx *db.Tx) error { return event.TellSummaryTx(tx, e.ID) })
			w.Settle()
			for i := range many {
				if slices.Contains(w.Told("event", fmt.Sprint("p", i)), "summary_told") {
					n++
				}
			}
			return n
		}
		w.Do(write(""))
		if n := told(); n != 0 {
			t.Errorf("%d were told of what is not there", n)
		}
		w.Do(write("三条做法"))
		if n := told(); n != many {
			t.Errorf("%d of %d were told", n, many)
		}
		w.Do(func(tx *db.Tx) error { _, err := w.CancelTx(tx, e.ID, ""); return err })
		w.Refused(event.ErrCancelled, write("nothing"))
	})
}
