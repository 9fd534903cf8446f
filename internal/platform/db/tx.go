package db

import (
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"
)

// ErrNoRows is what a Row's Scan gives when there was none.
var ErrNoRows = sql.ErrNoRows

// Tx is what a closure may touch: the statements of its savepoint, its community and its time.
type Tx struct {
	db         *DB
	c          *conn
	community  string
	now        time.Time
	readonly   bool
	failed     error // the first statement that failed; it spoils the closure even if its error was swallowed
	deferred   []deferred
	after      []func()
	unread     rows // of a QueryRow that awaits its Scan
	reading    bool // inside Each
	announcing bool // inside Soon
	trace      func(query string, args []any)
	once       map[string]bool
	kept       map[string]any
}

// Community is the community whose rows this transaction is about.
func (tx *Tx) Community() string { return tx.community }

// Now is the time of the transaction, read once.
func (tx *Tx) Now() time.Time { return tx.now }

// First tells whether the closure asks for a name for the first time: what it has locked once it need not lock again.
func (tx *Tx) First(name string) bool {
	if tx.announcing || tx.once[name] {
		return false
	}
	if tx.once == nil {
		tx.once = map[string]bool{}
	}
	tx.once[name] = true
	return true
}

// Keep gives what the closure has read under a name, reading it the first time. It is for what many parts of one closure ask for;
// who changes it, or waits for a lock that orders its changes, calls Forget.
func Keep[T any](tx *Tx, name string, read func() (T, error)) (T, error) {
	if v, ok := tx.kept[name].(T); ok {
		return v, nil
	}
	v, err := read()
	if err == nil && !tx.announcing {
		if tx.kept == nil {
			tx.kept = map[string]any{}
		}
		tx.kept[name] = v
	}
	return v, err
}

// Forget lets all be read anew whose name begins so.
func (tx *Tx) Forget(prefix string) {
	if tx.announcing {
		return
	}
	maps.DeleteFunc(tx.kept, func(name string, _ any) bool { return strings.HasPrefix(name, prefix) })
}

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

// ForUpdate ends a SELECT that locks the rows it reads until the commit. Who only reads waits for nobody.
func (tx *Tx) ForUpdate() string {
	if tx.db.dialect == Postgres && !tx.readonly {
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

var (
	errReadOnlyTx = errors.New("a statement that writes in a transaction that reads")
	errUnread     = errors.New("a statement while another one's rows are being read")
)

// Trace calls fn before every statement from now on; tests look at the plans of a query's statements with it.
func (tx *Tx) Trace(fn func(query string, args []any)) { tx.trace = fn }

// check refuses what works on one engine only, or by luck.
func (tx *Tx) check(query string, args []any) error {
	if tx.trace != nil && !tx.announcing {
		tx.trace(query, args)
	}
	switch {
	case tx.unread != nil || tx.reading:
		return tx.fail(query, errUnread)
	case tx.readonly && writes(query):
		return tx.fail(query, errReadOnlyTx)
	}
	return nil
}

// checkWrite is check of what isn't a query.
func (tx *Tx) checkWrite(query string, args []any) error {
	if tx.announcing {
		return tx.fail(query, errAnnounced)
	}
	return tx.check(query, args)
}

// writes tells by its first word that a statement changes something.
func writes(query string) bool {
	word := strings.TrimLeft(query, " \t\r\n")
	for _, w := range [...]string{"SELECT", "WITH", "VALUES", "EXPLAIN", "PRAGMA"} {
		if len(word) >= len(w) && strings.EqualFold(word[:len(w)], w) {
			return false
		}
	}
	return true
}

// query starts a statement that gives rows.
func (tx *Tx) query(query string, args []any) (rows, error) {
	if err := tx.check(query, args); err != nil {
		return nil, err
	}
	if tx.announcing {
		return tx.c.announce(query, encode(args)), nil
	}
	found, err := tx.c.query(query, encode(args))
	if err != nil {
		return nil, tx.fail(query, err)
	}
	return found, nil
}

// Exec runs a statement and tells how many rows it changed.
func (tx *Tx) Exec(query string, args ...any) (int64, error) {
	if err := tx.checkWrite(query, args); err != nil {
		return 0, err
	}
	n, err := tx.c.exec(query, encode(args))
	if err != nil {
		return 0, tx.fail(query, err)
	}
	return n, nil
}

// Put is Exec where nobody asks how many rows changed. On PostgreSQL it may go with the closure's next statement, or the commit,
// in one round trip; so a failure may show only there. It undoes the closure in either case. Arguments must stay as they are.
func (tx *Tx) Put(query string, args ...any) error {
	return tx.put(query, args, false)
}

// Must is Put of a statement that changes exactly one row: what a lock or an earlier statement of the closure has made sure of. That it
// doesn't fails the closure.
func (tx *Tx) Must(query string, args ...any) error {
	return tx.put(query, args, true)
}

func (tx *Tx) put(query string, args []any, one bool) error {
	if tx.readonly { // no commit would send it
		_, err := tx.Exec(query, args...)
		return err
	}
	if err := tx.checkWrite(query, args); err != nil {
		return err
	}
	if err := tx.c.put(query, encode(args), one); err != nil {
		return tx.fail(query, err)
	}
	return nil
}

// Row is one row of a result.
type Row struct {
	rows rows
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
	r.tx.unread = nil
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

// QueryRow runs a query for its first row; Scan gives ErrNoRows when there is none. Until Scan is called the transaction
// takes no other statement.
func (tx *Tx) QueryRow(query string, args ...any) *Row {
	found, err := tx.query(query, args)
	if err != nil {
		return &Row{err: err}
	}
	tx.unread = found
	return &Row{rows: found, one: true, tx: tx, text: query}
}

// Each runs a query and hands every row to fn, which must not use the Tx.
func (tx *Tx) Each(fn func(*Row) error, query string, args ...any) error {
	found, err := tx.query(query, args)
	if err != nil {
		return err
	}
	tx.reading = true
	defer func() { tx.reading = false; found.Close() }() // for a panic in fn
	r := &Row{rows: found}
	for err == nil && found.Next() {
		err = fn(r)
	}
	// A statement that changes rows may fail after the ones that were read, also when fn ended the reading.
	closeErr := found.Close()
	if closeErr == nil {
		closeErr = found.Err()
	}
	if closeErr != nil {
		closeErr = tx.fail(query, closeErr)
		if err == nil {
			err = closeErr
		}
	}
	return err
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
	return tx.insert(table, columns, rows, "")
}

// insert is Insert with what follows the values.
func (tx *Tx) insert(table string, columns []string, rows [][]any, tail string) error {
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
		if err := tx.Put(head+placeholders(n, len(columns))+tail, args...); err != nil {
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

// In writes values as the arguments of an IN, behind those that args has: "($2, $3)". The last one stands there again up to a
// power of two, so that few texts are ever prepared. There must be one value at least.
func In[T any](args *[]any, values []T) string {
	var b strings.Builder
	for n := 0; n < len(values) || n&(n-1) != 0; n++ {
		*args = append(*args, values[min(n, len(values)-1)])
		fmt.Fprintf(&b, ", $%d", len(*args))
	}
	return "(" + strings.TrimPrefix(b.String(), ", ") + ")"
}
