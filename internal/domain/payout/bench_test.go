package payout_test

import (
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/domain/payout"
	"github.com/qunce/qunce/test/testkit"
)

// L3: 100,000 people are drafted in under a minute, in memory that doesn't grow with them. Run with QUNCE_MANY=1.
func TestManyPayees(t *testing.T) {
	if os.Getenv("QUNCE_MANY") == "" {
		t.Skip("takes a minute: set QUNCE_MANY=1; scripts/soak.sh does")
	}
	testkit.Each(t, func(t *testing.T, d *testkit.DB) {
		w := newWorld(t, d)
		w.earnAll(100_000)
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		start := time.Now()
		b := w.draft(payout.Plan{Threshold: 1_00})
		took := time.Since(start)
		runtime.ReadMemStats(&after)
		if n := w.detail(b.ID).Totals[0].Lines; n != 100_000 {
			t.Errorf("%d lines", n)
		}
		t.Logf("drafted in %s; the heap holds %d MB, before it held %d MB", took, after.HeapInuse>>20, before.HeapInuse>>20)
	})
}
