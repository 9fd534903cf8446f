// Package proof holds stored rows to what they must be. Each part lists its proofs beside its tables; they read and change
// nothing, and what must stay true of them is that each finds damage from the rows it rests on, not from another proof.
package proof

import (
	"fmt"

	"github.com/qunce/qunce/internal/platform/db"
)

// Problem is a row that is off.
type Problem struct {
	Code   string `json:"code"`   // what is wrong, e.g. "seat.pool_used"
	Ref    string `json:"ref"`    // whose row: an id, or what else names it
	Stored int64  `json:"stored"` // what the row says
	Right  int64  `json:"right"`  // what it should say, or must not pass
}

// Proof is a query for the rows that are off.
type Proof struct {
	Code  string
	Query string // gives Ref, Stored and Right; $1 is the community
}

// Run gives what the proofs find in the community of tx, proof by proof. Run it where nothing is written meanwhile, or in a
// db.Snapshot.
func Run(tx *db.Tx, proofs []Proof) ([]Problem, error) {
	var out []Problem
	for _, p := range proofs {
		found, err := db.All(tx, func(r *db.Row) (Problem, error) {
			x := Problem{Code: p.Code}
			err := r.Scan(&x.Ref, &x.Stored, &x.Right)
			return x, err
		}, p.Query, tx.Community())
		if err != nil {
			return nil, fmt.Errorf("prove %s: %w", p.Code, err)
		}
		out = append(out, found...)
	}
	return out, nil
}
