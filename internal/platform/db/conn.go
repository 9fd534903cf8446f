package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// maxStatements bounds a connection's prepared statements; the code has a few hundred texts, so this is never reached
// unless one is built with values in it.
const maxStatements = 1000

// maxAhead bounds what waits to go ahead of a statement.
const maxAhead = 32

// idleCheck is how long a PostgreSQL connection may rest before it is asked whether the server is still there.
const idleCheck = time.Second

// rows is a result that is read row by row.
type rows interface {
	Next() bool
	Scan(dest ...any) error
	Err() error
	Close() error
}

// conn is one connection with its prepared statements. It is used by one goroutine at a time and connects when first used.
// SQLite gains 1.7–2.5× from the cache; pgx keeps its own.
//
// What opens a transaction or a savepoint isn't sent by itself: it waits in ahead and goes with the next statement, on
// PostgreSQL in the same round trip. So does a statement whose result nobody asks for. A closure of one statement so costs one
// round trip instead of three.
type conn struct {
	db     *DB
	slot   int // its number among the writers
	raw    *sql.Conn
	stmts  map[string]*sql.Stmt // SQLite's
	pg     *pgx.Conn            // PostgreSQL's, of raw
	known  map[string]bool      // texts that PostgreSQL has parsed on this connection
	used   time.Time
	ahead  []ahead
	soon   []*soon         // queries that the closure has announced
	locked map[string]bool // what Lock has locked, to the end of the transaction
	torn   error           // a statement of ahead failed: what the transaction holds is unknown
}

// ahead is a statement that waits for the next one; only one that opens or closes something has no arguments.
type ahead struct {
	text string
	args []any
	one  bool // it must change one row
}

// errNotOne is a statement that was to change one row.
var errNotOne = errors.New("not exactly one row was changed")

// open connects if there is no connection.
func (c *conn) open() error {
	if c.pg != nil && (c.pg.IsClosed() || time.Since(c.used) > idleCheck && c.pg.Ping(context.Background()) != nil) {
		c.drop() // the server was restarted since, or pgx gave the connection up
	}
	if c.raw != nil {
		return nil
	}
	raw, err := c.db.sql.Conn(context.Background())
	if err != nil {
		return classify(c.db.dialect, fmt.Errorf("connect: %w", err))
	}
	c.raw, c.stmts, c.known, c.ahead, c.soon, c.torn = raw, map[string]*sql.Stmt{}, map[string]bool{}, nil, nil, nil
	if c.db.dialect == Postgres {
		raw.Raw(func(dc any) error { c.pg = dc.(*stdlib.Conn).Conn(); return nil }) //nolint:errcheck // gives fn's nil
	}
	return nil
}

// close ends the connection in good order.
func (c *conn) close() {
	for _, s := range c.stmts {
		s.Close()
	}
	c.drop()
}

// drop closes the connection for good: after an I/O error or a lost server its state is unknown.
func (c *conn) drop() {
	if c.raw == nil {
		return
	}
	c.raw.Raw(func(any) error { return errBadConn }) //nolint:errcheck // the error is what makes the pool discard it
	c.raw, c.pg, c.stmts, c.known, c.ahead, c.soon, c.torn = nil, nil, nil, nil, nil, nil, nil
}

// before lets text run ahead of the next statement.
func (c *conn) before(text string) {
	c.soon = nil
	c.ahead = append(c.ahead, ahead{text: text})
}

// waits tells whether text is still to be sent, and where it stands in ahead: the last one, since the savepoints of several closures
// may wait there, each with what its closure has put.
func (c *conn) waits(text string) (at int, ok bool) {
	for at = len(c.ahead) - 1; at >= 0; at-- {
		if c.ahead[at].text == text {
			return at, true
		}
	}
	return 0, false
}

// unsent takes text back if it still waits and nothing was put behind it, and tells whether it did.
func (c *conn) unsent(text string) bool {
	at, ok := c.waits(text)
	if !ok || slices.ContainsFunc(c.ahead[at:], func(a ahead) bool { return a.args != nil }) {
		return false
	}
	c.ahead = slices.Delete(c.ahead, at, at+1)
	return true
}

// cut takes text back if it still waits, with all that waits behind it, and tells whether it did.
func (c *conn) cut(text string) bool {
	at, ok := c.waits(text)
	if ok {
		c.ahead = c.ahead[:at]
	}
	return ok
}

// run executes a statement without arguments or results at once, after what waits ahead of it.
func (c *conn) run(text string) error {
	if c.pg != nil {
		return c.runPostgres(text)
	}
	_, err := c.exec(text, nil)
	if err != nil {
		return fmt.Errorf("%s: %w", text, err)
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
	s, err := c.raw.PrepareContext(context.Background(), boundLimit.ReplaceAllString(query, "$0 + 0"))
	if err != nil {
		return nil, err
	}
	c.stmts[query] = s
	return s, nil
}

// boundLimit finds a limit that is an argument. SQLite plans such a statement by the argument's value and so prepares it
// again whenever that is bound anew, which costs more than the query (measured: 47 against 17 µs); a sum it leaves alone.
var boundLimit = regexp.MustCompile(`\bLIMIT \$\d+`)

// sendAhead runs what waits, on SQLite.
func (c *conn) sendAhead() error {
	for len(c.ahead) > 0 {
		text := c.ahead[0].text
		s, err := c.stmt(text)
		if err == nil {
			_, err = s.ExecContext(context.Background())
		}
		if err != nil {
			c.torn = fmt.Errorf("%s: %w", text, err)
			return c.torn
		}
		c.ahead = c.ahead[1:]
	}
	return nil
}

// put is exec whose result nobody asks for, but perhaps that it changes one row.
func (c *conn) put(query string, args []any, one bool) error {
	c.stale()
	if c.pg != nil && c.known[query] && len(c.ahead) < maxAhead {
		c.ahead = append(c.ahead, ahead{query, args, one})
		return nil
	}
	n, err := c.exec(query, args)
	if err == nil && one && n != 1 {
		err = errNotOne
	}
	return err
}

func (c *conn) exec(query string, args []any) (int64, error) {
	if c.pg != nil {
		return c.execPostgres(query, args)
	}
	if err := c.sendAhead(); err != nil {
		return 0, err
	}
	s, err := c.stmt(query)
	if err != nil {
		return 0, err
	}
	res, err := s.ExecContext(context.Background(), args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

func (c *conn) query(query string, args []any) (rows, error) {
	if c.pg != nil {
		return c.queryPostgres(query, args)
	}
	if err := c.sendAhead(); err != nil {
		return nil, err
	}
	s, err := c.stmt(query)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(context.Background(), args...)
}
