package fact_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
	"github.com/qunce/qunce/test/testkit"
)

var engines = []struct {
	name string
	open func(testing.TB) *testkit.DB
}{{"sqlite", testkit.SQLite}, {"postgres", testkit.Postgres}}

// BenchmarkAppend is one fact an operation, by 64 writers each of which waits for its commit.
func BenchmarkAppend(b *testing.B) {
	for _, e := range engines {
		b.Run(e.name, func(b *testing.B) {
			n := start(b, e.open(b))
			var next atomic.Int64
			var wg sync.WaitGroup
			b.ResetTimer()
			for range 64 {
				wg.Go(func() {
					for i := next.Add(1); i <= int64(b.N); i = next.Add(1) {
						n.append(b, fmt.Sprint("person ", i%5000), Joined{N: int(i)})
					}
				})
			}
			wg.Wait()
			b.StopTimer()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "facts/s")
			batches, closures, _, _ := n.Counts()
			b.ReportMetric(float64(closures)/float64(max(batches, 1)), "facts/commit")
		})
	}
}

// BenchmarkBareInsert is the reference of BenchmarkAppend: the same rows into a table with the same indexes, 64 to a
// statement and commit, nothing else.
func BenchmarkBareInsert(b *testing.B) {
	for _, e := range engines {
		b.Run(e.name, func(b *testing.B) {
			d := e.open(b)
			start(b, d)
			var text strings.Builder
			text.WriteString(`INSERT INTO fact (community_id, shard, pos, id, kind, person, subject, circle, entry, actor, at, recorded_at, data) VALUES `)
			for i := range 64 {
				if i > 0 {
					text.WriteByte(',')
				}
				text.WriteByte('(')
				for c := range 13 {
					if c > 0 {
						text.WriteByte(',')
					}
					fmt.Fprintf(&text, "$%d", i*13+c+1)
				}
				text.WriteByte(')')
			}
			ctx := context.Background()
			conn, err := d.SQL().Conn(ctx)
			if err != nil {
				b.Fatal(err)
			}
			defer conn.Close()
			insert, err := conn.PrepareContext(ctx, text.String())
			if err != nil {
				b.Fatal(err)
			}
			at := db.Micros(testkit.Start)
			rows := 0
			b.ResetTimer()
			for ; rows < b.N; rows += 64 {
				args := make([]any, 0, 64*13)
				for i := rows; i < rows+64; i++ {
					person := fmt.Sprint("person ", i%5000)
					args = append(args, d.Community, fact.ShardOf(person), i, d.NewID(), "fact_test.joined", person, "", "", "", "", at, at, fmt.Sprintf(`{"n":%d}`, i))
				}
				if _, err := insert.ExecContext(ctx, args...); err != nil {
					b.Fatal(err)
				}
			}
			b.StopTimer()
			b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "facts/s")
		})
	}
}
