package db

import (
	"fmt"
	"slices"
)

// Lock is Put of a SELECT … FOR UPDATE on one row that many closures lock first of all. On PostgreSQL it holds to the end of the shared
// transaction, also when the closure is undone: a savepoint that is gone back to gives up the locks taken since, and then each closure of
// those who are refused would wait for the row anew, behind the other writers. SQLite, with one writer, needs none.
func (tx *Tx) Lock(query string, args ...any) error {
	if tx.db.dialect == SQLite || tx.announcing {
		return nil
	}
	if err := tx.checkWrite(query, args); err != nil {
		return err
	}
	if err := tx.c.lock(query, encode(args)); err != nil {
		return tx.fail(query, err)
	}
	return nil
}

// lock puts a lock in front of the closure's savepoint if that still waits, and once.
func (c *conn) lock(query string, args []any) error {
	name := fmt.Sprint(query, args)
	if c.locked[name] {
		return nil
	}
	at, waits := c.waits(savepoint)
	if !waits || !c.known[query] || len(c.ahead) >= maxAhead {
		return c.put(query, args, false)
	}
	c.stale()
	c.ahead = slices.Insert(c.ahead, at, ahead{text: query, args: args})
	c.locked[name] = true
	return nil
}
