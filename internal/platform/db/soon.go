package db

import (
	"errors"
	"reflect"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// Soon announces the queries that fn makes, and that the closure will make behind it: on PostgreSQL they go with its next query in one
// round trip, and each, asked with the same text and arguments, is answered once from what came. In fn they find nothing, so what fn
// gives is of no use; it must not write. On SQLite fn isn't called.
//
// It changes no answer of a closure that holds a lock on what it reads: behind what it writes or locks, what came before is asked anew.
// Without it a chain of reads under a lock keeps others waiting for a round trip each.
func (tx *Tx) Soon(fn func()) {
	if tx.c.pg == nil || tx.failed != nil {
		return
	}
	was := tx.announcing
	tx.announcing = true
	defer func() { tx.announcing = was }()
	fn()
}

// announce notes a query that fn of Soon makes. A text that the server hasn't parsed on this connection goes by itself when it is asked.
func (c *conn) announce(query string, args []any) rows {
	if c.known[query] && !changes(query) {
		c.soon = append(c.soon, &soon{text: query, args: args})
	}
	return &cameRows{}
}

var errAnnounced = errors.New("a statement that writes in what is announced")

// soon is a query that was announced, and what came of it.
type soon struct {
	text string
	args []any
	came *cameRows // nil until it was sent
}

// changes tells that what was read before a statement may differ from what would be read behind it: it writes, or may have waited.
func changes(query string) bool {
	return writes(query) || strings.Contains(query, "FOR UPDATE") || strings.Contains(query, "INSERT INTO") || strings.Contains(query, "advisory")
}

// announced takes a query off the announced ones, and gives what came of it.
func (c *conn) announced(query string, args []any) *cameRows {
	at := slices.IndexFunc(c.soon, func(s *soon) bool { return s.text == query && reflect.DeepEqual(s.args, args) })
	if at < 0 {
		return nil
	}
	came := c.soon[at].came
	c.soon = slices.Delete(c.soon, at, at+1)
	return came
}

// stale forgets what came of announced queries: what they read may have changed. Those that were not sent yet go behind the change.
func (c *conn) stale() {
	c.soon = slices.DeleteFunc(c.soon, func(s *soon) bool { return s.came != nil })
}

// unsentSoon are the announced queries that were not sent yet.
func (c *conn) unsentSoon() (out []*soon) {
	for _, s := range c.soon {
		if s.came == nil {
			out = append(out, s)
		}
	}
	return out
}

// cameRows is a result that was read before anybody asked.
type cameRows struct {
	fields []pgconn.FieldDescription
	types  *pgtype.Map
	rows   [][][]byte
	at     int
}

// read takes a result over to its end.
func (s *soon) read(types *pgtype.Map, found pgx.Rows) error {
	s.came = &cameRows{types: types}
	for found.Next() {
		row := make([][]byte, 0, len(found.RawValues()))
		for _, v := range found.RawValues() {
			row = append(row, slices.Clone(v)) // nil, which stands for NULL, stays nil
		}
		s.came.rows = append(s.came.rows, row)
	}
	s.came.fields = slices.Clone(found.FieldDescriptions())
	return found.Err()
}

func (r *cameRows) Next() bool {
	r.at++
	return r.at <= len(r.rows)
}

func (r *cameRows) Scan(dest ...any) error {
	return pgx.ScanRow(r.types, r.fields, r.rows[r.at-1], dest...)
}

func (r *cameRows) Err() error { return nil }

func (r *cameRows) Close() error { return nil }
