package fact

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/qunce/qunce/internal/platform/bus"
	"github.com/qunce/qunce/internal/platform/db"
)

// Handler takes facts of a community, those of a shard in order, in the transaction that moves the cursors. It may be run again.
type Handler func(tx *db.Tx, facts []Fact) error

// Subscription is one reader of the log with its own cursor a shard.
type Subscription struct {
	Name    string
	Kinds   []string // nil means all
	FromNow bool     // a subscriber new to the installation starts at the end instead of the beginning
	Most    int      // about how many facts it takes in a transaction; 0 means 512
	Handle  Handler
}

func (s *Subscription) wants(kind string) bool {
	return s.Kinds == nil || slices.Contains(s.Kinds, kind)
}

// Log is the log of facts of every community in one database.
type Log struct {
	db   *db.DB
	bus  bus.Bus
	log  *slog.Logger
	subs []*Subscription

	mu      sync.Mutex
	dirty   map[reader]map[int]bool    // shards with facts behind their cursor, or that may have
	busy    map[reader]bool            // readers being worked for
	seen    map[unit]position          // how far a unit has read
	readers map[string][]*Subscription // who wants a kind, filled as kinds come up
	swept   map[shardKey]int64         // the shards' ends at the last sweep
	month   time.Time                  // the latest month whose partitions were looked after
	more    chan struct{}              // has an element when something became dirty
}

// reader is what is worked for at a time: a subscriber in one community.
type reader struct {
	sub       *Subscription
	community string
}

func (r reader) unit(shard int) unit { return unit{r.sub, shardKey{r.community, shard}} }

// unit is what has a cursor: one shard for one subscriber.
type unit struct {
	sub *Subscription
	shardKey
}

// position is how far a unit has come: stored is in the database, read runs ahead of it over facts nobody asked for.
type position struct{ stored, read int64 }

// wakeTopic tells other nodes that facts were appended.
const wakeTopic = "fact"

// batchSize is about how many facts are handled in one transaction, unless the subscriber takes fewer.
const batchSize = 512

// storeEvery bounds how many unasked-for facts are read again after a restart.
const storeEvery = 512

// NewLog opens the log. Subscribe before the first Step or Run.
func NewLog(d *db.DB, b bus.Bus, log *slog.Logger) *Log {
	l := &Log{
		db: d, bus: b, log: log, more: make(chan struct{}, 1),
		dirty: map[reader]map[int]bool{}, busy: map[reader]bool{}, seen: map[unit]position{}, readers: map[string][]*Subscription{},
	}
	d.OnLastFlush(flushName, l.flush) // every transaction needs the shards' rows: they are locked when nothing else is waited for
	b.Subscribe(wakeTopic, func(msg []byte) { l.woken(msg) })
	return l
}

// Subscribe registers a subscriber. Its name is for ever: it keys the cursor.
func (l *Log) Subscribe(s Subscription) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.subs = append(l.subs, &s)
	clear(l.readers)
}

// Start makes the months' partitions, marks new subscribers, and finds what is behind. Call it once after Subscribe.
func (l *Log) Start(ctx context.Context) error {
	l.keepMonths(ctx)
	if err := l.keepTime(ctx); err != nil {
		return err
	}
	names := map[string]bool{}
	for _, s := range l.subs {
		if names[s.Name] {
			return fmt.Errorf("two subscribers are called %s", s.Name)
		}
		names[s.Name] = true
		if err := l.db.Do(ctx, "", func(tx *db.Tx) error { return register(tx, s) }); err != nil {
			return fmt.Errorf("register subscriber %s: %w", s.Name, err)
		}
	}
	return l.Sweep(ctx)
}

// keepMonths makes the partitions when a month has begun. Without them the log goes on in the default partition.
func (l *Log) keepMonths(ctx context.Context) {
	now := l.db.Clock().Now()
	month := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
	if month.Equal(l.month) {
		return
	}
	if err := l.db.Alone(ctx, "", keepMonths); err != nil {
		if ctx.Err() == nil {
			l.log.Warn("could not make the fact log's months; facts go to the default partition", "error", err)
		}
		return
	}
	l.month = month
}

// maxSkew is how far the clocks of nodes, or one's before and after a restart, are taken to be apart at most. A fact that is
// further ahead was recorded by a clock that was wrong, and time must not stand still until that is reached.
const maxSkew = time.Hour

// keepTime lets this program's time begin where the log ends: runs compare what they have with what comes by its time.
func (l *Log) keepTime(ctx context.Context) error {
	var last time.Time
	err := l.db.Read(ctx, "", func(tx *db.Tx) (err error) {
		last, err = lastRecorded(tx)
		return err
	})
	if err != nil {
		return fmt.Errorf("read the time of the latest facts: %w", err)
	}
	if ahead := last.Sub(l.db.Clock().Now()); ahead > maxSkew {
		l.log.Error("the latest facts lie in the future; is the clock right?", "latest", last)
		return nil
	}
	l.db.NotBefore(last)
	return nil
}

// register marks a subscriber as known; one that starts from now gets its cursors at the end.
func register(tx *db.Tx, s *Subscription) error {
	n, err := tx.Exec(`INSERT INTO fact_cursor (community_id, subscriber, shard, pos) VALUES ('', $1, -1, 0) ON CONFLICT DO NOTHING`, s.Name)
	if err != nil || n == 0 || !s.FromNow {
		return err
	}
	err = tx.Put(`INSERT INTO fact_cursor (community_id, subscriber, shard, pos) SELECT community_id, $1, shard, pos FROM fact_shard WHERE TRUE ON CONFLICT DO NOTHING`, s.Name)
	return err
}

