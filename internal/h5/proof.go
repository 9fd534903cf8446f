package h5

import (
	"context"
	"errors"
	"net/http"

	"github.com/qunce/qunce/internal/domain/growth"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/platform/blob"
	"github.com/qunce/qunce/internal/platform/db"
)

func (p *Pages) proofRoutes() map[string]handler {
	return map[string]handler{
		"GET /{community}/me/calls/{id}":                 p.member(p.call),
		"POST /{community}/me/calls/{id}":                p.member(p.showProof),
		"GET /{community}/me/calls/{id}/pictures/{hash}": p.member(p.proofPicture),
	}
}

type callView struct {
	About, Note, Reward, Until, State, Picture, Action, Link string
	Takes                                                    bool
	Send                                                     string
}

// call shows a member what a call asks, what it earns, and what became of the picture they sent.
func (p *Pages) call(w http.ResponseWriter, r *http.Request, v *visit) error {
	return p.showCall(w, r, v, http.StatusOK, nil)
}

func (p *Pages) showCall(w http.ResponseWriter, r *http.Request, v *visit, status int, refusal *errs.Error) error {
	x := &view{p: p, community: v.community, lang: v.lang}
	var data callView
	err := p.DB.Read(r.Context(), v.community.ID, func(tx *db.Tx) error {
		c, err := p.Growth.CallTx(tx, r.PathValue("id"))
		if err != nil {
			return err
		}
		own, has, err := p.Growth.OwnProofTx(tx, c.ID, v.who.ID)
		if err != nil {
			return err
		}
		x.Title = c.Rule.Title.In(v.lang)
		data = callView{About: c.Rule.About.In(v.lang), Note: c.Note, Reward: x.proofReward(c.Rule), Action: v.base + "/me/calls/" + c.ID, Link: v.sharing(c.Product), Send: x.T("h5.proof.send")}
		data.Until = x.T("h5.proof.until", "until", x.minute(c.Ends))
		if data.Takes = c.Open(tx.Now()) && (!has || own.State == growth.ProofRejected); !c.Open(tx.Now()) {
			data.Until = x.T("h5.proof.over")
		}
		if has {
			data.Send = x.T("h5.proof.again")
			data.State = x.T("h5.proof.state_"+string(own.State), "reason", x.proofReason(own))
			if own.Picture != "" {
				data.Picture = data.Action + "/pictures/" + own.Picture
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	x.Data = data
	if refusal != nil {
		x.Refusal = p.say(v, refusal)
	}
	return p.show(w, v, status, "call", x)
}

// proofReward says what an approved proof earns.
func (v *view) proofReward(r growth.ProofRule) string {
	if r.Points > 0 {
		return v.T("h5.proof.reward_points", "n", r.Points)
	}
	return v.T("h5.proof.reward_money", "amount", yuan(r.Money))
}

// proofReason says why a proof was refused.
func (v *view) proofReason(p growth.Proof) string {
	if p.Reason == "" {
		return ""
	}
	return v.T("growth.proof_refused." + string(p.Reason))
}

// showProof takes a member's picture in.
func (p *Pages) showProof(w http.ResponseWriter, r *http.Request, v *visit) error {
	r.Body = http.MaxBytesReader(w, r.Body, blob.MaxBytes+1<<20)
	if err := r.ParseMultipartForm(1 << 20); err != nil {
		return errForm.Because(err)
	}
	err := p.takeProof(r, v)
	if e := answerable(err); e != nil {
		return p.showCall(w, r, v, statusOf[e.Kind], e)
	}
	if err != nil {
		return err
	}
	return back(w, r, v.base+"/me/calls/"+r.PathValue("id"))
}

func (p *Pages) takeProof(r *http.Request, v *visit) error {
	f, _, err := r.FormFile("picture")
	if errors.Is(err, http.ErrMissingFile) {
		return growth.ErrNoPicture
	}
	if err != nil {
		return errForm.Because(err)
	}
	defer f.Close()
	// Whoever may send none needn't have a picture stored first.
	err = p.DB.Read(r.Context(), v.community.ID, func(tx *db.Tx) error {
		c, err := p.Growth.CallTx(tx, r.PathValue("id"))
		if err == nil && !c.Open(tx.Now()) {
			err = growth.ErrCallOver
		}
		return err
	})
	if err != nil {
		return err
	}
	b, err := p.Blobs.AddPicture(r.Context(), v.community.ID, v.who.ID, f)
	if err != nil {
		return err
	}
	return p.DB.Do(r.Context(), v.community.ID, func(tx *db.Tx) error {
		_, err := p.Growth.ShowTx(tx, growth.Shown{Call: r.PathValue("id"), Person: v.who.ID, Picture: b.Hash, Device: v.account, Address: v.address})
		return err
	})
}

// proofPicture serves a member the picture that they sent, and nobody else's.
func (p *Pages) proofPicture(w http.ResponseWriter, r *http.Request, v *visit) error {
	return p.serveBlob(w, r, v, func(ctx context.Context, hash string) (ok bool, err error) {
		err = p.DB.Read(ctx, v.community.ID, func(tx *db.Tx) error {
			own, has, err := p.Growth.OwnProofTx(tx, r.PathValue("id"), v.who.ID)
			ok = has && hash != "" && own.Picture == hash
			return err
		})
		return ok, err
	})
}

// callRows are the calls that are open.
func (p *Pages) callRows(tx *db.Tx, x *view, v *visit) (out []shareRow, err error) {
	list, err := p.Growth.CallsTx(tx, true, "", 5)
	if err != nil {
		return nil, err
	}
	for _, c := range list.Items {
		row := shareRow{Title: c.Rule.Title.In(v.lang), Figures: x.proofReward(c.Rule) + " · " + x.T("h5.proof.until", "until", x.minute(c.Ends)), Href: v.base + "/me/calls/" + c.ID}
		own, has, err := p.Growth.OwnProofTx(tx, c.ID, v.who.ID)
		if err != nil {
			return nil, err
		}
		if has {
			row.Figures = x.T("h5.proof.state_"+string(own.State), "reason", x.proofReason(own))
		}
		out = append(out, row)
	}
	return out, nil
}
