package path

import (
	"context"
	"fmt"

	"github.com/qunce/qunce/internal/platform/db"
)

// retimeChunk is how many runs get a new time in one transaction.
const retimeChunk = 200

// Retime asks a moment again for every run that waits for it, after what it depends on has changed. It works in chunks,
// and running it again does no harm.
func (e *Engine) Retime(ctx context.Context, community, moment string) error {
	after := ""
	for {
		last := ""
		err := e.db.Alone(ctx, community, func(tx *db.Tx) (err error) {
			last, err = e.retimeSome(tx, moment, after)
			return err
		})
		if err != nil {
			return fmt.Errorf("set the times of moment %s anew: %w", moment, err)
		}
		if last == "" {
			return nil
		}
		after = last
	}
}

func (e *Engine) retimeSome(tx *db.Tx, moment, after string) (last string, err error) {
	b, err := e.newBatch(tx)
	if err != nil {
		return "", err
	}
	runs, err := db.All(tx, scanRun, `SELECT `+runColumns+` FROM path_run WHERE community_id = $1 AND state = 'running' AND due_at <> 0 AND id > $2 ORDER BY id LIMIT $3`+tx.ForUpdate(),
		tx.Community(), after, retimeChunk)
	if err != nil {
		return "", err
	}
	for _, r := range runs {
		last = r.ID
		c, err := b.shelf.of(r)
		if err != nil {
			return "", err
		}
		u := c.nodes[r.Step].step.Until
		if u == nil || u.Moment != moment {
			continue
		}
		if _, err := b.again(r, c.nodes[r.Step], false); err != nil {
			return "", err
		}
		b.touch(r)
	}
	return last, b.write()
}
