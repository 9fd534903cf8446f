package db

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// maxStatements bounds a connection's prepared statements; the code has a few hundred texts, so this is never reached
// unless one is built with values in it.
const maxStatements = 1000

// conn is one connection with its prepared statements. It is used by one goroutine at a time and connects when first used.
// SQLite gains 1.7–2.5× from the cache; pgx keeps its own.
type conn struct {
	db    *DB
	raw   *sql.Conn
	stmts map[string]*sql.Stmt
}

// open connects if there is no connection.
func (c *conn) open() error {
	if c.raw != nil {
		return nil
	}
	raw, err := c.db.sql.Conn(context.Background())
	if err != nil {
		return classify(c.db.dialect, fmt.Errorf("connect: %w", err))
	}
	c.raw, c.stmts = raw, map[string]*sql.Stmt{}
	return nil
}

// close lets the connection go back to the pool, without its statements.
func (c *conn) close() {
	if c.raw == nil {
		return
	}
	for _, s := range c.stmts {
		s.Close()
	}
	c.raw.Close()
	c.raw, c.stmts = nil, nil
}

// drop closes the connection for good: after an I/O error or a lost server its state is unknown.
func (c *conn) drop() {
	if c.raw == nil {
		return
	}
	c.raw.Raw(func(any) error { return errBadConn }) //nolint:errcheck // the error is what makes the pool discard it
	c.raw, c.stmts = nil, nil
}

// run executes SQL without arguments or results: BEGIN, COMMIT, SAVEPOINT. Several statements may stand in one text.
func (c *conn) run(query string) error {
	var err error
	if c.db.dialect == Postgres {
		_, err = c.raw.ExecContext(context.Background(), query, pgx.QueryExecModeSimpleProtocol)
	} else {
		_, err = c.exec(query, nil)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", query, err)
	}
	return nil
}

func (c *conn) stmt(query string) (*sql.Stmt, error) {
	if s, ok := c.stmts[query]; ok {
		return s, nil
	}
	if len(c.stmts) >= maxStatements {
		for k, s := range c.stmts {
			s.Close()
			delete(c.stmts, k)
		}
	}
	s, err := c.raw.PrepareContext(context.Background(), query)
	if err != nil {
		return nil, err
	}
	c.stmts[query] = s
	return s, nil
}

func (c *conn) exec(query string, args []any) (sql.Result, error) {
	if c.db.dialect == Postgres {
		return c.raw.ExecContext(context.Background(), query, args...)
	}
	s, err := c.stmt(query)
	if err != nil {
		return nil, err
	}
	return s.ExecContext(context.Background(), args...)
}

func (c *conn) query(query string, args []any) (*sql.Rows, error) {
	if c.db.dialect == Postgres {
		return c.raw.QueryContext(context.Background(), query, args...)
	}
	s, err := c.stmt(query)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(context.Background(), args...)
}
