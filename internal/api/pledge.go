package api

import (
	"github.com/qunce/qunce/internal/domain/launch"
	"github.com/qunce/qunce/internal/kit/errs"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
)

// NamedPledge is a pledge with whose it is.
type NamedPledge struct {
	launch.Reached
	Nickname string `json:"nickname"`
}

// AskedPledge is what became of asking one person.
type AskedPledge struct {
	Person  ID             `json:"person"`
	Pledge  *launch.Pledge `json:"pledge,omitempty"`
	Refused string         `json:"refused,omitempty" doc:"code of why they could not be asked: growth.asked_lately, launch.pledged, launch.declined …"`
	What    string         `json:"what,omitempty" doc:"that, in words"`
	Next    string         `json:"next,omitempty"`
}

// AskedPledges are what became of asking some people.
type AskedPledges struct {
	Items []AskedPledge `json:"items"`
	Asked int           `json:"asked"`
}

func (a *API) pledges() {
	const read, write = access.GrowthRead, access.GrowthWrite
	look(a, growthOp("pledge.list", "GET /launches/{id}/pledges", read, "Lists the pledges of a launch with what their links brought, newest first"), a.listPledges)
	ask := growthOp("pledge.ask", "POST /launches/{id}/pledges", write, "Asks people to pledge, from the one asking budget; who can't be asked is told of and left out")
	ask.Once = true
	change(a, ask, a.askPledges)
	change(a, growthOp("pledge.promise", "POST /launches/{id}/promises", write, "Notes what somebody promises, asked or not; a later promise takes the place of an earlier one"), func(tx *db.Tx, c *call, in *struct {
		OneThing
		Body struct {
			Person ID `json:"person"`
			launch.Promise
		}
	},
	) (launch.Pledge, error) {
		p, err := a.Launches.PromiseTx(tx, string(in.ID), string(in.Body.Person), in.Body.Promise, c.ID)
		return p, c.onBoard(tx, "pledge", p.ID, err)
	})
	move := func(do func(tx *db.Tx, launch, person, actor string) (launch.Pledge, error)) func(*db.Tx, *call, *OneThing) (launch.Pledge, error) {
		return func(tx *db.Tx, c *call, in *OneThing) (launch.Pledge, error) {
			p, err := a.Launches.PledgeTx(tx, string(in.ID))
			if err != nil {
				return p, err
			}
			p, err = do(tx, p.Launch, p.Person, c.ID)
			return p, c.onBoard(tx, "pledge", p.ID, err)
		}
	}
	change(a, growthOp("pledge.done", "POST /pledges/{id}/done", write, "Notes that somebody shared as they promised"), move(a.Launches.DoneTx))
	change(a, growthOp("pledge.decline", "POST /pledges/{id}/decline", write, "Notes that somebody won't share, or takes their promise back"), move(a.Launches.DeclineTx))
}

func (a *API) listPledges(tx *db.Tx, _ *call, in *struct {
	OneThing
	Paging
	State launch.PledgeState `query:"state" enum:"asked,promised,declined,done"`
},
) (out page.Page[NamedPledge], err error) {
	p, err := a.Launches.PledgesTx(tx, string(in.ID), in.State, in.Cursor, in.Limit)
	if err != nil {
		return out, err
	}
	return withNames(a, tx, p, func(x launch.Reached) string { return x.Person }, func(x launch.Reached, name string) NamedPledge { return NamedPledge{x, name} })
}

// askPledges asks one person after the other: that one can't be asked keeps nobody else from it.
func (a *API) askPledges(tx *db.Tx, c *call, in *struct {
	OneThing
	Body struct {
		Persons []ID `json:"persons" minItems:"1" maxItems:"100"`
		Again   bool `json:"again,omitempty" doc:"acknowledges that some were asked lately"`
	}
},
) (out AskedPledges, err error) {
	if _, err := a.Launches.GetTx(tx, string(in.ID)); err != nil {
		return out, err
	}
	for _, person := range in.Body.Persons {
		p, err := a.Launches.AskTx(tx, string(in.ID), string(person), audit.By(c.Principal), in.Body.Again)
		row := AskedPledge{Person: person}
		refused := errs.As(err)
		switch {
		case err == nil:
			row.Pledge = &p
			out.Asked++
		case refused == nil || refused.Kind == errs.Internal || refused.Kind == errs.Gone:
			return out, err
		default:
			row.Refused = refused.Code
			row.What, row.Next = a.sayRefusal(c, refused)
		}
		out.Items = append(out.Items, row)
	}
	return out, c.record(tx, "launch", string(in.ID), audit.Detail{"asked": out.Asked})
}

// sayRefusal gives a refusal in the caller's words.
func (a *API) sayRefusal(c *call, e *errs.Error) (what, next string) {
	zone := c.community.Location()
	return a.Words.Say(c.lang, zone, "error."+e.Code, e.Params), a.Words.Say(c.lang, zone, "error."+e.Code+".next", e.Params)
}
