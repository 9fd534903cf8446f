package db

import (
	"context"
	"fmt"
)

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
	defer func() { d.readers <- c }()
	if err := c.open(); err != nil {
		return err
	}
	if begin != "" {
		if err := c.run(begin); err != nil {
			c.drop()
			return classify(d.dialect, err)
		}
	}
	r := &request{community: community, fn: fn}
	r.tx = &Tx{db: d, c: c, community: community, now: d.now(), readonly: true}
	err := call(r)
	if err == nil && r.tx.failed != nil {
		err = fmt.Errorf("a failed statement was passed over: %w", r.tx.failed)
	}
	if begin != "" {
		if endErr := c.run("COMMIT"); endErr != nil {
			c.drop()
		}
	}
	if r.tx.failed != nil && breaks(r.tx.failed) {
		c.drop()
	}
	return err
}
