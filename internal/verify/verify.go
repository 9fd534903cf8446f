package verify

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/qunce/qunce/internal/domain/circle"
	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/domain/shop"
	"github.com/qunce/qunce/internal/platform/blob"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/proof"
	"github.com/qunce/qunce/internal/spine/ledger"
	"github.com/qunce/qunce/internal/spine/path"
	"github.com/qunce/qunce/internal/spine/seat"
	"github.com/qunce/qunce/internal/spine/task"
)

// Deps are the parts that prove themselves.
type Deps struct {
	DB      *db.DB
	Paths   *path.Engine
	Ledger  *ledger.Service
	Circles *circle.Service
	Blobs   *blob.Service
}

// Verifier proves communities.
type Verifier struct{ Deps }

// New makes a verifier.
func New(d Deps) *Verifier { return &Verifier{d} }

// Flaw is a row that is off.
type Flaw struct {
	Kind   string `json:"kind" doc:"the part, then what is wrong: seat.pool_used"`
	Row    string `json:"row" doc:"which row"`
	Reason string `json:"reason" doc:"what is off, in English"`
}

// Report is what was found.
type Report struct {
	Community string         `json:"community"`
	Checked   map[string]int `json:"checked" doc:"how many rows of each part were looked at"`
	Flaws     []Flaw         `json:"flaws" doc:"at most 1,000 of a kind"`
}

// OK tells whether nothing is off.
func (r Report) OK() bool { return len(r.Flaws) == 0 }

// ByPart counts the flaws of each part that was checked.
func (r Report) ByPart() map[string]int {
	out := map[string]int{}
	for part := range r.Checked {
		out[part] = 0
	}
	for _, f := range r.Flaws {
		out[partOf(f.Kind)]++
	}
	return out
}

// most is how many flaws of a kind are told: damage everywhere needs no full list.
const most = 1000

// grace is how long what is due may wait for its turn before it counts as forgotten.
const grace = 5 * time.Minute

// Community proves one community. Its error means that it could not be read; flaws are no error.
func (v *Verifier) Community(ctx context.Context, community string) (Report, error) {
	r := Report{Community: community, Checked: map[string]int{}, Flaws: []Flaw{}}
	var stored []blob.Blob
	err := v.DB.Snapshot(ctx, community, func(tx *db.Tx) (err error) {
		if err = v.checkRows(tx, &r); err == nil {
			stored, err = allBlobs(tx)
		}
		return err
	})
	if err != nil {
		return r, fmt.Errorf("verify: %w", err)
	}
	books, err := v.Ledger.Verify(ctx, community)
	if err != nil {
		return r, fmt.Errorf("verify: %w", err)
	}
	r.Checked["ledger"] = int(books.Entries)
	for _, f := range books.Flaws {
		r.add("ledger.entry", f.Row, "%s", f.What)
	}
	return r, v.checkFiles(ctx, &r, stored)
}

// checkRows proves everything but the ledger, which reads for itself, and the files.
func (v *Verifier) checkRows(tx *db.Tx, r *Report) error {
	last, err := checkFacts(tx, r)
	if err != nil {
		return fmt.Errorf("facts: %w", err)
	}
	for _, check := range []func(*db.Tx, *Report, time.Time) error{v.checkSpine, v.checkCircles, checkMembers, checkGoods, checkEvents, checkLaunches, checkMoney, checkTraces, checkReferences, countRows} {
		if err := check(tx, r, last); err != nil {
			return err
		}
	}
	return nil
}

func (r *Report) add(kind, row, reason string, args ...any) {
	r.Flaws = append(r.Flaws, Flaw{kind, row, fmt.Sprintf(reason, args...)})
}

// prove lets a part prove its own rows.
func (r *Report) prove(tx *db.Tx, part func(*db.Tx) ([]proof.Problem, error)) error {
	found, err := part(tx)
	for _, p := range found {
		r.add(p.Code, p.Ref, "the row says %d, and it should be %d", p.Stored, p.Right)
	}
	return err
}

