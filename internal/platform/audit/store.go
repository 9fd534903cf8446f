package audit

import (
	"fmt"
	"strings"
	"time"

	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/db"
)

const columns = `id, at, actor_kind, actor_id, action, target_kind, target_id, detail, address, request`

func insert(tx *db.Tx, e Entry) error {
	return tx.Put(`INSERT INTO audit (community_id, `+columns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		tx.Community(), e.ID, e.At, string(e.ActorKind), e.ActorID, e.Action, e.TargetKind, e.TargetID, db.JSON[Detail]{V: e.Detail}, e.Address, e.Request)
}

func scan(r *db.Row) (e Entry, err error) {
	var d db.JSON[Detail]
	err = r.Scan(&e.ID, &e.At, &e.ActorKind, &e.ActorID, &e.Action, &e.TargetKind, &e.TargetID, &d, &e.Address, &e.Request)
	e.Detail = d.V
	return e, err
}

// list builds one of few texts: a condition stands in it only when it is asked for, so that its index serves it.
func list(tx *db.Tx, f Filter, limit int) ([]Entry, error) {
	where, args := []string{"community_id = $1"}, []any{tx.Community()}
	add := func(condition string, values ...any) {
		for _, v := range values {
			args = append(args, v)
			condition = strings.Replace(condition, "?", fmt.Sprintf("$%d", len(args)), 1)
		}
		where = append(where, condition)
	}
	if f.ActorID != "" {
		add("actor_id = ?", f.ActorID)
	}
	if f.TargetID != "" {
		add("target_id = ?", f.TargetID)
	}
	if strings.HasSuffix(f.Action, ".") {
		add("action >= ? AND action < ?", f.Action, strings.TrimSuffix(f.Action, ".")+"/") // '/' follows '.'
	} else if f.Action != "" {
		add("action = ?", f.Action)
	}
	if !f.From.IsZero() {
		add("at >= ?", f.From)
	}
	if !f.To.IsZero() {
		add("at < ?", f.To)
	}
	var (
		at int64
		id string
	)
	if more, err := page.Parse(f.Cursor, &at, &id); err != nil {
		return nil, err
	} else if more {
		add("(at, id) < (?, ?)", at, id)
	}
	args = append(args, limit)
	return db.All(tx, scan, fmt.Sprintf(`SELECT %s FROM audit WHERE %s ORDER BY at DESC, id DESC LIMIT $%d`, columns, strings.Join(where, " AND "), len(args)), args...)
}

// purgeBatch bounds how long one purge holds its locks.
const purgeBatch = 500

func purge(tx *db.Tx, before time.Time) (more bool, err error) {
	n, err := tx.Exec(`DELETE FROM audit WHERE community_id = $1 AND id IN (SELECT id FROM audit WHERE community_id = $1 AND at < $2 ORDER BY at LIMIT $3)`,
		tx.Community(), before, purgeBatch)
	return n == purgeBatch, err
}
