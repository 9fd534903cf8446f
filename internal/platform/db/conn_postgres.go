package db

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// errUndone tells that the server answered COMMIT with ROLLBACK: a statement had failed and nobody noticed.
var errUndone = errors.New("the server rolled the transaction back at COMMIT")

// runPostgres sends a statement at once, behind what waits ahead of it.
func (c *conn) runPostgres(text string) error {
	c.used, c.soon = time.Now(), nil
	res, err := c.pipe(text, nil)
	if err != nil {
		return err
	}
	tag, err := res.Exec()
	if closeErr := res.Close(); err == nil {
		err = closeErr
	}
	switch {
	case err != nil:
		return fmt.Errorf("%s: %w", text, err)
	case text == commit && tag.String() != commit:
		return errUndone
	}
	return nil
}

// pipe sends what waits ahead, what was announced, and a statement behind them in one round trip, and gives the result of that. If one
// of those before it fails, the server skips the rest.
func (c *conn) pipe(query string, args []any) (pgx.BatchResults, error) {
	if c.torn != nil { // the first failure tells why
		return nil, c.torn
	}
	var b pgx.Batch
	for _, a := range c.ahead {
		b.Queue(a.text, a.args...)
	}
	var announced []*soon
	if c.known[query] && !changes(query) {
		announced = c.unsentSoon()
	}
	for _, s := range announced {
		b.Queue(s.text, s.args...)
	}
	b.Queue(query, args...)
	res := c.pg.SendBatch(context.Background(), &b)
	for len(c.ahead) > 0 {
		tag, err := res.Exec()
		if err == nil && c.ahead[0].one && tag.RowsAffected() != 1 {
			err = errNotOne
		}
		if err != nil {
			c.torn = fmt.Errorf("%s: %w", brief(c.ahead[0].text), err)
			res.Close() //nolint:errcheck // the first error tells
			return nil, c.torn
		}
		c.ahead = c.ahead[1:]
	}
	for _, s := range announced {
		found, err := res.Query()
		if err == nil {
			err = s.read(c.pg.TypeMap(), found)
		}
		if err != nil {
			c.torn = fmt.Errorf("%s: %w", brief(s.text), err)
			res.Close() //nolint:errcheck // the first error tells
			return nil, c.torn
		}
	}
	return res, nil
}

// settle sends what waits ahead now.
func (c *conn) settle() error {
	if len(c.ahead) == 0 {
		return nil
	}
	res, err := c.pipe("SELECT 1", nil)
	if err != nil {
		return err
	}
	return res.Close()
}

// send puts a statement on its way together with what waits ahead of it. A text that the server has not parsed on this
// connection goes by itself: were it refused while the savepoint is still unsent, there would be nothing to go back to.
func (c *conn) send(query string, args []any) (pgx.BatchResults, error) {
	c.used = time.Now()
	if !c.known[query] {
		if err := c.settle(); err != nil {
			return nil, err
		}
	}
	if len(c.ahead) == 0 && (!c.known[query] || changes(query) || len(c.unsentSoon()) == 0) {
		return nil, nil
	}
	return c.pipe(query, args)
}

func (c *conn) execPostgres(query string, args []any) (int64, error) {
	c.stale()
	res, err := c.send(query, args)
	if err != nil {
		return 0, err
	}
	var tag pgconn.CommandTag
	if res == nil {
		tag, err = c.pg.Exec(context.Background(), query, args...)
	} else {
		tag, err = res.Exec()
		if closeErr := res.Close(); err == nil {
			err = closeErr
		}
	}
	if err != nil {
		return 0, err
	}
	c.learn(query)
	return tag.RowsAffected(), nil
}

func (c *conn) queryPostgres(query string, args []any) (rows, error) {
	if len(c.soon) > 0 && changes(query) {
		c.stale()
	} else if came := c.announced(query, args); came != nil {
		return came, nil
	}
	res, err := c.send(query, args)
	if err != nil {
		return nil, err
	}
	var found pgx.Rows
	if res == nil {
		found, err = c.pg.Query(context.Background(), query, args...)
	} else {
		found, err = res.Query()
	}
	if err != nil {
		if res != nil {
			res.Close() //nolint:errcheck // gives the same error
		}
		return nil, err
	}
	c.learn(query)
	return &pgRows{found, res}, nil
}

// learn notes that the server knows a text. pgx keeps 512 of them by default; when it has to drop some, forgetting all
// costs a few round trips.
func (c *conn) learn(query string) {
	if len(c.known) >= 400 {
		clear(c.known)
	}
	c.known[query] = true
}

// pgRows is a result that came alone or as the last of a batch.
type pgRows struct {
	pgx.Rows
	batch pgx.BatchResults
}

// Close reads to the end; an error that shows only there is the statement's.
func (r *pgRows) Close() error {
	r.Rows.Close()
	err := r.Err()
	if r.batch != nil {
		if closeErr := r.batch.Close(); err == nil {
			err = closeErr
		}
		r.batch = nil
	}
	return err
}
