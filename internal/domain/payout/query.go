package payout

import (
	"time"

	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/db"
)

// BatchTx gives a batch with its totals; ErrUnknownBatch if there is none.
func (s *Service) BatchTx(tx *db.Tx, id string) (d Detail, err error) {
	b, found, err := batchByID(tx, id, "")
	if err == nil && !found {
		err = ErrUnknownBatch
	}
	if err != nil {
		return d, err
	}
	d.Batch = b
	d.Totals, err = totals(tx, id)
	return d, err
}

// BatchesTx lists the batches, newest first.
func (s *Service) BatchesTx(tx *db.Tx, cursor string, limit int) (page.Page[Batch], error) {
	before, id, err := newest(tx, cursor)
	if err != nil {
		return page.Page[Batch]{}, err
	}
	limit = page.Limit(limit)
	rows, err := batchesBefore(tx, before, id, limit+1)
	return page.Cut(rows, limit, func(b Batch) string { return page.Cursor(db.Micros(b.CreatedAt), b.ID) }), err
}

// LinesTx lists the lines of a batch in the order in which they were made, of one state unless it is empty.
func (s *Service) LinesTx(tx *db.Tx, batch string, state LineState, cursor string, limit int) (p page.Page[Line], err error) {
	var after string
	if _, err := page.Parse(cursor, &after); err != nil {
		return p, err
	}
	limit = page.Limit(limit)
	rows, err := linesOf(tx, batch, state, after, limit+1)
	return page.Cut(rows, limit, func(l Line) string { return page.Cursor(l.ID) }), err
}

// PaidToTx lists what a human was to be paid, by all their ids, newest first.
func (s *Service) PaidToTx(tx *db.Tx, persons []string, cursor string, limit int) (p page.Page[Line], err error) {
	before, id, err := newest(tx, cursor)
	if err != nil {
		return p, err
	}
	limit = page.Limit(limit)
	rows, err := linesTo(tx, persons, before, id, limit+1)
	return page.Cut(rows, limit, func(l Line) string { return page.Cursor(db.Micros(l.At), l.ID) }), err
}

func newest(tx *db.Tx, cursor string) (before time.Time, id string, err error) {
	var us int64
	found, err := page.Parse(cursor, &us, &id)
	if !found {
		return tx.Now().Add(time.Microsecond), "", err
	}
	return db.FromMicros(us), id, err
}
