package db

import (
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"
	"time"
)

// commit runs a batch to its end: what an attempt leaves over (out of time, or in need of a transaction of its own) is
// attempted again.
func (d *DB) commit(c *conn, batch []*request) {
	for len(batch) > 0 {
		n := 1
		for !batch[0].alone && n < len(batch) && !batch[n].alone {
			n++
		}
		rest := batch[n:]
		batch = append(d.attempt(c, batch[:n:n]), rest...)
	}
}

// attempt runs closures in one transaction, answers those that are settled and gives back the others.
func (d *DB) attempt(c *conn, batch []*request) (left []*request) {
	batch = alive(batch)
	if len(batch) == 0 {
		return nil
	}
	if err := d.begin(c); err != nil {
		return d.failAll(c, batch, err)
	}
	began := time.Now()
	for i, r := range batch {
		if i > 0 && time.Since(began) > maxBatchTime {
			batch, left = batch[:i], batch[i:] // locks have been held long enough
			break
		}
		if err := d.runOne(c, r, len(batch) > 1); err != nil {
			return append(d.failAll(c, batch, err), left...)
		}
	}
	if err := d.flush(c, batch); err != nil {
		if breaks(err) {
			return append(d.failAll(c, batch, err), left...)
		}
		return append(d.undo(c, batch, err), left...)
	}
	if err := c.run("COMMIT"); err != nil {
		return append(d.failAll(c, batch, classify(d.dialect, err)), left...)
	}
	return append(d.finish(batch), left...)
}

// undo rolls the transaction back after err. One that was alone is answered; of several, each runs again alone, also the
// refused: a refusal may rest on a neighbour's row that is gone now.
func (d *DB) undo(c *conn, batch []*request, err error) (left []*request) {
	if rbErr := c.run("ROLLBACK"); rbErr != nil {
		c.drop()
	}
	if len(batch) == 1 && !clashes(err) {
		d.count(0, 0, 1, 0)
		batch[0].answer(err)
		return nil
	}
	for _, r := range batch {
		left = append(left, d.again(r, err)...)
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

// begin opens the shared transaction. IMMEDIATE takes SQLite's write lock at once: a reader that turns writer would fail.
func (d *DB) begin(c *conn) error {
	if err := c.open(); err != nil {
		return err
	}
	text := "BEGIN IMMEDIATE"
	if d.dialect == Postgres {
		text = "BEGIN"
	}
	err := c.run(text)
	if err != nil && d.dialect == Postgres {
		// The server may have been restarted since the last batch; nothing has run yet, so a new connection is safe.
		c.drop()
		if err = c.open(); err == nil {
			err = c.run(text)
		}
	}
	return classify(d.dialect, err)
}

// runOne runs a closure under its savepoint. It gives an error only when the whole transaction is lost.
func (d *DB) runOne(c *conn, r *request, shared bool) error {
	if shared {
		if err := c.run("SAVEPOINT one"); err != nil {
			return classify(d.dialect, err)
		}
	}
	r.tx = &Tx{db: d, c: c, community: r.community, now: d.now()}
	r.err = call(r)
	if r.err == nil && r.tx.failed != nil {
		r.err = fmt.Errorf("a failed statement was passed over: %w", r.tx.failed)
	}
	if r.tx.failed != nil && breaks(r.tx.failed) {
		return r.tx.failed
	}
	if !shared {
		return nil // flush or answer decides between COMMIT and ROLLBACK
	}
	text := "RELEASE one"
	if r.err != nil {
		text = "ROLLBACK TO one; RELEASE one"
		if d.dialect == SQLite {
			if err := c.run("ROLLBACK TO one"); err != nil {
				return classify(d.dialect, err)
			}
			text = "RELEASE one"
		}
	}
	return classify(d.dialect, c.run(text))
}

// call runs the closure; a panic becomes its error, so that it takes no neighbour with it.
func call(r *request) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic in a transaction: %v\n%s", p, debug.Stack())
		}
	}()
	return r.fn(r.tx)
}

// flush hands what the closures left to the flushers, after all closures have run.
func (d *DB) flush(c *conn, batch []*request) error {
	if len(batch) == 1 && batch[0].err != nil {
		return batch[0].err // alone: no savepoint was set, so the whole transaction is undone
	}
	for _, f := range d.flushers {
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
		tx := &Tx{db: d, c: c, now: d.now()}
		if err := f.fn(tx, items); err != nil {
			return fmt.Errorf("flush %s: %w", f.name, err)
		}
		if tx.failed != nil {
			return tx.failed
		}
		batch[len(batch)-1].tx.after = append(batch[len(batch)-1].tx.after, tx.after...)
	}
	return nil
}

func alive(batch []*request) []*request {
	kept := batch[:0:0]
	for _, r := range batch {
		if err := r.ctx.Err(); err != nil {
			r.answer(err)
			continue
		}
		kept = append(kept, r)
	}
	return kept
}

// failAll answers every request of a lost transaction with its error and gets rid of the connection.
func (d *DB) failAll(c *conn, batch []*request, err error) []*request {
	c.drop()
	for _, r := range batch {
		r.answer(err)
	}
	d.count(0, 0, int64(len(batch)), 0)
	return nil
}

// finish answers the requests of a committed transaction, runs what waited for it, and gives back the deadlock's victims.
func (d *DB) finish(batch []*request) (left []*request) {
	var ok, bad int64
	for _, r := range batch {
		switch {
		case r.err == nil:
			ok++
			for _, fn := range r.tx.after {
				fn()
			}
			r.answer(nil)
		case clashes(r.err):
			left = append(left, d.again(r, r.err)...)
		default:
			bad++
			r.answer(r.err)
		}
	}
	d.count(1, ok, bad, 0)
	return left
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
