package db_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/test/testkit"
)

// BenchmarkDo is one durable one-row insert an operation, by so many callers at once.
func BenchmarkDo(b *testing.B) {
	engines := []struct {
		name string
		open func(testing.TB) *testkit.DB
	}{{"sqlite", testkit.SQLite}, {"postgres", testkit.Postgres}}
	for _, e := range engines {
		for _, callers := range []int{1, 64, 512} {
			b.Run(fmt.Sprintf("%s/%d", e.name, callers), func(b *testing.B) { benchDo(b, e.open(b), callers) })
		}
	}
}

func benchDo(b *testing.B, d *testkit.DB, callers int) {
	table(b, d)
	var next atomic.Int64
	var wg sync.WaitGroup
	b.ResetTimer()
	for range callers {
		wg.Go(func() {
			for i := next.Add(1); i <= int64(b.N); i = next.Add(1) {
				err := d.Do(context.Background(), d.Community, func(tx *db.Tx) error {
					_, err := tx.Exec(insertThing, tx.Community(), fmt.Sprint("thing ", i), i, tx.Now())
					return err
				})
				if err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
	batches, closures, _, _ := d.Counts()
	b.ReportMetric(float64(closures)/float64(max(batches, 1)), "rows/commit")
}
