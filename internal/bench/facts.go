package bench

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/domain/circle"
	"github.com/qunce/qunce/internal/platform/bus"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/fact"
)

const (
	factWriters = 64
	bareRows    = 64 // rows of a reference's INSERT
)

// facts appends to the log while three subscribers read it.
func facts(ctx context.Context, r *run) error {
	const rounds = 5
	n := r.scaled(1_000_000, rounds*bareRows*100)
	people := max(1, n/20)
	stop, err := r.subscribed(ctx)
	if err != nil {
		return err
	}
	defer stop()
	insert, err := r.bareFacts(ctx)
	if err != nil {
		return err
	}
	defer insert.Close()
	at := time.Now().UTC()
	var bare, ours times
	var slowest time.Duration
	err = turns(ctx, rounds, func(ctx context.Context, round int) error {
		// As many statements at a time as the service has connections that commit.
		return bare.clients(ctx, map[db.Dialect]int{db.SQLite: 1, db.Postgres: 4}[r.bare.Dialect()], n/rounds/bareRows, func(ctx context.Context, i int) error {
			_, err := insert.ExecContext(ctx, r.bareArgs(round*(n/rounds)+i*bareRows, people, at)...)
			return err
		})
	}, func(ctx context.Context, round int) error {
		r.say("facts: round %d of %d", round+1, rounds)
		err := ours.clients(ctx, factWriters, n/rounds, func(ctx context.Context, i int) error {
			i += round * (n / rounds)
			return r.app.DB.Do(ctx, r.community, func(tx *db.Tx) error {
				person, of := factOf(i, people)
				_, err := fact.Append(tx, of, fact.Fact{Person: person})
				return err
			})
		})
		if err != nil {
			return err
		}
		lag, err := r.caughtUp(ctx)
		slowest = max(slowest, lag)
		return err
	})
	if err != nil {
		return err
	}
	rate := bare.rate("facts") // of whole statements
	rate.N, rate.PerSecond, rate.Processor = rate.N*bareRows, rate.PerSecond*bareRows, rate.Processor/bareRows
	m := r.measured(Measure{
		Name: "append", Did: fmt.Sprintf("%d facts of %d people by %d writers, three subscribers reading", n, people, factWriters), Ours: ours.rate("facts"),
		What: fmt.Sprintf("durable INSERTs of %d rows into the same table and indexes, nobody reading; its latency is a statement's", bareRows), Reference: &rate,
	}, 0.5)
	m.Notes = append(m.Notes, Note{"subscribers behind at the end of a round, at most", slowest.Seconds(), "s"})
	r.check("subscribers end less than 5 s behind", slowest < 5*time.Second, "%.2f s", slowest.Seconds())
	stored, err := r.number(ctx, `SELECT count(*) FROM fact WHERE community_id = $1`, r.community)
	r.check("every acknowledged fact is stored once", stored == n, "%d of %d", stored, n)
	return err
}

// factOf is the i-th fact.
func factOf(i, people int) (person string, payload circle.Joined) {
	return fmt.Sprintf("person%014d", i%people), circle.Joined{Group: "stage:pregnancy", Kind: circle.KindStage, Number: i % 250, Via: circle.ViaSeat}
}

// subscribed starts the log with a third subscriber beside the installation's own two, the paths and the entries' counts,
// which take every one of these facts and find nothing to do for them.
func (r *run) subscribed(ctx context.Context) (stop func(), err error) {
	r.app.Facts.Subscribe(fact.Subscription{Name: "bench", Handle: func(*db.Tx, []fact.Fact) error { return nil }})
	if err := r.app.Facts.Start(ctx); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- r.app.Facts.Run(ctx) }()
	return func() {
		cancel()
		<-done //nolint:errcheck // it ends because it was told to
	}, nil
}

// readers are the subscribers that take these facts. Others ask for other kinds and are not even woken.
const readers = `('path', 'intake.count', 'bench')`

// caughtUp waits until every reader has had every fact, and tells how long that took.
func (r *run) caughtUp(ctx context.Context) (time.Duration, error) {
	began := time.Now()
	for {
		// A cursor is moved in the transaction that handles the facts before it.
		behind, err := r.number(ctx, `SELECT count(*) FROM fact_shard s, (SELECT DISTINCT subscriber FROM fact_cursor WHERE shard = -1 AND subscriber IN `+readers+`) k
			WHERE s.community_id = $1 AND NOT EXISTS (SELECT 1 FROM fact_cursor c
				WHERE c.community_id = s.community_id AND c.subscriber = k.subscriber AND c.shard = s.shard AND c.pos = s.pos)`, r.community)
		took := time.Since(began)
		switch {
		case err != nil:
			return took, err
		case behind == 0:
			return took, nil
		case took > time.Minute:
			return took, fmt.Errorf("%d shards are not read to their end after a minute", behind)
		}
		select {
		case <-ctx.Done():
			return took, ctx.Err()
		case <-time.After(2 * time.Millisecond):
		}
	}
}

const factColumns = `community_id, shard, pos, id, kind, person, subject, circle, entry, actor, at, recorded_at, data`

func (r *run) bareFacts(ctx context.Context) (*sql.Stmt, error) {
	// The months' partitions, as the service has them.
	if err := fact.NewLog(r.bare, bus.NewLocal(), r.app.Log).Start(ctx); err != nil {
		return nil, err
	}
	width := strings.Count(factColumns, ",") + 1
	var b strings.Builder
	for i := range bareRows * width {
		switch {
		case i == 0:
			b.WriteString("(")
		case i%width == 0:
			b.WriteString("), (")
		default:
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "$%d", i+1)
	}
	return r.plain().PrepareContext(ctx, `INSERT INTO fact (`+factColumns+`) VALUES `+b.String()+`)`)
}

func (r *run) bareArgs(from, people int, at time.Time) []any {
	args := make([]any, 0, bareRows*13)
	for i := from; i < from+bareRows; i++ {
		person, payload := factOf(i, people)
		data := fmt.Sprintf(`{"group":%q,"kind":%q,"number":%d,"via":%q}`, payload.Group, payload.Kind, payload.Number, payload.Via)
		us := db.Micros(at)
		args = append(args, r.community, fact.ShardOf(person), i+1, r.bare.NewID(), fact.KindOf(payload), person, "", "", "", "", us, us, data)
	}
	return args
}
