package room

import (
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/proof"
)

// Verify finds rooms that show more than their script has, or play without a time for what comes next, and counts of votes that are
// not their votes. Run it where nothing is written meanwhile, or in a db.Snapshot.
func Verify(tx *db.Tx) ([]proof.Problem, error) {
	return proof.Run(tx, []proof.Proof{
		{Code: "room.shown", Query: `SELECT r.event, r.shown, COALESCE(` + lengths[tx.Dialect()] + `, 0) FROM room r LEFT JOIN room_script s ON s.community_id = r.community_id AND s.event = r.event
			AND s.version = r.version WHERE r.community_id = $1 AND (s.version IS NULL OR r.shown > ` + lengths[tx.Dialect()] + `) ORDER BY 1`},
		{Code: "room.time", Query: `SELECT event, next_at, 0 FROM room WHERE community_id = $1 AND ((state = 'playing') <> (next_at > 0) OR (state = 'ended') <> (ended_at > 0)) ORDER BY 1`},
		{Code: "room.votes", Query: `SELECT q.id, q.votes, count(v.person) FROM room_question q LEFT JOIN room_vote v ON v.community_id = q.community_id AND v.question = q.id
			WHERE q.community_id = $1 GROUP BY q.id, q.votes HAVING q.votes <> count(v.person) ORDER BY 1`},
	})
}
