package seat_test

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/seat"
	"github.com/qunce/qunce/test/testkit"
)

// clients runs work for 64 clients at once and gives the rate.
func clients(b *testing.B, n int, work func(i int) error) float64 {
	b.Helper()
	var next atomic.Int64
	var wg sync.WaitGroup
	began := time.Now()
	for range 64 {
		wg.Go(func() {
			for {
				i := int(next.Add(1))
				if i > n {
					return
				}
				if err := work(i); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	return float64(n) / time.Since(began).Seconds()
}

// BenchmarkHold compares granted and refused holds with the bare reference: one conditional UPDATE and commit per claim by
// the same 64 clients. Run it with -benchtime=1x.
func BenchmarkHold(b *testing.B) {
	for _, engine := range []func(testing.TB) *testkit.DB{testkit.SQLite, testkit.Postgres} {
		d := engine(b)
		b.Run(string(d.Dialect()), func(b *testing.B) {
			for range b.N {
				measure(b, d)
			}
		})
	}
}

func measure(b *testing.B, d *testkit.DB) {
	const rounds, claims = 5, 2000 // in turns, so that what else the machine does hits both alike
	h := newHouse(b, d)
	d.Community = d.NewID()
	h.group(seat.Group{Name: "g", Policy: seat.FillFirst})
	h.pool(seat.Pool{Group: "g", Capacity: rounds * claims})
	h.pool(seat.Pool{ID: d.Community + "bare", Group: "g", Capacity: rounds * claims, State: seat.Closed})
	bare := func(int) error {
		return d.Alone(ctx, d.Community, func(tx *db.Tx) error {
			_, err := tx.Exec(`UPDATE seat_pool SET used = used + 1 WHERE community_id = $1 AND id = $2 AND used < capacity`, tx.Community(), d.Community+"bare")
			return err
		})
	}
	n := 0
	hold := func(i int) error {
		_, err := h.Hold(ctx, d.Community, seat.Claim{Key: fmt.Sprint("k", n+i), Group: "g", Holder: person(fmt.Sprint("p", n+i)), TTL: time.Hour})
		if errors.Is(err, seat.ErrMayComeBack) {
			return nil
		}
		return err
	}
	for _, phase := range []string{"granted", "refused"} {
		var bareTime, ourTime float64
		for range rounds {
			bareTime += claims / clients(b, claims, bare)
			ourTime += claims / clients(b, claims, hold)
			n += claims
		}
		b.ReportMetric(rounds*claims/ourTime, phase+"/s")
		b.ReportMetric(bareTime/ourTime, phase+"/bare")
	}
}
