package db

import (
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"slices"
	"time"
)

// commit runs a batch to its end: what an attempt leaves over (out of time, or in need of a transaction of its own) is
// attempted again.
func (w *writer) commit(batch []*request) {
	for len(batch) > 0 {
		n := 1
		for !batch[0].alone && n < len(batch) && !batch[n].alone {
			n++
		}
		rest := batch[n:]
		batch = append(w.attempt(batch[:n:n]), rest...)
	}
}

// attempt runs closures in one transaction, answers those that are settled and gives back the others.
func (w *writer) attempt(batch []*request) (left []*request) {
	batch = alive(batch)
	if len(batch) == 0 {
		return nil
	}
	if err := w.open(); err != nil {
		return w.failAll(batch, err)
	}
	w.before(w.db.begin())
	w.savepoints, w.locked = 0, map[string]bool{}
	began := time.Now()
	for i, r := range batch {
		if i > 0 && (time.Since(began) > maxBatchTime || w.savepoints >= w.limit) {
			batch, left = batch[:i], batch[i:] // locks have been held long enough
			break
		}
		if err := w.runOne(r, len(batch) > 1); err != nil {
			return append(w.lose(batch, err), left...)
		}
		if i == 0 {
			// It may have waited long for a lock that others held. Were that counted in full, those who contend for a lock would
			// each be committed alone.
			began = time.Now().Add(-min(time.Since(began), maxBatchTime/2))
		}
	}
	batch, turn, err := w.takeTurn(batch, began)
	if turn {
		defer func() { <-w.db.turn }()
	}
	if err != nil {
		return append(w.lose(batch, err), left...)
	}
	after, err := w.flush(batch)
	if err != nil {
		return append(w.lose(batch, err), left...)
	}
	if err := w.end(); err != nil {
		if w.torn != nil { // the server came to a statement before the commit
			return append(w.lose(batch, err), left...)
		}
		return append(w.failAll(batch, err), left...)
	}
	return append(w.finish(batch, after), left...)
}

// maxTurn is how long a writer waits for its turn before it does without: several flushes and commits.
const maxTurn = 10 * time.Millisecond

// takeTurn waits until no other writer of this process flushes, if there is something to flush. Flushers lock rows that
// everybody needs until the commit: two writers would only wait for each other in the database, with a few closures each.
// Here whoever comes meanwhile joins the transaction that waits; and while nothing was sent to the database, so that
// nobody waits for a lock, those who were answered just now are let come first.
//
// The turn saves work and decides nothing. The one who has it may be waiting in the database for a row that a closure of
// this transaction has locked, which the server can't see as a circle while we wait here; so the wait ends, and without
// the turn the one or the other comes through, or the server ends one of them as a deadlock's victim. For the same reason
// nobody runs closures while having the turn; what they have put may still be sent then, and waits no longer than that.
func (w *writer) takeTurn(batch []*request, began time.Time) (_ []*request, turn bool, err error) {
	d := w.db
	if !slices.ContainsFunc(batch, func(r *request) bool { return r.err == nil && len(r.tx.deferred) > 0 }) {
		return batch, false, nil
	}
	late := time.NewTimer(maxTurn)
	defer late.Stop()
	for yields := 0; ; {
		queue := d.queue
		if batch[0].alone || w.held != nil || len(batch) >= maxBatch || w.savepoints >= w.limit || time.Since(began) > maxBatchTime {
			queue = nil
		}
		var r *request
		if queue != nil && yields < maxYields && w.unbegun() {
			select {
			case r = <-queue:
			default:
				yields++
				runtime.Gosched()
				continue
			}
		} else {
			select {
			case d.turn <- struct{}{}:
				return batch, true, nil
			case <-late.C:
				return batch, false, nil
			case r = <-queue:
			}
		}
		if r.alone {
			w.held = r
		} else if len(alive([]*request{r})) == 1 {
			batch = append(batch, r)
			if err := w.runOne(r, true); err != nil {
				return batch, false, err
			}
		}
	}
}

