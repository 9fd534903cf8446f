package growth

import (
	"fmt"

	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/kit/text"
)

// ProofRule is something that people may be asked to do and to show by a picture, and what they get for it (G9). A call copies
// the rule: what was promised stays.
type ProofRule struct {
	Name        string    `json:"name" doc:"a–z, 0–9, -"`
	Title       text.Text `json:"title"`
	About       text.Text `json:"about,omitempty" doc:"what is to be done, and what the picture has to show"`
	Points      int64     `json:"points,omitempty" doc:"what an approved proof earns; or money"`
	Money       money.Fen `json:"money,omitempty" doc:"fen in the API, yuan in a playbook"`
	Days        int       `json:"days,omitempty" doc:"how long a call is open; 7 if not given"`
	Most        int       `json:"most,omitempty" doc:"how many may be rewarded by one call; all if not given"`
	SameAddress int       `json:"same_address,omitempty" doc:"from so many persons at one network address within an hour their proofs are held; 4 if not given"`
	Burst       int       `json:"burst,omitempty" doc:"from so many proofs within ten minutes they are held; 100 if not given, 200 at most"`
}

// Refusals about rules of proofs.
var (
	ErrProofReward = errs.Define(errs.Invalid, "growth.proof_reward") // neither points nor money, both, or too much; "max"
	ErrProofLimit  = errs.Define(errs.Invalid, "growth.proof_limit")  // "max"
)

// Limits of rules of proofs.
const (
	maxProofReward = 1_000_00 // points or fen
	maxProofDays   = 90
	maxProofs      = 100_000
)

func (r ProofRule) problems(at string) (bad []*errs.Error) {
	refuse := func(wrong bool, e *errs.Error, field string) {
		if wrong {
			bad = append(bad, e.At(at+field))
		}
	}
	beyond := func(n, most int) bool { return n < 0 || n > most }
	refuse(!text.Slug(r.Name, maxName), ErrName.With("max", maxName), "/name")
	refuse(r.Title.In(text.Hans) == "", ErrTitle, "/title")
	refuse(min(r.Points, int64(r.Money)) < 0 || max(r.Points, int64(r.Money)) > maxProofReward || (r.Points == 0) == (r.Money == 0), ErrProofReward.With("max", maxProofReward), "")
	refuse(beyond(r.Days, maxProofDays), ErrDays.With("max", maxProofDays), "/days")
	refuse(beyond(r.Most, maxProofs), ErrProofLimit.With("max", maxProofs), "/most")
	refuse(beyond(r.SameAddress, maxProofs) || r.SameAddress == 1, ErrProofLimit.With("max", maxProofs), "/same_address")
	refuse(beyond(r.Burst, maxCluster) || r.Burst == 1, ErrProofLimit.With("max", maxCluster), "/burst")
	return bad
}

func proofProblems(list []ProofRule) (bad []*errs.Error) {
	names := map[string]bool{}
	for i, r := range list {
		at := fmt.Sprintf("/proofs/%d", i)
		if names[r.Name] {
			bad = append(bad, ErrTwice.With("name", r.Name).At(at+"/name"))
		}
		names[r.Name] = true
		bad = append(bad, r.problems(at)...)
	}
	return bad
}

// withDefaults fills in what was not given.
func (r ProofRule) withDefaults() ProofRule {
	for _, x := range []struct {
		n       *int
		without int
	}{{&r.Days, 7}, {&r.SameAddress, 4}, {&r.Burst, 100}} {
		if *x.n == 0 {
			*x.n = x.without
		}
	}
	return r
}

// reward is what an approved proof earns.
func (r ProofRule) reward() (RewardKind, int64) {
	if r.Points > 0 {
		return InPoints, r.Points
	}
	return InMoney, int64(r.Money)
}
