package api

import (
	"net/http"

	"github.com/qunce/qunce/internal/domain/team"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/audit"
	"github.com/qunce/qunce/internal/platform/db"
)

// NamedStatement is a statement with whose it is.
type NamedStatement struct {
	team.Statement
	StaffName string `json:"staff_name"`
}

// statements are the operations of monthly statements.
func (a *API) statements(read, write func(name, route string, action access.Action, summary string) Op) {
	look(a, read("month.list", "GET /months", access.MoneyRead, "Lists the months whose statements are written, the latest first"), func(tx *db.Tx, _ *call, in *Paging) (page.Page[team.Month], error) {
		return a.Team.MonthsTx(tx, in.Cursor, in.Limit)
	})
	closing := write("month.close", "POST /months", access.MoneyPost, "Closes a month that has ended: its statements are written in the background, and what is refunded later is taken back in the next")
	closing.Status = http.StatusCreated
	change(a, closing, func(tx *db.Tx, c *call, in *struct {
		Body struct {
			Month string `json:"month" doc:"2026-11"`
		}
	},
	) (team.Month, error) {
		m, err := a.Team.CloseTx(tx, c.Human(), in.Body.Month)
		if err != nil {
			return m, err
		}
		return m, c.record(tx, "month", m.Month, nil)
	})
	look(a, read("statement.list", "GET /statements", access.TeamRead, "Lists statements, the latest month first; who may not read money sees their own"), a.listStatements)
	look(a, read("statement.get", "GET /statements/{id}", access.TeamRead, "A statement; who may not read money sees their own"), func(tx *db.Tx, c *call, in *OneThing) (out NamedStatement, err error) {
		if out.Statement, err = a.statementFor(tx, c, string(in.ID)); err != nil {
			return out, err
		}
		names, err := a.staffNames(tx)
		out.StaffName = names[out.Staff]
		return out, err
	})
	look(a, read("statement.lines", "GET /statements/{id}/lines", access.TeamRead, "Lists what a statement is made of, down to the order and the step"), func(tx *db.Tx, c *call, in *struct {
		OneThing
		Paging
	},
	) (p page.Page[team.Line], err error) {
		if _, err := a.statementFor(tx, c, string(in.ID)); err != nil {
			return p, err
		}
		return a.Team.LinesTx(tx, string(in.ID), in.Cursor, in.Limit)
	})
	change(a, write("statement.approve", "POST /statements/{id}/approve", access.MoneyPay, "Approves a statement, which posts it to the wages that payouts pay: by somebody else than who closed the month, and than who earns it"),
		func(tx *db.Tx, c *call, in *OneThing) (team.Statement, error) {
			x, err := a.Team.ApproveTx(tx, c.Human(), string(in.ID))
			if err != nil {
				return x, err
			}
			return x, c.record(tx, "statement", x.ID, audit.Detail{"fen": x.Total, "staff": x.Staff})
		})
}

// statementFor reads a statement for who may: others' statements are not there for those who may not read money.
func (a *API) statementFor(tx *db.Tx, c *call, id string) (team.Statement, error) {
	x, err := a.Team.StatementTx(tx, id)
	if err == nil && x.Staff != c.Human() && access.Allowed(c.Principal, access.MoneyRead, c.Community) != nil {
		return team.Statement{}, team.ErrUnknownStatement
	}
	return x, err
}

func (a *API) listStatements(tx *db.Tx, c *call, in *struct {
	Paging
	Month string `query:"month" doc:"2026-11"`
	Staff ID     `query:"staff" doc:"an operator"`
},
) (out page.Page[NamedStatement], err error) {
	f := team.StatementFilter{Month: in.Month, Staff: string(in.Staff)}
	if access.Allowed(c.Principal, access.MoneyRead, c.Community) != nil {
		f.Staff = c.Human()
	}
	p, err := a.Team.StatementsTx(tx, f, in.Cursor, in.Limit)
	if err != nil {
		return out, err
	}
	out.Next = p.Next
	names, err := a.staffNames(tx)
	for _, x := range p.Items {
		out.Items = append(out.Items, NamedStatement{x, names[x.Staff]})
	}
	return out, err
}
