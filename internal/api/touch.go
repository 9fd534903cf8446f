package api

import (
	"github.com/qunce/qunce/internal/domain/touch"
	"github.com/qunce/qunce/internal/kit/page"
	"github.com/qunce/qunce/internal/platform/access"
	"github.com/qunce/qunce/internal/platform/db"
)

func (a *API) touches() {
	look(a, Op{Name: "touch.stuck", Route: "GET /touches/stuck", Tag: "Touch", Action: access.TouchRead, Summary: "Lists what did not go out, with the reason, the latest first"},
		func(tx *db.Tx, _ *call, in *Paging) (page.Page[touch.Touch], error) {
			return a.Touch.Stuck(tx, in.Cursor, in.Limit)
		})
}
