package api

import (
	"cmp"
	"time"

	"github.com/qunce/qunce/internal/domain/growth"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/spine/task"
)

// NamedProof is a proof with whose it is, and why it is held in words. Its picture is GET /pictures/{hash}.
type NamedProof struct {
	growth.Proof
	Nickname string   `json:"nickname"`
	Why      []string `json:"why" doc:"why it is held, or was refused, in words"`
}

// ProofView is a proof with what it resembles.
type ProofView struct {
	NamedProof
	Call growth.Call  `json:"of_call"`
	Like []ProofsLike `json:"like" doc:"other proofs that it resembles, by reason"`
}

// ProofsLike are proofs that one resembles for a reason.
type ProofsLike struct {
	Suspicion growth.Suspicion `json:"suspicion"`
	Text      string           `json:"text"`
	Proofs    []NamedProof     `json:"proofs" doc:"20 at most"`
}

func (a *API) proofs() {
	const read, write = access.GrowthRead, access.GrowthWrite
	look(a, growthOp("call.list", "GET /calls", read, "Lists calls to share and show it, with what came of each, the one that ends last first"), func(tx *db.Tx, _ *call, in *struct {
		Paging
		Open bool `query:"open" doc:"only those that take proofs"`
	},
	) (page.Page[growth.CallCounts], error) {
		return a.Growth.CallsTx(tx, in.Open, in.Cursor, in.Limit)
	})
	look(a, growthOp("call.rules", "GET /calls/rules", read, "Lists the rules that the playbook has for calls"), func(tx *db.Tx, _ *call, _ *nothing) (out list[growth.ProofRule], err error) {
		out.Items, err = a.Growth.Proofs(tx)
		return out, err
	})
	change(a, added(growthOp("call.add", "POST /calls", write, "Calls everybody to do something and to show it by a picture")), func(tx *db.Tx, c *call, in *struct {
		Body struct {
			Rule    string    `json:"rule" doc:"its name"`
			Product string    `json:"product,omitempty" doc:"plan:vip: whose share link goes with it; empty for the community as a whole"`
			Note    string    `json:"note,omitempty" doc:"what this one is about"`
			Ends    time.Time `json:"ends,omitzero" doc:"by the rule, if not given"`
		}
	},
	) (growth.Call, error) {
		b := in.Body
		x, err := a.Growth.OpenCallTx(tx, b.Rule, growth.Call{Product: b.Product, Note: b.Note, Ends: b.Ends.UTC(), CreatedBy: c.ID})
		return x, c.onBoard(tx, "call", x.ID, err)
	})
	change(a, growthOp("call.end", "POST /calls/{id}/end", write, "Takes no more proofs of a call; those that were sent are decided"), func(tx *db.Tx, c *call, in *OneThing) (growth.Call, error) {
		x, err := a.Growth.EndCallTx(tx, string(in.ID))
		return x, c.onBoard(tx, "call", x.ID, err)
	})
	look(a, growthOp("proof.list", "GET /proofs", read, "Lists proofs, the newest first"), a.listProofs)
	look(a, growthOp("proof.get", "GET /proofs/{id}", read, "A proof with what it resembles"), a.readProof)
	change(a, growthOp("proof.approve", "POST /proofs/{id}/approve", access.ReviewDecide, "Rewards a proof; one that is held takes an acknowledgement, by who manages tasks"), func(tx *db.Tx, c *call, in *struct {
		OneThing
		Body struct {
			Anyway bool `json:"anyway,omitempty" doc:"although it is held"`
		}
	},
	) (growth.Proof, error) {
		return a.decideProof(tx, c, growth.Decision{Proof: string(in.ID), Approve: true, Anyway: in.Body.Anyway})
	})
	change(a, growthOp("proof.refuse", "POST /proofs/{id}/refuse", access.ReviewDecide, "Refuses a proof; its person is told why and may send another one"), func(tx *db.Tx, c *call, in *struct {
		OneThing
		Body struct {
			Reason growth.ProofReason `json:"reason" enum:"unreadable,not_done,wrong_thing,copied,other"`
		}
	},
	) (growth.Proof, error) {
		return a.decideProof(tx, c, growth.Decision{Proof: string(in.ID), Reason: in.Body.Reason})
	})
}

// decideProof ends the proof's task and does what was decided. Who doesn't see the task doesn't decide.
func (a *API) decideProof(tx *db.Tx, c *call, d growth.Decision) (p growth.Proof, err error) {
	if p, err = a.Growth.ProofTx(tx, d.Proof); err != nil {
		return p, err
	}
	d.By = cmp.Or(c.Human(), c.ID)
	outcome := growth.RefuseProof
	if d.Approve {
		outcome = growth.ApproveProof
	}
	if p, err = a.Growth.DecideTx(tx, d); err != nil {
		return p, err
	}
	t, err := a.Tasks.FinishTx(tx, worker(c.Principal), p.ProofTask(), outcome, "")
	if err != nil && t.State != task.StateCancelled {
		return p, err
	}
	return p, c.record(tx, "proof", p.ID, audit.Detail{"state": string(p.State), "anyway": d.Anyway})
}

// namedProofs gives proofs with whose they are.
func (a *API) namedProofs(tx *db.Tx, c *call, list []growth.Proof) ([]NamedProof, error) {
	ids := make([]string, 0, len(list))
	for _, p := range list {
		ids = append(ids, p.Person)
	}
	names, err := a.nicknames(tx, ids)
	out := make([]NamedProof, 0, len(list))
	for _, p := range list {
		x := NamedProof{p, names[p.Person], []string{}}
		for _, why := range p.Suspicions {
			x.Why = append(x.Why, a.say(c, "growth.suspicion."+string(why)))
		}
		if p.Reason != "" {
			x.Why = append(x.Why, a.say(c, "growth.proof_refused."+string(p.Reason)))
		}
		out = append(out, x)
	}
	return out, err
}

func (a *API) say(c *call, key string) string {
	return a.Words.Say(c.lang, c.community.Location(), key, nil)
}

func (a *API) listProofs(tx *db.Tx, c *call, in *struct {
	Paging
	Call   ID                `query:"call"`
	Person ID                `query:"person"`
	State  growth.ProofState `query:"state" enum:"waits,held,approved,refused"`
},
) (out page.Page[NamedProof], err error) {
	p, err := a.Growth.ProofsTx(tx, growth.ProofFilter{Call: string(in.Call), Person: string(in.Person), State: in.State}, in.Cursor, in.Limit)
	if err != nil {
		return out, err
	}
	out.Next = p.Next
	out.Items, err = a.namedProofs(tx, c, p.Items)
	return out, err
}

func (a *API) readProof(tx *db.Tx, c *call, in *OneThing) (out ProofView, err error) {
	p, err := a.Growth.ProofTx(tx, string(in.ID))
	if err != nil {
		return out, err
	}
	if out.Call, err = a.Growth.CallTx(tx, p.Call); err != nil {
		return out, err
	}
	own, err := a.namedProofs(tx, c, []growth.Proof{p})
	if err != nil {
		return out, err
	}
	out.NamedProof = own[0]
	like, err := a.Growth.LikeTx(tx, p)
	for _, why := range growth.Suspicions {
		if len(like[why]) == 0 || err != nil {
			continue
		}
		x := ProofsLike{Suspicion: why, Text: a.say(c, "growth.suspicion."+string(why))}
		x.Proofs, err = a.namedProofs(tx, c, like[why])
		out.Like = append(out.Like, x)
	}
	return out, err
}