// unbegun tells whether the transaction is still to be opened, so that nobody waits for a lock of it.
func (w *writer) unbegun() bool {
	_, ok := w.waits(w.db.begin())
	return ok
}

// begin opens the shared transaction. IMMEDIATE takes SQLite's write lock at once: a reader that turns writer would fail.
func (d *DB) begin() string {
	if d.dialect == Postgres {
		return "BEGIN"
	}
	return "BEGIN IMMEDIATE"
}

// end commits, if there is anything to commit.
func (w *writer) end() error {
	w.unsent(release)
	if w.unsent(w.db.begin()) {
		return nil
	}
	if slices.ContainsFunc(w.ahead, func(a ahead) bool { return a.one }) { // the server would commit whatever it changes
		if err := w.settle(); err != nil {
			return classify(w.db.dialect, err)
		}
	}
	return classify(w.db.dialect, w.run(commit))
}

// lose gives a transaction up after err. Where the connection can't be trusted, or SQLite could not even begin, its
// closures fail; else it is undone and they run again.
func (w *writer) lose(batch []*request, err error) (left []*request) {
	if breaks(err) || w.torn != nil && w.db.dialect == SQLite {
		return w.failAll(batch, err)
	}
	return w.undo(batch, err)
}

// undo rolls the transaction back after err. One that was alone is answered; of several, each runs again alone, also the
// refused: a refusal may rest on a neighbour's row that is gone now.
func (w *writer) undo(batch []*request, err error) (left []*request) {
	begun := !w.cut(w.db.begin())
	w.ahead, w.torn = nil, nil
	if begun {
		if rbErr := w.run("ROLLBACK"); rbErr != nil {
			w.drop()
		}
	}
	if len(batch) == 1 && !clashes(err) {
		w.db.count(0, 0, 1, 0)
		batch[0].answer(err)
		return nil
	}
	for _, r := range batch {
		left = append(left, w.db.again(r, err)...)
	}
	return left
}

// maxTries bounds how often a closure runs again after clashes.
const maxTries = 6

// again marks a request to be run alone, or answers it when it has clashed too often.
func (d *DB) again(r *request, err error) []*request {
	r.tries++
	if r.tries > maxTries {
		r.answer(ErrBusy.Because(err))
		return nil
	}
	d.count(0, 0, 0, 1)
	r.alone = true
	return []*request{r}
}

// The end of the shared transaction, and the savepoint of a closure in it.
const (
	commit    = "COMMIT"
	savepoint = "SAVEPOINT one"
	goBack    = "ROLLBACK TO one"
	release   = "RELEASE one"
)

// runOne runs a closure under its savepoint. It gives an error only when the whole transaction is lost.
func (w *writer) runOne(r *request, shared bool) error {
	if shared {
		w.before(savepoint)
	}
	d := w.db
	r.tx = &Tx{db: d, c: w.conn, community: r.community, now: d.now()}
	r.err = w.call(r)
	w.soon = nil
	if w.torn != nil {
		return classify(d.dialect, w.torn)
	}
	if r.tx.failed != nil && breaks(r.tx.failed) {
		return r.tx.failed
	}
	if !shared || w.unsent(savepoint) || r.err != nil && w.cut(savepoint) {
		return nil // alone, flush decides between COMMIT and ROLLBACK; unsent, there is nothing to undo
	}
	w.savepoints++
	if r.err != nil {
		w.ahead = nil // its own
		if err := w.run(goBack); err != nil {
			return classify(d.dialect, err)
		}
	}
	w.before(release)
	return nil
}

// call runs the closure.
func (w *writer) call(r *request) error {
	w.running.Store(r)
	defer w.running.Store(nil)
	return r.tx.guard(func() error { return r.fn(r.tx) })
}