// Step handles everything that is behind, reader by reader in a fixed order, until nothing is. worked tells whether anything
// was done.
func (l *Log) Step(ctx context.Context) (worked bool, err error) {
	for {
		r, shards := l.take(true)
		if len(shards) == 0 {
			return worked, nil
		}
		did, lost, err := l.work(ctx, r, shards)
		l.release(r)
		if err != nil {
			l.mark(r, shards)
			return worked, err
		}
		l.mark(r, lost)
		worked = worked || did
	}
}

// workers is how many readers are worked for side by side; their transactions are committed together.
const workers = 16

// Run handles facts as they come until ctx ends.
func (l *Log) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() { l.worker(ctx) })
	}
	defer wg.Wait()
	for {
		if err := l.db.Clock().Until(ctx, l.db.Clock().Now().Add(sweepEvery)); err != nil {
			return nil //nolint:nilerr // the end of ctx is the end of the run
		}
		l.keepMonths(ctx)
		if err := l.Sweep(ctx); err != nil && ctx.Err() == nil {
			l.log.Error("sweep of the fact log", "error", err)
		}
	}
}

// sweepEvery is how long a lost wake can stay unnoticed.
const sweepEvery = 5 * time.Second

func (l *Log) worker(ctx context.Context) {
	for ctx.Err() == nil {
		r, shards := l.take(false)
		if len(shards) == 0 {
			select {
			case <-ctx.Done():
				return
			case <-l.more:
			}
			continue
		}
		_, lost, err := l.work(ctx, r, shards)
		time.AfterFunc(pace, func() { l.release(r) })
		switch {
		case err == nil && len(lost) > 0:
			l.markLater(r, lost, movedPause)
		case err != nil && ctx.Err() == nil:
			l.log.Warn("facts will be tried again", "subscriber", r.sub.Name, "community", r.community, "error", err)
			l.markLater(r, shards, faultPause)
		}
	}
}

// pace is how long a reader rests between two transactions: what comes in meanwhile is handed over together.
const pace = 3 * time.Millisecond

// Pauses on the machine's clock before shards are tried again: another node's transaction, a lock or a lost server need
// real time.
const (
	movedPause = 10 * time.Millisecond
	faultPause = 200 * time.Millisecond
)

func (l *Log) markLater(r reader, shards []int, pause time.Duration) {
	time.AfterFunc(pause, func() { l.mark(r, shards) })
}

// wanted marks the shards in which facts of a commit lie, for those who asked for their kinds.
func (l *Log) wanted(groups map[shardKey][]*Fact) {
	l.mu.Lock()
	for k, facts := range groups {
		for _, f := range facts {
			subs, known := l.readers[f.Kind]
			if !known {
				for _, s := range l.subs {
					if s.wants(f.Kind) {
						subs = append(subs, s)
					}
				}
				l.readers[f.Kind] = subs
			}
			for _, s := range subs {
				l.behind(reader{s, k.community}, k.shard)
			}
		}
	}
	l.mu.Unlock()
	l.signal()
}

// markAll notes that shards may have facts for a subscriber, or for all of them (nil).
func (l *Log) markAll(keys []shardKey, only *Subscription) {
	l.mu.Lock()
	for _, s := range l.subs {
		if only != nil && s != only {
			continue
		}
		for _, k := range keys {
			l.behind(reader{s, k.community}, k.shard)
		}
	}
	l.mu.Unlock()
	l.signal()
}

// mark notes that shards may have facts for a reader.
func (l *Log) mark(r reader, shards []int) {
	if len(shards) == 0 {
		return
	}
	l.mu.Lock()
	for _, shard := range shards {
		l.behind(r, shard)
	}
	l.mu.Unlock()
	l.signal()
}

// behind notes it of one shard; the caller has the lock.
func (l *Log) behind(r reader, shard int) {
	if l.dirty[r] == nil {
		l.dirty[r] = map[int]bool{}
	}
	l.dirty[r][shard] = true
}

func (l *Log) signal() {
	select {
	case l.more <- struct{}{}:
	default:
	}
}

// take chooses a reader to work for, with the shards in which it is behind, and keeps others from it; ordered means the least
// one, for runs that must repeat exactly. It gives no shards when there is nothing to do.
func (l *Log) take(ordered bool) (best reader, shards []int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	found := false
	for r := range l.dirty {
		if l.busy[r] || found && !r.before(best) {
			continue
		}
		if best, found = r, true; !ordered {
			break
		}
	}
	if !found {
		return best, nil
	}
	shards = slices.Sorted(maps.Keys(l.dirty[best]))
	delete(l.dirty, best)
	l.busy[best] = true
	if len(l.dirty) > 0 {
		l.signal()
	}
	return best, shards
}

func (r reader) before(o reader) bool {
	return r.community < o.community || r.community == o.community && r.sub.Name < o.sub.Name
}

func (l *Log) release(r reader) {
	l.mu.Lock()
	delete(l.busy, r)
	again := len(l.dirty[r]) > 0
	l.mu.Unlock()
	if again {
		l.signal()
	}
}
