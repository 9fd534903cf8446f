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

// runPostgres sends a statement at once, with what waits ahead of it, as one text.
func (c *conn) runPostgres(text string) error {
	all := text
	for i := len(c.ahead) - 1; i >= 0; i-- {
		all = c.ahead[i] + "; " + all
	}
	c.used = time.Now()
	tag, err := c.pg.Exec(context.Background(), all, pgx.QueryExecModeSimpleProtocol)
	switch {
	case err != nil && len(c.ahead) > 0:
		c.torn = fmt.Errorf("%s: %w", all, err)
		return c.torn
	case err != nil:
		return fmt.Errorf("%s: %w", text, err)
	case text == "COMMIT" && tag.String() != "COMMIT":
		return errUndone
	}
	c.ahead = nil
	return nil
}

// send puts a statement on its way together with what waits ahead of it. A text that the server has not parsed on this
// connection goes by itself: were it refused while the savepoint is still unsent, there would be nothing to go back to.
func (c *conn) send(query string, args []any) (pgx.BatchResults, error) {
	c.used = time.Now()
	if len(c.ahead) > 0 && !c.known[query] {
		last := len(c.ahead) - 1
		text := c.ahead[last]
		c.ahead = c.ahead[:last]
		if err := c.runPostgres(text); err != nil {
			c.torn = err
			return nil, err
		}
	}
	if len(c.ahead) == 0 {
		return nil, nil
	}
	var b pgx.Batch
	for _, text := range c.ahead {
		b.Queue(text)
	}
	b.Queue(query, args...)
	res := c.pg.SendBatch(context.Background(), &b)
	for len(c.ahead) > 0 {
		if _, err := res.Exec(); err != nil {
			c.torn = fmt.Errorf("%s: %w", c.ahead[0], err)
			res.Close() //nolint:errcheck // gives the same error
			return nil, c.torn
		}
		c.ahead = c.ahead[1:]
	}
	return res, nil
}

func (c *conn) execPostgres(query string, args []any) (int64, error) {
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
