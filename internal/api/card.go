package api

import (
	"github.com/qunce/qunce/internal/domain/membership"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
)

// CardCheck is what a member's card says to who checks it.
type CardCheck struct {
	membership.Card
	Valid    bool                     `json:"valid" doc:"a member now"`
	Nickname string                   `json:"nickname"`
	Benefits []membership.Entitlement `json:"benefits" doc:"what they may use now"`
	Name     string                   `json:"name" doc:"real name, masked; looked up in full like any other"`
}

func (a *API) cards() {
	change(a, Op{
		Name: "card.check", Route: "POST /members/check", Tag: "Members", Action: access.EventCheck,
		Summary: "Checks the code of a member's card, which is good for a minute after the card has shown it",
	}, func(tx *db.Tx, c *call, in *struct {
		Body struct {
			Code string `json:"code" minLength:"1" maxLength:"400" doc:"as the QR has it"`
		}
	},
	) (out CardCheck, err error) {
		if out.Card, err = a.Members.CheckCardTx(tx, in.Body.Code); err != nil {
			return out, err
		}
		p, err := a.People.GetTx(tx, out.Person)
		if err != nil {
			return out, err
		}
		if out.Benefits, err = a.Members.EntitlementsTx(tx, out.Person); err != nil {
			return out, err
		}
		out.Valid, out.Nickname, out.Name = len(out.Memberships) > 0, p.Nickname, p.Name
		return out, c.record(tx, "person", out.Person, audit.Detail{"valid": out.Valid})
	})
}