// guard runs fn, which has the transaction to itself. A panic becomes its error, so that it takes no neighbour with it,
// and a failed statement fails it even if its error was passed over.
func (tx *Tx) guard(fn func() error) (err error) {
	ended := false
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic in a transaction: %v\n%s", p, debug.Stack())
		} else if !ended && !tx.readonly {
			panic("db: runtime.Goexit in a transaction: t.Fatal must not be called in a closure")
		}
		if tx.unread != nil {
			tx.unread.Close() //nolint:errcheck // the closure fails anyway
			tx.unread = nil
			if err == nil {
				err = errors.New("a QueryRow without its Scan")
			}
		}
	}()
	err = fn()
	ended = true
	if err == nil && tx.failed != nil {
		err = fmt.Errorf("a failed statement was passed over: %w", tx.failed)
	}
	return err
}

// flush hands what the closures left to the flushers, after all closures have run, and gives back what they want done
// after the commit.
func (w *writer) flush(batch []*request) (after []func(), err error) {
	if len(batch) == 1 && batch[0].err != nil {
		return nil, batch[0].err // alone: no savepoint was set, so the whole transaction is undone
	}
	for _, f := range w.db.flushers {
		var items []Deferred
		for _, r := range batch {
			if r.err != nil {
				continue
			}
			for _, x := range r.tx.deferred {
				if x.name == f.name {
					items = append(items, Deferred{r.community, x.item})
				}
			}
		}
		if len(items) == 0 {
			continue
		}
		tx := &Tx{db: w.db, c: w.conn, now: w.db.now()}
		if err := tx.guard(func() error { return f.fn(tx, items) }); err != nil {
			if w.torn != nil {
				err = classify(w.db.dialect, w.torn)
			}
			return nil, fmt.Errorf("flush %s: %w", f.name, err)
		}
		after = append(after, tx.after...)
	}
	return after, nil
}

// alive takes the requests that their callers still want.
func alive(batch []*request) []*request {
	kept := batch[:0:0]
	for _, r := range batch {
		if !r.taken && !r.begun.CompareAndSwap(false, true) {
			continue
		}
		r.taken = true
		if err := r.ctx.Err(); err != nil && r.tries == 0 {
			r.answer(err)
			continue
		}
		kept = append(kept, r)
	}
	return kept
}

// failAll answers every request of a lost transaction with its error and gets rid of the connection.
func (w *writer) failAll(batch []*request, err error) []*request {
	w.drop()
	for _, r := range batch {
		r.answer(err)
	}
	w.db.count(0, 0, int64(len(batch)), 0)
	return nil
}

// finish runs what waited for the commit, answers the requests, and gives back the deadlock's victims.
func (w *writer) finish(batch []*request, after []func()) (left []*request) {
	var ok, bad int64
	for _, r := range batch {
		if r.err == nil {
			after = append(after, r.tx.after...)
		}
	}
	for _, fn := range after {
		notify(fn)
	}
	for _, r := range batch {
		switch {
		case r.err == nil:
			ok++
			r.answer(nil)
		case clashes(r.err):
			left = append(left, w.db.again(r, r.err)...)
		default:
			bad++
			r.answer(r.err)
		}
	}
	w.db.count(1, ok, bad, 0)
	return left
}

// notify runs what waited for a commit. The change is durable by now, so a panic must not take the writer with it.
func notify(fn func()) {
	defer func() {
		if p := recover(); p != nil {
			slog.Error("panic after a commit", "panic", p, "stack", string(debug.Stack()))
		}
	}()
	fn()
}

func (r *request) answer(err error) { r.done <- err }

func (d *DB) count(batches, closures, failed, reruns int64) {
	d.stats.mu.Lock()
	d.stats.Batches += batches
	d.stats.Closures += closures
	d.stats.Failed += failed
	d.stats.Reruns += reruns
	d.stats.mu.Unlock()
}
