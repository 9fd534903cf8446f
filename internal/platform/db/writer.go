package db

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync/atomic"
	"time"
)

// A write transaction should hold locks for no more than 50 ms. PostgreSQL slows down past 64 savepoints, and a writer
// there takes no more at first, so that the others have something to do as well.
const (
	maxBatch     = 256
	maxPostgres  = 50
	maxBatchTime = 40 * time.Millisecond
)

type request struct {
	ctx       context.Context
	community string
	fn        func(*Tx) error
	done      chan error
	begun     atomic.Bool // a writer has taken it, or its caller has given it up: whoever is first
	taken     bool        // it was a writer
	alone     bool
	tries     int
	err       error // of the latest attempt
	tx        *Tx   // of the latest attempt
}

type deferred struct {
	name string
	item any
}

// Deferred is something a closure left for the end of the shared transaction.
type Deferred struct {
	Community string
	Item      any
}

// Flusher writes what closures left under its name. Its Tx has no community; an error fails the closures that left items.
type Flusher func(tx *Tx, items []Deferred) error

type flusher struct {
	name string
	fn   Flusher
	last bool
}

// OnFlush registers the flusher of a name, before the first Do. Flushers run in the order of their registration, but
// those of OnLastFlush behind the others. A name has one flusher: a second would write everything twice.
func (d *DB) OnFlush(name string, fn Flusher) { d.addFlusher(flusher{name, fn, false}) }

// OnLastFlush registers a flusher that locks what every transaction needs: with those locks nobody may wait for another
// flusher's rows, which a closure of another node may have while it waits for these.
func (d *DB) OnLastFlush(name string, fn Flusher) { d.addFlusher(flusher{name, fn, true}) }

func (d *DB) addFlusher(f flusher) {
	if d.flushes(f.name) {
		panic("db: a second flusher for " + f.name)
	}
	at := len(d.flushers)
	for at > 0 && d.flushers[at-1].last && !f.last {
		at--
	}
	d.flushers = slices.Insert(d.flushers, at, f)
}

func (d *DB) flushes(name string) bool {
	return slices.ContainsFunc(d.flushers, func(f flusher) bool { return f.name == name })
}

// Defer leaves item for the flusher of that name. Without one the closure fails: what it left would be lost.
func (tx *Tx) Defer(name string, item any) {
	if tx.readonly || tx.announcing || !tx.db.flushes(name) {
		tx.fail("leave for "+name, errNoFlusher) //nolint:errcheck // spoils the closure
		return
	}
	tx.deferred = append(tx.deferred, deferred{name, item})
}

var errNoFlusher = errors.New("nobody writes it at the end of this transaction")

// Do runs fn in a write transaction and returns once it is durable (nil) or undone (the error). Concurrent calls share a
// transaction. ctx ends only the wait before fn has begun.
func (d *DB) Do(ctx context.Context, community string, fn func(*Tx) error) error {
	return d.submit(&request{ctx: ctx, community: community, fn: fn})
}

// Alone is Do in a transaction of its own, for chunks of long work.
func (d *DB) Alone(ctx context.Context, community string, fn func(*Tx) error) error {
	return d.submit(&request{ctx: ctx, community: community, fn: fn, alone: true})
}

func (d *DB) submit(r *request) error {
	r.done = make(chan error, 1)
	select {
	case d.queue <- r:
	case <-r.ctx.Done():
		return r.ctx.Err()
	case <-d.stop:
		return ErrClosed
	}
	given, alarm := r.ctx.Done(), d.alarm.Load()
	for {
		select {
		case err := <-r.done:
			return err
		case <-given:
			if r.begun.CompareAndSwap(false, true) {
				return r.ctx.Err()
			}
			given = nil // too late: it runs
		case <-*alarm:
			if insideDo() && r.begun.CompareAndSwap(false, true) {
				return errNested
			}
			alarm = d.alarm.Load()
		case <-d.stop:
			// The writers answer what they had taken; what stayed in the queue is refused.
			d.stopped.Wait()
			select {
			case err := <-r.done:
				return err
			default:
				return ErrClosed
			}
		}
	}
}

// writer is a connection that commits, and what it is doing.
type writer struct {
	*conn
	limit      int                     // of closures to begin a transaction with, and of savepoints in it
	savepoints int                     // in the open transaction
	held       *request                // one that wants a transaction of its own and ended the gathering of the last batch
	running    atomic.Pointer[request] // the closure it is in
}

func (d *DB) newWriter(slot int) *writer {
	w := &writer{conn: &conn{db: d, slot: slot}, limit: maxBatch}
	if d.dialect == Postgres {
		w.limit = maxPostgres
	}
	return w
}

// write is a writer's life: take what waits, run it in one transaction, answer.
func (w *writer) write() {
	d := w.db
	defer d.stopped.Done()
	defer w.close()
	for {
		r := w.held
		if r == nil {
			select {
			case r = <-d.queue:
			case <-d.stop:
				return
			}
		}
		w.held = nil
		batch := append(make([]*request, 0, 8), r)
		if !r.alone {
			batch = w.gather(batch)
		}
		w.commit(batch)
	}
}

// gather adds what waits already. Those who were just answered often come again at once: they are let run first, else two
// halves of the callers take turns and each commit carries one half.
func (w *writer) gather(batch []*request) []*request {
	for yields := 0; len(batch) < w.limit; {
		select {
		case r := <-w.db.queue:
			if r.alone {
				w.held = r
				return batch
			}
			batch = append(batch, r)
		default:
			if yields == maxYields {
				return batch
			}
			yields++
			runtime.Gosched()
		}
	}
	return batch
}

// maxYields is how often a writer lets others run before it goes on with what it has. It costs nothing when nobody else
// has anything to do.
const maxYields = 2
