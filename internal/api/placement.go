package api

import (
	"time"

	"github.com/qunce/qunce/internal/domain/intake"
	"github.com/qunce/qunce/internal/kit/money"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/db"
)

// NamedOrigin is a person who came by a placement.
type NamedOrigin struct {
	intake.Origin
	Nickname string `json:"nickname"`
}

// NamedSale is an order of somebody who came by a placement.
type NamedSale struct {
	intake.PlacedSale
	Nickname string `json:"nickname"`
}

func (a *API) placements() {
	const read, write = access.IntakeRead, access.IntakeWrite
	look(a, growthOp("placement.rank", "GET /placements/ranked", read, "Lists placements with what became of those who came by them, the best first"), func(tx *db.Tx, _ *call, in *struct {
		Paging
		By   intake.Ranking `query:"by" enum:"roi,revenue,contacts,rate,cost" default:"roi"`
		Pool string         `query:"pool" maxLength:"200"`
	},
	) (page.Page[intake.PlacementFigures], error) {
		return a.Intake.RankTx(tx, in.By, in.Pool, in.Cursor, in.Limit)
	})
	look(a, growthOp("placement.pools", "GET /placements/pools", read, "Sums placements up by pool"), func(tx *db.Tx, _ *call, _ *nothing) (out list[intake.PoolFigures], err error) {
		out.Items, err = a.Intake.PoolsTx(tx)
		return out, err
	})
	look(a, growthOp("placement.what_if", "GET /placements/what-if", read, "What a placement would come to: contacts × rate × price − cost"), func(_ *db.Tx, _ *call, in *struct {
		Contacts int       `query:"contacts"`
		RateBP   int       `query:"rate_bp" doc:"of the contacts, who buy, in basis points"`
		Price    money.Fen `query:"price" doc:"fen"`
		Cost     money.Fen `query:"cost" doc:"fen"`
	},
	) (intake.Outlook, error) {
		return intake.Prospect{Contacts: in.Contacts, RateBP: in.RateBP, Price: in.Price, Cost: in.Cost}.Outlook()
	})
	look(a, growthOp("placement.get", "GET /placements/{id}", read, "What became of those who came by a placement"), func(tx *db.Tx, _ *call, in *OneThing) (intake.PlacementFigures, error) {
		return a.Intake.FiguresTx(tx, string(in.ID))
	})
	look(a, growthOp("placement.people", "GET /placements/{id}/people", read, "Lists whose first way in a placement was, newest first"), a.placedPeople)
	look(a, growthOp("placement.sales", "GET /placements/{id}/sales", access.OrderRead, "Lists the orders of those whose first way in a placement was, newest first"), a.placedSales)
	change(a, growthOp("placement.edit", "PATCH /placements/{id}", write, "Changes what a placement is called, costs and when it runs"), func(tx *db.Tx, c *call, in *struct {
		OneThing
		Body struct {
			Pool   *string    `json:"pool,omitempty"`
			Name   *string    `json:"name,omitempty"`
			Cost   *money.Fen `json:"cost,omitempty" doc:"fen"`
			Starts *time.Time `json:"starts,omitempty"`
			Ends   *time.Time `json:"ends,omitempty"`
		}
	},
	) (intake.Placement, error) {
		p, err := a.Intake.PlacementTx(tx, string(in.ID))
		if err != nil {
			return p, err
		}
		b := in.Body
		set(&p.Pool, b.Pool)
		set(&p.Name, b.Name)
		set(&p.Cost, b.Cost)
		set(&p.Starts, b.Starts)
		set(&p.Ends, b.Ends)
		p, err = a.Intake.SetPlacementTx(tx, p)
		return p, c.onBoard(tx, "placement", p.ID, err)
	})
}

func (a *API) placedPeople(tx *db.Tx, _ *call, in *struct {
	OneThing
	Paging
},
) (out page.Page[NamedOrigin], err error) {
	p, err := a.Intake.OriginsTx(tx, string(in.ID), in.Cursor, in.Limit)
	if err != nil {
		return out, err
	}
	return withNames(a, tx, p, func(x intake.Origin) string { return x.Person }, func(x intake.Origin, name string) NamedOrigin { return NamedOrigin{x, name} })
}

func (a *API) placedSales(tx *db.Tx, _ *call, in *struct {
	OneThing
	Paging
},
) (out page.Page[NamedSale], err error) {
	p, err := a.Intake.PlacedSalesTx(tx, string(in.ID), in.Cursor, in.Limit)
	if err != nil {
		return out, err
	}
	return withNames(a, tx, p, func(x intake.PlacedSale) string { return x.Person }, func(x intake.PlacedSale, name string) NamedSale { return NamedSale{x, name} })
}
