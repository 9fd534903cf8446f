package db

import "context"

// Read runs fn on a connection of the readers. Each statement sees what was committed before it; use Snapshot where
// several must agree. ctx ends the wait for a connection only.
func (d *DB) Read(ctx context.Context, community string, fn func(*Tx) error) error {
	return d.read(ctx, community, "", fn)
}

// Snapshot is Read in one transaction, all of whose statements see the same state. A long one holds back clean-up.
func (d *DB) Snapshot(ctx context.Context, community string, fn func(*Tx) error) error {
	begin := "BEGIN"
	if d.dialect == Postgres {
		begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
	}
	return d.read(ctx, community, begin, fn)
}

func (d *DB) read(ctx context.Context, community, begin string, fn func(*Tx) error) error {
	var c *conn
	select {
	case c = <-d.readers:
	case <-ctx.Done():
		return ctx.Err()
	case <-d.stop:
		return ErrClosed
	}
	ended := false
	defer func() {
		if !ended { // Goexit: what is open on the connection is unknown
			c.drop()
		}
		d.readers <- c
	}()
	if err := c.open(); err != nil {
		ended = true
		return err
	}
	if begin != "" {
		c.before(begin)
	}
	tx := &Tx{db: d, c: c, community: community, now: d.now(), readonly: true}
	err := tx.guard(func() error { return fn(tx) })
	c.soon = nil
	if begin != "" && !c.unsent(begin) && c.torn == nil {
		if endErr := c.run(commit); endErr != nil {
			c.drop()
		}
	}
	if c.torn != nil || tx.failed != nil && breaks(tx.failed) {
		c.drop()
	}
	ended = true
	return err
}
