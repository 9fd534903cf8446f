package db

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
)

// ErrNoRows is what a Row's Scan gives when there was none.
var ErrNoRows = sql.ErrNoRows

// Tx is what a closure may touch: the statements of its savepoint, its community and its time.
type Tx struct {
	db        *DB
	c         *conn
	community string
	now       time.Time
	readonly  bool
	failed    error // the first statement that failed; it spoils the closure even if its error was swallowed
	deferred  []deferred
	after     []func()
}

// Community is the community whose rows this transaction is about.
func (tx *Tx) Community() string { return tx.community }

// Now is the time of the transaction, read once.
func (tx *Tx) Now() time.Time { return tx.now }

// NewID makes an identifier.
func (tx *Tx) NewID() string { return tx.db.ids.New(tx.now) }

// Dialect tells the engine, for the few statements that differ.
func (tx *Tx) Dialect() Dialect { return tx.db.dialect }

// AfterCommit runs fn once the transaction is durable. It must be quick: neighbours wait.
func (tx *Tx) AfterCommit(fn func()) { tx.after = append(tx.after, fn) }

// SkipLocked ends a SELECT that claims rows: PostgreSQL skips what others hold; SQLite has one writer and needs nothing.
func (tx *Tx) SkipLocked() string {
	if tx.db.dialect == Postgres {
		return " FOR UPDATE SKIP LOCKED"
	}
	return ""
}

// ForUpdate ends a SELECT that locks the rows it reads until the commit.
func (tx *Tx) ForUpdate() string {
	if tx.db.dialect == Postgres {
		return " FOR UPDATE"
	}
	return ""
}

func (tx *Tx) fail(query string, err error) error {
	err = classify(tx.db.dialect, fmt.Errorf("%s: %w", brief(query), err))
	if tx.failed == nil {
		tx.failed = err
	}
	return err
}

// brief is the beginning of a statement, for logs.
func brief(query string) string {
	s := strings.Join(strings.Fields(query), " ")
	if len(s) > 90 {
		s = s[:90] + "…"
	}
	return s
}

var errReadOnlyTx = errors.New("a statement that writes in a transaction that reads")

// Exec runs a statement and tells how many rows it changed.
func (tx *Tx) Exec(query string, args ...any) (int64, error) {
	if tx.readonly {
		return 0, tx.fail(query, errReadOnlyTx)
	}
	res, err := tx.c.exec(query, encode(args))
	if err != nil {
		return 0, tx.fail(query, err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return 0, tx.fail(query, err)
	}
	return n, nil
}

// Row is one row of a result.
type Row struct {
	rows *sql.Rows
	err  error
	one  bool
	tx   *Tx
	text string
}

// Scan copies the columns; *time.Time reads microseconds. A row from QueryRow is used up by it.
func (r *Row) Scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	if !r.one {
		return r.rows.Scan(decode(dest)...)
	}
	defer r.rows.Close()
	if !r.rows.Next() {
		if err := r.rows.Err(); err != nil {
			return r.tx.fail(r.text, err)
		}
		return ErrNoRows
	}
	if err := r.rows.Scan(decode(dest)...); err != nil {
		return r.tx.fail(r.text, err)
	}
	if err := r.rows.Close(); err != nil {
		return r.tx.fail(r.text, err)
	}
	if err := r.rows.Err(); err != nil {
		return r.tx.fail(r.text, err)
	}
	return nil
}

// QueryRow runs a query for its first row; Scan gives ErrNoRows when there is none.
func (tx *Tx) QueryRow(query string, args ...any) *Row {
	rows, err := tx.c.query(query, encode(args))
	if err != nil {
		return &Row{err: tx.fail(query, err)}
	}
	return &Row{rows: rows, one: true, tx: tx, text: query}
}

// Each runs a query and hands every row to fn, which must not use the Tx.
func (tx *Tx) Each(fn func(*Row) error, query string, args ...any) error {
	rows, err := tx.c.query(query, encode(args))
	if err != nil {
		return tx.fail(query, err)
	}
	defer rows.Close()
	r := &Row{rows: rows}
	for rows.Next() {
		if err := fn(r); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return tx.fail(query, err)
	}
	return nil
}

// All runs a query and scans every row.
func All[T any](tx *Tx, scan func(*Row) (T, error), query string, args ...any) ([]T, error) {
	var out []T
	err := tx.Each(func(r *Row) error {
		v, err := scan(r)
		if err == nil {
			out = append(out, v)
		}
		return err
	}, query, args...)
	return out, err
}

// One runs a query and scans its first row; found is false when there is none.
func One[T any](tx *Tx, scan func(*Row) (T, error), query string, args ...any) (v T, found bool, err error) {
	v, err = scan(tx.QueryRow(query, args...))
	if errors.Is(err, ErrNoRows) {
		return v, false, nil
	}
	return v, err == nil, err
}

// Column scans a single column of any basic type, for use with All and One.
func Column[T any](r *Row) (T, error) {
	var v T
	err := r.Scan(&v)
	return v, err
}

// Insert writes rows into a table, many to a statement where the engine gains from it. Every row has one value a column.
func (tx *Tx) Insert(table string, columns []string, rows [][]any) error {
	if len(rows) == 0 {
		return nil
	}
	head := "INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES "
	per := 1 // SQLite: a prepared statement run again beats a long one
	if tx.db.dialect == Postgres {
		per = max(1, min(len(rows), 1000/len(columns)))
	}
	for len(rows) > 0 {
		n := min(per, len(rows))
		// Whole chunks share one text, and the rest goes in powers of two, so that few texts are ever prepared.
		for n&(n-1) != 0 {
			n &= n - 1
		}
		args := make([]any, 0, n*len(columns))
		for _, r := range rows[:n] {
			args = append(args, r...)
		}
		if _, err := tx.Exec(head+placeholders(n, len(columns)), args...); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

func placeholders(rows, columns int) string {
	var b strings.Builder
	for r := range rows {
		if r > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('(')
		for c := range columns {
			if c > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, "$%d", r*columns+c+1)
		}
		b.WriteByte(')')
	}
	return b.String()
}
