package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite" // registers the driver "sqlite"

	"github.com/qunce/qunce/internal/kit/clock"
	"github.com/qunce/qunce/internal/kit/id"
)

// Dialect names the database engine.
type Dialect string

// The two engines.
const (
	SQLite   Dialect = "sqlite"
	Postgres Dialect = "postgres"
)

// Config says which database and how many connections.
type Config struct {
	Path    string      // SQLite file; its folder is made
	URL     string      // postgres://…; wins over Path
	Clock   clock.Clock // nil means the system's
	IDs     *id.Source  // nil means random
	Scratch bool        // SQLite doesn't flush: what nobody needs after a crash
	Writers int         // PostgreSQL connections that commit; 0 means 4. SQLite has one
	Readers int         // connections that read; 0 means 4
}

// DB is an open database. Safe for concurrent use.
type DB struct {
	dialect  Dialect
	sql      *sql.DB
	clock    clock.Clock
	ids      *id.Source
	nowMu    sync.Mutex
	lastNow  time.Time
	queue    chan *request
	readers  chan *conn
	flushers []flusher
	turn     chan struct{} // has an element while a writer flushes and commits
	alarm    atomic.Pointer[chan struct{}]
	stop     chan struct{}
	stopped  sync.WaitGroup
	closing  sync.Once
	stats    Stats
}

// Open opens the database and starts its writers. It does not migrate.
func Open(ctx context.Context, cfg Config) (*DB, error) {
	d := &DB{
		dialect: SQLite, clock: cfg.Clock, ids: cfg.IDs,
		queue: make(chan *request, 1024), stop: make(chan struct{}), turn: make(chan struct{}, 1),
	}
	d.alarm.Store(newAlarm())
	if d.clock == nil {
		d.clock = clock.System{}
	}
	if d.ids == nil {
		d.ids = id.NewSource()
	}
	writers, readers := 1, orDefault(cfg.Readers, 4)
	var err error
	if cfg.URL != "" {
		d.dialect, writers = Postgres, orDefault(cfg.Writers, 4)
		d.sql, err = openPostgres(cfg.URL)
	} else {
		d.sql, err = openSQLite(cfg.Path, cfg.Scratch)
	}
	if err != nil {
		return nil, err
	}
	d.sql.SetMaxIdleConns(writers + readers + 2)
	if err := d.sql.PingContext(ctx); err != nil {
		d.sql.Close()
		return nil, classify(d.dialect, fmt.Errorf("open %s: %w", d.dialect, err))
	}
	d.readers = make(chan *conn, readers)
	for range readers {
		d.readers <- &conn{db: d}
	}
	all := make([]*writer, writers)
	for i := range all {
		all[i] = d.newWriter(i)
		d.stopped.Add(1)
		go all[i].write()
	}
	d.stopped.Add(1)
	go d.watch(all)
	if d.dialect == Postgres {
		d.stopped.Add(1)
		go d.keepStatistics()
	}
	return d, nil
}

func orDefault(n, def int) int {
	if n <= 0 {
		return def
	}
	return n
}

func openPostgres(rawURL string) (*sql.DB, error) {
	if _, err := url.Parse(rawURL); err != nil {
		return nil, fmt.Errorf("database URL: %w", err)
	}
	pool, err := sql.Open("pgx", rawURL)
	if err != nil {
		return nil, fmt.Errorf("database URL: %w", err)
	}
	return pool, nil
}

var _ = stdlib.GetDefaultDriver // the driver "pgx"

// openSQLite asks for full durability: synchronous=FULL flushes the log at every commit.
func openSQLite(path string, scratch bool) (*sql.DB, error) {
	if path == "" {
		return nil, errors.New("open sqlite: no path")
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, ErrReadOnly.Because(fmt.Errorf("make the data folder: %w", err))
	}
	flush := "synchronous(FULL)"
	if scratch {
		flush = "synchronous(OFF)"
	}
	q := url.Values{"_pragma": {
		"busy_timeout(5000)", "journal_mode(WAL)", flush, "foreign_keys(ON)",
		"temp_store(MEMORY)", "cache_size(-16000)", "wal_autocheckpoint(4000)",
	}}
	// These would end or change the path of a URI.
	path = strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(path)
	return sql.Open("sqlite", "file:"+path+"?"+q.Encode())
}

// Dialect tells the engine.
func (d *DB) Dialect() Dialect { return d.dialect }

// Clock is the clock that transactions read.
func (d *DB) Clock() clock.Clock { return d.clock }

// SQL is the bare pool, for migrations, backups and tools that must see the whole database.
func (d *DB) SQL() *sql.DB { return d.sql }

// Close waits for the running batches, refuses the rest and closes the connections.
func (d *DB) Close() error {
	var err error
	d.closing.Do(func() {
		close(d.stop)
		d.stopped.Wait()
		for range cap(d.readers) {
			(<-d.readers).close()
		}
		err = d.sql.Close()
	})
	return err
}

// now is the clock's time, never earlier than what it last gave: a stepped clock must not reorder history.
func (d *DB) now() time.Time {
	d.nowMu.Lock()
	defer d.nowMu.Unlock()
	if n := d.clock.Now().UTC().Truncate(time.Microsecond); n.After(d.lastNow) {
		d.lastNow = n
	}
	return d.lastNow
}

// NotBefore lets no transaction's time be earlier than at: what another node or this one before a restart has recorded.
func (d *DB) NotBefore(at time.Time) {
	d.nowMu.Lock()
	defer d.nowMu.Unlock()
	if at = at.UTC().Truncate(time.Microsecond); at.After(d.lastNow) {
		d.lastNow = at
	}
}

// NewID makes an identifier outside a transaction; inside one, use Tx.NewID.
func (d *DB) NewID() string { return d.ids.New(d.now()) }

// Stats counts what the writers did since the start.
type Stats struct {
	mu       sync.Mutex
	Batches  int64 // shared transactions committed
	Closures int64 // closures in them
	Failed   int64 // closures refused or failed
	Reruns   int64 // closures run again alone after a deadlock or a failed flush
}

// Counts is a copy of the counters.
func (d *DB) Counts() (batches, closures, failed, reruns int64) {
	d.stats.mu.Lock()
	defer d.stats.mu.Unlock()
	return d.stats.Batches, d.stats.Closures, d.stats.Failed, d.stats.Reruns
}