// checkSpine lets the primitives prove themselves. What is late is late by the clock of the community's own life: where
// nobody has been at work since, nothing was forgotten.
func (v *Verifier) checkSpine(tx *db.Tx, r *Report, last time.Time) error {
	if err := r.prove(tx, seat.Verify); err != nil {
		return fmt.Errorf("seats: %w", err)
	}
	if err := deadHolds(tx, r, last.Add(-grace)); err != nil {
		return fmt.Errorf("seats: %w", err)
	}
	runs, err := v.Paths.Verify(tx, tx.Now().Sub(last)+grace)
	if err != nil {
		return fmt.Errorf("paths: %w", err)
	}
	for _, f := range runs {
		r.add("path.run", f.Run, "run of %s: %s", f.Path, f.Reason)
	}
	err = r.each(tx, "path.task_unasked", "task that its run asks no longer", `SELECT t.id FROM task t JOIN path_run p ON p.community_id = t.community_id AND p.id = t.subject
		WHERE t.community_id = $1 AND t.subject_kind = 'run' AND t.state IN ('open', 'claimed') AND (p.state <> 'running' OR p.task <> t.id) ORDER BY t.id LIMIT $2`)
	if err != nil {
		return fmt.Errorf("paths: %w", err)
	}
	tasks, err := task.Verify(tx)
	if err != nil {
		return fmt.Errorf("tasks: %w", err)
	}
	for _, f := range tasks {
		r.add("task.forgotten", f.Task, "%s", f.What)
	}
	return nil
}

func (v *Verifier) checkCircles(tx *db.Tx, r *Report, _ time.Time) error {
	if err := r.prove(tx, v.Circles.Verify); err != nil {
		return fmt.Errorf("circles: %w", err)
	}
	return nil
}

// checkMembers proves memberships and orders, and that who is a member has one place under the community's cap.
func checkMembers(tx *db.Tx, r *Report, _ time.Time) error {
	if err := r.prove(tx, membership.Verify); err != nil {
		return err
	}
	if err := r.prove(tx, shop.Verify); err != nil {
		return err
	}
	if err := checkBooksOfOrders(tx, r); err != nil {
		return err
	}
	const members = `SELECT p.root FROM membership_term t JOIN person p ON p.community_id = t.community_id AND p.id = t.person
		WHERE t.community_id = $1 AND t.state = 'bought' AND t.grace_until > $3 AND p.erased_at = 0
		UNION SELECT p.root FROM membership_colleague c JOIN person p ON p.community_id = c.community_id AND p.id = c.person WHERE c.community_id = $1 AND c.state = 'taken' AND p.erased_at = 0`
	const places = `SELECT holder FROM seat WHERE community_id = $1 AND group_name = 'members' AND state = 'taken'`
	if err := r.each(tx, "membership.member_without_place", "member without a place under the cap", `SELECT root FROM (`+members+`) m EXCEPT `+places+` ORDER BY 1 LIMIT $2`, tx.Now()); err != nil {
		return err
	}
	if err := checkColleagues(tx, r); err != nil {
		return err
	}
	// Whose term ended in the last minutes may still have the place: it goes by a timer.
	return r.each(tx, "membership.place_without_member", "place under the cap without a member", places+` EXCEPT SELECT root FROM (`+members+`) m ORDER BY 1 LIMIT $2`, tx.Now().Add(-grace))
}

// allBlobs lists what is stored. What nobody has used for a day may be swept at any moment, file after row, so its file is
// not asked for.
func allBlobs(tx *db.Tx) (out []blob.Blob, err error) {
	for after := ""; ; {
		some, err := blob.List(tx, after, most)
		if err != nil || len(some) == 0 {
			return out, err
		}
		for _, b := range some {
			if b.Refs > 0 || tx.Now().Sub(b.CreatedAt) < 24*time.Hour {
				out = append(out, b)
			}
		}
		after = some[len(some)-1].Hash
	}
}

// checkFiles reads every stored file through.
func (v *Verifier) checkFiles(ctx context.Context, r *Report, stored []blob.Blob) error {
	r.Checked["blob"] = len(stored)
	for _, b := range stored {
		err := v.Blobs.Verify(ctx, r.Community, b.Hash)
		switch {
		case errors.Is(err, blob.ErrMissing):
			r.add("blob.missing", b.Hash, "its file is not there")
		case errors.Is(err, blob.ErrDamaged):
			r.add("blob.damaged", b.Hash, "its file is not what was stored")
		case err != nil:
			return fmt.Errorf("verify: %w", err)
		}
	}
	return nil
}
