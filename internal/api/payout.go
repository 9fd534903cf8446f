package api

import (
	"context"
	"io"
	"net/http"

	"github.com/qunce/qunce/internal/domain/payout"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
	"github.com/qunce/qunce/internal/transfer"
)

// NamedLine is a line of a payout with who gets it.
type NamedLine struct {
	payout.Line
	Nickname string `json:"nickname"`
}

func (a *API) payouts() {
	const tag = "Money"
	read := func(name, route, summary string) Op {
		return Op{Name: name, Route: route, Tag: tag, Action: access.MoneyRead, Summary: summary}
	}
	write := func(name, route string, action access.Action, summary string) Op {
		return Op{Name: name, Route: route, Tag: tag, Action: action, Once: true, Summary: summary}
	}
	look(a, read("payout.list", "GET /payouts", "Lists payout batches, the newest first"), func(tx *db.Tx, _ *call, in *Paging) (page.Page[payout.Batch], error) {
		return a.Payouts.BatchesTx(tx, in.Cursor, in.Limit)
	})
	look(a, read("payout.get", "GET /payouts/{id}", "A payout batch with its sums"),
		func(tx *db.Tx, _ *call, in *OneThing) (payout.Detail, error) {
			return a.Payouts.BatchTx(tx, string(in.ID))
		})
	look(a, read("payout.lines", "GET /payouts/{id}/lines", "Lists who gets what by a payout batch"), a.payoutLines)
	draft := write("payout.draft", "POST /payouts", access.MoneyPost, "Drafts a payout of all that people have; their money is set aside in the background")
	draft.Status = http.StatusCreated
	change(a, draft, a.draftPayout)
	change(a, write("payout.approve", "POST /payouts/{id}/approve", access.MoneyPay, "Lets a batch be paid: by somebody else than who drafted it"), a.onBatch((*payout.Service).ApproveTx))
	change(a, write("payout.cancel", "POST /payouts/{id}/cancel", access.MoneyPost, "Ends a batch of which nothing was paid; its money goes back to those whose it is"), a.onBatch((*payout.Service).CancelTx))
	change(a, write("payout.paid", "POST /payout-lines/{id}/paid", access.MoneyPost, "Says that somebody has their money"), func(tx *db.Tx, c *call, in *OneThing) (payout.Line, error) {
		l, err := a.Payouts.PaidTx(tx, audit.By(c.Principal), string(in.ID))
		return l, c.onLine(tx, l, err)
	})
	change(a, write("payout.failed", "POST /payout-lines/{id}/failed", access.MoneyPost, "Says that somebody could not be paid: they have the money at hand again"), func(tx *db.Tx, c *call, in *struct {
		OneThing
		Body struct {
			Reason string `json:"reason" minLength:"1" maxLength:"200"`
		}
	},
	) (payout.Line, error) {
		l, err := a.Payouts.FailedTx(tx, audit.By(c.Principal), string(in.ID), in.Body.Reason)
		return l, c.onLine(tx, l, err)
	})
	change(a, write("payout.retry", "POST /payout-lines/{id}/retry", access.MoneyPost, "Sets the money of a line that failed aside again"), func(tx *db.Tx, c *call, in *OneThing) (payout.Line, error) {
		l, err := a.Payouts.RetryTx(tx, audit.By(c.Principal), string(in.ID))
		return l, c.onLine(tx, l, err)
	})
	handle(a, Op{Name: "payout.export", Route: "POST /payouts/{id}/file", Tag: tag, Action: access.MoneyPost, Summary: "The file for the bank, with names and phones: for those who may look at them. From then on the batch can't be cancelled; each is audited"}, a.payoutFile)
}

func (a *API) payoutLines(tx *db.Tx, _ *call, in *struct {
	OneThing
	Paging
	State payout.LineState `query:"state" enum:"reserved,paid,failed,returned"`
},
) (out page.Page[NamedLine], err error) {
	if _, err := a.Payouts.BatchTx(tx, string(in.ID)); err != nil {
		return out, err
	}
	p, err := a.Payouts.LinesTx(tx, string(in.ID), in.State, in.Cursor, in.Limit)
	if err != nil {
		return out, err
	}
	return withNames(a, tx, p, func(l payout.Line) string { return l.Person }, func(l payout.Line, name string) NamedLine { return NamedLine{l, name} })
}

func (a *API) draftPayout(tx *db.Tx, c *call, in *struct {
	Body struct {
		Threshold  money.Fen `json:"threshold" minimum:"1" doc:"fen; who has less is not in it"`
		WithholdBP int       `json:"withhold_bp,omitempty" minimum:"0" maximum:"9999" doc:"held back for taxes, in basis points"`
	}
},
) (payout.Batch, error) {
	b, err := a.Payouts.DraftTx(tx, c.human(), payout.Plan{Threshold: in.Body.Threshold, WithholdBP: in.Body.WithholdBP})
	if err != nil {
		return b, err
	}
	return b, c.record(tx, "payout", b.ID, audit.Detail{"threshold": in.Body.Threshold, "withhold_bp": in.Body.WithholdBP})
}

// human is the operator who answers for the call. With a token nobody is a second person.
func (c *call) human() audit.Actor {
	by := audit.By(c.Principal)
	by.ID = c.Human()
	return by
}

// onBatch does something with a batch and writes it down.
func (a *API) onBatch(do func(s *payout.Service, tx *db.Tx, by audit.Actor, id string) (payout.Batch, error)) func(tx *db.Tx, c *call, in *OneThing) (payout.Batch, error) {
	return func(tx *db.Tx, c *call, in *OneThing) (payout.Batch, error) {
		b, err := do(a.Payouts, tx, c.human(), string(in.ID))
		if err != nil {
			return b, err
		}
		return b, c.record(tx, "payout", b.ID, nil)
	}
}

// onLine writes down what was done with a line.
func (c *call) onLine(tx *db.Tx, l payout.Line, err error) error {
	if err != nil {
		return err
	}
	return c.record(tx, "payout", l.Batch, audit.Detail{"line": l.ID, "fen": l.Net})
}

// payoutFile looks before it writes: once a file has begun, nothing can be refused.
func (a *API) payoutFile(ctx context.Context, c *call, in *struct {
	OneThing
	Format string `query:"format" enum:"csv,xlsx" default:"csv"`
},
) (*served, error) {
	err := a.DB.Read(ctx, c.Community, func(tx *db.Tx) error {
		b, err := a.Payouts.BatchTx(tx, string(in.ID))
		if err == nil && b.State != payout.IsApproved && b.State != payout.Paying {
			err = payout.ErrState.With("state", string(b.State))
		}
		return err
	})
	if err == nil {
		err = access.Allowed(c.Principal, access.PeopleReveal, c.Community)
	}
	if err != nil {
		return nil, err
	}
	f := transfer.Format(in.Format)
	return a.download("payout-"+string(in.ID)+"."+in.Format, f, func(w io.Writer) error {
		return a.PayoutFile(ctx, c.Community, audit.By(c.Principal), string(in.ID), f, w)
	}), nil
}
