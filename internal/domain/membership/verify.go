package membership

import (
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/platform/proof"
)

// proofs find what is off in the rows of this package.
var proofs = []proof.Proof{
	{Code: "membership.term_dates", Query: `SELECT id, starts, ends FROM membership_term WHERE community_id = $1 AND state IN ('bought', 'upgraded', 'refunded', 'left')
		AND (starts >= ends OR run_start > starts OR grace_until < ends OR bought_at = 0) ORDER BY id`},
	{Code: "membership.upgraded_by_nothing", Query: `SELECT t.id, 0, 1 FROM membership_term t LEFT JOIN membership_term o ON o.community_id = t.community_id AND o.id = t.ended_by
		WHERE t.community_id = $1 AND t.state = 'upgraded' AND o.id IS NULL ORDER BY t.id`},
	{Code: "membership.number_not_given", Query: `SELECT t.id, 0, 1 FROM membership_term t LEFT JOIN membership_number n ON n.community_id = t.community_id AND n.text = t.number
		WHERE t.community_id = $1 AND t.state = 'bought' AND t.number <> '' AND n.text IS NULL ORDER BY t.id`},
	{Code: "membership.member_without_term", Query: `SELECT m.person, 1, 0 FROM membership_member m WHERE m.community_id = $1
		AND NOT EXISTS (SELECT 1 FROM membership_term t WHERE t.community_id = m.community_id AND t.person = m.person AND t.bought_at > 0)
		AND NOT EXISTS (SELECT 1 FROM membership_colleague c WHERE c.community_id = m.community_id AND c.person = m.person AND c.taken_at > 0) ORDER BY m.person`},
	{Code: "membership.place_state", Query: `SELECT id, 0, 1 FROM membership_colleague WHERE community_id = $1 AND (state = 'taken' AND (person = '' OR taken_at = 0)
		OR (state = 'ended') <> (ended_at > 0) OR (state = 'ended') <> (why <> '')) ORDER BY id`},
	{Code: "membership.place_of_nobody", Query: `SELECT c.id, 0, 1 FROM membership_colleague c WHERE c.community_id = $1 AND c.state <> 'ended'
		AND NOT EXISTS (SELECT 1 FROM membership_term t WHERE t.community_id = c.community_id AND t.organisation = c.organisation AND t.state = 'bought') ORDER BY c.id`},
}

// Verify proves the rows of this package and gives each that is off. Run it where nothing is written meanwhile, or in a
// db.Snapshot. What terms, uses and members have of seats is proven where all tables may be named.
func Verify(tx *db.Tx) ([]proof.Problem, error) {
	out, err := proof.Run(tx, proofs)
	if err != nil {
		return nil, err
	}
	crowded, err := crowded(tx)
	return append(out, crowded...), err
}

// crowded finds companies with more colleagues than the largest of their terms gives, whenever it runs: when a term is over is told by
// its timer, which may be late.
func crowded(tx *db.Tx) (out []proof.Problem, err error) {
	taken, err := takenPlaces(tx)
	if err != nil {
		return nil, err
	}
	for _, c := range taken {
		terms, err := termsOfOrganisation(tx, c.organisation)
		if err != nil {
			return nil, err
		}
		most := 0
		for _, t := range terms {
			if t.stored == bought {
				most = max(most, t.plan.Seats)
			}
		}
		if c.n > most {
			out = append(out, proof.Problem{Code: "membership.places_over", Ref: c.organisation, Stored: int64(c.n), Right: int64(most)})
		}
	}
	return out, nil
}
